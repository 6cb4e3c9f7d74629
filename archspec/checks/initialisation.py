"""Whether `init` speaks of primitives that the network has, and of weights that its schemes can fill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from archspec.diagnostics.catalogue.initialisation import FlatWeight, NothingToInitialise
from archspec.diagnostics.catalogue.lint import UnusedInitialisation
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import Advice
from archspec.language.place import Place
from archspec.network import Graph
from archspec.ops import registry
from archspec.ops.base import Op
from archspec.types import TensorType

if TYPE_CHECKING:
    from archspec.ops.initialisers import Initialiser


def check(
    written: Mapping[str, Place], init: Mapping[str, Initialiser], graphs: Iterable[Graph], whole: bool = True
) -> Iterator[Diagnostic]:
    """Entries of `init` that would do nothing, or fail. `written` has their places.

    A network that isn't whole, since taps or one phase are asked of it, may lack what its `init` speaks of.
    """
    if not init:
        return
    axes = _axes(init, graphs)
    for name, place in written.items():
        op = registry.find(name)
        scheme = init.get(op.name) if op is not None else None
        if op is None or scheme is None:
            continue  # told of already
        if op.name not in axes:
            if whole:
                yield UnusedInitialisation(span=place.name, op=name)
        elif not axes[op.name]:
            own = "init" in op.model_fields
            helps = (Advice(words=f"`{name}` has an argument of its own for it, `init`"),) if own else ()
            yield NothingToInitialise(span=place.name, op=name, helps=helps)
        elif min(axes[op.name]) < scheme.axes:
            yield FlatWeight(span=place.value, op=name, scheme=scheme.name)


def _axes(init: Mapping[str, Initialiser], graphs: Iterable[Graph]) -> dict[str, set[int]]:
    """For each primitive that the network has and `init` speaks of, how many axes its weights have."""
    found: dict[str, set[int]] = {}
    for graph in graphs:
        for node in graph.nodes:
            if isinstance(node.body, Op):
                known = [type_ for type_ in node.input_types if isinstance(type_, TensorType)]
                for op, types in ((node.body, known), *((layer, [x]) for layer, x in node.body.layers(*known))):
                    if op.name in init:
                        found.setdefault(op.name, set()).update(
                            len(weight.shape) for weight in op.weights(*types) if weight.name == "weight"
                        )
    return found
