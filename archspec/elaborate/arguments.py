"""The values of arguments and parameters: what is written, evaluated, checked, and who wrote it."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError

from archspec.diagnostics.catalogue import arguments as faults
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.catalogue.graph import NotAValue
from archspec.diagnostics.remarks import From, Round, suggestion
from archspec.diagnostics.span import Span
from archspec.diagnostics.wording import listing
from archspec.elaborate.faults import Broken, Faults
from archspec.elaborate.scope import FACTS, Scope, UnknownFact
from archspec.language import document
from archspec.language.expressions import ExpressionFault, UnknownName, Value, evaluate, names, parse
from archspec.language.place import Place
from archspec.network import Argument, Origin
from archspec.ops.base import Op, Reference
from archspec.types import AnyType


@dataclass(frozen=True, slots=True)
class Reading:
    """How an argument is read: as a name, an expression, a node reference, or whichever fits."""

    name: bool = False
    expression: bool = True
    reference: bool = False
    choices: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Given:
    """Something written for an argument, before it is evaluated. `scope` is where, if not where the node stands."""

    written: object
    origin: Origin
    place: Place | None
    scope: Scope | None = None


@cache
def readings(op: type[Op]) -> Mapping[str, Reading]:
    """How each argument of a primitive is read; follows from its annotations."""
    return {
        name: Reading(reference=True) if Reference in field.metadata else _reading(field.annotation)
        for name, field in op.model_fields.items()
    }


def _reading(annotation: Any) -> Reading:
    kinds = set(_kinds(annotation))
    choices = frozenset(kind for kind in kinds if isinstance(kind, str))
    name = str in kinds or bool(choices)
    return Reading(name, bool(kinds & {int, float, bool, tuple, list}), Reference in kinds, choices)


def _kinds(annotation: Any) -> Iterable[Any]:
    """The plain types and the names that an annotation allows."""
    origin = get_origin(annotation)
    if origin is Annotated:
        plain, *marks = get_args(annotation)
        yield from [Reference] if Reference in marks else _kinds(plain)
    elif origin in (Union, types.UnionType):
        for option in get_args(annotation):
            yield from _kinds(option)
    elif origin is Literal:
        yield from (choice if isinstance(choice, str) else type(choice) for choice in get_args(annotation))
    else:
        yield origin or annotation


_PARAMETER_READINGS = {
    "name": Reading(name=True, expression=False),
    "int": Reading(),
    "float": Reading(),
    "bool": Reading(),
    "list": Reading(),
}


class Evaluator:
    """Evaluates what is written, and reports what can't be."""

    def __init__(self, report: Faults) -> None:
        self.report = report

    def read(self, given: Given, reading: Reading, scope: Scope) -> Value:
        """The value of an argument. Raises Broken once the fault is reported."""
        return self._read(given.written, given, reading, given.scope or scope)

    def expression(self, written: object, place: Place | None, scope: Scope) -> Value:
        """The value of `when`, `repeat` and other keys that are always expressions."""
        return self._read(written, Given(written, Origin.GIVEN, place), Reading(), scope)

    def _read(self, written: object, given: Given, reading: Reading, scope: Scope) -> Value:
        if isinstance(written, str):
            return self._text(written, given, reading, scope)
        if isinstance(written, list | tuple):
            return tuple(self._read(item, given, reading, scope) for item in written)
        return written  # type: ignore[return-value]  # the loader gives plain values only; ops refuse None

    def _text(self, text: str, given: Given, reading: Reading, scope: Scope) -> Value:
        try:
            if text.startswith("$"):
                return scope.name(text[1:])
            if text in reading.choices or (reading.name and not reading.expression):
                return text
            return evaluate(parse(text), scope)
        except UnknownFact:
            raise Broken from None
        except UnknownName as unknown:
            self._unknown_name(unknown, given, scope)
        except ExpressionFault as fault:
            self.report.add(fault.kind, _within(given, fault.offset, fault.end), **fault.fields)
        raise Broken

    def _unknown_name(self, unknown: UnknownName, given: Given, scope: Scope) -> None:
        name = str(unknown.args[0])
        span = given.place.value if given.place else None
        owner, _, fact = name.rpartition(".")
        if owner.split(".")[0] in {"input", *scope.index}:
            self._not_a_value(owner, fact, span, scope)
            return
        helps = suggestion(name, [*scope.values, *(f"{node}.channels" for node in ("input", *scope.index))])
        self.report.add(faults.UnknownName, span, name=name, helps=helps)

    def _not_a_value(self, node: str, name: str, span: Span | None, scope: Scope) -> None:
        helps = suggestion(name, FACTS)
        found = "a value has " + listing(FACTS)
        self.report.add(NotAValue, span, node=node, name=name, found=found, helps=helps)

    def primitive(
        self, op: type[Op], given: Mapping[str, Given], scope: Scope, place: Place
    ) -> tuple[Op, Mapping[str, Argument]]:
        """A primitive with its arguments evaluated and validated."""
        known = readings(op)
        arguments: dict[str, Argument] = {}
        broken = False
        for name, one in given.items():
            if name not in known:
                self.unknown_argument(name, op.name, known, one, place)
                broken = True
                continue
            try:
                value = self.read(one, known[name], scope)
            except Broken:
                broken = True
                continue
            arguments[name] = Argument(value, one.written, one.origin, one.place)
        if broken:
            raise Broken
        try:
            return op(**{name: one.value for name, one in arguments.items()}), arguments
        except ValidationError as error:
            self._invalid(error, op, arguments, scope, place)
        raise Broken

    def unknown_argument(self, name: str, op: str, known: Iterable[str], given: Given, place: Place) -> None:
        span = given.place.name if given.place else place.name
        helps = suggestion(name, [*known, *document.KEYS], f"`{op}`")
        self.report.add(faults.UnknownArgument, span, op=op, name=name, helps=helps)

    def _invalid(
        self, error: ValidationError, op: type[Op], arguments: Mapping[str, Argument], scope: Scope, place: Place
    ) -> None:
        """One diagnostic per argument, whatever number of union members pydantic tried."""
        by_argument: dict[str, list[Any]] = {}
        for fault in error.errors(include_url=False, include_context=False):
            by_argument.setdefault(str(fault["loc"][0]) if fault["loc"] else "", []).append(fault)
        for name, found in by_argument.items():
            if found[0]["type"] == "missing":
                self.report.add(faults.MissingArgument, place.inside("op"), op=op.name, name=name)
                continue
            argument = arguments.get(name)
            span = argument.place.value if argument and argument.place else place.value
            notes = tuple(self.sources(argument, scope)) if argument else ()
            self._bad_argument(op, name, found, argument.value if argument else None, span, notes)

    def _bad_argument(
        self, op: type[Op], name: str, found: list[Any], value: Value | None, span: Span, notes: tuple[From, ...]
    ) -> None:
        rule = _expected(found)
        if isinstance(value, bool):
            self.report.add(faults.TruthForNumber, span, name=name, expected=rule, found=show(value), notes=notes)
        elif isinstance(value, float) and value == value // 1 and "a whole number" in rule:
            helps = (Round(expression="..."),)
            self.report.add(faults.NotWhole, span, name=name, found=show(value), notes=notes, helps=helps)
        elif isinstance(value, str) and (choices := readings(op)[name].choices):
            fields = {"found": f"`{value}`", "choices": listing(sorted(choices), "or")}
            self.report.add(faults.NotAChoice, span, name=name, notes=notes, helps=suggestion(value, choices), **fields)
        else:
            self.report.add(faults.BadArgument, span, op=op.name, name=name, rule=rule, found=show(value), notes=notes)

    def sources(self, argument: Argument, scope: Scope) -> Iterable[From]:
        """Where the value of an expression came from: its own text, then the names in it."""
        if not isinstance(argument.written, str) or argument.written == argument.value:
            return
        yield From(name=argument.written, value=show(argument.value))
        try:
            used = names(parse(argument.written.removeprefix("$")))
        except ExpressionFault:
            return
        for name in sorted(used & scope.values.keys()):
            if name != argument.written:
                yield From(name=name, value=show(scope.values[name]))

    def parameters(
        self,
        declared: document.Parameters,
        given: Mapping[str, Given],
        scope: Scope,
        inputs: tuple[AnyType, ...],
        block: str,
        place: Place,
    ) -> tuple[dict[str, Value], dict[str, Argument]]:
        """The values of a block's parameters; defaults may use the parameters before them."""
        arguments: dict[str, Argument] = {}
        values: dict[str, Value] = {}
        broken = False
        for name, one in given.items():
            if name not in declared:
                span = one.place.name if one.place else place.name
                helps = suggestion(name, [*declared, *document.KEYS], f"`{block}`")
                self.report.add(faults.UnknownParameter, span, owner=block, name=name, helps=helps)
                broken = True
        own = Scope(values, inputs)
        for name, parameter in declared.items():
            one = given.get(name)
            try:
                if one is not None:
                    value = self.read(one, _PARAMETER_READINGS[parameter.kind], scope)
                elif parameter.required:
                    self.report.add(faults.MissingParameter, place.inside("op"), owner=block, name=name)
                    raise Broken
                else:
                    value = self._default(parameter, own)
                values[name] = self.conform(name, value, parameter, one.place if one and one.place else place)
            except Broken:
                broken = True
                continue
            if one is not None:
                arguments[name] = Argument(values[name], one.written, one.origin, one.place)
        if broken:
            raise Broken
        return values, arguments

    def _default(self, parameter: document.Parameter, scope: Scope) -> Value:
        """A parameter's own default, which may be an expression over the parameters before it."""
        default = parameter.default
        if isinstance(default, int | float):
            return default
        return self.read(Given(default, Origin.OWN, None), _PARAMETER_READINGS[parameter.kind], scope)

    def conform(self, name: str, value: Value, parameter: document.Parameter, place: Place) -> Value:
        """The value in the parameter's own type, or Broken."""
        wanted = parameter.kind
        fault: type[Diagnostic] | None = None
        fields: dict[str, Any] = {}
        if wanted == "float" and type(value) is int:
            value = float(value)
        if type(value) is not _PYTHON[wanted]:
            fault, fields = faults.WrongParameterType, {"expected": _WORDS[wanted], "found": show(value)}
        elif parameter.choices is not None and value not in parameter.choices:
            fault, fields = faults.NotAChoice, {"choices": listing(map(show, parameter.choices), "or"), "found": show(value)}
        elif isinstance(value, int | float) and not _within_bounds(value, parameter):
            fault, fields = faults.ParameterOutOfRange, {"rule": _bounds(parameter), "found": show(value)}
        if fault is None:
            return value
        self.report.add(fault, place.value, name=name, **fields)
        raise Broken


