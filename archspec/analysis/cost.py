"""Parameters, buffers and multiply-accumulates of a network."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from archspec.analysis.order import bottom_up
from archspec.network import Graph, Node, Phase
from archspec.ops.base import Op
from archspec.types import UNKNOWN, AnyType

Count: TypeAlias = int | None
"""A count, or None where it isn't known."""


class Cost(NamedTuple):
    """What a part of a network costs.

    `params` are the elements of its trainable parameters, `buffers` those of its registered buffers. `macs` are the
    multiply-accumulates of convolutions, linear layers and matrix products, attention included, for one sample in the
    eval phase: no bias, normalisation, activation, pooling or interpolation. A count that isn't known makes every sum
    with it unknown.
    """

    params: Count = 0
    buffers: Count = 0
    macs: Count = 0


FREE = Cost()
UNKNOWN_COST = Cost(None, None, None)


class Costs:
    """Costs of every node and graph of one network. Each graph object, and so each distinct block instance, is
    counted once.
    """

    def __init__(self, root: Graph) -> None:
        self._nodes: dict[Node, Cost] = {}
        for graph in bottom_up(root):
            if graph.cost is None:
                graph.cost = self._sum(graph)
        self.total = self.of_graph(root)

    def of(self, node: Node, *, shared: bool = False, training: bool = False) -> Cost:
        """The cost of a node with all that is in it, where it stands: inside a shared or a training-only one, say."""
        cost = self.of_graph(node.body) if isinstance(node.body, Graph) else self._of_primitive(node)
        if shared or node.shared is not None:
            cost = Cost(0, 0, cost.macs)
        return Cost(cost.params, cost.buffers, 0) if training or node.phase is Phase.TRAIN else cost

    def of_graph(self, graph: Graph) -> Cost:
        assert isinstance(graph.cost, Cost)
        return graph.cost

    def _of_primitive(self, node: Node) -> Cost:
        known = self._nodes.get(node)
        if known is None:
            assert not isinstance(node.body, Graph)
            known = self._nodes[node] = cost_of(node.body, node.input_types)
        return known

    def _sum(self, graph: Graph) -> Cost:
        costs = [self.of(node) for node in graph.nodes]
        if graph.merge is not None:
            costs.append(cost_of(graph.merge, tuple(graph.type_of(ref) for ref in graph.outputs)))
        costs = [one for one in costs if one is not FREE]
        return Cost(*map(add_up, zip(*costs, strict=True))) if costs else FREE


def cost_of(op: Op | None, inputs: tuple[AnyType, ...]) -> Cost:
    """The cost of one primitive; of none, where a node was left out."""
    if op is None or _is_free(type(op)):
        return FREE
    known: Any = inputs
    if UNKNOWN in known:
        return UNKNOWN_COST
    params = buffers = 0
    for weight in op.weights(*known):
        if weight.buffer:
            buffers += weight.elements
        else:
            params += weight.elements
    macs = op.macs(*known)
    return Cost(params, buffers, macs) if params or buffers or macs != 0 else FREE


@cache
def _is_free(op: type[Op]) -> bool:
    """Whether a primitive never has weights and never multiplies, whatever it reads."""
    return op.weights is Op.weights and op.macs is Op.macs


def add_up(counts: Sequence[Count]) -> Count:
    """The sum; None where any of them is."""
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total
