"""Expression -> text, with few brackets and the spacing of `ruff format`: Python, or the language itself."""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from archspec.language.expressions.faults import NotPython
from archspec.language.expressions.nodes import (
    Attribute,
    Binary,
    Bool,
    Call,
    Compare,
    Conditional,
    Expr,
    Index,
    List,
    Logic,
    Name,
    Number,
    Product,
    Text,
    Tuple,
    Unary,
)
from archspec.language.expressions.rewrite import whole

_BUILTINS: Final = frozenset({"min", "max", "abs", "round", "int", "len", "sum"})
# Tighter binding is higher.
_CONDITIONAL, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(10)
_RANKS: Final = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "//": _PRODUCT, "%": _PRODUCT, "**": _POWER}


def to_source(expr: Expr, floats: Set[str] = frozenset()) -> str:
    """Python for generated source. Names are taken for whole numbers unless they stand in `floats`.

    Raises NotPython where Python's operators and built-in functions can't say it, and for dotted names, which the
    caller replaces by what they are called there.
    """
    return _Python(floats).text(expr)


def to_text(expr: Expr) -> str:
    """The expression as a spec has it."""
    return _Spec().text(expr)


class _Spec:
    """Prints the language."""

    def text(self, expr: Expr, least: int = _CONDITIONAL) -> str:
        """The text of an expression, in brackets where it binds less tight than `least`."""
        text, rank = self.ranked(expr)
        return text if rank >= least else f"({text})"

    def ranked(self, expr: Expr) -> tuple[str, int]:
        match expr:
            case Binary():
                return self.binary(expr), _RANKS[expr.op]
            case Unary("not", operand):
                return f"not {self.text(operand, _NOT)}", _NOT
            case Unary(op, operand):
                # ruff puts brackets around a signed power; they help the reader too.
                return f"{op}{self.text(operand, _ATOM if isinstance(operand, Binary) else _SIGN)}", _SIGN
            case Compare(first, rest):
                links = [f" {op} {self.text(operand, _SUM)}" for op, operand in rest]
                return self.text(first, _SUM) + "".join(links), _COMPARE
            case Logic(op, operands):
                # `a or (b and c)`: ruff asks for these brackets.
                return f" {op} ".join(self.text(operand, _NOT) for operand in operands), _OR if op == "or" else _AND
            case Conditional(then, test, otherwise):
                return f"{self.text(then, _OR)} if {self.text(test, _OR)} else {self.text(otherwise)}", _CONDITIONAL
        return self.atom(expr)

    def atom(self, expr: Expr) -> tuple[str, int]:
        match expr:
            case Product(factors=factors):
                return " * ".join(map(str, factors)), _PRODUCT
            case Number(value):
                text = spelled(value)
                return text, _SIGN if text.startswith("-") else _ATOM
            case Bool(value):
                return self.truth(value), _ATOM
            case Text(value):
                return self.name(value), _ATOM
            case Name(id):
                return id, _ATOM
            case Attribute():
                return self.attribute(expr), _ATOM
            case Index(value, index):
                return f"{self.text(value, _ATOM)}[{self.text(index)}]", _ATOM
            case List(items):
                return f"[{self.listed(items)}]", _ATOM
            case Tuple(items):
                return self.fixed(items), _ATOM
            case Call():
                return self.call(expr)
        raise TypeError(f"not an expression: {expr!r}")

    def binary(self, expr: Binary) -> str:
        rank = _RANKS[expr.op]
        if expr.op != "**":
            return f"{self.text(expr.left, rank)} {expr.op} {self.text(expr.right, rank + 1)}"
        left, right = self.text(expr.left, _ATOM), self.text(expr.right, _SIGN)
        return f"{left}**{right}" if _hugs(expr) else f"{left} ** {right}"

    def listed(self, items: tuple[Expr, ...]) -> str:
        return ", ".join([self.text(item) for item in items])

    def truth(self, value: bool) -> str:
        return "true" if value else "false"

    def name(self, value: str) -> str:
        return value

    def attribute(self, expr: Attribute) -> str:
        return ".".join(map(str, (expr.base, *expr.path)))

    def fixed(self, items: tuple[Expr, ...]) -> str:
        return f"[{self.listed(items)}]"

    def call(self, expr: Call) -> tuple[str, int]:
        return f"{expr.function}({self.listed(expr.args)})", _ATOM


class _Python(_Spec):
    """Prints Python."""

    def __init__(self, floats: Set[str]) -> None:
        self.floats = floats

    def truth(self, value: bool) -> str:
        return repr(value)

    def name(self, value: str) -> str:
        text = repr(value)
        return text if '"' in text else f'"{text[1:-1]}"'

    def attribute(self, expr: Attribute) -> str:
        raise NotPython(f"{super().attribute(expr)} isn't a Python name")

    def fixed(self, items: tuple[Expr, ...]) -> str:
        return f"({self.listed(items)}{',' if len(items) == 1 else ''})"

    def call(self, expr: Call) -> tuple[str, int]:
        if expr.function == "floor":
            return self.ranked(self.floor(expr.args[0]))
        if expr.function == "ceil":
            return self.ranked(_negative(self.floor(_negative(expr.args[0]))))
        if expr.function not in _BUILTINS:
            raise NotPython(f"Python has no {expr.function}")
        return super().call(expr)

    def floor(self, number: Expr) -> Expr:
        """The same in operators, which need no import."""
        if whole(number, self.floats):
            return number
        match number:
            case Binary("/", left, right) if whole(left, self.floats) and whole(right, self.floats):
                return Binary("//", left, right)
        return Call("int", (Binary("//", number, Number(1)),))


def spelled(number: float) -> str:
    """A number as people write it: `1e-6` for Python's `1e-06`."""
    digits, sign, power = repr(number).partition("e")
    return f"{digits}e{int(power)}" if sign else digits


def _negative(number: Expr) -> Expr:
    match number:
        case Number(value):
            return Number(-value)
        case Unary("-", operand):
            return operand
        case Binary("/", left, right):
            return Binary("/", _negative(left), right)
    return Unary("-", number)


def _hugs(power: Binary) -> bool:
    """Whether `ruff format` writes a power without spaces: between names and numbers, on the right also signed ones."""
    right = power.right
    if isinstance(right, Binary) and right.op == "**":
        right = right.left  # what stands beside the operator
    elif isinstance(right, Unary) and right.op != "not":
        right = right.operand
    plain = not isinstance(power.left, Number) or repr(power.left.value)[0] != "-"
    return plain and isinstance(power.left, Name | Number) and isinstance(right, Name | Number)
