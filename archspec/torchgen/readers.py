"""Who reads which value of a class, in the order in which its forward runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.network import INPUT, Graph, Phase, Ref

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering
    from archspec.torchgen.members import Step

Key = tuple[str, int]
"""A value: its node and the number of the output; `input` for the class's own."""


class Readers:
    """Steps in running order, and for each value the positions that read it; one past the end is the return."""

    def __init__(self, owner: ClassLowering) -> None:
        self.owner = owner
        rank = {None: 0, Phase.TRAIN: 1, Phase.EVAL: 2}
        self.steps = sorted(owner.members.steps, key=lambda step: rank[step.phase])
        self._present = {step.name for step in self.steps}
        self._readers: dict[Key, list[int]] = {}
        graph = owner.graphs[0]
        for index, step in enumerate(self.steps):
            for key in self.keys_of(step):
                self._readers.setdefault(key, []).append(index)
        for ref in (*graph.outputs, *(graph.train_outputs or ())):
            self._readers.setdefault(self.key(graph, ref), []).append(len(self.steps))

    def of(self, key: Key) -> list[int]:
        """Positions of the steps that read a value."""
        return self._readers.get(key, [])

    def keys_of(self, step: Step) -> list[Key]:
        """The values that a step reads."""
        if step.outer is None:
            return [self.key(step.graphs[0], ref) for ref in step.nodes[0].inputs]
        return [self._dissolved(step, ref) for ref in step.nodes[0].inputs]

    def _dissolved(self, step: Step, ref: Ref) -> Key:
        """What a node of a group reads that is written out among the nodes around it."""
        assert step.outer is not None
        inner = step.graphs[0]
        if ref.node != INPUT:
            return f"{step.outer.name}.{inner.nodes[ref.node].name}", ref.output
        return self.key(self.owner.graphs[0], step.outer.inputs[ref.output])

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
