"""Diagnostics as SARIF 2.1.0, which code hosts and editors show beside the lines."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.explain import general_title, rule
from archspec.diagnostics.render.selection import select
from archspec.diagnostics.span import Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(diagnostics: Sequence[Diagnostic], *, limit: int = 1000) -> str:
    """One run with the rules that were broken, and a result for each diagnostic."""
    shown = select(diagnostics, limit).shown
    kinds = sorted({type(one) for one in shown}, key=lambda kind: kind.code)
    run = {
        "tool": {"driver": {"name": "archspec", "rules": [_rule(kind) for kind in kinds]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, kinds.index(type(one))) for one in shown],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(kind: type[Diagnostic]) -> dict[str, Any]:
    return {
        "id": kind.code,
        "name": kind.__name__,
        "shortDescription": {"text": general_title(kind)},
        "fullDescription": {"text": rule(kind)},
        "defaultConfiguration": {"level": kind.severity.value},
    }


def _result(one: Diagnostic, index: int) -> dict[str, Any]:
    remarks = [*one.notes, *one.helps]
    lines = [one.title(), one.label(), *(remark.message() for remark in remarks)]
    related = [{**_location(remark.span), "message": _message(remark.message())} for remark in remarks if remark.span]
    result: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": index,
        "level": one.severity.value,
        "message": _message("\n".join(filter(None, lines))),
    }
    if one.span:
        result["locations"] = [_location(one.span)]
    if related:
        result["relatedLocations"] = related
    return result


def _message(text: str) -> dict[str, str]:
    """SARIF reads `[words](place)` as a link, unless its brackets are escaped."""
    return {"text": re.sub(r"[\[\]]", r"\\\g<0>", text) if "](" in text else text}


def _location(span: Span) -> dict[str, Any]:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(span.source.name)}, "region": region}}


def _uri(name: str) -> str:
    path = PurePath(name)
    quoted = quote(path.as_posix().encode("utf-8", "surrogatepass"))
    return f"file://{quoted}" if path.is_absolute() else quoted
