"""The parts of an expression: frozen, hashable, without a reference to the text beyond the place of each part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeAlias

Value: TypeAlias = "int | float | bool | str | list[Value] | tuple[Value, ...]"
Path: TypeAlias = tuple[str | int, ...]


class Scope(Protocol):
    """What names mean where an expression is evaluated. Both raise UnknownName."""

    def name(self, id: str) -> Value:
        """A parameter, `let`, or column."""

    def attribute(self, base: str, path: Path) -> Value:
        """A fact of a node: `input.channels`, `split.1.height`."""


class _Compilable:
    """Room for the function that an expression is compiled to, and for how long that takes, once they are asked for."""

    __slots__ = ("run", "steps")
    run: Callable[[Scope], Any]
    steps: int


@dataclass(frozen=True, slots=True)
class Expr(_Compilable):
    """Any expression. `place` is (offset, end) in the text it was parsed from; (0, 0) for one that was made."""

    place: tuple[int, int] = field(default=(0, 0), compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True, eq=False)
class Number(Expr):
    """An int or a float. 1 and 1.0 are different numbers here."""

    value: int | float

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[bool, str | int]:
        # The text of a float, since -0.0 == 0.0.
        return (True, self.value) if isinstance(self.value, int) else (False, repr(self.value))


@dataclass(frozen=True, slots=True, eq=False)
class Product(Number):
    """A whole number that is said as what it is the product of: `512 * 7 * 7`. No spec is read as one."""

    factors: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Bool(Expr):
    """A truth value."""

    value: bool


@dataclass(frozen=True, slots=True)
class Text(Expr):
    """A name as a value (`relu`). The language has no strings: only `literal` makes these."""

    value: str


@dataclass(frozen=True, slots=True)
class Name(Expr):
    """A bare name: a parameter, a `let`, a column."""

    id: str


@dataclass(frozen=True, slots=True)
class Attribute(Expr):
    """`input.channels`, `split.1.channels`, `backbone.c3.height`."""

    base: str
    path: Path


@dataclass(frozen=True, slots=True)
class Unary(Expr):
    """`-`, `+`, `not`."""

    op: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary(Expr):
    """`+ - * / // % **`."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Compare(Expr):
    """`a < b <= c`: the first operand, then each comparison with what it compares to."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class Logic(Expr):
    """`and` or `or` of two or more operands."""

    op: str
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Conditional(Expr):
    """`then if test else otherwise`."""

    then: Expr
    test: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class Index(Expr):
    """`widths[0]`."""

    value: Expr
    index: Expr


@dataclass(frozen=True, slots=True)
class List(Expr):
    """`[a, b]`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Tuple(Expr):
    """A list that prints as a Python tuple: only `literal` makes these."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """A call of one of the language's own functions."""

    function: str
    args: tuple[Expr, ...]


def literal(value: Value) -> Expr:
    """The expression that says a value."""
    if isinstance(value, bool):
        return Bool(value)
    if isinstance(value, int | float):
        return Number(value)
    if isinstance(value, str):
        return Text(value)
    items = tuple(map(literal, value))
    return Tuple(items) if isinstance(value, tuple) else List(items)


def children(expr: Expr) -> tuple[Expr, ...]:
    """The expressions that an expression is made of, in the order of its text."""
    match expr:
        case Unary():
            return (expr.operand,)
        case Binary():
            return (expr.left, expr.right)
        case Compare():
            return (expr.first, *(operand for _, operand in expr.rest))
        case Logic():
            return expr.operands
        case Conditional():
            return (expr.then, expr.test, expr.otherwise)
        case Index():
            return (expr.value, expr.index)
        case List() | Tuple():
            return expr.items
        case Call():
            return expr.args
    return ()


def rebuild(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The same expression over changed children; itself where none changed."""
    old = children(expr)
    new = tuple(map(change, old))
    if all(after is before for after, before in zip(new, old, strict=True)):
        return expr
    return replace(expr, **_fields(expr, new))


def _fields(expr: Expr, new: tuple[Expr, ...]) -> Mapping[str, Any]:
    """`new` under the names that `children` took the old ones from."""
    match expr:
        case Unary():
            return {"operand": new[0]}
        case Binary():
            return {"left": new[0], "right": new[1]}
        case Compare():
            links = zip(expr.rest, new[1:], strict=True)
            return {"first": new[0], "rest": tuple((op, operand) for (op, _), operand in links)}
        case Logic():
            return {"operands": new}
        case Conditional():
            return {"then": new[0], "test": new[1], "otherwise": new[2]}
        case Index():
            return {"value": new[0], "index": new[1]}
        case List() | Tuple():
            return {"items": new}
    return {"args": new}
