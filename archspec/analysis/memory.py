"""How much memory the values of a network take."""

from __future__ import annotations

from archspec.analysis.cost import Count, add_up
from archspec.analysis.order import bottom_up
from archspec.network import Graph, Node, Phase
from archspec.types import AnyType, TensorType

_BYTES = {"float": 4}
_INDEX = 8


def activation_memory(root: Graph) -> Count:
    """Bytes of the outputs of all primitives for one sample, in float32.

    Counted are the elements of every output of every primitive, `merge` included, at 4 bytes, and at 8 where the
    output holds indices. Not counted are the network's input, parameters, gradients, nodes of the training phase
    alone, and what torch needs while an operator runs. Values that torch can share or overwrite (of `flatten`, of an
    activation in place) count like any other, so this is what a training step would keep at most, before what
    backward saves besides. None where a type isn't known.
    """
    known: dict[Graph, Count] = {}
    for graph in bottom_up(root):
        known[graph] = add_up([*(_node(node, known) for node in graph.nodes), _outputs(graph.merged)])
    return known[root]


def _node(node: Node, known: dict[Graph, Count]) -> Count:
    if node.body is None or node.phase is Phase.TRAIN:
        return 0
    return known[node.body] if isinstance(node.body, Graph) else _outputs(node.outputs)


def _outputs(types: tuple[AnyType, ...]) -> Count:
    return add_up(
        [type_.elements * _BYTES.get(type_.dtype, _INDEX) if isinstance(type_, TensorType) else None for type_ in types]
    )
