"""What was found on each side, for faults between inputs of a primitive, which doesn't know what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeVar

T = TypeVar("T")
_MOST = 3


def has(values: Sequence[object | None], of: str) -> str:
    """`{0} has 256 channels, {1} has 64`, with `of` being "{} channels". None and repeated values are left out."""
    shown = _distinct(values)
    texts = [f"{{{index}}} has {counted(of, value) if not at else value}" for at, (index, value) in enumerate(shown)]
    return ", ".join(texts)


def has_own(sizes: Sequence[int], of: Sequence[str]) -> str:
    """`{0} has 32 channels, {1} has 16 tokens`: each input in words of its own."""
    texts = [f"{{{at}}} has {counted(*pair)}" for at, pair in enumerate(zip(of, sizes, strict=True))]
    return ", ".join(texts)


def sits(words: Sequence[str | None]) -> str:
    """`{0} is at 1/16, {1} at 1/8`, or `{0} is 12 x 64, {1} 64 x 64`."""
    shown = _distinct(words)
    texts = [f"{{{index}}} {word.removeprefix('is ') if at else word}" for at, (index, word) in enumerate(shown)]
    return ", ".join(texts)


def counted(of: str, size: object) -> str:
    """`32 channels`, `1 channel`, `height 7`."""
    return of.format(size).removesuffix("s") if size == 1 else of.format(size)


def scale(strides: Sequence[int | Fraction]) -> str:
    """`1/16` for a stride of 16 on every axis, `1/16 x 1/8` where the axes differ."""
    texts = [f"{size.numerator}/{size.denominator}" for size in (Fraction(1) / stride for stride in strides)]
    return texts[0] if len(set(texts)) == 1 else " x ".join(texts)


def _distinct(values: Sequence[T | None]) -> list[tuple[int, T]]:
    found: dict[T, int] = {}
    for index, value in enumerate(values):
        if value is not None:
            found.setdefault(value, index)
    return [(index, value) for value, index in found.items()][:_MOST]
