"""The same value said with less: constants folded, neutral operands and branches never taken left out."""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from archspec.language.expressions.evaluate import evaluate
from archspec.language.expressions.faults import ExpressionFault, UnknownName
from archspec.language.expressions.identities import simpler_binary
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
    Path,
    Text,
    Tuple,
    Unary,
    Value,
    literal,
    rebuild,
)
from archspec.language.expressions.rewrite import parts, whole
from archspec.language.expressions.source import to_text

_OPPOSITE: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED: Final = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def simplify(expr: Expr, floats: Set[str] = frozenset()) -> Expr:
    """An expression of the same value and type wherever this one has a value.

    Names are taken for whole numbers, or lists of these, unless they stand in `floats`: `x // 1` is `x` only then.
    """
    return _Simplifier(floats).simplify(expr)


class _Nothing:
    """The scope of an expression without names."""

    def name(self, id: str) -> Value:
        raise UnknownName(id)

    def attribute(self, base: str, path: Path) -> Value:
        raise UnknownName(base)


class _Simplifier:
    def __init__(self, floats: Set[str]) -> None:
        self.floats = floats

    def simplify(self, expr: Expr) -> Expr:
        """From the leaves up."""
        return self.shorter(rebuild(expr, self.simplify))

    def shorter(self, expr: Expr) -> Expr:
        """One expression over parts that are simple already."""
        folded = _folded(expr)
        if folded is not None:
            return folded
        match expr:
            case Binary():
                simpler = simpler_binary(expr, self.whole)
                return expr if simpler is expr else self.simplify(simpler)
            case Unary():
                return self.unary(expr)
            case Logic():
                return _logic(expr)
            case Compare():
                return self.compare(expr)
            case Conditional():
                return self.conditional(expr)
            case Index():
                return _index(expr)
            case Call():
                return self.call(expr)
        return expr

    def whole(self, expr: Expr) -> bool:
        return whole(expr, self.floats)

    def unary(self, expr: Unary) -> Expr:
        match expr:
            case Unary("+", operand) | Unary("-", Unary("-", operand)) | Unary("not", Unary("not", operand)):
                return operand
            case Unary("not", Compare(first, ((op, second),))):
                return self.shorter(Compare(first, ((_OPPOSITE[op], second),)))
        return expr

    def compare(self, expr: Compare) -> Expr:
        if len(expr.rest) > 1:
            return expr
        (op, right), left = expr.rest[0], expr.first
        if left == right:
            return Bool(op in ("==", "<=", ">="))
        if isinstance(right, Bool) and op in ("==", "!="):
            return left if right.value is (op == "==") else self.shorter(Unary("not", left))
        # A constant stands on the right, as one says it.
        if isinstance(left, Number | Bool | Text) and not isinstance(right, Number | Bool | Text):
            return self.shorter(Compare(right, ((_MIRRORED[op], left),)))
        return expr

    def conditional(self, expr: Conditional) -> Expr:
        match expr:
            case Conditional(then, Bool(value), otherwise):
                return then if value else otherwise
            case Conditional(Bool(True), test, Bool(False)):
                return test
            case Conditional(Bool(False), test, Bool(True)):
                return self.shorter(Unary("not", test))
        return expr.then if expr.then == expr.otherwise else expr

    def call(self, expr: Call) -> Expr:
        match expr:
            case Call("int" | "floor" | "ceil" | "round", (number,)) if self.whole(number):
                return number
            case Call("len", (List(items) | Tuple(items),)):
                return Number(len(items))
        return expr


def _folded(expr: Expr) -> Expr | None:
    """The value of an expression without names; None where it has none, or is longer than the expression."""
    if isinstance(expr, Number | Bool | Text | List | Tuple | Name | Attribute):
        return None
    if any(isinstance(part, Name | Attribute) for part in parts(expr)):
        return None
    try:
        value = evaluate(expr, _Nothing())
    except ExpressionFault:
        return None
    # 1 / 3 says more than 0.3333333333333333.
    if isinstance(value, float) and len(repr(value)) > len(to_text(expr)):
        return None
    return literal(value)


def _logic(expr: Logic) -> Expr:
    """Without operands that decide nothing, and without the others where one decides."""
    decisive = expr.op == "or"
    operands: list[Expr] = []
    for operand in expr.operands:
        inner = operand.operands if isinstance(operand, Logic) and operand.op == expr.op else (operand,)
        operands += [one for one in inner if one != Bool(not decisive) and one not in operands]
    if Bool(decisive) in operands:
        return Bool(decisive)
    if not operands:
        return Bool(not decisive)
    return operands[0] if len(operands) == 1 else Logic(expr.op, tuple(operands))


def _index(expr: Index) -> Expr:
    match expr:
        case Index(List(items) | Tuple(items), Number(int(position))) if -len(items) <= position < len(items):
            return items[position]
    return expr
