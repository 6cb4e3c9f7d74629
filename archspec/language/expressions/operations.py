"""What operators do to values: Python's arithmetic and comparisons, within bounds and without its conversions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final, NoReturn

from archspec.diagnostics.catalogue.values import (
    DivisionByZero,
    NotFinite,
    TooManySteps,
    ValueNotAllowed,
    WrongOperand,
)
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.language.expressions.faults import ExpressionFault, UnknownName
from archspec.language.expressions.functions import (
    INT_MAX,
    INT_MIN,
    MAX_ITEMS,
    bounded,
    describe,
    is_number,
    short,
    shown,
)
from archspec.language.expressions.nodes import Binary, Compare, Expr

_ARITHMETIC: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
QUICK: Final = {op: _ARITHMETIC[op] for op in ("+", "-", "*", "//", "%")}
COMPARISONS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def arithmetic(expr: Binary, a: Any, b: Any) -> Any:
    op = expr.op
    if op == "+" and isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return _joined(expr, a, b)
    if not (is_number(a) and is_number(b)):
        fail(expr, WrongOperand, operator=op, expected="numbers", found=describe(a, b))
    said = f"{shown(a) if a >= 0 else f'({shown(a)})'} {op} {shown(b)}"
    if op == "**" and type(a) is int and type(b) is int:
        _check_power(expr, a, b, said)
    try:
        result = _ARITHMETIC[op](a, b)
    except ZeroDivisionError:
        fail(expr, DivisionByZero, found=said)
    except OverflowError:
        fail(expr, NotFinite, found=said)
    return admitted(expr, said, result)


def compared(expr: Compare, op: str, a: Any, b: Any) -> bool:
    equality = op in ("==", "!=")
    if isinstance(a, UnknownName):
        if not (equality and isinstance(b, str)):
            raise a
        a = a.name
    elif isinstance(b, UnknownName):
        if not (equality and isinstance(a, str)):
            raise b
        b = b.name
    if not (is_number(a) and is_number(b)):
        if not equality or _sort(a) is not _sort(b):
            expected = "two values of a kind" if equality else "numbers"
            fail(expr, WrongOperand, operator=op, expected=expected, found=describe(a, b))
        if isinstance(a, list | tuple):
            a, b = _flat(expr, a), _flat(expr, b)
    return bool(COMPARISONS[op](a, b))


def truth(expr: Expr, op: str, value: Any) -> bool:
    if value is True or value is False:
        return bool(value)
    fail(expr, WrongOperand, operator=op, expected="a truth value", found=describe(value))


def admitted(expr: Expr, said: str, value: Any) -> Any:
    """The value, if it keeps to the bounds of numbers."""
    if type(value) is int and INT_MIN <= value <= INT_MAX:
        return value
    return value if isinstance(value, bool | str | list | tuple) else placed(expr, bounded, value, said)


def placed(expr: Expr, function: Callable[..., Any], *args: Any) -> Any:
    """Call something that doesn't know where it stands, and add the place to its fault."""
    try:
        return function(*args)
    except ExpressionFault as fault:
        fault.offset, fault.end = expr.place
        raise


def fail(expr: Expr, kind: type[Diagnostic], **fields: Any) -> NoReturn:
    raise ExpressionFault(kind, *expr.place, **fields)


def _check_power(expr: Binary, a: int, b: int, said: str) -> None:
    """Refuse a power of whole numbers before it is computed: it could have any number of digits."""
    if b < 0 and a == 0:
        fail(expr, DivisionByZero, found=said)
    if b < 0:
        fail(expr, ValueNotAllowed, operation="**", expected="a power that isn't negative, or a float", found=said)
    if abs(a) > 1 and b > 63:
        admitted(expr, said, INT_MAX + 1)


def _joined(expr: Expr, a: Any, b: Any) -> list[Any]:
    total = len(a) + len(b)
    if total > MAX_ITEMS:
        fail(expr, TooManySteps, items=total, limit=MAX_ITEMS)
    return [*a, *b]


def _sort(value: Any) -> type:
    return int if is_number(value) else tuple if isinstance(value, list) else type(value)


def _flat(expr: Expr, items: Any) -> tuple[Any, ...]:
    """Lists as tuples, all the way down: a parameter may be either."""
    return tuple(_flat(expr, item) if isinstance(item, list | tuple) else item for item in placed(expr, short, items))
