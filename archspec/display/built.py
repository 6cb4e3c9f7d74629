"""What `archspec build` prints: the compiler's numbers beside those of torch and of the paper."""

from __future__ import annotations

from collections.abc import Sequence

from archspec.analysis.cost import Cost
from archspec.display import figures
from archspec.display.table import aligned
from archspec.network import Network

Shapes = Sequence[tuple[int, ...]]
_HEADINGS = ("", "compiler", "torch", "published")


def report(
    network: Network, total: Cost, params: int, buffers: int, outputs: Shapes, published: bool
) -> tuple[str, bool]:
    """A table of facts, and whether all sides agree. `published` is whether the spec's `reference` holds for these."""
    reference = network.document.reference if published else None
    facts = [
        ("parameters", total.params, params, reference.params if reference else None),
        ("buffers", total.buffers, buffers, None),
        (figures.macs_of(network), total.macs, None, reference.macs if reference else None),
    ]
    rows = [(name, figures.count(ours), _count(theirs), _count(paper)) for name, ours, theirs, paper in facts]
    own = tuple(getattr(type_, "shape", ()) for type_ in network.outputs)
    paper = tuple(reference.output) if reference and reference.output else None
    rows.append(("output", _shapes(own), _shapes(outputs), _shapes([paper] if paper else [])))
    agree = all(_agree(ours, (theirs, paper)) for _, ours, theirs, paper in facts) and own == tuple(outputs)
    return aligned(_HEADINGS, rows, {1, 2, 3}), agree


def _agree(ours: int | None, others: Sequence[int | None]) -> bool:
    return all(other is None or other == ours for other in others)


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _shapes(shapes: Shapes) -> str:
    return ", ".join(" x ".join(map(str, shape)) for shape in shapes)
