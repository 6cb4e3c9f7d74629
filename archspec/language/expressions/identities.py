"""Rules of arithmetic that shorten one operation. What holds for ints only asks whether its operands are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from archspec.language.expressions.functions import INT_MAX
from archspec.language.expressions.nodes import Binary, Expr, Number, Unary

Whole: TypeAlias = Callable[[Expr], bool]


def simpler_binary(expr: Binary, whole: Whole) -> Expr:
    """A shorter expression of the same value and type, or the same expression."""
    rule = _RULES.get(expr.op)
    return (rule(expr.left, expr.right, whole) if rule else None) or expr


def _add(left: Expr, right: Expr, whole: Whole) -> Expr | None:
    if left == Number(0):
        return right
    if right == Number(0):
        return left
    constant = _int(right)
    if constant is None:
        return _like_terms(left, right, whole)
    if constant < 0:
        return _sum(left, constant)
    return _shifted(left, constant, whole)


def _like_terms(left: Expr, right: Expr, whole: Whole) -> Expr | None:
    """`2 * x + 6 * x` is `8 * x`."""
    (first, one), (second, other) = _factored(left), _factored(right)
    if one != other or isinstance(one, Number) or not whole(one) or abs(first + second) > INT_MAX:
        return None
    return Binary("*", Number(first + second), one)


def _factored(term: Expr) -> tuple[int, Expr]:
    match term:
        case Binary("*", Number(int(factor)), other) | Binary("*", other, Number(int(factor))):
            return factor, other
    return 1, term


def _sub(left: Expr, right: Expr, whole: Whole) -> Expr | None:
    if right == Number(0):
        return left
    if left == Number(0):
        return Unary("-", right)
    if left == right and whole(left):
        return Number(0)
    constant = _int(right)
    if constant is None:
        return None
    if constant < 0:
        return _sum(left, -constant)
    return _shifted(left, -constant, whole)


def _mul(left: Expr, right: Expr, whole: Whole) -> Expr | None:
    for one, other in ((left, right), (right, left)):
        if one == Number(1):
            return other
        if one == Number(0) and whole(other):
            return Number(0)
    if (factor := _int(left)) is not None:
        return _scaled(right, factor, whole, in_front=True)
    if (factor := _int(right)) is not None:
        return _scaled(left, factor, whole, in_front=False)
    return None


def _floordiv(left: Expr, right: Expr, whole: Whole) -> Expr | None:
    if not (whole(left) and whole(right)):
        return None
    if right == Number(1):
        return left
    if left == right:
        return Number(1)
    match left:
        case Binary("*", one, other) if right in (one, other):
            return other if one == right else one
        case Binary("*", Number(int(factor)), other) | Binary("*", other, Number(int(factor))):
            divisor = _int(right)
            if divisor and divisor > 0 and factor % divisor == 0:
                made = Number(factor // divisor)
                return Binary("*", made, other) if isinstance(left.left, Number) else Binary("*", other, made)
        case Binary("//", inner, Number(int(first))):
            second = _int(right)
            if second and second > 0 and first > 0 and first * second <= INT_MAX:
                return Binary("//", inner, Number(first * second))
    return None


def _mod(left: Expr, right: Expr, whole: Whole) -> Expr | None:
    if not (whole(left) and whole(right)):
        return None
    if left == right or right == Number(1):
        return Number(0)
    multiple = isinstance(left, Binary) and left.op == "*" and right in (left.left, left.right)
    return Number(0) if multiple else None


def _pow(left: Expr, right: Expr, whole: Whole) -> Expr | None:
    if right == Number(1):
        return left
    return Number(1) if right == Number(0) and whole(left) else None


def _shifted(term: Expr, constant: int, whole: Whole) -> Expr | None:
    """`(x + 1) + 2`, `(x - 1) + 2`, `(1 + x) + 2` with one constant."""
    if not whole(term):
        return None
    match term:
        case Binary("+", inner, Number(int(first))):
            return _sum(inner, first + constant)
        case Binary("-", inner, Number(int(first))):
            return _sum(inner, constant - first)
        case Binary("+", Number(int(first)), inner):
            return _sum(inner, first + constant)
    return None


def _sum(term: Expr, constant: int) -> Expr | None:
    if abs(constant) > INT_MAX:
        return None
    return Binary("-" if constant < 0 else "+", term, Number(abs(constant)))


def _scaled(term: Expr, factor: int, whole: Whole, *, in_front: bool) -> Expr | None:
    """`2 * (3 * x)` with one constant, in front if either stood there."""
    if not whole(term):
        return None
    match term:
        case Binary("*", Number(int(inner)), other):
            in_front = True
        case Binary("*", other, Number(int(inner))):
            pass
        case _:
            return None
    if abs(factor * inner) > INT_MAX:
        return None
    made = Number(factor * inner)
    return Binary("*", made, other) if in_front else Binary("*", other, made)


def _int(expr: Expr) -> int | None:
    return expr.value if isinstance(expr, Number) and isinstance(expr.value, int) else None


_RULES = {"+": _add, "-": _sub, "*": _mul, "//": _floordiv, "%": _mod, "**": _pow}
