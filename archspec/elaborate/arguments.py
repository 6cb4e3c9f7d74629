"""The arguments of a primitive: evaluated, and held to what its class says of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NoReturn, TypeVar

from pydantic import ValidationError

from archspec.diagnostics.catalogue import arguments as faults
from archspec.diagnostics.catalogue.graph import LikeNeedsNode
from archspec.elaborate import invalid, misnamed
from archspec.elaborate.evaluator import Evaluator, Given
from archspec.elaborate.faults import Broken
from archspec.elaborate.origins import show
from archspec.elaborate.reading import readings
from archspec.elaborate.scope import Scope
from archspec.language.place import Place
from archspec.network import Argument
from archspec.ops.base import Arguments

Kind = TypeVar("Kind", bound=Arguments)


class Constructor:
    """Makes primitives of their arguments."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator, self.report = evaluator, evaluator.report

    def make(
        self, op: type[Kind], given: Mapping[str, Given], scope: Scope, place: Place
    ) -> tuple[Kind, Mapping[str, Argument]]:
        """A primitive, or a scheme of `init`, with its arguments evaluated and validated."""
        known = readings(op)
        arguments: dict[str, Argument] = {}
        broken: set[str] = set()
        misnamed_one = not given.keys() <= known.keys()  # what is missing may be there under a wrong name
        for name, one in given.items():
            try:
                if name not in known:
                    span = one.place.name if one.place else place.name
                    misnamed.argument(self.report, name, span, op.name, known)
                    raise Broken
                reading = known[name]
                if reading.reference and not isinstance(one.written, str):
                    self._no_reference(name, op, one)
                value = self.evaluator.read(one, reading, scope)
            except Broken:
                broken.add(name)
                continue
            arguments[name] = Argument(value, one.written, one.origin, one.place)
        try:
            made = op(**{name: one.value for name, one in arguments.items()}) if arguments else _bare(op)
        except ValidationError as error:
            for name, details in invalid.by_argument(error).items():
                if name not in broken and not (misnamed_one and invalid.is_missing(details)):
                    self._invalid(op, name, details, arguments.get(name), scope, place)
            raise Broken from None
        if broken:
            raise Broken
        return made, arguments

    def _no_reference(self, name: str, op: type[Kind], given: Given) -> NoReturn:
        span = given.place.value if given.place else None
        self.report.add(LikeNeedsNode, span, op=op.name, name=name, found=show(given.written))
        raise Broken

    def _invalid(
        self,
        op: type[Arguments],
        name: str,
        details: list[invalid.Detail],
        argument: Argument | None,
        scope: Scope,
        place: Place,
    ) -> None:
        """One diagnostic per argument, whatever number of union members pydantic tried."""
        if argument is None or invalid.is_missing(details):
            self.report.add(faults.MissingArgument, place.inside("op"), op=op.name, name=name)
            return
        span, notes = self.evaluator.blame(name, argument, scope)
        value, rule = argument.value, invalid.rule(details, argument.value)
        choices = readings(op)[name].choices
        if isinstance(value, bool) and rule != "true or false":
            self.report.add(faults.TruthForNumber, span, name=name, expected=rule, found=show(value), notes=notes)
        elif isinstance(value, float) and invalid.WHOLE in rule:
            invalid.not_whole(self.report, name, value, argument.written, span, notes)
        elif isinstance(value, str) and choices:
            invalid.not_a_choice(self.report, name, value, sorted(choices), span, notes)
        else:
            found = show(value) if not isinstance(value, str) else f"`{value}`"
            self.report.add(faults.BadArgument, span, op=op.name, name=name, rule=rule, found=found, notes=notes)


@cache
def _bare(op: type[Kind]) -> Kind:
    """A primitive without arguments, which is the same wherever it is used."""
    return op()
