"""What `from`, `outputs` and node-valued arguments point to."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from archspec.diagnostics.catalogue import graph as faults
from archspec.diagnostics.span import Span
from archspec.diagnostics.wording import listing
from archspec.elaborate import misnamed
from archspec.elaborate.faults import Broken, Faults, each
from archspec.elaborate.reading import pointing
from archspec.elaborate.scope import Lost, Outputs, Scope
from archspec.language import document
from archspec.language.place import Place
from archspec.network import INPUT, Ref
from archspec.ops.base import Op
from archspec.types import Unknown

Written: TypeAlias = document.Phases | str | list[str] | dict[str, str] | None
"""What is written for `outputs`."""


class Resolver:
    """Names to outputs of nodes defined earlier."""

    def __init__(self, report: Faults) -> None:
        self.report = report

    def inputs(self, source: document.Node, scope: Scope, reader: str) -> tuple[Ref, ...]:
        """What a node reads, Lost where that can't be said. A multi-output node stands for all of its outputs."""
        if source.source is None:
            return scope.default_source()
        if isinstance(source.source, str):
            return self._found(source.source, scope, source.place, ("from",), reader)
        found = [
            self._found(name, scope, source.place, ("from", index), reader) for index, name in enumerate(source.source)
        ]
        return tuple([ref for refs in found for ref in refs])

    def _found(
        self, name: str, scope: Scope, place: Place, path: tuple[str | int, ...], reader: str | None = None
    ) -> tuple[Ref, ...]:
        try:
            return self.resolve(name, scope, place, path, reader)
        except Broken:
            return (Lost(INPUT, name=name),)

    def resolve(
        self, name: str, scope: Scope, place: Place, path: tuple[str | int, ...], reader: str | None = None
    ) -> tuple[Ref, ...]:
        """The outputs that one reference means. Raises Broken once the fault is reported."""
        refs = scope.refs(*split(name))
        if not refs:
            self._unresolved(name, scope, place.inside(*path), reader)
            raise Broken
        return refs

    def _unresolved(self, name: str, scope: Scope, span: Span, reader: str | None) -> None:
        base, *rest = name.split(".")
        if not is_reference(name):
            return  # its fault was one of form
        if not scope.has(base):
            misnamed.node(self.report, base, span, scope, reader)
            return
        refs = scope.refs(base, ())
        if any(isinstance(scope.type_of(ref), Unknown) for ref in refs):
            return  # how many outputs it has isn't known
        found = f"its outputs are {listing(scope.output_names(base) or range(len(refs)))}"
        if len(refs) == 1:
            found = f"it has a single output: write `{base}`"
        self.report.add(faults.NoSuchOutput, span, node=base, name=".".join(rest), found=found)

    def outputs(self, written: Written, scope: Scope, place: Place | None) -> Outputs:
        """What a graph gives: all outputs of its last node where nothing is said."""
        if written is None:
            return Outputs(scope.default_source(), scope.output_names(next(reversed(scope.index), "")))
        if isinstance(written, document.Phases):
            phases = (("eval", written.eval), ("train", written.train))
            evaluation, training = each(lambda one: self.outputs(one[1], scope, inner(place, one[0])), phases)
            same = (evaluation.refs, evaluation.names) == (training.refs, training.names)
            return Outputs(evaluation.refs, evaluation.names, None if same else training)
        named = listed(written, place)
        several = each(lambda one: self._output(*one, scope), named)
        refs = tuple(ref for found in several for ref in found)
        if isinstance(written, dict):
            return Outputs(refs, tuple(key for key, found in zip(written, several, strict=True) for _ in found))
        return Outputs(refs, scope.output_names(named[0][0]) if len(named) == 1 else ())

    def _output(self, name: str, place: Place | None, scope: Scope) -> tuple[Ref, ...]:
        refs = scope.refs(*split(name))
        if refs:
            # A node of one phase that its `when` leaves out stands for nothing, and not for its input.
            node = scope.nodes[refs[0].node] if refs[0].node >= 0 else None
            return () if node is not None and node.body is None and node.source.phase is not None else refs
        span = place.value if place else None
        if "." in name and scope.has(name.split(".")[0]) and span is not None:
            self._unresolved(name, scope, span, None)
        elif is_reference(name):
            misnamed.output(self.report, name, place, scope)
        raise Broken

    def named_by_arguments(self, op: type[Op], source: document.Node, scope: Scope) -> tuple[Ref, ...]:
        """The outputs that arguments such as `like` name, in the order of the op's arguments."""
        refs: list[Ref] = []
        for argument in pointing(op):
            written = source.arguments.get(argument)
            if isinstance(written, str):
                refs.extend(self._found(written, scope, source.place, (argument,)))
        return tuple(refs)


def listed(written: Written, place: Place | None) -> list[tuple[str, Place | None]]:
    """The names that `outputs` holds, with their places."""
    if isinstance(written, document.Phases):
        return [*listed(written.eval, inner(place, "eval")), *listed(written.train, inner(place, "train"))]
    if isinstance(written, dict):
        return [(name, inner(place, key)) for key, name in written.items()]
    if isinstance(written, list):
        return [(name, inner(place, index)) for index, name in enumerate(written)]
    return [(written, place)] if written is not None else []


def inner(place: Place | None, key: str | int) -> Place | None:
    """The place of an entry."""
    return Place(place.here, key) if place is not None else None


@lru_cache(maxsize=1024)
def split(name: str) -> tuple[str, tuple[str | int, ...]]:
    """The node that a reference names, and the output of it."""
    base, *rest = name.split(".")
    return base, tuple(int(part) if part.isdecimal() and len(part) < 10 else part for part in rest)


def is_reference(name: str) -> bool:
    """Whether a text has the form of a reference at all."""
    return name.replace(".", "_").replace("_", "a").isalnum() and name.isascii() and not name.endswith(".")
