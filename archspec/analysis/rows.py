"""The listing of a network: one row per node, in the order of computation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from archspec.analysis.cost import Cost, Costs, Count
from archspec.analysis.naming import called
from archspec.analysis.receptive import Field, Growth, ReceptiveFields, in_pixels, largest
from archspec.analysis.receptive import field as field_of
from archspec.network import INPUT, Graph, Network, Node, Phase, Ref
from archspec.types import AnyType


class Row(NamedTuple):
    """A node at which the listing stops: a primitive, or at the depth asked for a block, group or chain with all that
    is in it.

    Every cost is in exactly one row, so rows add up to the totals. `inputs` are paths of other rows, or `input`.
    Branches that a `merge` joins are followed by a row for it under the path of the node.
    """

    path: str
    op: str
    inputs: tuple[str, ...]
    input_types: tuple[AnyType, ...]
    outputs: tuple[AnyType, ...]
    receptive_field: Field
    params: Count
    buffers: Count
    macs: Count
    depth: int


@dataclass(slots=True)
class _Frame:
    """A graph instance on the way: where it is, what its inputs are, and the paths of its nodes' outputs so far."""

    graph: Graph
    prefix: str
    inputs: tuple[str, ...]
    fields: tuple[Growth | None, ...]
    node: Node | None
    shared: bool = False
    """Whether it is a module that is called again, whose weights are counted where it was called first."""
    training: bool = False
    """Whether it exists in the training phase alone."""
    names: list[tuple[str, ...]] = field(default_factory=list)

    def inside(self, node: Node, path: str, sources: tuple[str, ...], fields: tuple[Growth | None, ...]) -> _Frame:
        """The frame of a node's own graph."""
        assert isinstance(node.body, Graph)
        shared = self.shared or node.shared is not None
        training = self.training or node.phase is Phase.TRAIN
        return _Frame(node.body, path + ".", sources, fields, node, shared, training)

    def read(self, refs: tuple[Ref, ...]) -> tuple[str, ...]:
        """Paths of what `refs` name."""
        if len(refs) == 1 and refs[0].node != INPUT and len(self.names[refs[0].node]) == 1:
            return self.names[refs[0].node]  # by far the most common
        return tuple(
            [self.inputs[ref.output] if ref.node == INPUT else self.names[ref.node][ref.output] for ref in refs]
        )

    def fields_of(self, refs: tuple[Ref, ...], known: ReceptiveFields) -> tuple[Growth | None, ...]:
        """Receptive fields of what `refs` name, in the network's input."""
        return tuple(
            [
                self.fields[ref.output]
                if ref.node == INPUT
                else field_of(known.growths(self.graph.nodes[ref.node])[ref.output], self.fields)
                for ref in refs
            ]
        )


def rows(network: Network, costs: Costs, receptive: ReceptiveFields, depth: int | None = None) -> Iterator[Row]:
    """All rows, at most `depth` names deep (None: down to the primitives). Linear in their number."""
    root = network.root
    names = root.called_inputs
    stack = [_Frame(root, "", names, ((0, 0),) * len(names), None)]
    while stack:
        frame = stack[-1]
        nodes = frame.graph.nodes
        while len(frame.names) < len(nodes):
            node = nodes[len(frame.names)]
            sources = frame.read(node.inputs)
            path = frame.prefix + node.name
            if isinstance(node.body, Graph) and (depth is None or len(stack) < depth):
                stack.append(frame.inside(node, path, sources, frame.fields_of(node.inputs, receptive)))
                break
            frame.names.append((path,) * len(node.outputs))
            cost = costs.of(node, shared=frame.shared, training=frame.training)
            yield _row(node, path, sources, cost, _seen(node, frame, receptive), len(stack))
        else:
            stack.pop()
            if frame.node is not None:
                yield from _leave(frame, stack[-1], receptive, len(stack))


def _leave(frame: _Frame, outer: _Frame, receptive: ReceptiveFields, depth: int) -> Iterator[Row]:
    """Back from inside a node: its outputs are those of the nodes within, or of its `merge`."""
    graph = frame.graph
    assert frame.node is not None
    if graph.merge is None:
        outer.names.append(frame.read(graph.outputs))
        return
    path = frame.prefix[:-1]
    outer.names.append((path,) * len(graph.merged))
    seen = _seen(frame.node, outer, receptive)
    types = tuple(graph.type_of(ref) for ref in graph.outputs)
    yield Row(path, graph.merge.name, frame.read(graph.outputs), types, graph.merged, seen, 0, 0, 0, depth)


def _seen(node: Node, frame: _Frame, receptive: ReceptiveFields) -> Field:
    """The receptive field of a node, the widest where it has several outputs."""
    growths = receptive.growths(node)
    if len(growths) == 1:
        return in_pixels(field_of(growths[0], frame.fields))
    return in_pixels(largest([field_of(growth, frame.fields) for growth in growths]))


def _row(node: Node, path: str, sources: tuple[str, ...], cost: Cost, seen: Field, depth: int) -> Row:
    return Row(
        path,
        called(node),
        sources,
        node.input_types,
        node.outputs,
        seen,
        cost.params,
        cost.buffers,
        cost.macs,
        depth,
    )
