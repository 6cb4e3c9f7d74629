"""Which expressions of a forward stand inside the lines that read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from archspec.network import Kind
from archspec.ops.base import Op
from archspec.ops.join import Select
from archspec.torchgen.code import WIDTH
from archspec.torchgen.phrases import Phrases, is_product
from archspec.torchgen.readers import Key, Readers, Return

if TYPE_CHECKING:
    from archspec.torchgen.members import Step

_FITS = 84
"""Longest line that one expression may make by taking others in beside it."""
_NEAR = 12
"""Steps between an expression and its reader, at most."""
_SHORT, _NAME = 14, 8
"""What stands before an expression: indentation and `x = `, or a name for each output."""


class Inlining:
    """Decides while a draft of a forward is written; `held` has the texts of values so far."""

    def __init__(self, readers: Readers, phrases: Phrases, kind: Kind, held: Mapping[Key, str]) -> None:
        self.readers, self.phrases, self.kind, self.held = readers, phrases, kind, held

    def goes(self, index: int, step: Step, keys: list[Key], text: str) -> bool:
        """Whether an expression is short and lonely enough to stand inside the one that reads it."""
        readers = self.readers.of((step.name, 0))
        target = self.readers.events[readers[0]] if len(readers) == 1 else None
        if target is None or target.phase is not step.phase:
            return False
        if isinstance(target, Return):
            return self._goes_into(target, index, readers[0], step, text)
        if readers[0] - index > _NEAR:
            return False
        between = [one for one in self.readers.events[index + 1 : readers[0]] if not isinstance(one, Return)]
        if any(other.flag is not None for other in (*between, target)):
            return False
        next_to = readers[0] == index + 1
        if self.kind is Kind.NETWORK:
            if isinstance(step.nodes[0].body, Select):
                return next_to and len(keys) == 1 and not self.phrases.is_expression(target)
            alike = step.nodes[0].outputs == target.nodes[0].outputs
            return next_to and alike and self.phrases.is_operator(step) and self.phrases.is_operator(target)
        if any(not self._will_inline(other, readers[0]) for other in between):
            return False
        if self.phrases.is_expression(step):
            if next_to:
                return self._length(target, (step.name, 0), text) <= WIDTH
            return self._side_branch(keys, target) and len(text) * len(target.nodes[0].inputs) < _FITS
        return self._side_branch(keys, target) and len(text) * len(target.nodes[0].inputs) < _FITS

    def _length(self, target: Step, key: Key, text: str) -> int:
        """How long the line of `target` is where it holds this text."""
        keys = self.readers.keys_of(target)
        inputs = [text if one == key else self.held.get(one, one[0]) for one in keys]
        if isinstance(target.nodes[0].body, Op):
            text, _ = self.phrases.of(target, inputs)
        outputs = len(target.nodes[0].outputs)
        return len(text) + (_SHORT if outputs == 1 else outputs * _NAME)

    def _goes_into(self, target: Return, index: int, reader: int, step: Step, text: str) -> bool:
        """Whether a value that is only returned, among others, and says nothing by its name, is returned as it is."""
        if len(target.refs) == 1 or target.names or (step.phase is None and self.kind is Kind.NETWORK):
            return False
        between = self.readers.events[index + 1 : reader]
        alone = all(not isinstance(one, Return) and self.readers.of((one.name, 0)) == [reader] for one in between)
        return alone and len(text) * len(target.refs) < _FITS

    def _will_inline(self, other: Step, reader: int) -> bool:
        """Whether a step will stand in the line of the reader, or in that of one that will."""
        readers = self.readers.of((other.name, 0))
        target = self.readers.events[readers[0]] if len(readers) == 1 else None
        if target is None or isinstance(target, Return) or readers[0] > reader:
            return False
        inside = self._side_branch(self.readers.keys_of(other), target) or self.phrases.is_operator(other)
        return inside and (readers[0] == reader or self._will_inline(target, reader))

    def _side_branch(self, keys: list[Key], target: Step) -> bool:
        """A module's call on a value that others read too, for a node that joins several."""
        joins = len(target.nodes[0].inputs) > 1
        return joins and len(keys) == 1 and (len(self.readers.of(keys[0])) > 1 or keys[0][1] > 0)

    def in_operator(self, readers: list[int], text: str) -> bool:
        """Whether an operator reads it that would take it apart; a sum leaves products whole."""
        event = self.readers.events[readers[0]]
        if isinstance(event, Return) or not self.phrases.is_operator(event):
            return False
        return not (self.phrases.adds(event) and is_product(text))
