"""`link`: copies that read more than the one before them, or whose values are all joined behind the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.elaborate.scope import Scope, outputs_of
from archspec.elaborate.use import Use
from archspec.language import document
from archspec.network import INPUT, Node, Ref
from archspec.ops.join import Concat

if TYPE_CHECKING:
    from archspec.elaborate.elaborator import Elaborator


class Link:
    """The values of one chain: what the chain reads, then what each copy gives."""

    def __init__(self, elaborator: Elaborator, use: Use, chain: Scope) -> None:
        self.elaborator, self.use, self.chain = elaborator, use, chain
        inputs = outputs_of(INPUT, len(chain.inputs))
        self._values, self._named = list(inputs[: len(inputs) - use.named]), inputs[len(inputs) - use.named :]
        self._joining = document.Node.model_validate({"place": use.source.place, "op": Concat.name})
        self.copies = 0
        self._read = 0

    def sources(self) -> tuple[Ref, ...]:
        """What the next copy reads. Raises Broken where values can't be joined, once that is reported."""
        if self.use.source.link == "dense":
            return (self.joined(f"cat{self.copies}"), *self._named)
        return (self._values[-1], *self._named)

    def note(self, outputs: int) -> None:
        """One more copy, the last node of the chain."""
        self.copies += 1
        self._values += outputs_of(len(self.chain.nodes) - 1, outputs)

    def joined(self, name: str) -> Ref:
        """A node that joins all values so far."""
        refs, chain, use = tuple(self._values), self.chain, self.use
        self._read += len(refs)
        self.elaborator.counter.within_limit(self._read, use.source)
        types = tuple([chain.type_of(ref) for ref in refs])
        op = Concat(axis="channels")
        outputs = self.elaborator.primitives.outputs(op, {}, Use(use.source, use.scope, chain, refs, types, key="link"))
        chain.add(Node(name, self._joining, op, refs, types, outputs))
        return Ref(len(chain.nodes) - 1)
