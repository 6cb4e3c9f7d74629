"""One module, several calls: `over` applies it to each of several inputs, `share` calls it again elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from archspec.diagnostics.catalogue import graph as faults
from archspec.diagnostics.wording import plural
from archspec.elaborate import misnamed
from archspec.elaborate.faults import Broken, Frame
from archspec.elaborate.scope import NOTHING, Outputs, Scope, finish
from archspec.elaborate.use import Use
from archspec.language import document
from archspec.network import INPUT, Graph, Kind, Node, Ref
from archspec.ops.base import Op, Weight
from archspec.types import AnyType, TensorType

if TYPE_CHECKING:
    from archspec.elaborate.elaborator import Elaborator
    from archspec.elaborate.rows import Row


class Reuse:
    """Elaborates nodes that call a module more than once."""

    def __init__(self, elaborator: Elaborator) -> None:
        self.elaborator = elaborator
        self.report = elaborator.report

    def node(
        self, name: str, source: document.Node, scope: Scope, refs: tuple[Ref, ...], types: tuple[AnyType, ...]
    ) -> Node:
        """A node with `over` or `share`. Raises Broken once its fault is reported."""
        if source.share is not None:
            return self._share(name, Use(source, scope, scope, refs, types), source.share)
        refs, names = self._inputs(source, scope, name)
        types = tuple(scope.type_of(ref) for ref in refs)
        graph = self._over(name, Use(source, scope, scope, refs, types))
        graph.output_names = names if len(names) == len(graph.outputs) else ()
        return Node(name, source, graph, refs, types, graph.output_types)

    def _inputs(self, source: document.Node, scope: Scope, reader: str) -> tuple[tuple[Ref, ...], tuple[str, ...]]:
        """What `over` lists, and the names of a multi-output node that stands alone there."""
        written = source.over if isinstance(source.over, list) else [source.over or ""]
        refs: list[Ref] = []
        for index, name in enumerate(written):
            path: tuple[str | int, ...] = ("over", index) if isinstance(source.over, list) else ("over",)
            refs += self.elaborator.resolver.resolve(name, scope, source.place, path, reader)
        return tuple(refs), scope.output_names(written[0]) if len(written) == 1 else ()

    def _over(self, name: str, use: Use) -> Graph:
        source = use.source
        rows = self.elaborator.repeater.rows.of(source, source.each, use.scope) if source.each is not None else None
        if rows is not None and len(rows) != len(use.types):
            span = source.place.inside("each")
            fields = {"rows": plural(len(rows), "row"), "inputs": plural(len(use.types), "input")}
            self.report.add(faults.RowsForInputs, span, **fields)
            raise Broken
        inner = use.scope.chain(name, use.types, use.refs)
        with self.elaborator.counter.inside(source):
            for index in range(len(use.types)):
                node = self._call(index, use, inner, rows[index] if rows is not None else None)
                if rows is None and index > 0:
                    node.shared = "0"
                    self._same_weights(inner.nodes[0], node, source)
                inner.add(node)
        counts = enumerate(len(node.outputs) for node in inner.nodes)
        refs = tuple(Ref(index, output) for index, count in counts for output in range(count))
        return finish(inner, Kind.OVER, name, Outputs(refs))

    def _call(self, index: int, use: Use, inner: Scope, row: Row | None) -> Node:
        """One call: of the module of all, or of the row's own."""
        refs, types = (Ref(INPUT, index),), (use.types[index],)
        values, cells = {}, NOTHING
        if row is not None:
            values, cells = {**row.values, "i": index, "n": len(use.types)}, row.cells
        scope = use.scope.with_row(values, cells) if row is not None else use.scope
        self.elaborator.counter.made(use.source)
        self.report.frames.append(Frame(str(index), use.source))
        try:
            body = self.elaborator.body(Use(use.source, scope, inner, refs, types, row=cells))
        finally:
            self.report.frames.pop()
        return Node(str(index), use.source, body.body, refs, types, body.outputs, body.arguments, values)

    def _share(self, name: str, use: Use, other: str) -> Node:
        source, scope = use.source, use.scope
        if other not in scope.index:
            misnamed.node(self.report, other, source.place.inside("share"), scope, name)
            raise Broken
        shared = scope.nodes[scope.index[other]]
        again = replace(use, source=shared.source)
        repeated = shared.source.repeat is not None or shared.source.each is not None
        body = self.elaborator.repeater.copies(other, again) if repeated else self.elaborator.body(again)
        node = Node(name, source, body.body, use.refs, use.types, body.outputs, body.arguments, shared=other)
        self._same_weights(shared, node, source)
        return node

    def _same_weights(self, first: Node, again: Node, source: document.Node) -> None:
        """One module has one set of weights, whatever it is given."""
        if first.body is None or again.body is None:
            return
        for (path, left), (_, right) in zip(_weights(first), _weights(again), strict=False):
            if left.shape != right.shape:
                span = source.place.inside("share" if source.share is not None else "over")
                what = f"{path}.{left.name}" if path and left.name else path or left.name
                sizes = [" x ".join(map(str, weight.shape)) for weight in (left, right)]
                self.report.add(faults.SharedDiffers, span, weight=what, first=sizes[0], again=sizes[1])
                raise Broken


def _weights(node: Node) -> list[tuple[str, Weight]]:
    """All weights of a module with their paths."""
    if isinstance(node.body, Op):
        return [("", weight) for weight in _own(node)]
    found: list[tuple[str, Weight]] = []
    for path, inner in node.body.walk() if isinstance(node.body, Graph) else ():
        if isinstance(inner.body, Op):
            found += [(path, weight) for weight in _own(inner)]
    return found


def _own(node: Node) -> tuple[Weight, ...]:
    known = tuple(type_ for type_ in node.input_types if isinstance(type_, TensorType))
    return node.body.weights(*known) if isinstance(node.body, Op) and len(known) == len(node.input_types) else ()
