"""How much a spec says: its nodes, and whatever else has a name or stands in a list. Too much isn't looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from archspec.diagnostics.catalogue.plain import TooManyParts
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.span import Span
from archspec.language.tree import YamlList, YamlMap

_KEPT: Final = 2_000
"""Parts of a graph that are still looked at where there are too many: enough for all faults that are shown."""
_OF_GRAPH: Final = ("outputs", "taps", "reference", "weights")
"""What speaks of nodes, some of which are gone."""


def shortened(tree: YamlMap, limit: int) -> tuple[YamlMap | None, Diagnostic | None]:
    """The tree, and a fault where it says too much; then what can be looked at soon is left of it, if anything."""
    rest = {key: value for key, value in tree.items() if key != "graph"}
    room = limit - len(rest) - _keyed(rest, limit)
    if room < 0:
        largest = max(rest, key=lambda key: _keyed({key: rest[key]}, limit))
        return None, TooManyParts(span=tree.key_span(largest), limit=limit)
    graph = tree.get("graph")
    if not isinstance(graph, YamlMap | YamlList):
        return tree, None
    count = kept = 0
    for number, (key, node) in enumerate(_entries(graph)):
        count += 1 + _node(node, room)
        kept = number + 1 if count <= _KEPT else kept
        if count > room:
            fault = TooManyParts(span=_start(graph.span_of(key)), limit=limit)
            return (_cut(tree, graph, kept) if kept else None), fault
    return tree, None


def _entries(graph: YamlMap | YamlList) -> Iterable[tuple[str | int, Any]]:
    return graph.items() if isinstance(graph, YamlMap) else enumerate(graph)


def _cut(tree: YamlMap, graph: YamlMap | YamlList, kept: int) -> YamlMap:
    for key in _OF_GRAPH:
        tree.pop(key, None)
    if isinstance(graph, YamlList):
        del graph[kept:]
    else:
        for name in list(graph)[kept:]:
            del graph[name]
    return tree


def _start(span: Span) -> Span:
    """The first line of a part, which may be long."""
    return span if span.line == span.end_line else Span(span.source, span.line, span.column, span.line, span.column + 1)


def _keyed(part: dict[str, Any], limit: int) -> int:
    """Parts under the keys of a spec or block."""
    count = 0
    for key, value in part.items():
        if key == "blocks" and isinstance(value, YamlMap):
            for block in value.values():
                count += 1 + (_keyed(block, limit) if isinstance(block, YamlMap) else 0)
        else:
            count += _graph(value, limit) if key == "graph" else _values(value, limit)
        if count > limit:
            break
    return count


def _graph(nodes: Any, limit: int) -> int:
    """Nodes of a graph, with what is in them. Nesting is bounded since the file was read."""
    if not isinstance(nodes, YamlMap | YamlList):
        return 0
    count = len(nodes)
    for node in nodes.values() if isinstance(nodes, YamlMap) else nodes:
        if type(node) is not str:
            count += _node(node, limit)
        if count > limit:
            break
    return count


def _node(node: Any, limit: int) -> int:
    """What is in a node: other nodes, and the items of lists. The keys of the node itself are one part with it."""
    if isinstance(node, YamlList):
        return _graph(node, limit)
    if not isinstance(node, YamlMap):
        return 0
    count = 0
    for key, value in node.items():
        if isinstance(value, YamlMap | YamlList):
            if key in ("graph", "parallel"):
                count += _graph(value, limit)
            else:
                count += _node(value, limit) if key == "else" else _values(value, limit)
    return count


def _values(value: Any, limit: int) -> int:
    """Everything in a mapping or list."""
    if not isinstance(value, YamlMap | YamlList):
        return 0
    count = len(value)
    for inner in value.values() if isinstance(value, YamlMap) else value:
        if count > limit:
            break
        if isinstance(inner, YamlMap | YamlList):
            count += _values(inner, limit)
    return count
