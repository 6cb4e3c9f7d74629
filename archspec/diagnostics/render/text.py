"""Diagnostics as a person reads them: the line itself with the place marked, then notes and helps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archspec.diagnostics.diagnostic import Diagnostic, Help, Remark
from archspec.diagnostics.printable import printable
from archspec.diagnostics.render.excerpt import Mark, excerpt
from archspec.diagnostics.render.paint import Paint
from archspec.diagnostics.render.selection import select
from archspec.diagnostics.span import Span


def text(diagnostics: Sequence[Diagnostic], *, colour: bool = False, limit: int = 20) -> str:
    """All of them, at most `limit`, and a line that counts them. Empty where there are none."""
    selection = select(diagnostics, limit)
    if not selection.shown:
        return ""
    paint = Paint(colour)
    parts = ["\n".join(_lines(one, paint)) for one in selection.shown]
    if selection.omitted:
        parts.append(f"… and {selection.omitted:,} more")
    return "\n\n".join([*parts, paint("title", selection.summary)]) + "\n"


def _lines(one: Diagnostic, paint: Paint) -> Iterator[str]:
    yield paint(one.severity.value, f"{one.severity.value}[{one.code}]") + paint("title", f": {one.title()}")
    remarks = [*one.notes, *one.helps]
    marked = [remark for remark in remarks if remark.marked and remark.span]
    gutter = max([len(str(span.line)) for span in (one.span, *(remark.span for remark in marked)) if span], default=1)
    equals = paint("edge", f"{'':{gutter}} =")
    if one.span:
        yield from _excerpts(one, marked, gutter, paint)
    elif one.label():
        yield f"{equals} {one.label()}"
    rest = [remark for remark in remarks if remark not in marked]
    if rest and one.span:
        yield paint("edge", f"{'':{gutter}} |")
    for remark in rest:
        yield f"{equals} {_said(remark, paint)}"


def _excerpts(one: Diagnostic, marked: Sequence[Remark], gutter: int, paint: Paint) -> Iterator[str]:
    """The marked lines, those of another file under its name."""
    assert one.span is not None
    by_source = {one.span.source: [Mark(one.span, "^", one.label(), one.severity.value)]}
    for remark in marked:
        assert remark.span is not None
        by_source.setdefault(remark.span.source, []).append(Mark(remark.span, "-", remark.message(), "edge"))
    for source, marks in by_source.items():
        arrow = "-->" if source == one.span.source else ":::"
        place = marks[0].span
        yield f"{paint('edge', ' ' * gutter + arrow)} {printable(source.name)}:{place.line}:{place.column}"
        yield from excerpt(source, marks, gutter, paint)


def _said(remark: Remark, paint: Paint) -> str:
    words = f"{remark.message()} ({_place(remark.span)})" if remark.span else remark.message()
    return f"{paint('help', 'help:')} {words}" if isinstance(remark, Help) else words


def _place(span: Span) -> str:
    return f"{printable(span.source.name)}:{span.line}"
