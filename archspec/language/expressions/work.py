"""How long an expression takes to read and to evaluate, whatever its names stand for."""

from __future__ import annotations

from typing import Final

from archspec.language.expressions.nodes import Call, Expr, children

_SHORT: Final = 64
_LIST: Final = 50
"""Steps of a function that goes through a list."""
_OVER_LISTS: Final = frozenset(("min", "max", "sum", "even_split"))


def reading_of(text: str) -> int:
    """Steps of reading an expression that is a long one."""
    return 2 * max(0, len(text) - _SHORT)


def steps_of(expr: Expr) -> int:
    """Its steps: one for each part, more for functions of lists."""
    try:
        return expr.steps
    except AttributeError:
        own = _LIST if isinstance(expr, Call) and expr.function in _OVER_LISTS else 1
        steps = own + sum(map(steps_of, children(expr)))
        object.__setattr__(expr, "steps", steps)
        return steps
