"""The copies of a repeated node, side by side over all places where the node stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from archspec.language.expressions import Expr, Value
from archspec.network import Graph, Node
from archspec.torchgen.frame import Fact, Frame, Unsayable, same
from archspec.torchgen.look import name_of, read

CHANNELS = "channels"
SEQUENCE = "*"
"""In the place of an output's number: each of a node's outputs."""


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

    def steady(self, frame: Frame, wanted: Iterable[str]) -> dict[Fact, Expr]:
        """What all copies read alike, under the dotted names that their references have. Raises Unsayable where the
        channels differ."""
        facts = dict(frame.facts)
        place = replace(frame, occurrences=[frame.occurrences[owner] for owner in self.owners])
        for index in range(min((len(node.inputs) for node in self.nodes), default=0)):
            for fact in wanted:
                values = [read(node.input_types[index], fact) for node in self.nodes]
                known = [value for value in values if value is not None]
                keys = list(dict.fromkeys(self.fact(which, index, fact) for which in range(len(self.nodes))))
                bases = dict.fromkeys((base, (SEQUENCE, fact)) for base, _ in keys)
                said = [frame.facts.get(key) for key in (*keys, *bases)]
                expr = place.try_say(known, said) if len(known) == len(values) else None
                if expr is None and fact == CHANNELS:
                    raise Unsayable(fact)
                facts.update({key: expr for key in keys if expr is not None})
        return facts

    def unsaid(self, frame: Frame) -> Callable[[str, list[Value]], Expr]:
        """A value that the copies of each occurrence share can still become an argument of the class."""

        def unsaid(hint: str, values: list[Value]) -> Expr:
            by_owner: dict[int, Value] = {}
            for place, value in zip(self.owners, values, strict=True):
                if not same(by_owner.setdefault(place, value), value):
                    raise Unsayable(hint)
            places = sorted(by_owner)
            return frame.at(places).say([by_owner[place] for place in places], [], hint)

        return unsaid

    def growth(self) -> list[Value] | None:
        """By how much the channels grow from copy to copy, per occurrence, where it is always the same.

        Of two copies alone, that isn't known.
        """
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
        if max(map(self.owners.count, places), default=0) < 3:
            return None
        return [grown.get(place, 0) for place in places] if grown else None
