"""Lines of a forward for values whose number differs between the instances of a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.network import Graph
from archspec.ops.base import Op
from archspec.torchgen.code import tree
from archspec.torchgen.phrases import label, one_of
from archspec.torchgen.program import Line, Suite
from archspec.torchgen.readers import Key, Return
from archspec.torchgen.sequences import ALL, SIGNS

if TYPE_CHECKING:
    from archspec.torchgen.forward import Forward
    from archspec.torchgen.members import Step

_FITS = 66
"""Longest text that moves into the line which reads it."""


class Tuples:
    """Writes the steps that give a tuple, or join the values of one. It is held by its text with a star before it."""

    def __init__(self, forward: Forward) -> None:
        self.forward = forward
        self.sequences = forward.owner.sequences

    def write(self, index: int, step: Step, keys: list[Key]) -> bool:
        """Writes a step; False where it is of no such kind."""
        inputs = [self.forward.held[key] for key in keys]
        if step.name in self.sequences.sums:
            self._sum(index, step, inputs)
        elif step.name in self.sequences.names:
            self._tuple(index, step, inputs)
        return step.name in self.sequences.sums | self.sequences.names

    def _tuple(self, index: int, step: Step, inputs: list[str]) -> None:
        forward = self.forward
        if forward.phrases.is_over(step):
            text = f"[{' '.join(forward.phrases.over(step, inputs, None))}]"
        else:
            text, _ = forward.phrases.of(step, inputs)
        key: Key = (step.name, ALL)
        if self._goes_inline(index, key, text):
            forward.inlined.add(index)
            forward.held[key] = f"*{text}"
            return
        name = forward.variables.fresh(label(step.name))
        forward.lines.append(Line(tree(text), before=f"{name} = "))
        forward.held[key] = f"*{name}"

    def _goes_inline(self, index: int, key: Key, text: str) -> bool:
        """Whether the next line alone reads it, reads nothing else, and isn't a loop itself."""
        reader = self.forward.readers.events[index + 1]
        if isinstance(reader, Return) or self.forward.readers.of(key) != [index + 1]:
            return False
        loops = self.forward.phrases.is_over(reader) or reader.name in self.sequences.sums
        return not loops and self.forward.readers.keys_of(reader) == [key] and len(text) <= _FITS

    def _sum(self, index: int, step: Step, inputs: list[str]) -> None:
        """The first value, and a loop that adds or multiplies the others to it."""
        forward, body = self.forward, step.nodes[0].body
        if isinstance(body, Graph):
            assert body.merge is not None
            values, one, sign = f"self.{step.attribute}", one_of(step.attribute, inputs), SIGNS[body.merge.name]
            call, taken = f"({', '.join(inputs)})", set(inputs)
        else:
            assert isinstance(body, Op)
            values, sign, call, taken = inputs[0].removeprefix("*"), SIGNS[body.name], "", {inputs[0][1:]}
            one = one_of(values, otherwise="part")
        name: str = forward.variables.name(index, (step.name, 0), label(step.name))
        name = name if name not in taken else forward.variables.fresh(label(step.name))
        forward.lines.append(Line(f"{values}[0]{call}", before=f"{name} = "))
        more = Line(f"{name} {sign} {one}{call}", before=f"{name} = ")
        forward.lines.append(Suite(Line(f"{values}[1:]", before=f"for {one} in ", after=":"), (more,)))
        forward.held[step.name, 0] = name
