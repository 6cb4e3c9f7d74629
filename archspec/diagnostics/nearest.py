"""The known name that a misspelt one most likely stands for."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

_LONGEST: Final = 64
_CANDIDATES: Final = 1000
_COMPARED: Final = 100
_EDITS: Final = 3


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The closest of the candidates, or None where none is close enough to be meant.

    Close is one edit per three letters, and at most three. The work is bounded: long names aren't compared, of very
    many candidates the first thousand are looked at, and of these the hundred that share most letters are compared.
    """
    plain = _letters(name)
    if not plain or len(name) > _LONGEST:
        return None
    known = {one: _letters(one) for one in islice(candidates, _CANDIDATES) if one != name and len(one) <= _LONGEST}
    letters = set(plain)
    ranked = sorted((len(letters ^ set(other)), one) for one, other in known.items() if _may_be_near(plain, other))
    scored = [(_distance(plain, known[one]), one) for _, one in ranked[:_COMPARED]]
    return min(((distance, one) for distance, one in scored if distance is not None), default=(0.0, None))[1]


def _letters(name: str) -> str:
    """A name without what is spelt in different ways: case, and what joins words."""
    return name.casefold().replace("_", "").replace("-", "")


def _may_be_near(name: str, other: str) -> bool:
    return abs(len(name) - len(other)) <= _edits_allowed(name, other) or _is_part(name, other)


def _edits_allowed(name: str, other: str) -> int:
    return min(_EDITS, max(1, max(len(name), len(other)) // 3))


def _is_part(name: str, other: str) -> bool:
    """`kernel_size` for `kernel`, `conc` for `concat`."""
    shorter, longer = sorted((name, other), key=len)
    return len(shorter) >= 4 and (longer.startswith(shorter) or longer.endswith(shorter))


def _distance(name: str, other: str) -> float | None:
    """How far apart two names are; None for too far. Between equals the one that starts alike is nearer."""
    if name == other:
        return 0.0
    if _is_part(name, other):
        return 0.9 if name[0] == other[0] else 1.0
    most = _edits_allowed(name, other)
    edits = _edits(name, other, most) if min(len(name), len(other)) > 1 else most + 1
    return edits - _common_prefix(name, other) / 100 if edits <= most else None


def _common_prefix(name: str, other: str) -> int:
    return next((at for at, (left, right) in enumerate(zip(name, other, strict=False)) if left != right), 0)


def _edits(name: str, other: str, most: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours, counted up to `most` (optimal string alignment)."""
    too_many = most + 1
    last: list[int] = []
    before = list(range(len(other) + 1))
    for i, left in enumerate(name, 1):
        row = [i] + [too_many] * len(other)
        for j in range(max(1, i - most), min(len(other), i + most) + 1):
            right = other[j - 1]
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and name[i - 2] == right:
                cost = min(cost, last[j - 2] + 1)
            row[j] = cost
        last, before = before, row
        if min(row) > most:
            return too_many
    return before[-1]
