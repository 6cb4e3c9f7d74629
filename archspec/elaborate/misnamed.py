"""Names that mean nothing where they stand, and what was probably meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

from archspec.diagnostics.catalogue import arguments, graph
from archspec.diagnostics.catalogue.outside import OpUnusable
from archspec.diagnostics.diagnostic import Help, Note
from archspec.diagnostics.nearest import nearest
from archspec.diagnostics.remarks import Advice, Write
from archspec.diagnostics.span import Span
from archspec.diagnostics.wording import listing
from archspec.elaborate import habits
from archspec.elaborate.faults import Faults
from archspec.elaborate.reading import EXPRESSION, Reading
from archspec.elaborate.scope import FACTS
from archspec.language import document
from archspec.language.place import Place
from archspec.ops import registry


class Surroundings(Protocol):
    """A graph, as far as names go: the nodes so far, all of its nodes, and the names of values."""

    where: str
    every: Collection[str]
    later: Collection[str]

    @property
    def index(self) -> Collection[str]: ...

    @property
    def values(self) -> Collection[str]: ...

    def surroundings(self) -> Iterator[Surroundings]: ...

    def names(self) -> list[str]: ...

    def has(self, name: str) -> bool: ...


def op(report: Faults, name: str, span: Span | None, blocks: Collection[str], notes: tuple[Note, ...] = ()) -> None:
    """A primitive or block that there isn't, or that can't be had."""
    failed = registry.failure(name)
    if failed is not None:
        report.add(OpUnusable, span, name=name, package=failed.package, reason=failed.reason, notes=notes)
        return
    what = "block" if name[:1].isupper() and blocks else "primitive"
    helps = habits.op(name, [*registry.names(), *blocks]) or report.nearest(name, lambda: [*registry.names(), *blocks])
    report.add(graph.UnknownOp, span, name=name, what=what, notes=notes, helps=helps)


def output(report: Faults, name: str, place: Place | None, scope: Surroundings) -> None:
    """A name in `outputs` that is none of its graph's nodes."""
    helps = report.nearest(name, lambda: scope.index, scope.where)
    span = place.value if place is not None else None
    report.add(graph.UnknownOutput, span, name=name, where=scope.where, helps=helps)


def argument(report: Faults, name: str, span: Span | None, op: str, known: Iterable[str]) -> None:
    """An argument that a primitive doesn't have."""
    helps = habits.argument(name, {*known, *document.KEYS}) or _own_or_key(report, name, known, f"`{op}`")
    report.add(arguments.UnknownArgument, span, op=op, name=name, helps=helps)


def parameter(report: Faults, name: str, span: Span | None, owner: str, known: Iterable[str]) -> None:
    """A parameter that a block doesn't have."""
    own = {*known, *document.KEYS}
    helps = habits.argument(name, own) or _own_or_key(report, name, known, f"`{owner}`")
    report.add(arguments.UnknownParameter, span, owner=owner, name=name, helps=helps)


def column(missing: str, columns: Iterable[str], known: Collection[str]) -> tuple[Help, ...]:
    """A column that would set a missing argument if it were called as that is."""
    near = nearest(missing, (name for name in columns if name not in known))
    return (Advice(words=f"a column that sets it is called `{missing}`, not `{near}`"),) if near is not None else ()


def _own_or_key(report: Faults, name: str, known: Iterable[str], owner: str) -> tuple[Help, ...]:
    """The nearest name of an op; the keys of nodes count where a name is near one of them, and aren't listed."""
    own = list(known)
    keys = [key for key in document.KEYS if key[:1] == name[:1] and abs(len(key) - len(name)) < 2]
    return report.nearest(name, lambda: [*own, *keys]) or report.nearest(name, lambda: own, owner)


def node(report: Faults, name: str, span: Span | None, scope: Surroundings, reader: str | None = None) -> None:
    """A node that can't be read here: `reader` itself, a later one, one outside, or one that there isn't."""
    if name == reader:
        report.add(graph.OwnNode, span, name=name)
    elif name in scope.every and name not in scope.index:
        report.add(graph.LaterNode, span, name=name)
    elif any(name in outer.every for outer in scope.surroundings()):
        report.add(graph.NodeOutside, span, name=name, where=scope.where)
    else:
        helps = report.nearest(name, scope.names, scope.where)
        report.add(graph.UnknownNode, span, name=name, where=scope.where, helps=helps)


def value(report: Faults, name: str, span: Span | None, scope: Surroundings, reading: Reading = EXPRESSION) -> None:
    """A bare name that is no parameter, `let` or column, nor one of the choices that an argument has."""
    if scope.has(name):
        report.add(arguments.UnknownName, span, name=name, helps=(Write(words=f"{name}.channels"),))
    elif name in scope.later:
        report.add(
            arguments.UnknownName, span, name=name, helps=(Advice(words="it is declared behind this; put it first"),)
        )
    else:
        near = habits.choice(name, reading.choices) or report.nearest(name, lambda: [*scope.values, *reading.choices])
        helps = near or habits.value(name, reading.truth)
        report.add(arguments.UnknownName, span, name=name, helps=helps)


def fact(report: Faults, name: str, span: Span | None, node: str, found: str | None = None) -> None:
    """Something that no value has, or none of this type: `found` says which that is."""
    helps = () if found else report.nearest(name, lambda: FACTS)
    report.add(graph.NotAValue, span, node=node, name=name, found=found or f"a value has {listing(FACTS)}", helps=helps)
