"""The networks of the zoo as `archspec list` shows them: those that are asked for, in the form that is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Final

from archspec.analysis.cost import Count
from archspec.diagnostics.catalogue.outside import NotAnAmount
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.span import Source, Span
from archspec.diagnostics.wording import plural
from archspec.display import figures
from archspec.display.table import aligned, comma_separated, piped
from archspec.places import zoo
from archspec.spec import Spec, load

_AMOUNT: Final = re.compile(r"(\d{1,18}|\d{1,3}(?:,\d{3}){1,5})(?:\.(\d{1,9}))?([kmgbt]?)", re.ASCII | re.IGNORECASE)
_SCALES: Final = {"": 0, "k": 3, "m": 6, "g": 9, "b": 9, "t": 12}
_HEADINGS: Final = ("network", "task", "input", "parameters", "MACs", "source", "weights")
_COLUMNS: Final = ("name", "network", "task", "input", "params", "macs", "source", "weights", "doc")
_RIGHT: Final = frozenset((3, 4))


@dataclass(frozen=True, slots=True)
class Entry:
    """A network of the zoo. `params` and `macs` are None where they aren't known."""

    name: str
    network: str
    task: str | None
    inputs: dict[str, list[int]]
    params: Count
    macs: Count
    source: str | None
    weights: tuple[str, ...]
    doc: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; None and nothing stand for everything."""

    names: tuple[str, ...] = ()
    """Patterns of names, or parts of them."""
    task: str | None = None
    params: int | None = None
    macs: int | None = None

    def has_name(self, name: str) -> bool:
        return not self.names or any(one in name or fnmatchcase(name, one) for one in self.names)

    def has_counts(self, params: Count, macs: Count) -> bool:
        """Whether both counts are known to be within the limits."""
        return _within(params, self.params) and _within(macs, self.macs)


def entries(wanted: Wanted) -> Iterator[Entry]:
    """The networks that are asked for, in order of their names."""
    for name, path in zoo().items():
        if not wanted.has_name(name):
            continue
        spec = load(path)
        if wanted.task is None or spec.task == wanted.task:
            params, macs = _counts(spec)
            if wanted.has_counts(params, macs):
                written = spec.document
                shapes = {called: list(one.shape) for called, one in written.every_input.items()}
                known = tuple(written.weights)
                yield Entry(name, spec.name, spec.task, shapes, params, macs, written.source, known, spec.doc)


def _counts(spec: Spec) -> tuple[Count, Count]:
    """Parameters and multiply-accumulates: as published where the spec says both, for `archspec check` holds them to
    what is counted. So nothing has to be compiled for a list.
    """
    published = spec.document.reference
    if published is None or published.at is not None or published.params is None or published.macs is None:
        return spec.params, spec.macs
    return published.params, published.macs


def amount(text: str, origin: str) -> int | Diagnostic:
    """`5M`, `1.5G` or `5,000,000` as a number; parts of one are left out."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return NotAnAmount(span=Span(Source(origin, text), 1, 1, 1, len(text) + 1), key=origin, found=text)
    whole, part, scale = found[1].replace(",", ""), found[2] or "", _SCALES[found[3].lower()]
    return int(whole + part.ljust(scale, "0")[:scale]) if scale else int(whole)


def table(found: Iterable[Entry]) -> str:
    """Aligned columns for a terminal."""
    rows = [_cells(entry) for entry in found]
    return f"{aligned(_HEADINGS, rows, _RIGHT)}{plural(len(rows), 'network')}\n"


def markdown(found: Iterable[Entry]) -> str:
    """A table of Markdown."""
    return piped(_HEADINGS, map(_cells, found), _RIGHT)


def csv(found: Iterable[Entry]) -> str:
    """Plain numbers for a spreadsheet; empty where one isn't known."""
    return comma_separated(_COLUMNS, map(_plain, found))


def as_json(found: Iterable[Entry]) -> str:
    """The same facts as plain data."""
    return json.dumps([asdict(entry) for entry in found], indent=2) + "\n"


FORMATS: Final[Mapping[str, Callable[[Iterable[Entry]], str]]] = {
    "table": table,
    "json": as_json,
    "csv": csv,
    "markdown": markdown,
}


def _within(count: Count, limit: int | None) -> bool:
    return limit is None or (count is not None and count <= limit)


def _cells(entry: Entry) -> tuple[str, ...]:
    return (
        entry.name,
        entry.task or "",
        ", ".join(" x ".join(map(str, shape)) for shape in entry.inputs.values()),
        figures.count(entry.params),
        figures.count(entry.macs),
        entry.source or "",
        ", ".join(entry.weights),
    )


def _plain(entry: Entry) -> tuple[object, ...]:
    shapes = " ".join("x".join(map(str, shape)) for shape in entry.inputs.values())
    weights = " ".join(entry.weights)
    facts = (entry.params, entry.macs, entry.source, weights, entry.doc)
    return (entry.name, entry.network, entry.task, shapes, *facts)
