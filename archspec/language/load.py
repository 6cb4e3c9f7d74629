"""YAML text into a plain tree with positions: strictly, within bounds, and with every fault there is to find."""

from __future__ import annotations

import os
import re
import stat
from itertools import islice
from pathlib import Path
from typing import Final

import yaml

from archspec.diagnostics.catalogue import outside
from archspec.diagnostics.catalogue import text as faults
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.span import Source
from archspec.language import quoting
from archspec.language.build import Builder, EventReader
from archspec.language.characters import forbidden_characters
from archspec.language.findings import Findings, StopReading
from archspec.language.limits import TextLimits
from archspec.language.parts import shortened
from archspec.language.syntax import explain
from archspec.language.tree import Mark, YamlList, YamlMap, mark_at, span_at
from archspec.language.values import UnquotedExpression

__all__ = ["TextLimits", "YamlList", "YamlMap", "load", "read"]

_DEFAULT: Final = TextLimits()
_OPENING: Final = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
"""Without O_NONBLOCK, opening a pipe waits for a writer."""
_ATTEMPTS: Final = 50
_SHOWN: Final = 80
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
"""How files in UTF-16 and UTF-32 start."""
_GOES_ON: Final = re.compile(r"(?:[\w)\]]|[-+*/%<>=,(]\s*|\b(?:if|else|and|or|not)\s+)\Z")
"""Text after which a bracket belongs to the same expression."""


def read(path: Path, limits: TextLimits = _DEFAULT) -> Source | Diagnostic:
    """The text of a file: a regular one, within the size limit, in UTF-8. A byte order mark at its start is skipped."""
    try:
        content = _content(path, limits.max_bytes + 1)
    except (OSError, ValueError):
        return outside.FileUnreadable(path=str(path))
    if isinstance(content, Diagnostic):
        return content
    if len(content) > limits.max_bytes:
        return _too_large(str(path), limits)
    return _decoded(str(path), content)


def load(source: Source, limits: TextLimits = _DEFAULT) -> tuple[YamlMap | None, list[Diagnostic]]:
    """The tree of a text and its faults in order of place; no tree where nothing can be made of the text."""
    if len(source.text) > limits.max_bytes or len(source.text.encode(errors="replace")) > limits.max_bytes:
        return None, [_too_large(source.name, limits)]
    forbidden = list(islice(forbidden_characters(source), limits.max_faults))
    if forbidden:
        return None, forbidden
    tree, found = _Attempts(source, limits).tree()
    if tree is not None:
        tree, too_many = shortened(tree, limits.max_parts)
        found += [too_many] if too_many is not None else []
    return tree, sorted(found, key=_place)


class _Attempts:
    """Reads a text again after each expression without its quotes, for which YAML has no way to go on."""

    def __init__(self, source: Source, limits: TextLimits) -> None:
        self._source, self._limits = source, limits
        self._unquoted: list[Diagnostic] = []
        self._seeker = quoting.ExpressionSeeker()

    def tree(self) -> tuple[YamlMap | None, list[Diagnostic]]:
        text, events = self._source.text, 0
        while events <= self._limits.max_events // 2 and len(self._unquoted) < _ATTEMPTS:
            findings = Findings(self._source, self._limits.max_faults)
            builder = Builder(self._source, text, self._limits, findings, self._seeker)
            unquoted = self._attempt(builder, text, findings)
            if unquoted is None:
                usable = isinstance(builder.root, YamlMap) and findings.faithful
                return builder.root if usable else None, self._unquoted + findings.found  # type: ignore[return-value]
            self._report(unquoted)
            text = quoting.masked(text, unquoted.extent)
            events += builder.count
        return None, self._unquoted

    def _attempt(self, builder: Builder, text: str, findings: Findings) -> UnquotedExpression | None:
        try:
            builder.read(_event_reader(text))
        except UnquotedExpression as found:
            return found
        except StopReading:
            pass
        except yaml.MarkedYAMLError as error:
            if unquoted := self._bracket_in_expression(error, builder, text):
                return unquoted
            findings.faithful = False
            findings.found.append(explain(self._source, error, builder.ended))
        except (yaml.YAMLError, ValueError):  # nothing is known to get here; a fault in a file is never a traceback
            findings.faithful = False
            findings.found.append(faults.InvalidSyntax(span=span_at(self._source, (0, 0, 0, 1)), problem="unreadable"))
        return None

    def _bracket_in_expression(
        self, error: yaml.MarkedYAMLError, builder: Builder, text: str
    ) -> UnquotedExpression | None:
        """The expression that a parser stopped in, at a bracket where it expected a comma."""
        mark = error.problem_mark
        if mark is None or not builder.bracket or not text.startswith("[", mark.index):
            return None
        if "\n" in text[builder.value_start : mark.index] or not _GOES_ON.search(
            text[builder.value_start : mark.index]
        ):
            return None
        extent = self._seeker.find(text, builder.value_start)
        return UnquotedExpression(extent, builder.bracket) if extent else None

    def _report(self, unquoted: UnquotedExpression) -> None:
        start, end = unquoted.extent
        expression = self._source.text[start:end]
        span = span_at(self._source, mark_at(self._source.text, start, end))
        quotable = '"' not in expression and len(expression) <= _SHOWN
        helps = (faults.ExpressionNeedsQuotes.Write(expression=expression),) if quotable else ()
        brackets = "{ }" if unquoted.bracket == "{" else "[ ]"
        self._unquoted.append(faults.ExpressionNeedsQuotes(span=span, brackets=brackets, helps=helps))


def _content(path: Path, count: int) -> bytes | Diagnostic:
    handle = os.open(path, _OPENING)
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            return outside.NotRegularFile(
                path=str(path), found="a folder" if stat.S_ISDIR(mode) else "no ordinary file"
            )
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(count)
    finally:
        os.close(handle)


def _decoded(name: str, content: bytes) -> Source | Diagnostic:
    first, second = content[:1], content[1:2]
    if content.startswith(_WIDE) or (first and second and (first == b"\0") != (second == b"\0")):
        return _not_utf8(Source(name, ""), (0, 0, 0, 0), "this looks like UTF-16")
    try:
        return Source(name, content.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        # `object` is what was decoded, which is without the byte order mark.
        text = error.object.decode(errors="replace")
        start = len(error.object[: error.start].decode())
        found = f"byte 0x{error.object[error.start]:02X} can't stand here"
        return _not_utf8(Source(name, text), mark_at(text, start, start + 1), found)


def _not_utf8(source: Source, mark: Mark, found: str) -> Diagnostic:
    return faults.NotUtf8(span=span_at(source, mark), found=found, helps=(faults.NotUtf8.Save(),))


def _too_large(name: str, limits: TextLimits) -> Diagnostic:
    return outside.FileTooLarge(path=name, limit=limits.max_bytes, helps=(outside.FileTooLarge.Shorten(),))


def _event_reader(text: str) -> EventReader:
    if yaml.__with_libyaml__:
        return yaml.CSafeLoader(text)
    return yaml.SafeLoader(text)


def _place(fault: Diagnostic) -> tuple[int, int]:
    return (fault.span.line, fault.span.column) if fault.span else (0, 0)
