"""One module, several calls: `over` applies it to each of several inputs, `share` calls it again elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics.catalogue import graph as faults
from archspec.elaborate.faults import Broken
from archspec.elaborate.scope import Scope, finish, output_names
from archspec.language import document
from archspec.network import INPUT, Graph, Kind, Node, Ref
from archspec.ops.base import Op, Weight
from archspec.types import AnyType, TensorType

if TYPE_CHECKING:
    from archspec.elaborate.elaborator import Body, Elaborator


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
            return self._share(name, source, scope, refs, types)
        refs, names = self._inputs(source, scope, name)
        types = tuple(scope.type_of(ref) for ref in refs)
        graph = self._over(name, source, scope, types)
        graph.output_names = names if len(names) == len(graph.outputs) else ()
        return Node(name, source, graph, refs, types, graph.output_types)

    def _inputs(self, source: document.Node, scope: Scope, reader: str) -> tuple[tuple[Ref, ...], tuple[str, ...]]:
        """What `over` lists, and the names of a multi-output node that stands alone there."""
        written = source.over if isinstance(source.over, list) else [source.over or ""]
        paths = [("over", index) if isinstance(source.over, list) else ("over",) for index in range(len(written))]
        resolve = self.elaborator.resolver.resolve
        found = [resolve(one, scope, source.place, path, reader) for one, path in zip(written, paths, strict=True)]
        alone = scope.index.get(written[0]) if len(written) == 1 else None
        return tuple(ref for refs in found for ref in refs), output_names(scope.nodes[alone]) if alone is not None else ()

    def _over(self, name: str, source: document.Node, scope: Scope, types: tuple[AnyType, ...]) -> Graph:
        rows = self.elaborator.repeater.rows(source, scope) if source.each is not None else None
        if rows is not None and len(rows) != len(types):
            span = source.place.inside("each")
            self.report.add(faults.RowsForInputs, span, rows=len(rows), inputs=len(types))
            raise Broken
        inner = Scope(scope.values, types)
        with self.report.inside(name, source.op if source.op in self.elaborator.blocks else None, source.place):
            for index, type_ in enumerate(types):
                row = {} if rows is None else {**rows[index], "i": index, "n": len(types)}
                place = scope.with_row(row) if row else scope
                body, outputs, arguments = self.elaborator.body(source, place, (type_,), row, {})
                node = Node(str(index), source, body, (Ref(INPUT, index),), (type_,), outputs, arguments, row)
                if rows is None and index > 0:
                    node.shared = "0"
                    self._same_weights(inner.nodes[0], node, source)
                inner.add(node)
        refs = tuple(Ref(index, output) for index, node in enumerate(inner.nodes) for output in range(len(node.outputs)))
        return finish(inner, Kind.OVER, name, refs)[0]

    def _share(
        self, name: str, source: document.Node, scope: Scope, refs: tuple[Ref, ...], types: tuple[AnyType, ...]
    ) -> Node:
        other = source.share or ""
        if other not in scope.index:
            self.elaborator.resolver.resolve(other, scope, source.place, ("share",), name)
            raise Broken
        shared = scope.nodes[scope.index[other]]
        body, outputs, arguments = self._again(shared.source, scope, types, other)
        node = Node(name, source, body, refs, types, outputs, arguments, shared=other)
        self._same_weights(shared, node, source)
        return node

    def _again(self, source: document.Node, scope: Scope, types: tuple[AnyType, ...], name: str) -> Body:
        if source.repeat is not None or source.each is not None:
            return self.elaborator.repeater.copies(name, source, scope, types)
        return self.elaborator.body(source, scope, types, {}, {})

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
