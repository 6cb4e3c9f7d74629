"""`forward` of one class: what is written in one line, what only one phase runs."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from archspec.language.expressions import names, to_source
from archspec.network import Kind
from archspec.torchgen.code import tree
from archspec.torchgen.inlining import Inlining
from archspec.torchgen.links import run_linked
from archspec.torchgen.names import FORWARD, free
from archspec.torchgen.phrases import Phrases, label, one_of
from archspec.torchgen.program import Function, Line, Statement, Suite
from archspec.torchgen.readers import Key, Readers, Return
from archspec.torchgen.results import Results
from archspec.torchgen.tuples import Tuples
from archspec.torchgen.variables import Variables
from archspec.types import TensorType

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering
    from archspec.torchgen.members import Step

_ROOM = 88
"""Room for a line with its comment, without indentation and what stands between the two."""
_PRODUCT = frozenset(string.ascii_letters + string.digits + "_ *")
"""The signs of names and products, which need no brackets in a shape."""


def forward(owner: ClassLowering) -> Function:
    """Written twice: which expressions stand inside which lines is known first, and with it what needs a name."""
    draft = Forward(owner)
    draft.function()
    return Forward(owner, draft.inlined).function()


class Forward:
    """Writes the lines of one forward: what runs always, then what training alone runs, then evaluation."""

    def __init__(self, owner: ClassLowering, decided: set[int] | None = None) -> None:
        self.owner = owner
        self.drafts = decided is None
        self.inlined: set[int] = decided or set()
        """Positions of the steps that stand inside the line of another."""
        self.readers = Readers(owner)
        self.phrases = Phrases(self.readers)
        self.variables = Variables(self.readers, self.phrases, owner.kind, self.inlined)
        self.results = Results(self.readers, self.phrases, owner.kind)
        self.held = self.variables.held
        self.inlining = Inlining(self.readers, self.phrases, owner.kind, self.held)
        self.loops: dict[str, tuple[str, str]] = {}
        """Nodes whose outputs are read in a loop: what gives one of them, and the loop's clause."""
        self.tuples = Tuples(self)
        self.lines: list[Statement] = []

    def function(self) -> Function:
        graph = self.readers.graph
        inputs = list(graph.input_names) or ["x"]
        if not graph.input_names and len(graph.inputs) > 1:
            inputs = [f"x{number + 1}" for number in range(len(graph.inputs))]
        called = [free(name, (), FORWARD - {"x"}) for name in inputs]
        for number, name in enumerate(called):
            self.held["input", number] = name
        self._run(self.readers.always)
        if self.readers.training:
            always, self.lines = self.lines, []
            self._run(self.readers.training)
            self.lines = [*always, Suite(Line("self.training", before="if ", after=":"), tuple(self.lines))]
        self._run(self.readers.evaluation)
        parameters = ("self", *(f"{name}: Tensor" for name in called))
        return Function("forward", parameters, self.results.annotation(), tuple(self.lines))

    def _run(self, positions: range) -> None:
        for index in positions:
            event = self.readers.events[index]
            if isinstance(event, Return):
                self.results.give(event, self.held, self.lines)
            else:
                self._step(index, event)

    def _step(self, index: int, step: Step) -> None:
        keys = self.readers.keys_of(step)
        if self.tuples.write(index, step, keys):
            return
        if step.linked:
            text = run_linked(self, step, [self.held[key] for key in keys])
            self._assign(index, step, (step.name, 0), text)
        elif self.phrases.is_sequence(step):
            self._sequence(index, step, keys)
        elif self.phrases.is_tapped(step):
            self._tapped(index, step, keys[0])
        elif self.phrases.is_over(step) or self.phrases.is_branches(step):
            self._each(index, step, keys)
        elif len(step.nodes[0].outputs) > 1:
            self._several(index, step, self._text(step, keys)[0])
        else:
            self._single(index, step, keys)

    def _text(self, step: Step, keys: list[Key]) -> tuple[str, bool]:
        before = keys[0][0] if keys else ""
        loop = self.loops.get(before) if self.phrases.takes_each(step) else None
        return self.phrases.of(step, [self.held[key] for key in keys], " ".join(loop) if loop else None)

    # One value

    def _single(self, index: int, step: Step, keys: list[Key]) -> None:
        key: Key = (step.name, 0)
        text, is_operator = self._text(step, keys)
        if step.flag is not None:
            self._optional(index, step, keys)
        elif step.joins is not None or self._inlines(index, step, keys, text):
            self.inlined.add(index)
            inside = is_operator and self.inlining.in_operator(self.readers.of(key), text)
            self.held[key] = f"({text})" if inside else text
        else:
            self._assign(index, step, key, text)

    def _inlines(self, index: int, step: Step, keys: list[Key], text: str) -> bool:
        return self.inlining.goes(index, step, keys, text) if self.drafts else index in self.inlined

    def _assign(self, index: int, step: Step, key: Key, text: str) -> None:
        name = self.variables.name(index, key, label(step.name))
        self.held[key] = name
        self.lines.append(Line(tree(text), before=f"{name} = ", comment=self._comment(step, key[1])))

    def _optional(self, index: int, step: Step, keys: list[Key]) -> None:
        """`if self.has_add:` around a node that some instances leave out."""
        source = keys[0]
        while (made := self._joined(source)) is not None:
            source = self.readers.keys_of(made)[0]
        held = name = self.held[source]
        if any(line > index for line in self.variables.lines_that_read(source)):
            name = self.variables.fresh(label(step.name))
            self.lines.append(Line(held, before=f"{name} = "))
            self.held[source] = name
        text, _ = self._text(step, keys)
        self.held[source] = held
        self.held[step.name, 0] = name
        header = Line(f"self.{step.flag}", before="if ", after=":")
        self.lines.append(Suite(header, (Line(tree(text), before=f"{name} = "),)))

    def _joined(self, source: Key) -> Step | None:
        """The module that runs under the same flag as the node that reads it."""
        return next(
            (step for step in self.owner.members.steps if step.name == source[0] and step.joins is not None), None
        )

    # Several values

    def _several(self, index: int, step: Step, text: str) -> None:
        """A tuple of outputs; the ones that nobody reads are `_`."""
        outputs = self.readers.outputs_of(step)
        if self._only_listed(outputs):
            name = self.variables.fresh("levels")
            self.held.update({key: f"{name}[{number}]" for number, key in enumerate(outputs)})
            ends = [self._comment(step, number) for number in (0, len(outputs) - 1)]
            self.lines.append(Line(tree(text), before=f"{name} = ", comment=" to ".join(filter(None, ends))))
            return
        names = []
        for key in outputs:
            name = self.variables.of_several(index, step, key) if self.readers.of(key) else "_"
            self.held[key] = name
            names.append(name)
        before = ", ".join(names) + " = "
        self.lines.append(Line(tree(text), before=before, comment=self._comments(step, before + text)))

    def _only_listed(self, outputs: list[Key]) -> bool:
        """Whether all that is done with several values is to go through all of them in order."""
        readers = {reader for key in outputs for reader in self.readers.of(key)}
        events = [self.readers.events[reader] for reader in readers]
        return bool(events) and all(
            not isinstance(one, Return) and self.phrases.is_over(one) and self.readers.keys_of(one) == outputs
            for one in events
        )

    def _sequence(self, index: int, step: Step, keys: list[Key]) -> None:
        """Copies that take several values, called one by one in a loop over the same variables."""
        before = [self.held[key] for key in keys]
        called = self.phrases.names_in_sequence(step) or before
        names: list[str] = []
        for output, (held, wanted) in enumerate(zip(before, called, strict=True)):
            fits = (name for name in (wanted, held) if name.isidentifier() and name not in names)
            found = next((name for name in fits if self.variables.is_free(name, index)), None)
            names.append(found or self.variables.of_several(index, step, (step.name, output)))
        changed = [(name, held) for name, held in zip(names, before, strict=True) if name != held]
        if changed:
            targets, sources = zip(*changed, strict=True)
            self.lines.append(Line(", ".join(sources), before=", ".join(targets) + " = "))
        one = one_of(step.attribute, names, self.phrases.class_word(step))
        targets_text = ", ".join(names)
        line = f"    {targets_text} = {one}({targets_text})"
        call = Line(tree(f"{one}({targets_text})"), before=f"{targets_text} = ", comment=self._comments(step, line))
        self.lines.append(Suite(Line(f"self.{step.attribute}", before=f"for {one} in ", after=":"), (call,)))
        self.held.update(zip(self.readers.outputs_of(step), names, strict=True))

    def _tapped(self, index: int, step: Step, key: Key) -> None:
        """A chain in parts, one for each of the feature maps that are asked for."""
        held = self.held[key]
        for output, part in enumerate(self.phrases.slices(step)):
            mine: Key = (step.name, output)
            name = self.variables.given(mine) or self.variables.of_several(index, step, mine)
            self.lines.append(Line(f"{part}({held})", before=f"{name} = ", comment=self._comment(step, output)))
            self.held[mine] = held = name

    def _each(self, index: int, step: Step, keys: list[Key]) -> None:
        """Calls of several modules on one value, or of one on several: inside the line that reads them all, if any."""
        inputs, outputs = [self.held[key] for key in keys], self.readers.outputs_of(step)
        over, before = self.phrases.is_over(step), self.loops.get(keys[0][0])
        loop = self.phrases.over(step, inputs, before) if over else self.phrases.branches(step, inputs)
        reader = self._reads_all(index, outputs)
        if reader is not None and over and before is None and self.owner.kind is not Kind.NETWORK:
            self.inlined.add(index)
            self.held.update(zip(outputs, self.phrases.calls_over(step, inputs), strict=True))
        elif reader is not None and (self.phrases.is_over(reader) or self.phrases.takes_each(reader)):
            self.inlined.add(index)
            self.loops[step.name] = loop
            self.held.update(dict.fromkeys(outputs, ""))
        elif over:
            name = self.variables.fresh(label(step.name))
            self.lines.append(Line(tree(f"tuple({' '.join(loop)})"), before=f"{name} = "))
            self.held.update({key: f"{name}[{number}]" for number, key in enumerate(outputs)})
        else:
            self._several(index, step, f"tuple({' '.join(loop)})")

    def _reads_all(self, index: int, outputs: list[Key]) -> Step | None:
        """The next step, where it and nothing else reads these values, all of them and in order."""
        target = self.readers.events[index + 1]
        alone = all(self.readers.of(key) == [index + 1] for key in outputs)
        if isinstance(target, Return) or not alone or self.readers.keys_of(target) != outputs:
            return None
        return target

    def _comments(self, step: Step, line: str) -> str:
        """The shapes of several values, where there is room behind the line."""
        shapes = [self._comment(step, number) for number in range(len(step.nodes[0].outputs))]
        found = f"{shapes[0]} each" if len(set(shapes)) == 1 else ", ".join(shapes)
        return found if self.owner.kind is Kind.NETWORK and len(line) + len(found) <= _ROOM else ""

    def _comment(self, step: Step, number: int = 0) -> str:
        """The shape of a network's value at the spec's input size; its channels by arguments, where that is short."""
        output = step.nodes[0].outputs[number]
        if self.owner.kind is not Kind.NETWORK or not isinstance(output, TensorType):
            return ""
        facts = self.owner.frame.facts
        said = facts.get((step.name, (number, "channels")), facts.get((step.name, ("channels",))))
        shape = list(map(str, output.shape))
        if said is not None and (read := names(said)) and read <= self.owner.arguments.keys():
            text = to_source(said)
            shape[output.channel_axis] = text if set(text) <= _PRODUCT else shape[output.channel_axis]
        return " x ".join(shape)
