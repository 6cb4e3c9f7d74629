"""The variables of a forward: `x` for what runs on, `out` beside it, a node's own name for what lives longer."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from archspec.network import Graph, Kind
from archspec.ops.base import Op
from archspec.torchgen.names import FORWARD, free
from archspec.torchgen.phrases import Phrases, label
from archspec.torchgen.readers import Key, Readers, Return

if TYPE_CHECKING:
    from archspec.torchgen.members import Step

RUNNING = ("x", "out")
_HALVES = ("left", "right")


class Variables:
    """Knows by which text each value is read, and finds names that nothing still needs."""

    def __init__(self, readers: Readers, phrases: Phrases, kind: Kind, inlined: Collection[int]) -> None:
        self.readers, self.phrases, self.kind = readers, phrases, kind
        self.inlined = inlined
        """Positions of the steps that stand inside the line of another."""
        self.held: dict[Key, str] = {}
        self._past: set[Key] = set()
        """Values that nothing reads any more."""
        self._given = self._names_of_outputs(readers.graph)

    def name(self, index: int, key: Key, own: str) -> str:
        """The name for a value that the step at this position gives; `own` is for one that needs a name of its own."""
        for wanted in (self.given(key), self.awaited(key)):
            if wanted is not None and self.is_free(wanted, index):
                return wanted
        role = self._role(key)
        if role and role in {_variable(text) for text in self.held.values()} and self.is_free(role, index):
            return role
        if self._is_joined(key) and not self._is_added(key, index):
            return self.fresh(own)
        if self.runs_on(key, index):
            names = RUNNING[:1] if self.kind is Kind.NETWORK else RUNNING
            return next((name for name in names if self.is_free(name, index)), None) or self.fresh(own)
        return "x" if self._is_branched_from(key, index) else self.fresh(own)

    def of_several(self, index: int, step: Step, key: Key) -> str:
        """The name for one of several outputs: as the one node says that reads all, or as the output is called."""
        called = step.nodes[0].output_name(key[1])
        if isinstance(called, int):
            wanted = self._roles(step) or (_HALVES if self._halves(step) else ())
            return self.fresh(wanted[key[1]] if wanted else f"{label(step.name)}{called}")
        for known in (self.given(key), self.awaited(key)):
            if known is not None and self.is_free(known, index):
                return known
        if (
            self.is_free("x", index)
            and self.runs_on(key, index)
            and not self._is_joined(key)
            and (self._leaves(step, key) or (not key[1] and called in self._other_names(step)))
        ):
            return "x"
        return self.fresh(f"{label(step.name)}_{called}" if called in self._other_names(step) else called)

    def _leaves(self, step: Step, key: Key) -> bool:
        """Whether no line that reads this output takes another one of the same node."""
        lines = set(self.lines_that_read(key))
        beside = (other for other in self.readers.outputs_of(step) if other != key)
        return all(lines.isdisjoint(self.lines_that_read(other)) for other in beside)

    def _halves(self, step: Step) -> bool:
        """Whether a value is cut in two, by a node whose name says no more than that."""
        body = step.nodes[0].body
        said = isinstance(body, Op) and body.name == "chunk" and step.name in ("split", "chunk")
        return said and len(step.nodes[0].outputs) == 2

    def _other_names(self, step: Step) -> set[str]:
        """What other nodes and their outputs are called."""
        others = [one for one in self.readers.events if not isinstance(one, Return) and one is not step]
        outputs = {name for one in others if not self.phrases.is_over(one) for name in one.nodes[0].output_names}
        return outputs | {one.name for one in others}

    def _roles(self, step: Step) -> tuple[str, ...]:
        """What the outputs of a node are for the primitives that read them: query, key and value."""
        roles = tuple(self._role(key) for key in self.readers.outputs_of(step))
        return roles if "" not in roles and len(set(roles)) == len(roles) else ()

    def _role(self, key: Key) -> str:
        """What a value is for the one primitive that reads it, perhaps behind others that keep its type."""
        while len(readers := self.readers.of(key)) == 1:
            event = self.readers.events[readers[0]]
            if isinstance(event, Return) or not isinstance(op := event.nodes[0].body, Op):
                break
            keys = self.readers.keys_of(event)
            if op.input_names:
                return dict(zip(keys, op.input_names, strict=False)).get(key, "")
            if event.nodes[0].outputs != event.nodes[0].input_types:
                break
            (key,) = self.readers.outputs_of(event)
        return ""

    def fresh(self, name: str) -> str:
        """A name that no value has had."""
        return free(name, {_variable(text) for text in self.held.values()}, FORWARD)

    def is_free(self, name: str, index: int) -> bool:
        """Whether nothing behind this position reads what the variable holds. Positions are asked for in order."""
        holders = [key for key, text in self.held.items() if key not in self._past and _variable(text) == name]
        for key in holders:
            lines = self.lines_that_read(key)
            if not lines or lines[-1] <= index:
                self._past.add(key)
            elif any(one > index and self.readers.meet(index, one) for one in lines):
                return False
        return True

    def lines_that_read(self, key: Key) -> list[int]:
        return self.readers.finally_of(key, self.inlined)

    def given(self, key: Key) -> str | None:
        """The name that a value has as an output."""
        return self._given.get(key)

    def awaited(self, key: Key) -> str | None:
        """What a loop that the value goes through calls it."""
        for reader in self.readers.of(key):
            event = self.readers.events[reader]
            if not isinstance(event, Return) and self.phrases.is_sequence(event):
                names = self.phrases.names_in_sequence(event)
                return names[self.readers.keys_of(event).index(key)] if names else None
        return None

    def runs_on(self, key: Key, index: int) -> bool:
        """Whether nothing is assigned between this step and the last line that reads its value."""
        lines = self.lines_that_read(key)
        return bool(lines) and all(not self._assigned_between(index, line) for line in lines)

    def _assigned_between(self, start: int, end: int) -> list[int]:
        return [index for index in self.readers.between(start, end) if index not in self.inlined]

    def _is_branched_from(self, key: Key, index: int) -> bool:
        """Whether a value is for a block what its input was: one branch starts from it, and both meet again."""
        lines = self.lines_that_read(key)
        if self.kind is Kind.NETWORK or not lines or not self.is_free("x", index):
            return False
        for between in self._assigned_between(index, lines[-1]):
            event = self.readers.events[between]
            if isinstance(event, Return) or event.flag is not None or len(event.nodes[0].outputs) > 1:
                return False
            beside: Key = (event.name, 0)
            if self.given(beside) or self._is_joined(beside) or not self.runs_on(beside, between):
                return False
        return True

    def _is_joined(self, key: Key) -> bool:
        """Whether one expression reads it beside a value with a name of its own."""
        waiting = list(self.readers.of(key))
        while waiting:
            event = self.readers.events[index := waiting.pop()]
            if isinstance(event, Return) or self.phrases.is_expression(event):
                others = (self.held.get(other, "x") for other in self.readers.keys_of(event) if other != key)
                if any(other.isidentifier() and other not in RUNNING for other in others):
                    return True
                if index in self.inlined and not isinstance(event, Return):
                    waiting += self.readers.of((event.name, 0))
        return False

    def _is_added(self, key: Key, index: int) -> bool:
        """Whether what runs on is added to, or multiplied by, one other value: `x + shortcut`."""
        (reader, *others) = self.readers.of(key) or [-1]
        event = self.readers.events[reader]
        if others or isinstance(event, Return) or not self.phrases.is_operator(event):
            return False
        return len(self.readers.keys_of(event)) == 2 and self.runs_on(key, index)

    def _names_of_outputs(self, graph: Graph) -> dict[Key, str]:
        """The names that values have as outputs: one value each, and none that is an input."""
        names = [name for name in graph.output_names if graph.output_names.count(name) == 1]
        keys = {
            name: self.readers.key(graph, ref) for ref, name in zip(graph.outputs, graph.output_names, strict=False)
        }
        return {keys[name]: free(name, (), FORWARD) for name in names if keys[name][0] != "input"}


def _variable(text: str) -> str:
    """The name in `x`, `x[0]` and `*x`."""
    return text.removeprefix("*").partition("[")[0]