_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "name": "a name",
    "list": "a list",
}
_PYTHON: dict[str, type] = {"int": int, "float": float, "bool": bool, "name": str, "list": tuple}


def _within_bounds(value: float, parameter: document.Parameter) -> bool:
    return (parameter.min is None or value >= parameter.min) and (parameter.max is None or value <= parameter.max)


def _bounds(parameter: document.Parameter) -> str:
    if parameter.max is None:
        return f"at least {parameter.min}"
    return f"at most {parameter.max}" if parameter.min is None else f"from {parameter.min} to {parameter.max}"


def show(value: object) -> str:
    """A value as it would be written in a spec."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(show(item) for item in value) + "]"
    return "nothing" if value is None else str(value)


def _within(given: Given, start: int, end: int) -> Any:
    """The place of a part of an expression, where it stands on one line and unquoted."""
    if given.place is None:
        return None
    span = given.place.value
    text = span.source.lines[span.line - 1][span.column - 1 : span.end_column - 1]
    if span.line != span.end_line or not isinstance(given.written, str):
        return span
    shift = text.find(given.written)
    if shift < 0:
        return span
    column = span.column + shift
    return type(span)(span.source, span.line, column + start, span.line, column + max(end, start + 1))


def _expected(found: list[Any]) -> str:
    """What pydantic wanted, in the words of the field, joined where there were several ways to be right."""
    seen = dict.fromkeys(_phrase(fault) for fault in found)
    return " or ".join(seen)


def _phrase(fault: Any) -> str:
    message = str(fault["msg"]).removeprefix("Input should be ").removeprefix("a valid ").removeprefix("Value error, ")
    return _PHRASES.get(fault["type"], message)


_PHRASES = {
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "string_type": "a name",
    "int_from_float": "a whole number",
}
