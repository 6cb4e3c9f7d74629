"""Lines of Python as a tree of brackets, laid out as `ruff format` does: flat, else indented, else an item a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

WIDTH = 100
INDENT = "    "
_CALL = re.compile(r"[\w\])]\($")
"""What opens the arguments of a call."""


@dataclass(frozen=True, slots=True)
class Bracket:
    """`before(items)after`: `before` ends with the opening bracket, and `after` starts with the closing one."""

    before: str
    items: tuple[Code, ...]
    after: str = ")"
    one_per_line: bool = False

    def flat(self) -> str:
        return self.before + ", ".join(flat(item) for item in self.items) + self.after


@dataclass(frozen=True, slots=True)
class Joined:
    """Parts side by side: `keyword=` and a call, a star and a generator."""

    parts: tuple[Code, ...]

    def flat(self) -> str:
        return "".join(flat(part) for part in self.parts)


Code: TypeAlias = "str | Bracket | Joined | Pieces"


def flat(code: Code) -> str:
    return code if isinstance(code, str) else code.flat()


@dataclass(frozen=True, slots=True)
class Pieces:
    """An expression that breaks before operators, or before the calls of a chain, inside brackets of its own."""

    parts: tuple[str, ...]
    between: str = ""

    def flat(self) -> str:
        return self.between.join(self.parts)


def tree(text: str) -> Code:
    """A flat expression as the tree of where it may break."""
    for operator in (" + ", " * "):
        parts = _split_at(text, operator)
        if len(parts) > 1:
            return Pieces(tuple(parts), operator)
    calls = _calls(text)
    if len(calls) > 2:
        return Pieces(tuple(calls))
    pairs = _outermost(text)
    if not pairs:
        return text
    start, end = pairs[-1]
    items = tuple(tree(item) for item in _split_at(text[start + 1 : end], ","))
    after = text[end:] if not text[:end].endswith(",") else f",{text[end:]}"
    return Bracket(text[: start + 1], items, after) if items else text


def _split_at(text: str, sign: str) -> list[str]:
    """The parts between signs that no bracket holds."""
    parts, depth, start = [], 0, 0
    for index, here in enumerate(text):
        depth += (here in "([{") - (here in ")]}")
        if depth == 0 and text.startswith(sign, index):
            parts.append(text[start:index].strip())
            start = index + len(sign)
    rest = text[start:].strip()
    return [*parts, rest] if rest else parts


def _calls(text: str) -> list[str]:
    """`f(x).a().b()` as `f(x)`, `.a()`, `.b()`; one part for what is no such chain."""
    pairs = _outermost(text)
    ends = [end + 1 for _, end in pairs if text[end + 1 : end + 2] in (".", "")]
    if len(ends) < len(pairs) or not ends or ends[-1] != len(text) or any(text[start] != "(" for start, _ in pairs):
        return [text]
    return [text[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _outermost(text: str) -> list[tuple[int, int]]:
    pairs, depth, start = [], 0, 0
    for index, sign in enumerate(text):
        if sign in "([{":
            depth += 1
            start = index if depth == 1 else start
        elif sign in ")]}":
            depth -= 1
            if depth == 0:
                pairs.append((start, index))
    return pairs


def layout(code: Code, depth: int, before: str = "", after: str = "", comment: str = "") -> list[str]:
    """A statement's lines at an indentation of `depth` levels."""
    pad = INDENT * depth
    line = pad + before + flat(code) + after
    if not _must_split(code) and len(line) + (len(comment) + 4 if comment else 0) <= WIDTH:
        return [f"{line}  # {comment}" if comment else line]
    lines = _split(code, depth, before, after)
    if comment:
        lines[-1] += f"  # {comment}"
    return lines


def _must_split(code: Code) -> bool:
    if isinstance(code, Bracket):
        return code.one_per_line or any(_must_split(item) for item in code.items)
    return isinstance(code, Joined) and any(_must_split(part) for part in code.parts)


def _split(code: Code, depth: int, before: str, after: str) -> list[str]:
    pad = INDENT * depth
    if isinstance(code, Joined):
        # The last bracket is the one that opens; what stands before it stays in front.
        for index in range(len(code.parts) - 1, -1, -1):
            part = code.parts[index]
            if isinstance(part, Bracket) and part.items:
                front = before + "".join(map(flat, code.parts[:index]))
                behind = "".join(map(flat, code.parts[index + 1 :])) + after
                return _split(part, depth, front, behind)
    if isinstance(code, Pieces):
        return _in_brackets(code, depth, before, after)
    if isinstance(code, str | Joined) or not code.items:
        return [pad + before + flat(code) + after]
    head, tail = pad + before + code.before, pad + code.after + after
    inner = INDENT * (depth + 1) + ", ".join(flat(item) for item in code.items)
    if len(inner) <= WIDTH and not _must_split(code):
        return [head, inner, tail]
    lines = [head]
    if (generator := _generator(code)) is not None:
        element, clause = generator
        return [head, *layout(element, depth + 1), INDENT * (depth + 1) + clause, tail]
    comma = "" if len(code.items) == 1 and _CALL.search(code.before) else ","  # as formatters have it
    for item in code.items:
        lines.extend(layout(item, depth + 1, "", comma))
    return [*lines, tail]


def _in_brackets(code: Pieces, depth: int, before: str, after: str) -> list[str]:
    pad, inner = INDENT * depth, INDENT * (depth + 1)
    head, tail = f"{pad}{before}(", f"{pad}){after}"
    if len(inner + code.flat()) <= WIDTH:
        return [head, inner + code.flat(), tail]
    sign = code.between.lstrip()
    first, *others = code.parts
    return [head, inner + first, *(f"{inner}{sign}{part}" for part in others), tail]


def _generator(code: Bracket) -> tuple[Code, str] | None:
    """The element and the `for` clause, where brackets hold a generator and nothing else."""
    item = code.items[0]
    if len(code.items) != 1:
        return None
    if isinstance(item, Joined) and isinstance(item.parts[-1], str) and item.parts[-1].startswith(" for "):
        return Joined(item.parts[:-1]), item.parts[-1].strip()
    if isinstance(item, str) and " for " in item:
        element, _, clause = item.partition(" for ")
        return element, f"for {clause}"
    return None
