"""The order in which facts of nested graphs are worked out."""

from __future__ import annotations

from archspec.network import Graph


def bottom_up(root: Graph) -> list[Graph]:
    """Every graph object of a network once, inner ones before the graphs that hold them. Depth doesn't cost stack."""
    done: list[Graph] = []
    known: set[Graph] = {root}
    stack = [(root, iter(root.nodes))]
    while stack:
        graph, rest = stack[-1]
        for node in rest:
            inner = node.body
            if isinstance(inner, Graph) and inner not in known:
                known.add(inner)
                stack.append((inner, iter(inner.nodes)))
                break
        else:
            done.append(graph)
            stack.pop()
    return done
