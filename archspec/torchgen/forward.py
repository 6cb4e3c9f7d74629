"""`forward` of one class: which values get names, and what is written in one line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archspec.language.expressions import Name
from archspec.network import INPUT, Graph, Kind, Ref
from archspec.ops.base import Op
from archspec.torchgen.code import tree
from archspec.torchgen.look import form_of
from archspec.torchgen.members import label
from archspec.torchgen.names import FORWARD, free
from archspec.torchgen.program import Function, Line, Statement, Suite
from archspec.types import TensorType

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering
    from archspec.torchgen.members import Step

FITS = 84
"""Longest line that one expression may make by taking another in."""


@dataclass
class Forward:
    """Writes the lines of one forward, in the order of the nodes."""

    owner: ClassLowering
    values: dict[tuple[str, int], str] = field(default_factory=dict)
    """The text by which each value, a node and the number of its output, is read."""
    readers: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    lines: list[Statement] = field(default_factory=list)

    def function(self) -> Function:
        graph = self.owner.graphs[0]
        inputs = ["x"] if len(graph.inputs) == 1 else [f"x{number + 1}" for number in range(len(graph.inputs))]
        for number, name in enumerate(inputs):
            self.values["input", number] = name
        self.readers = self._readers(graph)
        for index, step in enumerate(self.owner.members.steps):
            self._step(index, step)
        outputs = [self._text(ref) for ref in graph.outputs]
        if graph.merge is not None:
            outputs = [self._merged(graph.merge, graph, outputs)]
        self._return(outputs)
        returns = "Tensor" if len(outputs) == 1 else f"tuple[{', '.join(['Tensor'] * len(outputs))}]"
        parameters = ("self", *(f"{name}: Tensor" for name in inputs))
        return Function("forward", parameters, returns, tuple(self.lines))

    # Who reads what

    def _key(self, graph: Graph, ref: Ref) -> tuple[str, int]:
        ref = self._before(graph, ref)
        return ("input" if ref.node == INPUT else graph.nodes[ref.node].name), ref.output

    def _before(self, graph: Graph, ref: Ref) -> Ref:
        """Past nodes that no instance has."""
        present = {step.name for step in self.owner.members.steps}
        while ref.node != INPUT and graph.nodes[ref.node].name not in present:
            ref = graph.nodes[ref.node].inputs[0]
        return ref

    def _readers(self, graph: Graph) -> dict[tuple[str, int], list[int]]:
        """For each value the positions of the steps that read it; one past the end is the return."""
        readers: dict[tuple[str, int], list[int]] = {}
        for index, step in enumerate(self.owner.members.steps):
            node, home = step.nodes[0], step.graphs[0]
            for ref in node.inputs:
                readers.setdefault(self._key(home, ref), []).append(index)
        for ref in graph.outputs:
            readers.setdefault(self._key(graph, ref), []).append(len(self.owner.members.steps))
        return readers

    def _text(self, ref: Ref) -> str:
        return self.values[self._key(self.owner.graphs[0], ref)]

    # Lines

    def _step(self, index: int, step: Step) -> None:
        home, node = step.graphs[0], step.nodes[0]
        keys = [self._key(home, ref) for ref in node.inputs]
        text, loose = self._expression(step, [self.values[key] for key in keys])
        if len(node.outputs) > 1:
            self._several(index, step, text)
            return
        key = (step.name, 0)
        readers = self.readers.get(key, [])
        if step.flag is not None:
            self._optional(index, step, text, keys[0])
            return
        if step.joins is not None:
            self.values[key] = text
            return
        if self._goes_inline(index, step, keys, text, readers):
            self.values[key] = f"({text})" if loose and self._in_operator(readers) else text
            return
        if (
            readers == [len(self.owner.members.steps)]
            and index == len(self.owner.members.steps) - 1
            and len(self.owner.graphs[0].outputs) == 1
        ):
            self.values[key] = text
            return
        name = self._name(index, step, readers)
        self.values[key] = name
        self._write(Line(tree(text), before=f"{name} = ", comment=self._comment(step)))

    def _expression(self, step: Step, inputs: list[str]) -> tuple[str, bool]:
        """The node's expression over these texts, and whether it is an operator's."""
        node = step.nodes[0]
        attribute = f"self.{step.name}" if not step.name.isdecimal() else f"self[{step.name}]"
        if not isinstance(node.body, Op):
            return self._call_graph(step, attribute, inputs), False
        form = form_of(node)
        text = form.forward.replace("{self}", attribute).replace("{inputs}", ", ".join(inputs))
        for number, name in enumerate(inputs):
            text = text.replace(f"{{{number}}}", self._bracketed(name, text, number))
        for key, value in step.values.items():
            text = text.replace(f"{{{key}}}", value)
        return text, form.operator

    def _bracketed(self, name: str, template: str, number: int) -> str:
        """An operand that isn't a name or a call keeps its brackets before a dot or an index."""
        place = template.find(f"{{{number}}}")
        behind = template[place + 3 : place + 4]
        return (
            f"({name})" if behind in (".", "[") and any(sign in name for sign in (" + ", " * ", " - ", " / ")) else name
        )

    def _call_graph(self, step: Step, attribute: str, inputs: list[str]) -> str:
        body = step.nodes[0].body
        assert isinstance(body, Graph)
        if body.kind is not Kind.PARALLEL:
            return f"{attribute}({', '.join(inputs)})"
        each = f"branch({', '.join(inputs)}) for branch in {attribute}"
        if not body.nodes[0].name.isdecimal():
            each += ".values()"
        if body.merge is None:
            return f"tuple({each})"
        form = body.merge.torch(*(body.type_of(ref) for ref in body.outputs))  # type: ignore[arg-type]
        if body.merge.name == "concat":
            dim = next(arg.value for name, arg in form.values if name == "dim")
            return f"torch.cat([{each}], dim={dim})"
        keys = [branch.name if branch.name.isdecimal() else f'"{branch.name}"' for branch in body.nodes]
        calls = [f"{attribute}[{key}]({', '.join(inputs)})" for key in keys]
        return (" + " if body.merge.name == "add" else " * ").join(calls)

    def _merged(self, merge: Op, graph: Graph, texts: list[str]) -> str:
        """Branches brought together, in a class of their own."""
        types = [type_ for ref in graph.outputs if isinstance(type_ := graph.type_of(ref), TensorType)]
        form = merge.torch(*types)
        text = form.forward.replace("{inputs}", ", ".join(texts))
        for number, one in enumerate(texts):
            text = text.replace(f"{{{number}}}", one)
        for name, arg in form.values:
            text = text.replace(f"{{{name}}}", repr(arg.value))
        return text

    def _goes_inline(self, index: int, step: Step, keys: list[tuple[str, int]], text: str, readers: list[int]) -> bool:
        """Whether an expression is short and lonely enough to stand inside the one that reads it."""
        if len(readers) != 1 or self.owner.kind is Kind.NETWORK:
            return False
        reader = readers[0]
        between = self.owner.members.steps[index + 1 : reader]
        if any(other.flag is not None for other in (*between, *self.owner.members.steps[reader : reader + 1])):
            return False
        if reader == len(self.owner.members.steps):
            return False
        if any(not self._will_inline(other, reader) for other in between):
            return False
        target = self.owner.members.steps[reader]
        if isinstance(step.nodes[0].body, Op) and form_of(step.nodes[0]).make is None:
            return reader == index + 1 and len(text) + len(target.name) < FITS
        return self._side_branch(step, keys, reader) and len(text) * len(target.nodes[0].inputs) < FITS

    def _will_inline(self, other: Step, reader: int) -> bool:
        readers = self.readers.get((other.name, 0), [])
        keys = [self._key(other.graphs[0], ref) for ref in other.nodes[0].inputs]
        return readers == [reader] and self._side_branch(other, keys, reader)

    def _side_branch(self, step: Step, keys: list[tuple[str, int]], reader: int) -> bool:
        """A module's call on a value that others read too, for a node that joins several."""
        return (
            reader < len(self.owner.members.steps)
            and len(self.owner.members.steps[reader].nodes[0].inputs) > 1
            and len(keys) == 1
            and (len(self.readers[keys[0]]) > 1 or keys[0][1] > 0)
        )

    def _in_operator(self, readers: list[int]) -> bool:
        node = self.owner.members.steps[readers[0]].nodes[0]
        return isinstance(node.body, Op) and form_of(node).operator

    def _name(self, index: int, step: Step, readers: list[int]) -> str:
        """`x` or `out` for the running value, the node's own name for one that lives longer."""
        following = next(
            (number for number in range(index + 1, len(self.owner.members.steps) + 1) if not self._is_inline(number)),
            -1,
        )
        if readers and all(reader == following for reader in readers):
            for name in ("x", "out"):
                if self._is_dead(name, index):
                    return name
        name = label(step.name)
        return free(name, set(self.values.values()), FORWARD)

    def _is_inline(self, number: int) -> bool:
        if number >= len(self.owner.members.steps):
            return False
        step = self.owner.members.steps[number]
        readers = self.readers.get((step.name, 0), [])
        return len(readers) == 1 and self._will_inline(step, readers[0]) and self.owner.kind is not Kind.NETWORK

    def _is_dead(self, name: str, index: int) -> bool:
        """Whether nothing after this step reads what the variable holds."""
        holders = [key for key, text in self.values.items() if text == name]
        if name == "x" and not holders:
            return True
        return all(max(self.readers.get(key, [-1])) <= index for key in holders)

    def _several(self, index: int, step: Step, text: str) -> None:
        """A tuple of outputs; the ones that nobody reads are `_`."""
        names = []
        for output in range(len(step.nodes[0].outputs)):
            name = (
                free(f"{label(step.name)}{output}", set(self.values.values()), FORWARD)
                if self.readers.get((step.name, output))
                else "_"
            )
            self.values[step.name, output] = name
            names.append(name)
        self._write(Line(tree(text), before=", ".join(names) + " = "))

    def _optional(self, index: int, step: Step, text: str, source: tuple[str, int]) -> None:
        """`if self.has_add:` around a node that some instances leave out."""
        while (made := self._joined(source)) is not None:
            source = self._key(made.graphs[0], made.nodes[0].inputs[0])
        held = self.values[source]
        if any(reader > index for reader in self.readers[source]):
            name = self._name(index, step, [])
            self._write(Line(held, before=f"{name} = "))
            self.values[source] = name
            keys = [self._key(step.graphs[0], ref) for ref in step.nodes[0].inputs]
            text, _ = self._expression(step, [self.values[key] for key in keys])
            self.values[source] = held
        else:
            name = held
        self.values[step.name, 0] = name
        header = Line(f"self.{step.flag}", before="if ", after=":")
        self._write(Suite(header, (Line(tree(text), before=f"{name} = "),)))

    def _joined(self, source: tuple[str, int]) -> Step | None:
        """The module that runs under the same flag as the node that reads it."""
        return next(
            (step for step in self.owner.members.steps if step.name == source[0] and step.joins is not None), None
        )

    def _write(self, statement: Statement) -> None:
        self.lines.append(statement)

    def _return(self, outputs: list[str]) -> None:
        step = self.owner.members.steps[-1] if self.owner.members.steps else None
        comment = self._comment(step) if step and len(outputs) == 1 else ""
        last = self.lines[-1] if self.lines else None
        if isinstance(last, Line) and last.before == f"{outputs[0]} = " and len(outputs) == 1:
            self.lines[-1] = Line(last.code, before="return ", comment=last.comment)
            return
        self._write(Line(tree(", ".join(outputs)), before="return ", comment=comment))

    def _comment(self, step: Step) -> str:
        """The shape of a network's value at the spec's input size; a parameter's name where it decides the channels."""
        if self.owner.kind is not Kind.NETWORK or len(step.nodes[0].outputs) != 1:
            return ""
        said = self.owner.frame.facts.get((step.name, ("channels",)))
        shape = list(map(str, step.nodes[0].outputs[0].shape))  # type: ignore[union-attr]
        if isinstance(said, Name) and said.id in self.owner.arguments:
            shape[step.nodes[0].outputs[0].channel_axis] = said.id  # type: ignore[union-attr]
        return " x ".join(shape)
