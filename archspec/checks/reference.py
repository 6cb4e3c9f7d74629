"""Whether a network is what was published: `reference` against what was counted."""

from __future__ import annotations

from archspec.analysis.cost import Costs
from archspec.diagnostics.catalogue.promises import ReferenceDiffers
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.language.tree import YamlMap
from archspec.network import Network


def check(network: Network, tree: YamlMap, costs: Costs) -> list[Diagnostic]:
    """`network` has the default parameters, and the input that the reference speaks of."""
    reference = network.document.reference
    if reference is None:
        return []
    output = network.outputs[0]
    facts = (
        ("params", "params", reference.params, costs.total.params),
        ("macs", "macs", reference.macs, costs.total.macs),
        ("output", "output sizes", tuple(reference.output or ()) or None, getattr(output, "shape", None)),
    )
    return [
        ReferenceDiffers(
            span=tree["reference"].span_of(key), fact=fact, published=_shown(published), computed=_shown(computed)
        )
        for key, fact, published, computed in facts
        if published is not None and published != computed
    ]


def _shown(fact: int | tuple[int, ...] | None) -> str:
    if fact is None:
        return "not known"
    return f"{fact:,}" if isinstance(fact, int) else " x ".join(map(str, fact))
