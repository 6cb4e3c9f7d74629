"""What stands side by side: the branches of a node, one module over several inputs, a table whose rows are merged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from archspec.network import Graph, Node
from archspec.torchgen.code import Bracket, Code
from archspec.torchgen.frame import Frame, Unsayable, spell
from archspec.torchgen.look import signature
from archspec.torchgen.plan import NeedsStatements, Split
from archspec.torchgen.program import keyword_entry
from archspec.torchgen.table import Table

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering


class Sides:
    """Builds the nn.ModuleList, or nn.ModuleDict, of one class's nodes."""

    def __init__(self, owner: ClassLowering) -> None:
        self.owner = owner

    def over(self, frame: Frame, nodes: list[Node], graphs: list[Graph]) -> Code | None:
        """The one module that several inputs go through, or one of its own for each."""
        place = self._place(frame, nodes, graphs)
        inner = [node.body for node in nodes if isinstance(node.body, Graph)]
        if nodes[0].source.each is None:
            return self.owner.calls.element(place, [graph.nodes[0] for graph in inner], inner)
        if (loop := self._loop(place, nodes)) is not None:
            return loop
        if len({len(graph.nodes) for graph in inner}) > 1:
            raise Split(signature)
        items = []
        for index, child in enumerate(inner[0].nodes):
            row = {name: spell(value) for name, value in child.row.items()}
            there = replace(place, symbols={**place.symbols, **row})
            items.append(self.owner.calls.element(there, [graph.nodes[index] for graph in inner], inner))
        return Bracket("nn.ModuleList(", (Bracket("[", tuple(items), "]"),))

    def _place(self, frame: Frame, nodes: list[Node], graphs: list[Graph]) -> Frame:
        """Where copies stand side by side: the place of the node, and what the copies read."""
        facts = self.owner.channels.input_facts(frame, nodes, graphs)
        return frame.inside({**frame.facts, **{(f"chain:{base}", path): said for (base, path), said in facts.items()}})

    def _loop(self, place: Frame, nodes: list[Node]) -> Code | None:
        """Copies side by side by one expression over the rows of their table; None where there is none."""
        mark = self.owner.mark()
        try:
            return Table(self.owner, place, nodes, {}).modules()
        except (Split, Unsayable, NeedsStatements):
            self.owner.back_to(mark)
            return None

    def branches(self, frame: Frame, nodes: list[Node], graphs: list[Graph]) -> Code:
        """Branches over the same input, by name."""
        inner = [node.body for node in nodes if isinstance(node.body, Graph)]
        is_table = nodes[0].source.each is not None
        if is_table and (loop := self._loop(self._place(frame, nodes, graphs), nodes)) is not None:
            return loop
        if len({tuple(child.name for child in graph.nodes) for graph in inner}) > 1:
            raise Split(signature)
        facts = self.owner.channels.input_facts(frame, nodes, graphs)
        place = self._place(frame, nodes, graphs) if is_table else frame.inside({**frame.facts, **facts})
        items: list[Code] = []
        digits = all(child.name.isdecimal() for child in inner[0].nodes)
        for index, child in enumerate(inner[0].nodes):
            children = [graph.nodes[index] for graph in inner]
            if any(one.body is None for one in children):
                item: Code = "nn.Identity()"
            else:
                item = self.owner.calls.element(place, children, inner)
            items.append(item if digits else keyword_entry(child.name, item))
        if digits:
            return Bracket("nn.ModuleList(", (Bracket("[", tuple(items), "]"),))
        return Bracket("nn.ModuleDict(", (Bracket("{", tuple(items), "}"),))
