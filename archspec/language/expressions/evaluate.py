"""Expression -> value. Each expression is compiled once to nested functions, which are quick to call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from archspec.diagnostics.catalogue.values import IndexOutOfRange, WrongOperand
from archspec.language.expressions.faults import UnknownName
from archspec.language.expressions.functions import FUNCTIONS, INT_MAX, INT_MIN, describe, is_number, shown
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
    Scope,
    Text,
    Tuple,
    Unary,
    Value,
)
from archspec.language.expressions.operations import (
    COMPARISONS,
    QUICK,
    admitted,
    arithmetic,
    compared,
    fail,
    placed,
    truth,
)

Run: TypeAlias = Callable[[Scope], Any]


def evaluate(expr: Expr, scope: Scope) -> Value:
    """The value of an expression. Raises ExpressionFault, or UnknownName where the scope lacks a name."""
    value: Value = compiled(expr)(scope)
    return value


def compiled(expr: Expr) -> Run:
    """An expression as a function of the scope, which raises what `evaluate` does."""
    try:
        return expr.run
    except AttributeError:
        run = _COMPILERS[type(expr)](expr)
        object.__setattr__(expr, "run", run)
        return run


def _constant(expr: Number | Bool | Text) -> Run:
    value = expr.value
    return lambda scope: value


def _name(expr: Name) -> Run:
    id_ = expr.id

    def run(scope: Scope) -> Any:
        try:
            value = scope.name(id_)
        except UnknownName as unknown:
            _place_name(unknown, expr)
            raise
        return value if type(value) is int else admitted(expr, id_, value)

    return run


def _attribute(expr: Attribute) -> Run:
    base, path = expr.base, expr.path
    text = ".".join(map(str, (base, *path)))

    def run(scope: Scope) -> Any:
        try:
            value = scope.attribute(base, path)
        except UnknownName as unknown:
            _place_name(unknown, expr)
            raise
        return admitted(expr, text, value)

    return run


def _unary(expr: Unary) -> Run:
    op, operand = expr.op, compiled(expr.operand)

    def invert(scope: Scope) -> Any:
        return not truth(expr, "not", operand(scope))

    def sign(scope: Scope) -> Any:
        value = operand(scope)
        if not is_number(value):
            fail(expr, WrongOperand, operator=op, expected="a number", found=describe(value))
        return admitted(expr, f"{op}({shown(value)})", -value if op == "-" else value)

    return invert if op == "not" else sign


def _binary(expr: Binary) -> Run:
    left, right = compiled(expr.left), compiled(expr.right)
    quick = QUICK.get(expr.op)
    if quick is None:
        return lambda scope: arithmetic(expr, left(scope), right(scope))

    def run(scope: Scope) -> Any:
        a, b = left(scope), right(scope)
        if type(a) is int and type(b) is int and (b or not divides):
            result = quick(a, b)
            if INT_MIN <= result <= INT_MAX:
                return result
        return arithmetic(expr, a, b)

    divides = expr.op in ("//", "%")
    return run


def _compare(expr: Compare) -> Run:
    first, links = _operand(expr.first), tuple((op, _operand(operand)) for op, operand in expr.rest)
    (op, second), single = links[0], len(links) == 1
    quick = COMPARISONS[op]

    def run(scope: Scope) -> Any:
        a, b = first(scope), second(scope)
        if type(a) is int and type(b) is int:
            return quick(a, b)
        return compared(expr, op, a, b)

    def chain(scope: Scope) -> Any:
        a = first(scope)
        for op, operand in links:
            b = operand(scope)
            if not compared(expr, op, a, b):
                return False
            a = b
        return True

    return run if single else chain


def _operand(expr: Expr) -> Run:
    """As any expression; but an unknown bare name becomes its UnknownName, since it may be compared with a name."""
    run = compiled(expr)
    if not isinstance(expr, Name):
        return run

    def lenient(scope: Scope) -> Any:
        try:
            return run(scope)
        except UnknownName as unknown:
            return unknown

    return lenient


def _logic(expr: Logic) -> Run:
    op, runs, decisive = expr.op, tuple(map(compiled, expr.operands)), expr.op == "or"

    def run(scope: Scope) -> bool:
        for operand in runs:
            if truth(expr, op, operand(scope)) is decisive:
                return decisive
        return not decisive

    return run


def _conditional(expr: Conditional) -> Run:
    then, test, otherwise = compiled(expr.then), compiled(expr.test), compiled(expr.otherwise)
    return lambda scope: then(scope) if truth(expr.test, "if", test(scope)) else otherwise(scope)


def _index(expr: Index) -> Run:
    value, index = compiled(expr.value), compiled(expr.index)

    def run(scope: Scope) -> Any:
        items, position = value(scope), index(scope)
        if not isinstance(items, list | tuple):
            fail(expr, WrongOperand, operator="[…]", expected="a list", found=describe(items))
        if type(position) is not int:
            fail(expr.index, WrongOperand, operator="[…]", expected="a whole number", found=describe(position))
        if not -len(items) <= position < len(items):
            fail(expr, IndexOutOfRange, index=position, length=len(items))
        return admitted(expr, f"item {position}", items[position])

    return run


def _list(expr: List) -> Run:
    runs = tuple(map(compiled, expr.items))
    return lambda scope: [run(scope) for run in runs]


def _tuple(expr: Tuple) -> Run:
    runs = tuple(map(compiled, expr.items))
    return lambda scope: tuple([run(scope) for run in runs])


def _call(expr: Call) -> Run:
    function, runs = FUNCTIONS[expr.function].run, tuple(map(compiled, expr.args))

    def run(scope: Scope) -> Any:
        args = [argument(scope) for argument in runs]
        return placed(expr, function, *args)

    return run


def _place_name(unknown: UnknownName, expr: Expr) -> None:
    unknown.offset, unknown.end = expr.place


_COMPILERS: Final[dict[type[Expr], Callable[[Any], Run]]] = {
    Number: _constant,
    Product: _constant,
    Bool: _constant,
    Text: _constant,
    Name: _name,
    Attribute: _attribute,
    Unary: _unary,
    Binary: _binary,
    Compare: _compare,
    Logic: _logic,
    Conditional: _conditional,
    Index: _index,
    List: _list,
    Tuple: _tuple,
    Call: _call,
}
