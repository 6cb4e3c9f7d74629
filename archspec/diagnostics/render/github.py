"""Diagnostics as workflow commands, which GitHub shows as annotations of a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archspec.diagnostics.diagnostic import Diagnostic, Help
from archspec.diagnostics.printable import printable
from archspec.diagnostics.render.selection import select


def github(diagnostics: Sequence[Diagnostic], *, limit: int = 20) -> str:
    """A line each: `::error file=…,line=…::message`."""
    selection = select(diagnostics, limit)
    lines = [_command(one) for one in selection.shown]
    if selection.omitted:
        lines.append(f"::notice::{selection.omitted} more, and {selection.summary} in all")
    return "".join(f"{line}\n" for line in lines)


def _command(one: Diagnostic) -> str:
    properties = {**_place(one), "title": f"{one.code} {one.title()}"}
    listed = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in properties.items())
    return f"::{one.severity.value} {listed}::{_escaped(chr(10).join(_message(one)))}"


def _place(one: Diagnostic) -> dict[str, object]:
    """GitHub takes columns only for a place within one line."""
    if one.span is None:
        return {}
    place: dict[str, object] = {"file": printable(one.span.source.name), "line": one.span.line}
    if one.span.end_line == one.span.line:
        last = max(one.span.column, one.span.end_column - 1)
        return place | {"endLine": one.span.line, "col": one.span.column, "endColumn": last}
    return place | {"endLine": one.span.end_line}


def _message(one: Diagnostic) -> Iterator[str]:
    yield one.label() or one.title()
    for remark in (*one.notes, *one.helps):
        words = f"help: {remark.message()}" if isinstance(remark, Help) else remark.message()
        yield f"{words} ({printable(remark.span.source.name)}:{remark.span.line})" if remark.span else words


def _escaped(text: str, also: str = "") -> str:
    for char in "%\r\n" + also:
        text = text.replace(char, f"%{ord(char):02X}")
    return text
