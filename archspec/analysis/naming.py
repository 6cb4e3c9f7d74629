"""How listings and pictures call what a node does: the primitive, the block, or a repeat of these."""

from __future__ import annotations

from archspec.network import Graph, Kind, Node

_MOST = 3


def called(node: Node) -> str:
    """`conv`, `Bottleneck`, `Bottleneck x 3`; a group is called by its first nodes."""
    body = node.body
    if not isinstance(body, Graph) or body.kind in (Kind.BLOCK, Kind.OVER):
        return node.op
    if (node.source.each is None and node.source.repeat is None) or node.row:
        return _listed([called(inner) for inner in body.copies[: _MOST + 1]], ", ") if body.nodes else node.op
    copies = _copies(body)
    return f"{_listed(list(dict.fromkeys(called(copy) for copy in copies)), ' / ')} x {len(copies)}"


def _copies(graph: Graph) -> list[Node]:
    """All copies of a repeat, those of a table whose rows repeat included."""
    nodes: list[Node] = []
    for node in graph.copies:
        inner = node.body
        chain = isinstance(inner, Graph) and inner.kind in (Kind.CHAIN, Kind.LINKED)
        nodes.extend(inner.copies if isinstance(inner, Graph) and chain else (node,))
    return nodes


def _listed(names: list[str], between: str) -> str:
    return between.join(names[:_MOST]) + (" …" if len(names) > _MOST else "")
