"""Characters that a spec may not have: control characters, and those that hide or turn the direction of writing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archspec.diagnostics.catalogue.text import ForbiddenCharacter, NotUtf8
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.span import Source
from archspec.language.tree import span_at

# Unicode's control, surrogate and line separator characters, noncharacters, and all that it calls default ignorable.
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_SURROGATE = "\ud800-\udfff"
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufdd0-\ufdef\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FORBIDDEN = re.compile(f"(?:[{_CONTROL}{_SURROGATE}{_INVISIBLE}]|\r(?!\n))+")
_FORBIDDEN_IN_VALUE = re.compile(f"[{_CONTROL}\r{_SURROGATE}{_INVISIBLE}]")
_IS_CONTROL = re.compile(f"[{_CONTROL}\r]")
_IS_SURROGATE = re.compile(f"[{_SURROGATE}]")


def forbidden_characters(source: Source) -> Iterator[Diagnostic]:
    """A fault for each run of forbidden characters in a file."""
    line, start = 0, 0
    for match in _FORBIDDEN.finditer(source.text):
        line += source.text.count("\n", start, match.start())
        start = match.start()
        column = start - source.text.rfind("\n", 0, start) - 1
        span = span_at(source, (line, column, line, column + match.end() - start))
        if _IS_SURROGATE.match(match[0]):
            yield NotUtf8(span=span, found="something here is no character", helps=(NotUtf8.Save(),))
        else:
            nature, character = describe(match[0][0])
            helps = (ForbiddenCharacter.Delete(),)
            yield ForbiddenCharacter(span=span, nature=nature, character=character, helps=helps)


def forbidden_in_value(text: str) -> str | None:
    """The first forbidden character of a value in which escapes are already read."""
    match = _FORBIDDEN_IN_VALUE.search(text)
    return match[0] if match else None


def cleaned(text: str) -> str:
    """The text with a replacement character for each forbidden one."""
    return _FORBIDDEN_IN_VALUE.sub("\ufffd", text)


def describe(character: str) -> tuple[str, str]:
    """Kind and name of a forbidden character, which is never shown itself."""
    import unicodedata  # only for a file with such a fault

    kind = "control" if _IS_CONTROL.match(character) else "invisible"
    name = unicodedata.name(character, "")
    return kind, f"U+{ord(character):04X} {name}".rstrip()
