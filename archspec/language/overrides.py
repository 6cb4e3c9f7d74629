"""Values from outside a file, `--set width=0.5` and `--input 3x256x128`, read by the loader that reads files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archspec.diagnostics.catalogue.arguments import UnknownParameter
from archspec.diagnostics.catalogue.document import BadShape
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import suggestion
from archspec.diagnostics.span import Source, Span
from archspec.language.load import load
from archspec.language.tree import YamlMap

_MOST_DIGITS = 19


@dataclass(frozen=True)
class Setting:
    """A parameter's value as text; `origin` is how messages call the place it was given in."""

    name: str
    text: str
    origin: str


def from_keywords(values: Mapping[str, object]) -> tuple[Setting, ...]:
    """Python values as settings. JSON is YAML, so they are held to the same limits; TypeError for what a spec can't
    hold.
    """
    return tuple(Setting(name, json.dumps(value), "with_params") for name, value in values.items())


def settings_tree(
    settings: Iterable[Setting], known: Iterable[str], owner: str
) -> tuple[dict[str, YamlMap], list[Diagnostic]]:
    """For each parameter the small document that sets it, and what is wrong with them. The last one of a name holds."""
    parameters = list(known)
    found: dict[str, YamlMap] = {}
    faults: list[Diagnostic] = []
    for setting in settings:
        if setting.name not in parameters:
            helps = suggestion(setting.name, parameters, f"`{owner}`")
            span = _whole(setting.origin, setting.name)
            faults.append(UnknownParameter(span=span, owner=owner, name=setting.name, helps=helps))
            continue
        tree, wrong = load(Source(setting.origin, f"{setting.name}: {setting.text}"))
        faults += wrong
        if tree is not None and not wrong and tree.keys() == {setting.name}:
            found[setting.name] = tree
        elif not wrong:
            span = _whole(setting.origin, setting.name)
            faults.append(UnknownParameter(span=span, owner=owner, name=setting.text))
    return found, faults


def shape_of(text: str, origin: str = "--input") -> tuple[int, ...] | Diagnostic:
    """`3x256x128` as a shape."""
    sizes = text.split("x")
    if 1 <= len(sizes) <= 4 and all(_is_size(size) for size in sizes):
        return tuple(map(int, sizes))
    return BadShape(span=_whole(origin, text), key=origin, found=f"`{text}`")


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS and 0 < int(text) < 2**63


def _whole(name: str, text: str) -> Span:
    return Span(Source(name, text), 1, 1, 1, len(text) + 1)
