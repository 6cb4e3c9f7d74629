"""Diagnostics in the forms in which they are asked for: text, json, sarif, github."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.render.github import github
from archspec.diagnostics.render.json import to_json
from archspec.diagnostics.render.sarif import sarif
from archspec.diagnostics.render.text import text

FORMATS: Final[Mapping[str, Callable[[Sequence[Diagnostic]], str]]] = {
    "text": text,
    "json": to_json,
    "sarif": sarif,
    "github": github,
}

__all__ = ["FORMATS", "github", "sarif", "text", "to_json"]
