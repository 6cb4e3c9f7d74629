"""The one place where text of a spec, a file name or a user is made fit to print."""

from __future__ import annotations

import re
import unicodedata

_PLAIN = re.compile(r"[ -~]*")
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
LONGEST = 400
"""Characters of one value that a message shows."""


def printable(text: str) -> str:
    """The same text with what can't be seen, or reorders what is seen, spelt out: `\\x1b`, `\\u202e`."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join([visible(char) for char in text])


def visible(char: str) -> str:
    """One character as it is printed."""
    if " " <= char <= "~":
        return char
    if char.isprintable() and char not in _INVISIBLE and not _is_mark(char):
        return char
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")


def shortened(text: str, longest: int = LONGEST) -> str:
    """The text with its middle left out where it is too long for a message."""
    if len(text) <= longest:
        return text
    return f"{text[: longest * 3 // 4]}…{text[-(longest // 4) :]}"


def amount(number: int) -> str:
    """A count in digits, or its order of magnitude where it has too many of them."""
    return f"{number:,}" if abs(number) < 10**18 else f"about 10**{int(number.bit_length() * 0.30103)}"


def columns(text: str) -> int:
    """How many columns of a terminal a printable text takes."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _is_mark(char: str) -> bool:
    """Whether a character is drawn over the one before it; a pile of these covers the lines around."""
    return unicodedata.category(char) in ("Mn", "Me")
