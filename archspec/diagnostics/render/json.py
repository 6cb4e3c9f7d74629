"""Diagnostics as JSON, for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from archspec.diagnostics.diagnostic import Diagnostic, Remark
from archspec.diagnostics.printable import printable
from archspec.diagnostics.render.selection import select
from archspec.diagnostics.span import Span


def to_json(diagnostics: Sequence[Diagnostic], *, limit: int = 1000) -> str:
    """`{"version": 1, "errors": …, "warnings": …, "omitted": …, "diagnostics": […]}`."""
    selection = select(diagnostics, limit)
    report = {
        "version": 1,
        "errors": selection.errors,
        "warnings": selection.warnings,
        "omitted": selection.omitted,
        "diagnostics": [_record(one) for one in selection.shown],
    }
    return json.dumps(report, indent=2) + "\n"


def _record(one: Diagnostic) -> dict[str, object]:
    return {
        "code": one.code,
        "severity": one.severity.value,
        "title": one.title(),
        "label": one.label(),
        **_place(one.span),
        "notes": [_remark(note) for note in one.notes],
        "helps": [_remark(help_) for help_ in one.helps],
    }


def _remark(remark: Remark) -> dict[str, object]:
    return {"text": remark.message(), **_place(remark.span)}


def _place(span: Span | None) -> dict[str, object]:
    return {
        "file": printable(span.source.name) if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
    }
