"""Expressions with a comma or bracket that were left without quotes inside `{ }` or `[ ]`, a frequent mistake.

YAML splits such a value or stops at it. The expression is found in the text and its commas and brackets are masked by
characters that no file may have, so that reading can go on and find what else is wrong.
"""

from __future__ import annotations

from typing import Final, TypeAlias

Extent: TypeAlias = tuple[int, int]
"""First offset in the text, and the one after the last."""

_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_MASK: Final = dict(zip(map(ord, ",[]{}"), "\u206a\u206b\u206c\u206d\u206e", strict=True))
_UNMASK: Final = {ord(mask): chr(sign) for sign, mask in _MASK.items()}
_LONGEST: Final = 1_000
_SEARCHED: Final = 100_000
"""Characters, for one file."""


class ExpressionSeeker:
    """Finds such expressions in a text; after many fruitless searches it finds nothing more."""

    def __init__(self) -> None:
        self._budget = _SEARCHED

    def find(self, text: str, start: int) -> Extent | None:
        """The expression that starts here and runs past a comma or bracket, if its brackets balance on its line."""
        if self._budget <= 0:
            return None
        found, end = _balanced_end(text, start)
        self._budget -= end - start
        expression = text[start:end].rstrip()
        return (start, start + len(expression)) if found and any(sign in expression for sign in ",[]{}") else None


def masked(text: str, extent: Extent) -> str:
    start, end = extent
    return text[:start] + text[start:end].translate(_MASK) + text[end:]


def unmasked(text: str) -> str:
    return text.translate(_UNMASK)


def _balanced_end(text: str, start: int) -> tuple[bool, int]:
    """Whether the brackets balance, and where the search ended."""
    expected: list[str] = []
    last = min(len(text), start + _LONGEST)
    for offset in range(start, last):
        character = text[offset]
        if character in _CLOSING:
            expected.append(_CLOSING[character])
        elif expected and character == expected[-1]:
            expected.pop()
        elif _ends(text, offset) or (not expected and character in ",]}"):
            return not expected, offset
        elif character in ")]}":
            return False, offset
    return False, last


def _ends(text: str, offset: int) -> bool:
    """A line end, a comment or a key's colon: no expression goes past it."""
    return text[offset] == "\n" or text.startswith((" #", ": "), offset)
