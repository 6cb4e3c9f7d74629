"""Primitives where they are used: whether they can take their inputs, and what they give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from archspec.diagnostics.catalogue import expansion
from archspec.diagnostics.catalogue.graph import WrongNumberOfInputs
from archspec.diagnostics.diagnostic import Help
from archspec.diagnostics.remarks import Raise
from archspec.diagnostics.wording import listing, plural
from archspec.elaborate import traces
from archspec.elaborate.evaluator import Evaluator
from archspec.elaborate.faults import Broken
from archspec.elaborate.limits import Limits
from archspec.elaborate.use import Use
from archspec.language import document
from archspec.network import Argument
from archspec.ops.base import Op, Reject
from archspec.types import UNKNOWN, AnyType, TensorType


class Primitives:
    """Infers the types of primitives' outputs."""

    def __init__(self, evaluator: Evaluator, limits: Limits) -> None:
        self.evaluator, self.report, self.limits = evaluator, evaluator.report, limits

    def outputs(self, op: Op, arguments: Mapping[str, Argument], use: Use) -> tuple[AnyType, ...]:
        """Types of a primitive's outputs. Raises Broken where it can't take its inputs, or one of them isn't known.

        What is wrong whatever that one is, is reported all the same.
        """
        known: Any = tuple([value for value in use.types if value is not UNKNOWN])
        unknown = len(known) < len(use.types)
        self._check_arity(op, use, unknown)
        try:
            op.check()
            if not unknown:
                outputs = op.infer(*known)
            elif op.arity[1] is None and len(known) > 1:
                use = use.among_known()
                op.infer(*known)
        except Reject as reject:
            self._rejected(reject, op, arguments, use)
            raise Broken from None
        if unknown:
            raise Broken
        for warning in op.warnings(*known):
            self._rejected(warning, op, arguments, use)
        for output in outputs:
            if output.elements > self.limits.tensor_elements:
                self._too_large(op, output, use.source)
        return outputs

    def _too_large(self, op: Op, output: TensorType, source: document.Node) -> NoReturn:
        fields: dict[str, Any] = {"what": f"the output of `{op.name}`", "shape": str(output)}
        fields |= {"count": output.elements, "limit": self.limits.tensor_elements}
        helps = (Raise(setting="Limits(tensor_elements=...)"),)
        self.report.add(expansion.TooManyElements, source.place.inside("op"), helps=helps, **fields)
        raise Broken

    def _check_arity(self, op: Op, use: Use, unknown: bool) -> None:
        """How many inputs there are, at least where one isn't known: what a broken node gives counts as one."""
        low, high = op.arity
        given = len(use.refs) - use.named
        if (given >= low or unknown) and (high is None or given <= high):
            return
        labels = use.labels()[: len(use.refs) - use.named]
        count = plural(low, "input")
        expected = count if low == high else f"at least {count}" if high is None else f"{low} to {high} inputs"
        found = f"{len(labels)}: {listing(labels)}" if labels else "none"
        self.report.add(WrongNumberOfInputs, use.source.place.inside("op"), op=op.name, expected=expected, found=found)
        raise Broken

    def _rejected(self, reject: Reject, op: Op, arguments: Mapping[str, Argument], use: Use) -> None:
        """A primitive's fault, with the names of its inputs, its place, and where the argument's value came from."""
        labels = use.labels()
        fields = {
            key: _named(value, labels) if isinstance(value, str) else value for key, value in reject.fields.items()
        }
        argument = arguments.get(reject.at) if reject.at else None
        span, notes = use.source.place.inside(use.key), fields.pop("notes", ())
        if argument is not None and reject.at is not None:
            place, origins = self.evaluator.blame(reject.at, argument, use.scope)
            span, notes = place or span, (*origins, *notes)
        if "op" in reject.kind.__dataclass_fields__:
            fields["op"] = fields.get("op", op.name) if use.key == "op" else f"{use.key}: {use.source.link}"
        notes = (*notes, *traces.differences(reject.kind, use.feed, use.refs))
        helps: tuple[Help, ...] = (*traces.left_out(use.feed, use.refs), *fields.pop("helps", ()))
        self.report.add(reject.kind, span, notes=notes, helps=helps, **fields)


def _named(text: str, labels: list[str]) -> str:
    """`{0} has 256 channels` with the names of the inputs."""
    for index, label in enumerate(labels):
        text = text.replace(f"{{{index}}}", label)
    return text
