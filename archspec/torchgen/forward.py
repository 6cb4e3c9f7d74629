"""`forward` of one class: which values get names, what is written in one line, what only one phase runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archspec.language.expressions import Name
from archspec.network import Graph, Kind, Phase, Ref
from archspec.ops.base import Op
from archspec.torchgen.code import tree
from archspec.torchgen.names import FORWARD, free
from archspec.torchgen.phrases import Key, Phrases, label
from archspec.torchgen.program import Function, Line, Statement, Suite
from archspec.torchgen.readers import Readers
from archspec.types import TensorType

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering
    from archspec.torchgen.members import Step

FITS = 84
"""Longest line that one expression may make by taking another in."""


@dataclass
class Forward:
    """Writes the lines of one forward: what runs always, then what training alone runs, then evaluation."""

    owner: ClassLowering
    values: dict[Key, str] = field(default_factory=dict)
    """The text by which each value is read."""
    lines: list[Statement] = field(default_factory=list)
    wholes: dict[str, list[Key]] = field(default_factory=dict)
    """Variables that hold all outputs of a node, in order."""

    def __post_init__(self) -> None:
        self.readers = Readers(self.owner)
        self.steps = self.readers.steps
        self.phrases = Phrases(self.readers)

    def function(self) -> Function:
        graph = self.owner.graphs[0]
        inputs = list(graph.input_names) or ["x"]
        if not graph.input_names and len(graph.inputs) > 1:
            inputs = [f"x{number + 1}" for number in range(len(graph.inputs))]
        names = [free(name, (), FORWARD - {"x"}) for name in inputs]
        for number, name in enumerate(names):
            self.values["input", number] = name
        self._body(graph)
        parameters = ("self", *(f"{name}: Tensor" for name in names))
        return Function("forward", parameters, self._annotation(graph), tuple(self.lines))

    def _body(self, graph: Graph) -> None:
        phases = {phase: [i for i, step in enumerate(self.steps) if step.phase is phase] for phase in (None, *Phase)}
        for index in phases[None]:
            self._step(index)
        if graph.train_outputs is not None:
            always, self.lines = self.lines, []
            for index in phases[Phase.TRAIN]:
                self._step(index)
            self._return(graph, graph.train_outputs, graph.train_output_names)
            always.append(Suite(Line("self.training", before="if ", after=":"), tuple(self.lines)))
            self.lines = always
        for index in phases[Phase.EVAL]:
            self._step(index)
        self._return(graph, graph.outputs, graph.output_names)

    # Lines

    def _step(self, index: int) -> None:
        step = self.steps[index]
        keys = self.readers.keys_of(step)
        if self.phrases.is_sequence(step):
            self._sequence(index, step, keys)
            return
        if self.phrases.is_tapped(step):
            self._tapped(step, keys[0])
            return
        if self.phrases.is_over(step):
            self._over(index, step, keys)
            return
        text, is_operator = self.phrases.of(step, [self.values[key] for key in keys])
        if len(step.nodes[0].outputs) > 1:
            self._several(step, text)
            return
        key: Key = (step.name, 0)
        readers = self.readers.of(key)
        if step.flag is not None:
            self._optional(index, step, text, keys[0])
        elif step.joins is not None:
            self.values[key] = text
        elif self._goes_inline(index, step, keys, text, readers):
            self.values[key] = f"({text})" if is_operator and self._in_operator(readers) else text
        else:
            name = self._name(index, step, readers)
            self.values[key] = name
            self.lines.append(Line(tree(text), before=f"{name} = ", comment=self._comment(step)))

    def _goes_inline(self, index: int, step: Step, keys: list[Key], text: str, readers: list[int]) -> bool:
        """Whether an expression is short and lonely enough to stand inside the one that reads it."""
        if len(readers) != 1 or readers[0] == len(self.steps) or self.owner.kind is Kind.NETWORK:
            return False
        reader = readers[0]
        target = self.steps[reader]
        between = self.steps[index + 1 : reader]
        if any(other.flag is not None for other in (*between, target)) or target.phase is not step.phase:
            return False
        if any(not self._will_inline(other, reader) for other in between):
            return False
        if self.phrases.is_expression(step):
            return reader == index + 1 and len(text) + len(target.name) < FITS
        return self._side_branch(keys, reader) and len(text) * len(target.nodes[0].inputs) < FITS

    def _will_inline(self, other: Step, reader: int) -> bool:
        keys = self.readers.keys_of(other)
        return self.readers.of((other.name, 0)) == [reader] and self._side_branch(keys, reader)

    def _side_branch(self, keys: list[Key], reader: int) -> bool:
        """A module's call on a value that others read too, for a node that joins several."""
        joins = reader < len(self.steps) and len(self.steps[reader].nodes[0].inputs) > 1
        return joins and len(keys) == 1 and (len(self.readers.of(keys[0])) > 1 or keys[0][1] > 0)

    def _in_operator(self, readers: list[int]) -> bool:
        return self.phrases.is_operator(self.steps[readers[0]])

    def _name(self, index: int, step: Step, readers: list[int]) -> str:
        """`x` or `out` for the running value, the node's own name for one that lives longer."""
        if (known := self._tap_names.get((step.name, 0))) is not None:
            return known
        later = range(index + 1, len(self.steps) + 1)
        following = next((number for number in later if not self._is_inline(number)), -1)
        if readers and all(reader == following for reader in readers):
            for name in ("x", "out"):
                if self._is_dead(name, index):
                    return name
        return free(label(step.name), set(self.values.values()), FORWARD)

    def _is_inline(self, number: int) -> bool:
        if number >= len(self.steps) or self.owner.kind is Kind.NETWORK:
            return False
        readers = self.readers.of((self.steps[number].name, 0))
        return len(readers) == 1 and self._will_inline(self.steps[number], readers[0])

    def _is_dead(self, name: str, index: int) -> bool:
        """Whether nothing after this step reads what the variable holds."""
        holders = [key for key, text in self.values.items() if text == name]
        return all(max(self.readers.of(key), default=-1) <= index for key in holders)

    def _several(self, step: Step, text: str) -> None:
        """A tuple of outputs; the ones that nobody reads are `_`."""
        names = []
        for output in range(len(step.nodes[0].outputs)):
            key: Key = (step.name, output)
            name = self._output_name(step, output) if self.readers.of(key) else "_"
            self.values[key] = name
            names.append(name)
        self.lines.append(Line(tree(text), before=", ".join(names) + " = "))

    def _output_name(self, step: Step, output: int) -> str:
        """The node's name with the output's, or what the one node that reads all outputs says they are for."""
        called = step.nodes[0].output_name(output)
        if (wanted := self._wanted(step)) and isinstance(called, int):
            return free(wanted[output], set(self.values.values()), FORWARD)
        taken = {*self.values.values(), *(other.name for other in self.steps)}
        if isinstance(called, int):
            return free(f"{label(step.name)}{called}", taken, FORWARD)
        return free(called if called not in taken else f"{label(step.name)}_{called}", taken, FORWARD)

    def _wanted(self, step: Step) -> tuple[str, ...]:
        """Names for the outputs of a node that one primitive reads, all and in order: query, key and value."""
        count = len(step.nodes[0].outputs)
        outputs: list[Key] = [(step.name, output) for output in range(count)]
        readers = {reader for key in outputs for reader in self.readers.of(key)}
        reader = self.steps[min(readers)] if len(readers) == 1 and max(readers) < len(self.steps) else None
        body = reader.nodes[0].body if reader is not None else None
        if reader is None or not isinstance(body, Op) or self.readers.keys_of(reader)[:count] != outputs:
            return ()
        return body.input_names[:count]

    def _sequence(self, index: int, step: Step, keys: list[Key]) -> None:
        """Copies that take several values, called one by one in a loop over the same variables."""
        names, before = [], []
        for output, key in enumerate(keys):
            held = self.values[key]
            free_again = held.isidentifier() and max(self.readers.of(key)) <= index and held not in names
            names.append(held if free_again else self._output_name(step, output))
            before.append(held)
        changed = [(name, held) for name, held in zip(names, before, strict=True) if name != held]
        if changed:
            targets, sources = zip(*changed, strict=True)
            self.lines.append(Line(", ".join(sources), before=", ".join(targets) + " = "))
        call = Line(tree(f"module({', '.join(names)})"), before=", ".join(names) + " = ")
        self.lines.append(Suite(Line(f"self.{step.attribute}", before="for module in ", after=":"), (call,)))
        for output, name in enumerate(names):
            self.values[step.name, output] = name

    def _tapped(self, step: Step, key: Key) -> None:
        """A chain in parts, one for each of the feature maps that are asked for."""
        held = self.values[key]
        for output, part in enumerate(self.phrases.slices(step)):
            mine: Key = (step.name, output)
            name = self._tap_names.get(mine) or self._output_name(step, output)
            self.lines.append(Line(f"{part}({held})", before=f"{name} = ", comment=self._comment(step, output)))
            self.values[mine] = held = name

    @property
    def _tap_names(self) -> dict[Key, str]:
        """The names that values have as outputs: one value each, and none that is an input."""
        graph = self.owner.graphs[0]
        names = [name for name in graph.output_names if graph.output_names.count(name) == 1]
        keys = {
            name: self.readers.key(graph, ref) for ref, name in zip(graph.outputs, graph.output_names, strict=False)
        }
        return {keys[name]: free(name, (), FORWARD) for name in names if keys[name][0] != "input"}

    def _over(self, index: int, step: Step, keys: list[Key]) -> None:
        """One module over several inputs: inside the node that joins its outputs, else as a tuple of them."""
        inputs = [self.values[key] for key in keys]
        outputs: list[Key] = [(step.name, output) for output in range(len(step.nodes[0].outputs))]
        readers = {reader for key in outputs for reader in self.readers.of(key)}
        calls = self.phrases.calls_over(step, inputs)
        alone = len(readers) == 1 and all(len(self.readers.of(key)) == 1 for key in outputs)
        if alone and max(readers) == index + 1 < len(self.steps) and self.owner.kind is not Kind.NETWORK:
            self.values.update(zip(outputs, calls, strict=True))
            return
        name = free(label(step.name), set(self.values.values()), FORWARD)
        self.lines.append(Line(tree(self.phrases.over(step, inputs)), before=f"{name} = "))
        self.values.update({key: f"{name}[{number}]" for number, key in enumerate(outputs)})
        self.wholes[name] = outputs

    def _optional(self, index: int, step: Step, text: str, source: Key) -> None:
        """`if self.has_add:` around a node that some instances leave out."""
        while (made := self._joined(source)) is not None:
            source = self.readers.keys_of(made)[0]
        held = name = self.values[source]
        if any(reader > index for reader in self.readers.of(source)):
            name = self._name(index, step, [])
            self.lines.append(Line(held, before=f"{name} = "))
            self.values[source] = name
            text, _ = self.phrases.of(step, [self.values[key] for key in self.readers.keys_of(step)])
            self.values[source] = held
        self.values[step.name, 0] = name
        header = Line(f"self.{step.flag}", before="if ", after=":")
        self.lines.append(Suite(header, (Line(tree(text), before=f"{name} = "),)))

    def _joined(self, source: Key) -> Step | None:
        """The module that runs under the same flag as the node that reads it."""
        return next((step for step in self.steps if step.name == source[0] and step.joins is not None), None)

    # What it returns

    def _return(self, graph: Graph, refs: tuple[Ref, ...], names: tuple[str, ...]) -> None:
        texts = [self.values[self.readers.key(graph, ref)] for ref in refs]
        if graph.merge is not None:
            texts = [self.phrases.merged(graph, texts)]
        if names and self.owner.kind is Kind.NETWORK:
            entries = ", ".join(f'"{name}": {text}' for name, text in self._grouped(names, texts))
            self.lines.append(Line(tree(f"{{{entries}}}"), before="return "))
            return
        last = self.lines[-1] if self.lines else None
        if isinstance(last, Line) and last.before == f"{', '.join(texts)} = ":
            self.lines[-1] = Line(last.code, before="return ", comment=last.comment)
            return
        self.lines.append(Line(tree(", ".join(texts)), before="return "))

    def _grouped(self, names: tuple[str, ...], texts: list[str]) -> list[tuple[str, str]]:
        """Entries of a dict: outputs of the same name are a tuple."""
        found: list[tuple[str, str]] = []
        for name in dict.fromkeys(names):
            mine = [text for other, text in zip(names, texts, strict=True) if other == name]
            whole = next((held for held in self.wholes if [f"{held}[{n}]" for n in range(len(mine))] == mine), None)
            found.append((name, whole or (mine[0] if len(mine) == 1 else f"({', '.join(mine)})")))
        return found

    def _annotation(self, graph: Graph) -> str:
        """The type of what is returned, in both phases."""
        count = 1 if graph.merge is not None else len(graph.outputs)
        kinds = [self._kind(count, graph.output_names)]
        if graph.train_outputs is not None:
            kinds.append(self._kind(len(graph.train_outputs), graph.train_output_names))
        return " | ".join(dict.fromkeys(kinds))

    def _kind(self, count: int, names: tuple[str, ...]) -> str:
        if names and self.owner.kind is Kind.NETWORK:
            each = {"Tensor" if names.count(name) == 1 else "tuple[Tensor, ...]" for name in names}
            return f"dict[str, {' | '.join(sorted(each))}]"
        return "Tensor" if count == 1 else f"tuple[{', '.join(['Tensor'] * count)}]"

    def _comment(self, step: Step, number: int = 0) -> str:
        """The shape of a network's value at the spec's input size; a parameter's name where it decides the channels."""
        output = step.nodes[0].outputs[number]
        if self.owner.kind is not Kind.NETWORK or not isinstance(output, TensorType):
            return ""
        said = self.owner.frame.facts.get((step.name, ("channels",)))
        shape = list(map(str, output.shape))
        if isinstance(said, Name) and said.id in self.owner.arguments:
            shape[output.channel_axis] = said.id
        return " x ".join(shape)
