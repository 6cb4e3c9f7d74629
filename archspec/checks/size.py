"""Whether the weights of a network keep to the limits."""

from __future__ import annotations

from archspec.analysis.cost import Costs
from archspec.analysis.order import bottom_up
from archspec.diagnostics.catalogue.expansion import TooManyElements, TooManyParameters
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import Raise
from archspec.elaborate.limits import Limits
from archspec.network import Network, Node
from archspec.ops.base import Op
from archspec.types import TensorType


def check(network: Network, costs: Costs, limits: Limits) -> list[Diagnostic]:
    """Single weights that are too large; else the sum of all, if that is."""
    total = costs.total.params or 0
    if total + (costs.total.buffers or 0) <= min(limits.tensor_elements, limits.parameters):
        return []
    found: list[Diagnostic] = []
    for graph in bottom_up(network.root):
        for node in graph.nodes:
            found += _weights(node, limits.tensor_elements)
    if not found and total > limits.parameters:
        found.append(_too_many(network, costs, total, limits.parameters))
    return found


def _too_many(network: Network, costs: Costs, count: int, limit: int) -> Diagnostic:
    """Marks the node that has most of them."""
    source = max(network.root.nodes, key=lambda node: costs.of(node).params or 0).source
    span = source.place.inside("repeat" if source.repeat is not None else "op")
    return TooManyParameters(span=span, count=count, limit=limit, helps=(Raise(setting="Limits(parameters=...)"),))


def _weights(node: Node, limit: int) -> list[Diagnostic]:
    known = tuple(type_ for type_ in node.input_types if isinstance(type_, TensorType))
    if not isinstance(node.body, Op) or len(known) != len(node.input_types):
        return []
    return [
        TooManyElements(
            span=node.source.place.inside("op"),
            what=f"the {weight.name or 'value'} of `{node.name}`",
            shape=" x ".join(map(str, weight.shape)),
            count=weight.elements,
            limit=limit,
            helps=(Raise(setting="Limits(tensor_elements=...)"),),
        )
        for weight in node.body.weights(*known)
        if weight.elements > limit
    ]
