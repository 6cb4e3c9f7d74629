"""Lines of Python as a tree of brackets, laid out as `ruff format` does: flat, else indented, else an item a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

WIDTH = 100
INDENT = "    "


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


Code: TypeAlias = str | Bracket | Joined


def flat(code: Code) -> str:
    return code if isinstance(code, str) else code.flat()


def tree(text: str) -> Code:
    """A flat expression as the tree of its last outermost brackets."""
    pairs = _outermost(text)
    if not pairs:
        return text
    start, end = pairs[-1]
    items = tuple(tree(item) for item in _items(text[start + 1 : end]))
    return Bracket(text[: start + 1], items, text[end:]) if items else text


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


def _items(text: str) -> list[str]:
    """What stands between the commas that no inner bracket holds."""
    items, depth, start = [], 0, 0
    for index, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            items.append(text[start:index].strip())
            start = index + 1
    return [*items, text[start:].strip()] if text[start:].strip() else items


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
    for item in code.items:
        lines.extend(layout(item, depth + 1, "", ","))
    return [*lines, tail]


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
