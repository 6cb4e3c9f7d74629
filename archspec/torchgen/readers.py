"""Who reads which value of a class, in the order in which its forward runs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from archspec.network import INPUT, Graph, Phase, Ref
from archspec.torchgen.sequences import ALL

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering
    from archspec.torchgen.members import Step

Key = tuple[str, int]
"""A value: its node and the number of the output; `input` for the class's own."""


@dataclass(frozen=True, slots=True)
class Return:
    """What a class gives in one phase, or in both."""

    refs: tuple[Ref, ...]
    names: tuple[str, ...]
    phase: Phase | None


Event: TypeAlias = "Step | Return"


class Readers:
    """Steps and returns in running order, and for each value the positions of those that read it."""

    def __init__(self, owner: ClassLowering) -> None:
        self.owner = owner
        self.graph = graph = owner.graphs[0]
        steps = owner.members.steps
        self._present = {step.name for step in steps}
        always, train, evaluation = ([one for one in steps if one.phase is phase] for phase in (None, *Phase))
        training: list[Event] = []
        if graph.train_outputs is not None:
            training = [*train, Return(graph.train_outputs, graph.train_output_names, Phase.TRAIN)]
        last = Return(graph.outputs, graph.output_names, None)
        self.events: list[Event] = [*always, *training, *evaluation, last]
        ends = len(always), len(always) + len(training), len(self.events)
        self.always, self.training, self.evaluation = range(ends[0]), range(*ends[:2]), range(*ends[1:])
        self._paths = (self.always, self.training), (self.always, self.evaluation)
        self._readers: dict[Key, list[int]] = {}
        for index, event in enumerate(self.events):
            for key in self.keys_of(event):
                self._readers.setdefault(key, []).append(index)

    def of(self, key: Key) -> list[int]:
        """Positions of the steps and returns that read a value."""
        return self._readers.get(key, [])

    def finally_of(self, key: Key, inlined: Collection[int]) -> list[int]:
        """Positions of the lines that read a value, also as part of an expression that stands in them."""
        found, waiting = set(), list(self.of(key))
        while waiting:
            index = waiting.pop()
            event = self.events[index]
            if index in inlined and not isinstance(event, Return):
                waiting += [reader for output in self.outputs_of(event) for reader in self.of(output)]
            else:
                found.add(index)
        return sorted(found)

    def between(self, start: int, end: int) -> list[int]:
        """The positions that run after one and before another."""
        parts = next(parts for parts in self._paths if all(any(one in part for part in parts) for one in (start, end)))
        return [index for part in parts for index in part if start < index < end]

    def meet(self, one: int, other: int) -> bool:
        """Whether some phase runs through both positions."""
        return any(all(any(index in part for part in parts) for index in (one, other)) for parts in self._paths)

    def keys_of(self, event: Event) -> list[Key]:
        """The values that a step or return reads."""
        if isinstance(event, Return):
            return [self.key(self.graph, ref) for ref in event.refs]
        if event.outer is None:
            graph = event.graphs[0]
            return [self.key(graph, ref) for ref in self.owner.sequences.refs(graph, event.nodes[0].inputs)]
        return [self._dissolved(event, ref) for ref in event.nodes[0].inputs]

    def outputs_of(self, step: Step) -> list[Key]:
        """The values that it gives; one for all of them, where their number differs between instances."""
        if step.name in self.owner.sequences.names:
            return [(step.name, ALL)]
        return [(step.name, output) for output in range(len(step.nodes[0].outputs))]

    def _dissolved(self, step: Step, ref: Ref) -> Key:
        """What a node of a group reads that is written out among the nodes around it."""
        assert step.outer is not None
        inner = step.graphs[0]
        if ref.node != INPUT:
            return f"{step.outer.name}.{inner.nodes[ref.node].name}", ref.output
        return self.key(self.graph, step.outer.inputs[ref.output])

    def key(self, graph: Graph, ref: Ref) -> Key:
        """A value as the steps call it, past nodes that no instance has."""
        while ref.node != INPUT and graph.nodes[ref.node].name not in self._present:
            node = graph.nodes[ref.node]
            if isinstance(node.body, Graph) and (last := self._last(node.name, node.body)) in self._present:
                return last, ref.output
            ref = node.inputs[0]
        return ("input" if ref.node == INPUT else graph.nodes[ref.node].name), ref.output

    def _last(self, name: str, group: Graph) -> str:
        return f"{name}.{group.nodes[group.outputs[0].node].name}" if group.nodes and group.outputs[0].node >= 0 else ""
