"""Rules over a whole network, a file per family; each takes a network and returns diagnostics."""

from __future__ import annotations

from archspec.checks import contracts, initialisation, learned, lint, phases
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.language.tree import YamlMap
from archspec.network import Network


def check(network: Network, tree: YamlMap) -> list[Diagnostic]:
    """Everything but `reference`, which holds for the network as published only. `tree` is the file as it was read."""
    found = [
        *contracts.check(network, tree),
        *initialisation.check(network),
        *learned.check(network),
        *phases.check(network),
    ]
    return [*found, *lint.check(network, tree)]
