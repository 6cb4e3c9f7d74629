"""What a code means: the rule, a spec that breaks it and one that keeps it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from itertools import groupby
from textwrap import fill, indent
from typing import Final

from archspec.diagnostics.diagnostic import Diagnostic, catalogue
from archspec.diagnostics.printable import printable

Check = Callable[[str], str]
"""Checks a spec given as text and returns the rendered diagnostics."""

_RANGES: Final = {
    "E0": "Outside the file",
    "E1": "Text and YAML",
    "E2": "The form of a document",
    "E3": "Values, expressions, arguments and parameters",
    "E4": "The graph",
    "E5": "Shapes, layouts and strides",
    "E6": "Promises: `expect`, `require`, `reference`",
    "E7": "Trained weights",
    "W1": "Warnings: legal, and probably not meant",
    "W7": "Warnings: what was done with trained weights",
}


def explain(code: str, check: Check | None = None) -> str | None:
    """The text for a code, or None where there is no such code. `check` adds what the wrong spec prints."""
    kind = catalogue().get(code.upper())
    if kind is None:
        return None
    parts = [f"{kind.code}: {general_title(kind)}", fill(rule(kind), 100)]
    if kind.wrong:
        parts += ["Wrong:", indent(_visible(kind.wrong), "    ")]
        parts += [indent(check(kind.wrong).rstrip(), "    ")] if check else []
    if kind.right:
        parts += ["Right:", indent(_visible(kind.right), "    ")]
    return "\n\n".join(parts) + "\n"


def errors_markdown(check: Check | None = None) -> str:
    """docs/errors.md."""
    parts = ["# Errors and warnings", _INTRODUCTION]
    for start, kinds in groupby(catalogue().values(), key=lambda kind: kind.code[:2]):
        parts.append(f"## {_RANGES[start]}")
        parts += [part for kind in kinds for part in _section(kind, check)]
    return "\n\n".join(parts) + "\n"


def general_title(kind: type[Diagnostic]) -> str:
    """The title with its fields left open: "channels differ in `…`"."""
    return re.sub(r"\{\w+\}", "…", kind.title_template)


def rule(kind: type[Diagnostic]) -> str:
    """The class's docstring as one paragraph."""
    return " ".join(inspect.cleandoc(kind.__doc__ or "").split())


_INTRODUCTION: Final = """\
Generated from the catalogue in `archspec/diagnostics/catalogue/` by `make docs`. `archspec explain CODE` prints the
same for one code."""


def _section(kind: type[Diagnostic], check: Check | None) -> list[str]:
    parts = [f"### {kind.code}: {general_title(kind)}", rule(kind)]
    if kind.wrong:
        parts += ["Wrong:", _fenced(kind.wrong, "yaml")]
        parts += [_fenced(check(kind.wrong), "text")] if check else []
    if kind.right:
        parts += ["Right:", _fenced(kind.right, "yaml")]
    return parts


def _fenced(content: str, language: str) -> str:
    return f"```{language}\n{_visible(content)}\n```"


def _visible(content: str) -> str:
    """A tab or a broken character in an example is spelt out."""
    return "\n".join(map(printable, content.rstrip().split("\n")))
