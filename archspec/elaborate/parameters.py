"""The parameters of a block or network: evaluated, and held to their declarations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from archspec.diagnostics.catalogue import arguments as faults
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.span import Span
from archspec.elaborate import invalid, misnamed
from archspec.elaborate.evaluator import Evaluator, Given
from archspec.elaborate.faults import Broken
from archspec.elaborate.origins import show
from archspec.elaborate.reading import parameter_reading
from archspec.elaborate.scope import UNKNOWN_VALUE, Giver, Scope
from archspec.language import document
from archspec.language.expressions import Value
from archspec.language.place import Place
from archspec.language.tree import YamlMap
from archspec.network import Argument, Origin
from archspec.types import AnyType


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a block or network, and the block or network in its file, for messages."""

    name: str
    declared: document.Parameters
    written: YamlMap | None = None

    def declaration(self, name: str) -> Span | None:
        """Where a parameter is declared."""
        declared = self.written.get("params") if self.written is not None else None
        return declared.key_span(name) if isinstance(declared, YamlMap) else None


class Parameters:
    """Gives parameters their values."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator, self.report = evaluator, evaluator.report
        self._defaults: dict[int, Value] = {}
        """Defaults that are no expressions, by the identity of their declaration."""

    def values(
        self, of: Signature, given: Mapping[str, Given], scope: Scope, inputs: tuple[AnyType, ...], place: Place | None
    ) -> tuple[dict[str, Value], dict[str, Argument]]:
        """Every parameter's value, and the arguments that set some of them; defaults may use the parameters before.

        The value of one that is at fault is unknown, so that the rest of what has it is looked through.

        `place` is the node that uses the block, None for the network itself.
        """
        self.evaluator.tally.steps += len(of.declared)
        if not given.keys() <= of.declared.keys():
            self._unknown(of, given, place)
        arguments: dict[str, Argument] = {}
        values: dict[str, Value] = {}
        own: Scope | None = None
        for name, parameter in of.declared.items():
            one = given.get(name)
            try:
                if one is None and (known := self._defaults.get(id(parameter))) is not None:
                    values[name] = known
                elif isinstance(parameter, document.Undeclared):
                    values[name] = UNKNOWN_VALUE
                elif one is not None:
                    values[name], arguments[name] = self._given(name, one, parameter, scope)
                elif parameter.required:
                    self._missing(name, of, given, place)
                    values[name] = UNKNOWN_VALUE
                else:
                    own = own or Scope(values, inputs, giver=Giver(arguments, scope, of.written))
                    own.later = of.declared
                    values[name] = self.default(name, parameter, own, of.written)
            except Broken:
                values[name] = UNKNOWN_VALUE
        return values, arguments

    def _missing(self, name: str, of: Signature, given: Mapping[str, Given], place: Place | None) -> None:
        if given.keys() <= of.declared.keys():  # else it may be there under a wrong name
            span = place.inside("op") if place is not None else of.declaration(name)
            self.report.add(faults.MissingParameter, span, owner=of.name, name=name)

    def _unknown(self, of: Signature, given: Mapping[str, Given], place: Place | None) -> None:
        for name in given:
            if name not in of.declared:
                at = given[name].place or place
                span = at.name if at is not None else None
                misnamed.parameter(self.report, name, span, of.name, of.declared)

    def _given(self, name: str, one: Given, parameter: document.Parameter, scope: Scope) -> tuple[Value, Argument]:
        if scope.giver is None and _is_word(one.written, parameter):
            value: Value = str(one.written)  # from outside, where there are no names
        else:
            value = self.evaluator.read(one, parameter_reading(parameter), scope)
        argument = Argument(value, one.written, one.origin, one.place)
        fitting = self.conform(name, argument, parameter, one.scope or scope)
        return fitting, argument if fitting is value else argument._replace(value=fitting)

    def default(self, name: str, parameter: document.Parameter, scope: Scope, written: YamlMap | None) -> Value:
        """The value of a parameter that nobody set."""
        place, reading, plain = _default_place(name, written), parameter_reading(parameter), parameter.default
        value = self.evaluator.read(Given(plain, Origin.OWN, place), reading, scope)
        fitting = self.conform(name, Argument(value, plain, Origin.OWN, place), parameter, scope)
        if reading.is_plain(plain) if isinstance(plain, str) else not isinstance(plain, list):
            self._defaults[id(parameter)] = fitting
        return fitting

    def conform(self, name: str, argument: Argument, parameter: document.Parameter, scope: Scope) -> Value:
        """The value in the parameter's own type, or Broken."""
        value, wanted = argument.value, parameter.kind
        if wanted == "float" and type(value) is int:
            value = float(value)
        if type(value) is _PYTHON.get(wanted) and parameter.is_open:
            return value
        if not _is(value, wanted):
            self._wrong_type(name, wanted, argument, scope)
        elif parameter.choices is not None and value not in parameter.choices:
            span, notes = self.evaluator.blame(name, argument, scope)
            invalid.not_a_choice(self.report, name, value, [show(choice) for choice in parameter.choices], span, notes)
        elif not is_within_bounds(value, parameter):
            span, notes = self.evaluator.blame(name, argument, scope)
            rule = (
                _bounds(parameter)
                if isinstance(value, int | float)
                else f"a list of numbers, each {_bounds(parameter)}"
            )
            fields = {"name": name, "rule": rule, "found": show(value)}
            self.report.add(faults.ParameterOutOfRange, span, notes=notes, **fields)
        else:
            return value
        raise Broken

    def _wrong_type(self, name: str, wanted: str, argument: Argument, scope: Scope) -> None:
        value, (span, notes) = argument.value, self.evaluator.blame(name, argument, scope)
        if argument.origin is Origin.OWN and not isinstance(argument.written, str):
            return  # told of the declaration already
        if wanted not in _WORDS:
            return  # nor has it a type
        if isinstance(value, float) and wanted == "int":
            invalid.not_whole(self.report, name, value, argument.written, span, notes)
            return
        kind: type[Diagnostic] = faults.WrongParameterType
        if isinstance(value, bool) and wanted in ("int", "float"):
            kind = faults.TruthForNumber
        found = f"`{value}`" if isinstance(value, str) else show(value)
        self.report.add(kind, span, name=name, expected=_WORDS[wanted], found=found, notes=notes)


