"""Expression -> expression: which names it reads, and other expressions in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Final

from archspec.language.expressions.faults import NotPython
from archspec.language.expressions.nodes import (
    Attribute,
    Binary,
    Call,
    Conditional,
    Expr,
    Index,
    List,
    Name,
    Number,
    Path,
    Tuple,
    Unary,
    children,
    rebuild,
)

_MOST_PARTS: Final = 2000
_DEEPEST: Final = 150
_WHOLE_FACTS: Final = frozenset({"channels", "height", "width", "length", "shape"})
_WHOLE_CALLS: Final = frozenset({"floor", "ceil", "int", "len", "make_divisible", "even_split"})


def parts(expr: Expr) -> Iterator[Expr]:
    """An expression and everything in it."""
    waiting = [expr]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(children(part))


def names(expr: Expr) -> frozenset[str]:
    """The bare names that an expression reads."""
    return frozenset(part.id for part in parts(expr) if isinstance(part, Name))


def attributes(expr: Expr) -> frozenset[tuple[str, Path]]:
    """The dotted names that an expression reads, each as its base and its path."""
    return frozenset((part.base, part.path) for part in parts(expr) if isinstance(part, Attribute))


def substitute(
    expr: Expr, names: Mapping[str, Expr], attributes: Mapping[tuple[str, Path], Expr] | None = None
) -> Expr:
    """Other expressions in the place of names, all at once. Raises NotPython where the result is too large to read."""
    dotted = attributes or {}

    def change(part: Expr) -> Expr:
        if isinstance(part, Name):
            return names.get(part.id, part)
        if isinstance(part, Attribute):
            return dotted.get((part.base, part.path), part)
        return rebuild(part, change)

    changed = change(expr)
    _check_size(changed)
    return changed


def whole(expr: Expr, floats: Set[str] = frozenset()) -> bool:
    """Whether a number is sure to be an int, or a list to hold ints, where names are unless they stand in `floats`."""
    match expr:
        case Number(value):
            return isinstance(value, int)
        case Name(id):
            return id not in floats
        case Attribute(_, path):
            return path[-1] in _WHOLE_FACTS
        case Binary("/"):
            return False
        case Unary("-" | "+") | Binary() | List() | Tuple():
            return all(whole(part, floats) for part in children(expr))
        case Conditional(then, _, otherwise):
            return whole(then, floats) and whole(otherwise, floats)
        case Index(value, _):
            return whole(value, floats)
        case Call(function, args):
            return (
                function in _WHOLE_CALLS
                or (function, len(args)) == ("round", 1)
                or all(whole(arg, floats) for arg in args)
            )
    return False


def _check_size(expr: Expr) -> None:
    """Substitution after substitution can double an expression each time; nobody wants to read that."""
    count, deep, level = 0, 0, [expr]
    while level:
        count, deep = count + len(level), deep + 1
        if count > _MOST_PARTS or deep > _DEEPEST:
            raise NotPython("the expression is too large")
        level = [child for part in level for child in children(part)]
