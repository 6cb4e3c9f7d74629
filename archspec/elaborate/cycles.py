"""Blocks that hold themselves whatever their parameters are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archspec.diagnostics.catalogue.expansion import BlockCycle
from archspec.elaborate.faults import Faults, shortened
from archspec.language import document


def endless(blocks: Mapping[str, document.Block], report: Faults) -> frozenset[str]:
    """The blocks of all such cycles, each of which is reported."""
    found: set[str] = set()
    done: set[str] = set()
    for name in blocks:
        path: dict[str, Iterator[document.Node]] = {}
        waiting = [name] if name not in done else []
        while waiting:
            here = waiting[-1]
            if here not in path:
                path[here] = _always(blocks[here].graph)
            node = next((one for one in path[here] if one.op in blocks and one.op not in done), None)
            if node is None or node.op is None:
                done.add(here)
                path.pop(here)
                waiting.pop()
            elif node.op in path:
                names = list(path)
                cycle = names[names.index(node.op) :]
                found.update(cycle)
                text = " uses ".join(shortened([*cycle, node.op]))
                report.add(BlockCycle, node.place.inside("op"), block=node.op, cycle=text)
            else:
                waiting.append(node.op)
    return frozenset(found)


def _always(nodes: document.Graph) -> Iterator[document.Node]:
    """The nodes that are there in every instance, nested ones included."""
    waiting = [iter(nodes.values())]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
        elif node.when is None and not isinstance(node.repeat, str) and node.repeat != 0 and _has_rows(node):
            yield node
            waiting.append(iter((node.graph or node.parallel or {}).values()))


def _has_rows(node: document.Node) -> bool:
    return node.each is None or (isinstance(node.each.rows, list) and bool(node.each.rows))
