"""How what is written is read: as a name, an expression, or a reference to a node."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from archspec.language import document
from archspec.language.expressions import Attribute, Compare, Expr, ExpressionFault, Name, names, parse
from archspec.language.expressions.nodes import children
from archspec.ops.base import Arguments, Reference

NAMED: Final = "$"
"""Before the name of a parameter whose value is a name."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How an argument is read: as a name, an expression, a node reference, or whichever fits."""

    name: bool = False
    expression: bool = True
    reference: bool = False
    choices: frozenset[str] = frozenset()
    truth: bool = False
    """Whether nothing but a truth value fits."""

    def is_plain(self, text: str) -> bool:
        """Whether a text is its own value, and not an expression."""
        if text.startswith(NAMED):
            return False
        return self.reference or text in self.choices or (self.name and not self.expression)


EXPRESSION: Final = Reading()


@cache
def readings(op: type[Arguments]) -> Mapping[str, Reading]:
    """How each argument of a primitive is read; follows from its annotations."""
    return {
        name: Reading(reference=True) if Reference in field.metadata else _reading(field.annotation)
        for name, field in op.model_fields.items()
    }


def _reading(annotation: Any) -> Reading:
    kinds = set(_kinds(annotation))
    choices = frozenset(kind for kind in kinds if isinstance(kind, str))
    name = str in kinds or bool(choices)
    return Reading(name, bool(kinds & {int, float, bool, tuple, list}), Reference in kinds, choices, kinds == {bool})


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


@cache
def pointing(op: type[Arguments]) -> tuple[str, ...]:
    """The arguments of a primitive that name nodes."""
    return tuple(name for name, reading in readings(op).items() if reading.reference)


def parameter_reading(parameter: document.Parameter) -> Reading:
    """How the value of a parameter is read."""
    return _BY_TYPE.get(parameter.kind, EXPRESSION)


_BY_TYPE: Final = {
    "bool": Reading(truth=True),
    "name": Reading(name=True, expression=False),
    "padding": Reading(choices=document.PADDINGS),
    "unknown": Reading(name=True, expression=False),
}


@lru_cache(maxsize=4096)
def mentions(text: str) -> tuple[Name | Attribute, ...]:
    """The names and dotted names of an expression, in the order of its text. Raises ExpressionFault.

    A name that is only compared for equality may be a value (`act != none`); it is left out.
    """
    if text.startswith(NAMED):
        return (Name(text[1:], place=(1, len(text))),)
    return tuple(_mentions(parse(text)))


def _mentions(expr: Expr) -> Iterator[Name | Attribute]:
    waiting = [expr]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Name | Attribute):
            yield here
        inner = children(here)
        if isinstance(here, Compare) and all(op in ("==", "!=") for op, _ in here.rest):
            inner = tuple(operand for operand in inner if not isinstance(operand, Name))
        waiting.extend(reversed(inner))


def names_in(raw: Any) -> set[str]:
    """Every bare name in the expressions of a part of a document."""
    if isinstance(raw, str):
        try:
            return set(names(parse(raw.removeprefix(NAMED))))
        except ExpressionFault:
            return set()
    if isinstance(raw, dict):
        return set().union(*(names_in(value) for value in raw.values()))
    return set().union(*(names_in(value) for value in raw)) if isinstance(raw, list) else set()
