"""Whether `init` speaks of primitives that the network has, and of weights that its schemes can fill."""

from __future__ import annotations

from collections.abc import Iterator

from archspec.analysis.order import bottom_up
from archspec.diagnostics.catalogue.initialisation import FlatWeight, NothingToInitialise
from archspec.diagnostics.catalogue.lint import UnusedInitialisation
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import Advice
from archspec.network import Network
from archspec.ops import registry
from archspec.ops.base import Op


def check(network: Network) -> Iterator[Diagnostic]:
    """Entries of `init` that would do nothing, or fail."""
    if not network.init:
        return
    axes = _axes(network)
    for name, place in network.document.init.items():
        op = registry.find(name)
        assert op is not None
        scheme = network.init[op.name]
        if op.name not in axes:
            yield UnusedInitialisation(span=place.name, op=name)
        elif not axes[op.name]:
            own = "init" in op.model_fields
            helps = (Advice(words=f"`{name}` has an argument of its own for it, `init`"),) if own else ()
            yield NothingToInitialise(span=place.name, op=name, helps=helps)
        elif min(axes[op.name]) < scheme.axes:
            yield FlatWeight(span=place.value, op=name, scheme=scheme.name)


def _axes(network: Network) -> dict[str, set[int]]:
    """For each primitive that the network has and `init` speaks of, how many axes its weights have."""
    found: dict[str, set[int]] = {}
    for graph in bottom_up(network.root):
        for node in graph.nodes:
            if isinstance(node.body, Op) and node.body.name in network.init:
                weights = node.body.weights(*node.input_types)  # type: ignore[arg-type]  # a checked network's are known
                found.setdefault(node.body.name, set()).update(
                    len(weight.shape) for weight in weights if weight.name == "weight"
                )
    return found
