"""Which diagnostics are shown, in which order, and how many there are in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archspec.diagnostics.diagnostic import Diagnostic, Severity
from archspec.diagnostics.wording import plural


@dataclass(frozen=True, slots=True)
class Selection:
    """The diagnostics to show, by file and place, and counts of all."""

    shown: tuple[Diagnostic, ...]
    errors: int
    warnings: int

    @property
    def omitted(self) -> int:
        return self.errors + self.warnings - len(self.shown)

    @property
    def summary(self) -> str:
        """`2 errors, 1 warning`."""
        counts = ((self.errors, "error"), (self.warnings, "warning"))
        return ", ".join(plural(count, noun) for count, noun in counts if count)


def select(diagnostics: Sequence[Diagnostic], limit: int) -> Selection:
    """The first `limit` of them; where not all fit, errors go before warnings."""
    errors = [one for one in diagnostics if one.severity is Severity.ERROR]
    warnings = [one for one in diagnostics if one.severity is Severity.WARNING]
    files: dict[str, int] = {}
    for one in diagnostics:
        if one.span:
            files.setdefault(one.span.source.name, len(files))

    def place(one: Diagnostic) -> tuple[int, int, int]:
        return (files[one.span.source.name], one.span.line, one.span.column) if one.span else (-1, 0, 0)

    chosen = [*sorted(errors, key=place)[:limit], *sorted(warnings, key=place)]
    return Selection(tuple(sorted(chosen[:limit], key=place)), len(errors), len(warnings))
