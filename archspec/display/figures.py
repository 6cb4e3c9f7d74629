"""Numbers and shapes as they are written in tables and pictures."""

from __future__ import annotations

from archspec.analysis.cost import Count
from archspec.analysis.receptive import Field
from archspec.network import Network
from archspec.types import AnyType, TensorType

NOT_KNOWN = "not known"


def count(number: Count) -> str:
    """`25,557,032`."""
    return NOT_KNOWN if number is None else f"{number:,}"


def macs_of(network: Network) -> str:
    """What totals call multiply-accumulates: `MACs (eval)`."""
    return f"MACs ({network.phase})"


def share(part: Count, whole: Count) -> str:
    """`12.5%`, nothing for nothing."""
    if part is None or whole is None:
        return NOT_KNOWN
    return f"{100 * part / whole:.1f}%" if part else ""


def shape(type_: AnyType) -> str:
    """`64 x 112 x 112`."""
    return str(type_) if isinstance(type_, TensorType) else NOT_KNOWN


def shapes(types: tuple[AnyType, ...]) -> str:
    """Shapes of several values; equal ones are counted."""
    found = [shape(type_) for type_ in types]
    runs: list[tuple[str, int]] = []
    for text in found:
        if runs and runs[-1][0] == text:
            runs[-1] = (text, runs[-1][1] + 1)
        else:
            runs.append((text, 1))
    return ", ".join(text if times == 1 else f"{times} of {text}" for text, times in runs)


def stride(type_: AnyType) -> str:
    """Input pixels per step: `16`, `1/2`, `16 x 8` where the axes differ; nothing where there are no such axes."""
    if not isinstance(type_, TensorType) or not type_.stride:
        return ""
    steps = [str(step) for step in type_.stride]
    return steps[0] if len(set(steps)) == 1 else " x ".join(steps)


def receptive_field(field: Field) -> str:
    """`11`, `11 x 7` where the axes differ, `all` for the whole input."""
    if field is None:
        return "all"
    return str(field[0]) if field[0] == field[1] else f"{field[0]} x {field[1]}"


def memory(size: Count) -> str:
    """`150.2 MB`."""
    if size is None:
        return NOT_KNOWN
    for unit, scale in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= scale:
            return f"{size / scale:.1f} {unit}"
    return f"{size} bytes"
