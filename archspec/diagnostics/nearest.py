"""The known name that a misspelt one most likely stands for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_LONGEST: Final = 64
_MOST: Final = 2000


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The closest of the candidates, or None where none is close enough to be meant.

    Close is one edit per three letters. The work is bounded: long names and very long lists aren't compared.
    """
    if not name or len(name) > _LONGEST:
        return None
    best: tuple[float, str] | None = None
    for candidate in sorted(set(candidates))[:_MOST]:
        distance = _distance(name, candidate)
        if distance is not None and (best is None or distance < best[0]):
            best = (distance, candidate)
    return best[1] if best else None


def _distance(name: str, candidate: str) -> float | None:
    """How far a candidate is, with other spellings of the same letters nearest of all; None for too far."""
    if candidate == name or len(candidate) > _LONGEST:
        return None
    plain, other = _letters(name), _letters(candidate)
    if plain == other:
        return 0.0
    if _is_part(plain, other):
        return 0.9
    most = max(1, max(len(plain), len(other)) // 3)
    if min(len(plain), len(other)) < 2 or abs(len(plain) - len(other)) > most:
        return None
    edits = _edits(plain, other)
    return edits - _common_prefix(plain, other) / 100 if edits <= most else None


def _letters(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")


def _is_part(name: str, other: str) -> bool:
    """`channels` for `out_channels`, `kernel_size` for `kernel`."""
    shorter, longer = sorted((name, other), key=len)
    return len(shorter) >= 4 and (longer.startswith(shorter) or longer.endswith(shorter))


def _common_prefix(name: str, other: str) -> int:
    length = 0
    for left, right in zip(name, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _edits(name: str, other: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(name, 1):
        before, last, row = row, before, [i]
        for j, right in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and name[i - 2] == right:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
