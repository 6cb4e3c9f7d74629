"""Rules over a network, a file per family; each returns diagnostics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from archspec.checks import initialisation, learned, lint, phases
from archspec.diagnostics.diagnostic import Diagnostic, Severity
from archspec.language.place import Place
from archspec.language.tree import YamlMap
from archspec.network import NOTHING_ASKED, Graph, Network

if TYPE_CHECKING:
    from archspec.ops.initialisers import Initialiser


def check(network: Network, tree: YamlMap) -> list[Diagnostic]:
    """Everything but `reference`, which holds for the network as published only. `tree` is the file as it was read."""
    written, whole = network.document.init, network.asked == NOTHING_ASKED
    return [
        *_of_graph(network.root),
        *initialisation.check(written, network.init, network.root, whole),
        *lint.check(network, tree),
    ]


def check_part(root: Graph, written: Mapping[str, Place], init: Mapping[str, Initialiser]) -> list[Diagnostic]:
    """What can be said of a graph though not all of it is known: errors, since any warning may be for want of that."""
    found = [*_of_graph(root), *initialisation.check(written, init, root)]
    return [fault for fault in found if fault.severity is Severity.ERROR]


def _of_graph(graph: Graph) -> list[Diagnostic]:
    return [*learned.check(graph), *phases.check(graph)]
