"""What `from`, `outputs` and node-valued arguments point to."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from archspec.diagnostics.catalogue import graph as faults
from archspec.diagnostics.remarks import suggestion
from archspec.diagnostics.span import Span
from archspec.diagnostics.wording import listing
from archspec.elaborate.arguments import readings
from archspec.elaborate.faults import Broken, Faults
from archspec.elaborate.scope import Scope
from archspec.language import document
from archspec.language.place import Place
from archspec.network import INPUT, Ref
from archspec.ops.base import Op


class Resolver:
    """Names to outputs of nodes defined earlier."""

    def __init__(self, report: Faults) -> None:
        self.report = report

    def inputs(self, source: document.Node, scope: Scope, reader: str) -> tuple[Ref, ...]:
        """What a node reads. A multi-output node stands for all of its outputs."""
        if source.source is None:
            return scope.default_source()
        if isinstance(source.source, str):
            return self.resolve(source.source, scope, source.place, ("from",), reader)
        refs: list[Ref] = []
        for index, name in enumerate(source.source):
            refs += self.resolve(name, scope, source.place, ("from", index), reader)
        return tuple(refs)

    def resolve(
        self, name: str, scope: Scope, place: Place, path: tuple[str | int, ...], reader: str | None = None
    ) -> tuple[Ref, ...]:
        """The outputs that the reference at a path inside a node means. Raises Broken once the fault is reported."""
        refs = scope.refs(*_split(name))
        if refs:
            return refs
        span = place.inside(*path)
        base, *rest = name.split(".")
        if base in scope.index or base == "input":
            count = len(scope.refs(base, ()))
            found = f"its outputs are {listing(range(count))}" if count > 1 else f"it has a single output: write `{base}`"
            self.report.add(faults.NoSuchOutput, span, node=base, name=".".join(rest), found=found)
        else:
            self._unknown(base, scope, span, reader)
        raise Broken

    def _unknown(self, name: str, scope: Scope, span: Span | None, reader: str | None) -> None:
        if name == reader:
            self.report.add(faults.OwnNode, span, name=name)
        elif name in scope.every:
            self.report.add(faults.LaterNode, span, name=name)
        elif name in scope.outer:
            self.report.add(faults.NodeOutside, span, name=name, where=scope.where)
        else:
            helps = suggestion(name, [*scope.index, "input"], scope.where)
            self.report.add(faults.UnknownNode, span, name=name, where=scope.where, helps=helps)

    def outputs(self, written: str | None, scope: Scope, place: Place | None) -> tuple[Ref, ...]:
        """What a graph returns: all outputs of its last node where nothing is said."""
        if written is None:
            return scope.default_source()
        refs = scope.refs(*_split(written))
        if refs:
            return refs
        helps = suggestion(written, scope.index, scope.where)
        span = place.value if place else None
        self.report.add(faults.UnknownOutput, span, name=written, where=scope.where, helps=helps)
        return scope.default_source()

    def named_by_arguments(self, op: type[Op], source: document.Node, scope: Scope) -> tuple[Ref, ...]:
        """The outputs that arguments such as `like` name, in the order of the op's arguments."""
        refs: list[Ref] = []
        for argument in _pointing(op):
            written: Any = source.arguments.get(argument)
            if isinstance(written, str):
                refs += self.resolve(written, scope, source.place, (argument,))
        return tuple(refs)

    def labels(self, source: document.Node, scope: Scope) -> list[str]:
        """How messages call the inputs of a node."""
        if source.source is not None:
            written = source.source if isinstance(source.source, list) else [source.source]
            labels: list[str] = []
            for name in written:
                count = len(scope.refs(*_split(name)))
                labels.extend([name] if count == 1 else [f"{name}.{index}" for index in range(count)])
            return labels
        refs = scope.default_source()
        return [self._label(ref, scope, len(refs)) for ref in refs]

    def _label(self, ref: Ref, scope: Scope, count: int) -> str:
        name = "input" if ref.node == INPUT else scope.nodes[ref.node].name
        return name if count == 1 else f"{name}.{ref.output}"


@cache
def _pointing(op: type[Op]) -> tuple[str, ...]:
    """The arguments of a primitive that name nodes."""
    return tuple(name for name, reading in readings(op).items() if reading.reference)


@lru_cache(maxsize=1024)
def _split(name: str) -> tuple[str, tuple[str | int, ...]]:
    base, *rest = name.split(".")
    return base, tuple(int(part) if part.isdecimal() else part for part in rest)
