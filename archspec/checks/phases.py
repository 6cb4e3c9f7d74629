"""What runs in one phase alone can't be needed by what runs in the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archspec.diagnostics.catalogue.graph import WrongPhase
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.network import Graph, Node, Phase, Ref


def check(graphs: Iterable[Graph]) -> list[Diagnostic]:
    """Each node of one phase that the outputs of the other need."""
    found: dict[int, Diagnostic] = {}
    for graph in graphs:
        if not any([node.phase for node in graph.nodes]):
            continue
        training = graph.train_outputs if graph.train_outputs is not None else graph.outputs
        for phase, other, refs in ((Phase.EVAL, Phase.TRAIN, graph.outputs), (Phase.TRAIN, Phase.EVAL, training)):
            for node in _needed(graph, refs):
                if node.phase is other:
                    span = node.source.place.name
                    found[id(node.source)] = WrongPhase(span=span, name=node.name, phase=other.value, other=phase.value)
    return list(found.values())


def _needed(graph: Graph, refs: tuple[Ref, ...]) -> Iterator[Node]:
    needed = {ref.node for ref in refs}
    for index in range(len(graph.nodes) - 1, -1, -1):
        if index in needed:
            needed.update(ref.node for ref in graph.nodes[index].inputs)
            yield graph.nodes[index]
