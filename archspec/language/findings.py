"""The faults found while a text is read."""

from __future__ import annotations

from typing import Any, Final

from archspec.diagnostics.catalogue.plain import KeyNotText, MergeKeyUsed, NumberOutOfRange, TooManyFaults
from archspec.diagnostics.catalogue.text import ForbiddenCharacter, MissingColon
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.span import Source
from archspec.language.tree import Mark, span_at

_MISREAD: Final = (KeyNotText, MergeKeyUsed, NumberOutOfRange, ForbiddenCharacter, MissingColon)
"""After these the tree lacks something, and looking for faults in what is left would find more than the author made."""


class StopReading(Exception):
    """Nothing more can be read, because of the last fault."""


class Findings:
    """Collects faults by their place; past a limit, reading stops."""

    def __init__(self, source: Source, limit: int) -> None:
        self.found: list[Diagnostic] = []
        self.faithful = True
        """Whether the tree has all that was written, or what was meant by it."""
        self._source, self._limit = source, limit

    def add(self, kind: type[Diagnostic], mark: Mark, **fields: Any) -> None:
        self.found.append(kind(span=span_at(self._source, mark), **fields))
        if issubclass(kind, _MISREAD):
            self.faithful = False
        if len(self.found) >= self._limit:
            self.stop(TooManyFaults, mark)

    def stop(self, kind: type[Diagnostic], mark: Mark, **fields: Any) -> None:
        """The last fault. Raises StopReading."""
        self.found.append(kind(span=span_at(self._source, mark), **fields))
        raise StopReading