_WORDS: Final = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "name": "a name",
    "list": "a list",
    "size": "a whole number or a list of two",
    "padding": "auto, tf_same, a whole number, or a list of two or four",
}
_PYTHON: Final[dict[str, type]] = {
    "int": int,
    "float": float,
    "bool": bool,
    "name": str,
    "list": tuple,
}


def _is_word(written: object, parameter: document.Parameter) -> bool:
    """Whether something is a name where no name can be."""
    return isinstance(written, str) and written.isidentifier() and parameter.kind in ("int", "float", "bool", "list")


def _is(value: Value, wanted: str) -> bool:
    """Whether a value is of a parameter's type."""
    if wanted not in document.SIDES:
        return type(value) is _PYTHON.get(wanted)
    named = wanted == "padding" and isinstance(value, str) and value in document.PADDINGS
    return type(value) is int or named or document.is_sides(value, wanted)


def is_within_bounds(value: Value, parameter: document.Parameter) -> bool:
    """Whether a number, or each number of a list, is one that the declaration allows."""
    low, high = parameter.min, parameter.max
    if isinstance(value, list | tuple):
        return all(is_within_bounds(one, parameter) for one in value)
    if isinstance(value, str) or (low is not None and high is not None and low > high):
        return True  # of a contradiction, the declaration was told already
    return (low is None or value >= low) and (high is None or value <= high)


def _bounds(parameter: document.Parameter) -> str:
    if parameter.max is None:
        return f"at least {parameter.min}"
    return f"at most {parameter.max}" if parameter.min is None else f"from {parameter.min} to {parameter.max}"


def _default_place(name: str, written: YamlMap | None) -> Place | None:
    declared = written.get("params") if written is not None else None
    if not isinstance(declared, YamlMap) or name not in declared:
        return None
    full = declared[name]
    return Place(full, "default") if isinstance(full, YamlMap) else Place(declared, name)
