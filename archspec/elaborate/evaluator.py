"""What is written, evaluated; and whom to blame for a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeAlias

from archspec.diagnostics.catalogue.document import WrongType
from archspec.diagnostics.catalogue.graph import SeveralOutputs
from archspec.diagnostics.catalogue.values import MalformedExpression
from archspec.diagnostics.diagnostic import Note
from archspec.diagnostics.remarks import From
from archspec.diagnostics.span import Source, Span
from archspec.diagnostics.wording import plural, spoken
from archspec.elaborate import misnamed
from archspec.elaborate.counting import Tally
from archspec.elaborate.faults import Broken, Faults
from archspec.elaborate.origins import giver_of, origins, show
from archspec.elaborate.reading import EXPRESSION, NAMED, Reading
from archspec.elaborate.scope import UNKNOWN_VALUE, Ambiguous, NoFact, NoSuchFact, Scope, UnknownFact
from archspec.language.expressions import (
    Attribute,
    Compare,
    ExpressionFault,
    Name,
    UnknownName,
    Value,
    compiled,
    evaluate,
    parse,
    reading_of,
    steps_of,
)
from archspec.language.place import Place
from archspec.language.tree import YamlList
from archspec.network import Argument, Origin
from archspec.types import Layout, TensorType

Run: TypeAlias = Callable[[Scope], Any]
_NO_VALUE: Final = (UnknownName, ExpressionFault, NoFact)


@dataclass(slots=True, eq=False)
class Given:
    """Something written for an argument, before it is evaluated. `scope` is where, if not where the node stands."""

    written: object
    origin: Origin
    place: Place | None
    scope: Scope | None = None
    run: Run | None = None
    """How its value is worked out; known once it was asked for, as many instances may ask."""
    steps: int = 1
    """How long that takes."""


class Evaluator:
    """Evaluates what is written, and reports what can't be. `file` is the spec's own text."""

    def __init__(self, report: Faults, tally: Tally, file: Source | None = None) -> None:
        self.report, self.tally, self.file = report, tally, file

    def read(self, given: Given, reading: Reading, scope: Scope) -> Value:
        """The value of an argument. Raises Broken once the fault is reported."""
        written, scope = given.written, given.scope or scope
        if type(written) is str:
            try:
                if given.run is None:
                    given.run, given.steps = _runner(written, reading)
                self.tally.steps += given.steps
                value: Value = given.run(scope)
                return value
            except _NO_VALUE:
                pass  # the slow way says why
        return self._read(written, given.place, reading, scope)

    def expression(self, written: object, place: Place | None, scope: Scope) -> Value:
        """The value of `when`, `repeat` and other keys that are always expressions."""
        return self._read(written, place, EXPRESSION, scope)

    def _read(self, written: object, place: Place | None, reading: Reading, scope: Scope) -> Value:
        if isinstance(written, str):
            return self._text(written, place, reading, scope)
        if isinstance(written, list | tuple):
            self.tally.steps += len(written)
            self._no_mapping(written, place)
            return tuple(self._read(item, item_of(place, at), reading, scope) for at, item in enumerate(written))
        if written is UNKNOWN_VALUE:
            raise Broken
        return written  # type: ignore[return-value]  # the loader gives plain values only; ops refuse None

    def _no_mapping(self, items: Sequence[object], place: Place | None) -> None:
        """Lists hold numbers, truth values, names and lists."""
        for at, item in enumerate(items):
            if isinstance(item, dict) or item is None:
                one = item_of(place, at)
                span = one.value if one is not None else None
                key = str(place.key) if place is not None else "a list"
                self.report.add(WrongType, span, key=key, expected="a list of values", found=f"{spoken(item)} in it")
                raise Broken

    def _text(self, text: str, place: Place | None, reading: Reading, scope: Scope) -> Value:
        if reading is not EXPRESSION and reading.is_plain(text):
            return text
        self.tally.work(1 + reading_of(text), self.report, place.value if place is not None else None)
        try:
            if text.startswith(NAMED):
                return scope.name(text[1:])
            expr = parse(text)
            self.tally.steps += steps_of(expr)
            return _plain(evaluate(expr, scope))
        except UnknownFact:
            raise Broken from None
        except (UnknownName, ExpressionFault, NoSuchFact, Ambiguous) as fault:
            self._not_a_value(fault, text, place, scope)

    def _not_a_value(self, fault: Exception, text: str, place: Place | None, scope: Scope) -> NoReturn:
        span = place.value if place else None
        if isinstance(fault, ExpressionFault):
            span = within(place, text, fault.offset, fault.end)
            self.report.add(fault.kind, span, notes=origins(text, scope), **unquoted(fault, place))
        elif isinstance(fault, UnknownName):
            start, end = (1, len(text)) if text.startswith(NAMED) else (fault.offset, fault.end)
            self._unknown_name(fault.name, within(place, text, start, end), scope)
        elif isinstance(fault, NoSuchFact):
            node, fact, type_ = fault.args
            misnamed.fact(self.report, fact, span, node, _described(type_))
        elif isinstance(fault, Ambiguous):
            node, count = fault.args
            self.report.add(SeveralOutputs, span, node=node, count=count, first="0")
        raise Broken

    def _unknown_name(self, name: str, span: Span | None, scope: Scope) -> None:
        node, _, fact = name.rpartition(".")
        base = node.split(".")[0]
        if not node:
            misnamed.value(self.report, name, span, scope)
        elif scope.has(base):
            misnamed.fact(self.report, fact, span, node)
        else:
            reader = next((frame.name for frame in self.report.frames[-2:] if frame.name == base), None)
            misnamed.node(self.report, base, span, scope, reader)

    def blame(self, name: str, argument: Argument, scope: Scope) -> tuple[Span | None, tuple[Note, ...]]:
        """The place that gave an argument its value, and notes on where that came from.

        A value that only passes through a block of the library is blamed on the spec that gave it to the block.
        """
        span = argument.place.value if argument.place else None
        given, inner = argument, scope
        while self._is_foreign(given.place):
            outer = giver_of(given.written, inner)
            if outer is None or outer.place is None or inner.giver is None or inner.giver.scope is None:
                return span, origins(argument.written, scope)
            given, inner = outer, inner.giver.scope
        if given is argument or given.place is None:
            return span, origins(argument.written, scope)
        passed = From(name=name, value=show(argument.value), span=span)
        return given.place.value, (*origins(given.written, inner), passed)

    def _is_foreign(self, place: Place | None) -> bool:
        return self.file is not None and place is not None and place.container.span.source != self.file


def _runner(text: str, reading: Reading) -> tuple[Run, int]:
    """How a text becomes a value, and the steps that it takes. Raises ExpressionFault."""
    if reading is not EXPRESSION and reading.is_plain(text):
        return lambda scope: text, 1
    if text.startswith(NAMED):
        named = text[1:]
        return lambda scope: scope.name(named), 1
    expr = parse(text)
    run, steps = compiled(expr), steps_of(expr)
    if isinstance(expr, Name | Attribute | Compare):
        return run, steps
    return lambda scope: _plain(run(scope)), steps


def _plain(value: Value) -> Value:
    """Lists are tuples from here on."""
    return tuple(map(_plain, value)) if isinstance(value, list) else value


def _described(type_: Any) -> str:
    if not isinstance(type_, TensorType):
        return "nothing is known of it"
    if type_.layout is Layout.VECTOR:
        return f"it is a vector of {plural(type_.channels, 'channel')}"
    kind = {Layout.TOKENS: "tokens", Layout.IMAGE: "an image", Layout.CHANNELS_LAST: "an image"}[type_.layout]
    return f"it is {kind}, {type_}"


def item_of(place: Place | None, index: int) -> Place | None:
    """The place of an item of a list."""
    if place is None:
        return None
    inner = place.here
    return Place(inner, index) if isinstance(inner, YamlList) else place


def within(place: Place | None, text: str, start: int, end: int) -> Span | None:
    """The place of a part of an expression, where the text stands in the file as it is."""
    if place is None:
        return None
    span = place.value
    if span.line != span.end_line or not (start or end):
        return span
    shift = span.source.lines[span.line - 1][span.column - 1 : span.end_column - 1].find(text)
    if shift < 0:
        return span
    column = span.column + shift
    return Span(span.source, span.line, column + start, span.line, column + max(end, start + 1))


def unquoted(fault: ExpressionFault, place: Place | None) -> dict[str, Any]:
    """The fields of a fault; an expression that has quotes isn't told to have them."""
    fields = dict(fault.fields)
    if place is not None and _is_quoted(place.value):
        kept = tuple(one for one in fields.get("helps", ()) if not isinstance(one, MalformedExpression.Quote))
        fields["helps"] = kept
    return fields


def _is_quoted(span: Span) -> bool:
    return span.source.lines[span.line - 1][span.column - 1 : span.column] in ("'", '"')
