"""How the channels, and other sizes, of values are said in a class: from what is read, and from what calls give."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from archspec.language.expressions import Binary, Expr, Name, NotPython, Product, parse, substitute
from archspec.network import Graph, Kind, Node
from archspec.ops.base import Op
from archspec.torchgen.copies import CHANNELS, SEQUENCE
from archspec.torchgen.frame import Fact, Frame
from archspec.torchgen.look import name_of, read, resolved
from archspec.types import Layout, TensorType

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering

_JOINING = frozenset(("flatten", "reshape"))
"""What makes channels of other axes: so many times those that come in."""


class Channels:
    """The facts of one class: what its expressions may say of the values that its nodes read."""

    def __init__(self, owner: ClassLowering) -> None:
        self.owner = owner
        self.lowering = owner.lowering
        self._known: tuple[Hashable, Frame, list[Node], dict[Fact, Expr]] | None = None
        """The facts asked for last: an op asks for them once per argument."""

    def input_facts(
        self, frame: Frame, nodes: list[Node], graphs: list[Graph], sizes: Collection[str] = ()
    ) -> dict[Fact, Expr]:
        """What can be said of a node's inputs, as `input.channels` and `input.1.channels`."""
        key = (id(frame), id(nodes), frozenset(sizes))
        if self._known is not None and self._known[0] == key:
            return self._known[3]
        facts: dict[Fact, Expr] = {}
        for index, ref in enumerate(nodes[0].inputs):
            base, path = name_of(graphs[0], ref)
            # Where the node is there, the one that it reads may be left out.
            pairs = [
                (graph, node.inputs) for graph, node in zip(graphs, nodes, strict=True) if index < len(node.inputs)
            ]
            found = {name_of(graph, resolved(graph, inputs[index])) for graph, inputs in pairs}
            behind, path_behind = found.pop() if len(found) == 1 else (base, path)
            for name in dict.fromkeys((*self.lowering.facts, *sizes)):
                past: Fact = behind, (*path_behind, name)
                expr = self._input_fact(frame, nodes, index, (base, (*path, name)), past, name)
                if expr is not None:
                    facts["input", (index, name)] = expr
                    if index == 0:
                        facts["input", (name,)] = expr
        self._known = (key, frame, nodes, facts)
        return facts

    def _input_fact(
        self, frame: Frame, nodes: list[Node], index: int, fact: Fact, past: Fact, name: str
    ) -> Expr | None:
        values = [read(node.input_types[index], name) if index < len(node.input_types) else None for node in nodes]
        known = [value for value in values if value is not None]
        if len(known) != len(values):
            return None
        return frame.try_say(known, [frame.facts.get(fact), frame.facts.get(past)])

    def learn(self, frame: Frame, nodes: list[Node], graphs: list[Graph]) -> None:
        """Notes how the channels of a node's outputs are said, for the nodes that read them."""
        name, several = nodes[0].name, len(nodes[0].outputs) > 1
        for index in range(min(len(node.outputs) for node in nodes)):
            for fact in self.lowering.facts:
                values = [read(node.outputs[index], fact) for node in nodes]
                known = [value for value in values if value is not None]
                if len(known) != len(values):
                    continue
                candidates = self.output_candidates(frame, nodes, graphs, index) if fact == "channels" else []
                said = frame.try_say(known, candidates)
                if said is not None:
                    frame.facts[name, (index, fact)] = said
                    frame.facts[name, (nodes[0].output_name(index), fact)] = said
                    if not several:
                        frame.facts[name, (fact,)] = said

        if several or name in self.owner.sequences.names:
            self._learn_all(frame, nodes, graphs)

    def _learn_all(self, frame: Frame, nodes: list[Node], graphs: list[Graph]) -> None:
        """What can be said of each of a node's outputs alike."""
        occurrences = [one for one, node in zip(frame.occurrences, nodes, strict=True) for _ in node.outputs]
        values = [read(output, CHANNELS) for node in nodes for output in node.outputs]
        known = [value for value in values if value is not None]
        if len(known) == len(values):
            place = replace(frame, occurrences=occurrences)
            said = place.try_say(known, self.output_candidates(frame, nodes, graphs, 0))
            if said is not None:
                frame.facts[nodes[0].name, (SEQUENCE, CHANNELS)] = said

    def output_candidates(self, frame: Frame, nodes: list[Node], graphs: list[Graph], index: int) -> list[Expr | None]:
        facts = self.input_facts(frame, nodes, graphs)
        inputs = [facts.get(("input", (number, "channels"))) for number in range(len(nodes[0].inputs))]
        leaving = self.owner.loops.leaving.get(nodes[0].name)
        expected = nodes[0].source.expect
        candidates: list[Expr | None] = [
            self._sizes(nodes),
            frame.translate(expected.channels) if expected is not None and not index else None,
            self._called_output(frame, nodes, graphs, index),
            leaving,
        ]
        if any("out" in node.arguments for node in nodes):
            candidates.append(self.owner.calls.given("out", frame, nodes))
        if any("chunks" in node.arguments for node in nodes) and inputs[0] is not None:
            chunks = self.owner.calls.given("chunks", frame, nodes)
            candidates.append(Binary("//", inputs[0], chunks) if chunks is not None else None)
        candidates.extend(inputs[:1])
        if len(inputs) > 1 and all(inputs):
            candidates.extend(Name(name) for name in self.owner.arguments)
            total = " + ".join(f"input.{number}.channels" for number in range(len(inputs)))
            candidates.append(frame.put(parse(total), {}, facts))
        ratio = self._ratio(frame, nodes[0], facts, index)
        if isinstance(nodes[0].body, Op) and nodes[0].body.name in _JOINING:
            candidates.insert(1, ratio)
        candidates.append(ratio)
        candidates.extend(Name(name) for name in (*self.owner.arguments, *self.owner.locals))
        candidates.append(self._together(frame, nodes, graphs, leaving))
        return candidates

    def _sizes(self, nodes: list[Node]) -> Expr | None:
        """The sizes of an image that becomes a vector, where they are the same everywhere: `512 * 7 * 7`."""
        body = nodes[0].body
        if not isinstance(body, Op) or body.name != "flatten":
            return None
        image, given = nodes[0].input_types[0], nodes[0].outputs[0]
        if not (isinstance(image, TensorType) and isinstance(given, TensorType) and image.layout is Layout.IMAGE):
            return None
        whole = given.shape == (prod(image.shape),) and all(node.input_types[0] == image for node in nodes)
        return Product(prod(image.shape), image.shape) if whole and prod(image.shape[1:]) > 1 else None

    def _ratio(self, frame: Frame, node: Node, facts: dict[Fact, Expr], index: int) -> Expr | None:
        """So many times the channels that come in, or a part of them."""
        before = read(node.input_types[0], CHANNELS) if node.input_types else None
        after = read(node.outputs[index], CHANNELS)
        if not before or not after:
            return None
        said = f"input.channels // {before // after}" if after <= before else f"{after // before} * input.channels"
        return frame.put(parse(said), {}, facts)

    def _together(self, frame: Frame, nodes: list[Node], graphs: list[Graph], one: Expr | None) -> Expr | None:
        """The channels of any number of values that are alike, one after the other."""
        counts, source = self.owner.sequences.counts, nodes[0].name
        if source not in counts and nodes[0].inputs:
            source, _ = name_of(graphs[0], nodes[0].inputs[0])
            one = frame.facts.get((source, (SEQUENCE, CHANNELS)))
        return Binary("*", counts[source], one) if source in counts and one is not None else None

    def _called_output(self, frame: Frame, nodes: list[Node], graphs: list[Graph], index: int) -> Expr | None:
        """What a class says of its output's channels, with the arguments of this call put in."""
        bodies = [node.body for node in nodes]
        if not all(isinstance(body, Graph) and body.kind in (Kind.BLOCK, Kind.GROUP, Kind.PARALLEL) for body in bodies):
            return None
        plan = self.lowering.known_plan(nodes[0])
        if plan is None or index >= len(plan.outputs) or (output := plan.outputs[index]) is None:
            return None
        shown = [self.lowering.represent(node) for node in nodes]
        symbols: dict[str, Expr] = {}
        for argument in plan.arguments:
            values = [argument.values[id(graph)] for graph in shown if id(graph) in argument.values]
            if len(values) != len(nodes):
                return None
            candidates = self.owner.calls.candidates(argument, frame, nodes, graphs)
            said = frame.try_say(values, candidates)
            if said is not None:
                symbols[argument.name] = said
        try:
            return substitute(output, symbols, {})
        except NotPython:
            return None
