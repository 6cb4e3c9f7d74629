"""The functions of the language, and the bounds that every number keeps to."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from archspec.diagnostics.catalogue.values import (
    IntegerOverflow,
    NotFinite,
    TooManySteps,
    ValueNotAllowed,
    WrongOperand,
)
from archspec.diagnostics.nearest import nearest
from archspec.diagnostics.printable import amount
from archspec.diagnostics.wording import plural
from archspec.language.expressions.faults import ExpressionFault

INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**63 - 1
MAX_ITEMS: Final = 10_000
_MAX_DIGITS: Final = 15
_NUMBERS: Final = frozenset((int, float))


@dataclass(frozen=True, slots=True)
class Function:
    """`run` takes values of any type; it raises ExpressionFault, whose place is added by the call."""

    run: Callable[..., Any]
    least: int
    most: int | None

    def takes(self, count: int) -> bool:
        return count >= self.least and (self.most is None or count <= self.most)

    def arity(self) -> str:
        if self.most is None:
            return f"at least {plural(self.least, 'argument')}"
        return (
            plural(self.most, "argument")
            if self.least == self.most
            else f"{self.least} to {plural(self.most, 'argument')}"
        )


def nearest_function(name: str) -> str | None:
    """The function that was probably meant."""
    return _ALIASES.get(name) or nearest(name, FUNCTIONS)


def is_number(value: object) -> bool:
    return type(value) is int or type(value) is float


def bounded(value: Any, found: str) -> Any:
    """A number that is finite, and fits in 64 bits if it is whole. `found` says where it came from."""
    if type(value) is int:
        if INT_MIN <= value <= INT_MAX:
            return value
        raise ExpressionFault(IntegerOverflow, found=found)
    if type(value) is float and math.isfinite(value):
        return value
    raise ExpressionFault(NotFinite, found=found)


def describe(*values: object) -> str:
    """Values as a message names them: "the whole number 4 and the truth value true"."""
    return " and ".join(map(_described, values))


def shown(value: int | float) -> str:
    """A number in short."""
    if isinstance(value, float):
        return f"{value:.3g}"
    return str(value) if abs(value) < 10**20 else amount(value)


def items_of(name: str, value: Any) -> Sequence[Any]:
    """A list, short enough to work on."""
    if not isinstance(value, list | tuple):
        raise ExpressionFault(WrongOperand, operator=name, expected="a list", found=describe(value))
    return short(value)


def short(items: Sequence[Any]) -> Sequence[Any]:
    if len(items) > MAX_ITEMS:
        raise ExpressionFault(TooManySteps, items=len(items), limit=MAX_ITEMS)
    return items


def _described(value: object) -> str:
    match value:
        case bool():
            return f"the truth value {str(value).lower()}"
        case int():
            return f"the whole number {shown(value)}"
        case float():
            return f"the number {value!r}"
        case str():
            return f"the name `{value[:40]}`"
        case list() | tuple():
            return f"a list of {plural(len(value), 'item')}"
    return f"a {type(value).__name__}"


def _numbers(name: str, values: Sequence[Any], expected: str = "numbers") -> Sequence[Any]:
    if {*map(type, values)} <= _NUMBERS:
        return values
    for value in values:
        if not is_number(value):
            raise ExpressionFault(WrongOperand, operator=name, expected=expected, found=describe(value))
    return values


def _number(name: str, value: Any) -> Any:
    return _numbers(name, (value,), "a number")[0]


def _whole(name: str, value: Any, least: int, meaning: str) -> int:
    if type(value) is not int:
        raise ExpressionFault(WrongOperand, operator=name, expected="a whole number", found=describe(value))
    if value < least:
        expected = f"{meaning} of at least {least}"
        raise ExpressionFault(ValueNotAllowed, operation=name, expected=expected, found=shown(value))
    return value


def _extreme(name: str, choose: Callable[[Sequence[Any]], Any]) -> Callable[..., Any]:
    def run(*args: Any) -> Any:
        values = _numbers(name, items_of(name, args[0]) if len(args) == 1 else args)
        if not values:
            raise ExpressionFault(ValueNotAllowed, operation=name, expected="at least one item", found="an empty list")
        return bounded(choose(values), f"{name}(…)")

    return run


def _rounding(name: str, convert: Callable[[Any], int]) -> Callable[[Any], Any]:
    def run(value: Any) -> Any:
        return bounded(convert(_number(name, value)), f"{name}({shown(value)})")

    return run


def _abs(value: Any) -> Any:
    return bounded(abs(_number("abs", value)), f"abs({shown(value)})")


def _round(value: Any, digits: Any = None) -> Any:
    _number("round", value)
    if digits is None:
        return bounded(round(value), f"round({shown(value)})")
    # round() builds 10 ** digits: a large number of digits would take forever.
    if _whole("round", digits, 0, "a number of digits") > _MAX_DIGITS:
        expected = f"at most {_MAX_DIGITS} digits"
        raise ExpressionFault(ValueNotAllowed, operation="round", expected=expected, found=shown(digits))
    return round(value, digits)


def _len(value: Any) -> int:
    return len(items_of("len", value))


def _sum(value: Any) -> Any:
    return bounded(sum(_numbers("sum", items_of("sum", value))), "the sum")


def _make_divisible(value: Any, divisor: Any) -> Any:
    """The multiple of `divisor` nearest to `value`, and never less than nine tenths of it, as MobileNet has it."""
    _number("make_divisible", value)
    _whole("make_divisible", divisor, 1, "a divisor")
    made = max(divisor, int(value + divisor / 2) // divisor * divisor)
    if made < 0.9 * value:
        made += divisor
    return bounded(made, f"make_divisible({shown(value)}, {shown(divisor)})")


def _even_split(total: Any, parts: Any) -> list[int]:
    """`total` in whole parts as equal as can be, the larger ones first."""
    _whole("even_split", total, 0, "a total")
    if _whole("even_split", parts, 1, "a number of parts") > MAX_ITEMS:
        raise ExpressionFault(TooManySteps, items=parts, limit=MAX_ITEMS)
    size, rest = divmod(total, parts)
    return [size + (part < rest) for part in range(parts)]


FUNCTIONS: Final = {
    "min": Function(_extreme("min", min), 1, None),
    "max": Function(_extreme("max", max), 1, None),
    "abs": Function(_abs, 1, 1),
    "round": Function(_round, 1, 2),
    "floor": Function(_rounding("floor", math.floor), 1, 1),
    "ceil": Function(_rounding("ceil", math.ceil), 1, 1),
    "int": Function(_rounding("int", int), 1, 1),
    "len": Function(_len, 1, 1),
    "sum": Function(_sum, 1, 1),
    "make_divisible": Function(_make_divisible, 2, 2),
    "even_split": Function(_even_split, 2, 2),
}
_ALIASES: Final = {"ceiling": "ceil", "maximum": "max", "minimum": "min", "length": "len", "trunc": "int"}
