"""What a diagram shows of a graph: boxes and arrows, with groups opened up and repeats as one box."""

from __future__ import annotations

from dataclasses import dataclass, field

from archspec.analysis.naming import called
from archspec.display import figures
from archspec.network import INPUT, Graph, Kind, Network, Node

MOST_BOXES = 300
"""Boxes of one picture; what comes after them is counted."""
MOST_PANELS = 6


@dataclass(frozen=True, slots=True)
class Box:
    """One box: what it is called, what it does, the shape of what comes out. `role` is input, op, block or output."""

    name: str
    op: str
    shape: str
    role: str


@dataclass(slots=True)
class Picture:
    """Boxes in order of computation, and arrows as pairs of their indices."""

    title: str
    boxes: list[Box] = field(default_factory=list)
    arrows: list[tuple[int, int]] = field(default_factory=list)

    def add(self, box: Box, sources: list[int]) -> int:
        index = len(self.boxes)
        self.boxes.append(box)
        self.arrows += [(source, index) for source in dict.fromkeys(sources)]
        return index


def pictures(network: Network) -> list[Picture]:
    """The network, then the blocks of its own file as they are where they are used first."""
    found = [picture(network.root, network.name)]
    seen: set[str] = set()
    for _, node in network.root.walk():
        graph = node.body
        if len(found) > MOST_PANELS or len(seen) == len(network.document.blocks):
            break
        if isinstance(graph, Graph) and graph.name in network.document.blocks and graph.name not in seen:
            seen.add(graph.name)
            found.append(picture(graph, graph.name))
    return found


def picture(graph: Graph, title: str) -> Picture:
    """One graph from its inputs to its outputs."""
    drawn = Picture(title)
    names = graph.called_inputs
    sources = [
        drawn.add(Box(name, "", figures.shape(type_), "input"), [])
        for name, type_ in zip(names, graph.inputs, strict=True)
    ]
    outputs = _opened(graph, "", sources, drawn)
    drawn.add(Box("output", "", figures.shapes(graph.output_types), "output"), outputs)
    return drawn


def _opened(graph: Graph, prefix: str, sources: list[int], drawn: Picture) -> list[int]:
    """Draws the nodes of a graph; returns the boxes that its outputs come from."""
    values: list[list[int]] = []
    for index, node in enumerate(graph.nodes):
        if len(drawn.boxes) >= MOST_BOXES:
            rest = Box(f"… and {len(graph.nodes) - index:,} more", "", figures.shapes(graph.output_types), "op")
            return [drawn.add(rest, values[-1] if values else sources)]
        inputs = [sources[ref.output] if ref.node == INPUT else values[ref.node][ref.output] for ref in node.inputs]
        values.append(_node(node, prefix, inputs, drawn))
    outputs = [sources[ref.output] if ref.node == INPUT else values[ref.node][ref.output] for ref in graph.outputs]
    if graph.merge is None:
        return outputs
    name = prefix.rstrip(".") or graph.name
    return [drawn.add(Box(name, graph.merge.name, figures.shapes(graph.merged), "op"), outputs)] * len(graph.merged)


def _node(node: Node, prefix: str, inputs: list[int], drawn: Picture) -> list[int]:
    name = prefix + node.name
    if node.body is None:
        return inputs[:1]
    if isinstance(node.body, Graph) and node.body.kind in (Kind.GROUP, Kind.PARALLEL) and not _is_table(node):
        return _opened(node.body, name + ".", inputs, drawn)
    role = "block" if isinstance(node.body, Graph) else "op"
    box = drawn.add(Box(name, called(node), figures.shapes(node.outputs), role), inputs)
    return [box] * len(node.outputs)


def _is_table(node: Node) -> bool:
    """Copies side by side, drawn as one box like any other repeat."""
    return node.source.each is not None and not node.row
