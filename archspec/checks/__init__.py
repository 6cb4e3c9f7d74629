"""Rules over a network, a file per family; each returns diagnostics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from archspec.analysis.order import bottom_up
from archspec.checks import initialisation, learned, lint, phases
from archspec.diagnostics.diagnostic import Diagnostic, Severity
from archspec.language.place import Place
from archspec.language.tree import YamlMap
from archspec.network import NOTHING_ASKED, Graph, Network

if TYPE_CHECKING:
    from archspec.ops.initialisers import Start


def check(network: Network, tree: YamlMap) -> list[Diagnostic]:
    """Everything but `reference`, which holds for the network as published only. `tree` is the file as it was read."""
    written, whole = network.document.init, network.asked == NOTHING_ASKED
    graphs = bottom_up(network.root)
    return [
        *_of_graphs(graphs),
        *initialisation.check(written, network.root.init, network.root, whole),
        *lint.check(network.name, graphs, tree),
    ]


def check_part(root: Graph, written: Mapping[str, Place], init: tuple[Start, ...]) -> list[Diagnostic]:
    """What can be said of a graph though not all of it is known: errors, since any warning may be for want of that."""
    graphs = bottom_up(root)
    found = [*_of_graphs(graphs), *initialisation.check(written, init, root)]
    return [fault for fault in found if fault.severity is Severity.ERROR]


def _of_graphs(graphs: Sequence[Graph]) -> list[Diagnostic]:
    return [*learned.check(graphs), *phases.check(graphs)]
