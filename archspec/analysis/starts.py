"""Which modules an entry of `init` is of: all of a primitive or one node, in the network or in instances of a block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archspec.analysis.order import bottom_up
from archspec.network import Graph, Kind, Node
from archspec.ops.base import Op
from archspec.types import TensorType

if TYPE_CHECKING:
    from archspec.ops.initialisers import Start

_COPIES = frozenset((Kind.CHAIN, Kind.LINKED))


@dataclass(frozen=True, slots=True)
class Module:
    """A primitive where it stands, or one that its own module is made of."""

    op: Op
    inputs: tuple[TensorType, ...]
    node: Node | None
    """The node; None for what a primitive's own module is made of."""

    def axes(self, part: str) -> int | None:
        """How many axes its weight or bias has; None where it has none."""
        found = (len(one.shape) for one in self.op.weights(*self.inputs) if one.name == part)
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Unreached:
    """Why a path leads to no module; `known` are the nodes of which none is called `name`."""

    reason: str
    name: str = ""
    known: tuple[str, ...] = ()


def of_primitive(op: str, graphs: Iterable[Graph]) -> Iterator[Module]:
    """Every module of a primitive in these graphs; `bottom_up` has those within."""
    for graph in graphs:
        for node in graph.nodes:
            if isinstance(node.body, Op):
                inputs = _known(node)
                if node.body.name == op:
                    yield Module(node.body, inputs, node)
                yield from (Module(layer, (x,), None) for layer, x in node.body.layers(*inputs) if layer.name == op)


def instances(block: str, graphs: Iterable[Graph]) -> list[Graph]:
    """Every instance of a block among these graphs."""
    return [graph for graph in graphs if graph.kind is Kind.BLOCK and graph.name == block]


def at(graph: Graph, path: tuple[str, ...]) -> Module | Unreached | None:
    """The module that a path of nodes leads to, or why it leads to none; None where its node is left out here."""
    for depth, name in enumerate(path):
        node = next((one for one in graph.nodes if one.name == name), None)
        if node is None:
            written = getattr(graph.definition, "graph", None)
            if written is not None and name in written:
                return None
            return Unreached(f"`{graph.name}` has no node `{name}`", name, tuple(one.name for one in graph.nodes))
        if node.body is None:
            return None
        if name.isdecimal():
            return Unreached(f"`{'.'.join(path[: depth + 1])}` is in a list, and has no name of its own")
        if node.shared is not None:
            return Unreached(f"`{name}` calls the module of `{node.shared}`")
        body = node.body
        if isinstance(body, Graph) and body.kind is Kind.OVER and body.nodes[0].source.each is None:
            body = body.nodes[0].body or body
        if isinstance(body, Op):
            last = depth == len(path) - 1
            return Module(body, _known(node), node) if last else Unreached(f"`{name}` is a primitive")
        if body.kind not in (Kind.BLOCK, Kind.GROUP):
            return Unreached(f"`{name}` is several modules")
        graph = body
    return Unreached(f"`{path[-1]}` is no primitive")


def modules(start: Start, root: Graph) -> list[Module | Unreached | None]:
    """All that an entry is of in a network, or in an imported one."""
    graphs = bottom_up(root)
    inside = [root] if start.block is None else instances(start.block, graphs)
    if start.op is None:
        return [at(graph, start.path) for graph in inside]
    within = graphs if start.block is None else list(dict.fromkeys(one for graph in inside for one in bottom_up(graph)))
    return list(of_primitive(start.op, within))


def _known(node: Node) -> tuple[TensorType, ...]:
    return tuple(one for one in node.input_types if isinstance(one, TensorType))
