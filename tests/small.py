"""Small specs for tests: a graph and what stands around it."""

from __future__ import annotations

from archspec.diagnostics.diagnostic import Diagnostic
from archspec.spec import Spec, check_text, load_text


def text(graph: str, input: str = "[3, 16, 16]", more: str = "") -> str:
    """A whole spec with this graph; `more` are further keys."""
    return f"archspec: 1\nname: Net\ninput: {input}\n{more}graph: {graph}\n"


def spec(graph: str, input: str = "[3, 16, 16]", more: str = "") -> Spec:
    return load_text(text(graph, input, more))


def faults(graph: str, input: str = "[3, 16, 16]", more: str = "") -> list[Diagnostic]:
    """What is wrong with such a spec."""
    return list(check_text(text(graph, input, more)))


def said(graph: str, input: str = "[3, 16, 16]", more: str = "") -> list[str]:
    """The same as lines: code, title and label."""
    return [f"{one.code} {one.title()} | {one.label()}" for one in faults(graph, input, more)]
