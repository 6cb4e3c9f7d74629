"""The input size closest to a given one that meets all requirements of a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice, product

from archspec.elaborate.scope import NoFact, Scope
from archspec.language.expressions import Expr, ExpressionFault, UnknownName, attributes, evaluate, parse, steps_of
from archspec.types import TensorType

REACH = 1024
"""How far from the given size a better one is looked for, per axis."""
_KEPT = 12
_MOST = 100
"""Steps of all requirements together, beyond which trying them at so many sizes takes too long."""
_FACTS = {"height", "width", "length"}


def nearest_input(require: Sequence[str], given: Scope) -> tuple[int, ...] | None:
    """The shape with the least change of its sizes, channels kept; None where none is near, or inputs are several."""
    type_ = given.inputs[0]
    if not isinstance(type_, TensorType) or len(given.inputs) > 1:
        return None
    tests = _readable(require)
    if sum(map(steps_of, tests)) > _MOST:
        return None

    def holds(expressions: list[Expr], shape: tuple[int, ...]) -> bool:
        scope = Scope(given.values, (replace(type_, shape=shape),))
        return all(_true(expression, scope) for expression in expressions)

    axes = [axis for axis in range(len(type_.shape)) if axis != type_.channel_axis]
    choices = [list(islice(_sizes(axis, type_, tests, holds), _KEPT)) for axis in axes]
    return _best(type_.shape, axes, choices, lambda shape: holds(tests, shape))


def _readable(require: Sequence[str]) -> list[Expr]:
    """The requirements that are expressions; what is wrong with the others is told."""
    found = []
    for text in require:
        with suppress(ExpressionFault):
            found.append(parse(text))
    return found


def _sizes(
    axis: int, type_: TensorType, tests: list[Expr], holds: Callable[[list[Expr], tuple[int, ...]], bool]
) -> Iterator[int]:
    """Sizes of one axis, nearest first, that meet the requirements on this axis alone."""
    own = [test for test in tests if _axes(test, type_) == {axis}]
    given = type_.shape[axis]
    for distance in range(REACH + 1):
        for size in {given - distance, given + distance}:
            if size > 0 and holds(own, _with(type_.shape, axis, size)):
                yield size


def _best(
    shape: tuple[int, ...], axes: list[int], choices: list[list[int]], holds: Callable[[tuple[int, ...]], bool]
) -> tuple[int, ...] | None:
    found: list[tuple[int, tuple[int, ...]]] = []
    for sizes in product(*choices):
        candidate = shape
        for axis, size in zip(axes, sizes, strict=True):
            candidate = _with(candidate, axis, size)
        if holds(candidate):
            found.append((sum(abs(a - b) for a, b in zip(candidate, shape, strict=True)), candidate))
    return min(found)[1] if found else None


def _with(shape: tuple[int, ...], axis: int, size: int) -> tuple[int, ...]:
    return (*shape[:axis], size, *shape[axis + 1 :])


def _axes(test: Expr, type_: TensorType) -> set[int]:
    """Which axes of the input a requirement reads; all of them where that can't be told."""
    facts = {path[-1] for base, path in attributes(test) if base == "input"}
    if not facts <= _FACTS:
        return set(range(len(type_.shape)))
    spatial = dict(zip(("height", "width"), type_.spatial_axes, strict=False))
    return {spatial.get(str(fact), len(type_.shape) - 2) for fact in facts}


def _true(expression: Expr, scope: Scope) -> bool:
    try:
        return evaluate(expression, scope) is True
    except (ExpressionFault, UnknownName, NoFact):
        return False
