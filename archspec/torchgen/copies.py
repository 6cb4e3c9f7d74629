"""The copies of a repeated node, side by side over all places where the node stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from archspec.language.expressions import Value
from archspec.network import Graph, Node
from archspec.torchgen.frame import Fact
from archspec.torchgen.look import name_of, read

CHANNELS = "channels"


@dataclass(slots=True)
class Copies:
    """The copies of a repeated node, over all occurrences of the place: one entry per copy."""

    owners: list[int] = field(default_factory=list)
    graphs: list[Graph] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    """Number of the copy within its row."""

    def add(self, owner: int, graph: Graph, node: Node, row: int, number: int) -> None:
        self.owners.append(owner)
        self.graphs.append(graph)
        self.nodes.append(node)
        self.rows.append(row)
        self.numbers.append(number)

    def only(self, indices: list[int]) -> Copies:
        return Copies(*([column[index] for index in indices] for column in self._columns()))  # type: ignore[arg-type]

    def _columns(self) -> tuple[list[object], ...]:
        return (self.owners, self.graphs, self.nodes, self.rows, self.numbers)  # type: ignore[return-value]

    def fact(self, which: int, index: int, fact: str) -> Fact:
        """How facts call what a copy reads."""
        node = self.nodes[which]
        base, path = name_of(self.graphs[which], node.inputs[index])
        return base, (*path, fact)

    def growth(self) -> list[Value] | None:
        """By how much the channels grow from copy to copy, per occurrence, where it is always the same."""
        grown: dict[int, int] = {}
        last: dict[int, int] = {}
        for place, node in zip(self.owners, self.nodes, strict=True):
            channels = read(node.input_types[0], CHANNELS)
            if channels is None:
                return None
            if place in last and grown.setdefault(place, channels - last[place]) != channels - last[place]:
                return None
            last[place] = channels
        places = sorted(last)
        return [grown.get(place, 0) for place in places] if grown else None
