"""Lines of a source with places in them marked, under a gutter of line numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from archspec.diagnostics.printable import columns, printable
from archspec.diagnostics.render.paint import Paint
from archspec.diagnostics.span import Source, Span

_WIDEST: Final = 120


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to mark, with the symbol that underlines it and the words beside."""

    span: Span
    symbol: str
    words: str
    style: str


def excerpt(source: Source, marks: Sequence[Mark], gutter: int, paint: Paint) -> Iterator[str]:
    """Each marked line with its marks below."""
    bar = paint("edge", f"{'':{gutter}} |")
    previous: tuple[int, str] | None = None
    for mark in sorted(marks, key=lambda mark: mark.span.line):
        number = mark.span.line
        line = source.lines[number - 1] if number <= len(source.lines) else ""
        before, marked, after = _cut(line.rstrip("\r"), mark.span)
        if previous is None:
            yield bar
        elif number > previous[0] + 1:
            yield paint("edge", "...")
        if previous != (number, before + marked + after):
            yield f"{paint('edge', f'{number:>{gutter}} |')} {before}{marked}{after}".rstrip()
        underline = mark.symbol * max(1, columns(marked))
        yield f"{bar} {' ' * columns(before)}{paint(mark.style, f'{underline} {mark.words}'.rstrip())}"
        previous = number, before + marked + after


def _cut(line: str, span: Span) -> tuple[str, str, str]:
    """What stands before, in and after the place, cut around it where the line is long."""
    start = min(span.column - 1, len(line))
    end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    first = last = 0
    if len(line) > _WIDEST:
        first = max(0, min(start - _WIDEST // 3, len(line) - _WIDEST))
        last = first + _WIDEST
    last = last or len(line)
    end = min(max(start, end), last)
    before = _shown(line[first:start])
    after = _shown(line[end:last])
    return "…" * (first > 0) + before, _shown(line[start:end]), after + "…" * (last < len(line))


def _shown(text: str) -> str:
    return printable(text.replace("\t", "    "))
