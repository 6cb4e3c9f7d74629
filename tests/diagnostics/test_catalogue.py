"""The catalogue keeps its own rules: codes, texts, and examples that do what they say."""

from __future__ import annotations

import dataclasses
import string
from collections.abc import Iterator
from itertools import pairwise
from typing import TypeVar

import pytest

from archspec.diagnostics import remarks
from archspec.diagnostics.diagnostic import Diagnostic, Remark, Severity, catalogue
from archspec.diagnostics.explain import errors_markdown, explain
from archspec.spec import check_text

Kind = TypeVar("Kind")

CATALOGUE = catalogue()
KINDS = [pytest.param(kind, id=f"{code}-{kind.__name__}") for code, kind in CATALOGUE.items()]
TOO_LONG_TO_PRINT = {"E141", "E142", "E143", "E144"}
"""Limits of size, whose examples would be files of a hundred thousand lines."""
OUTSIDE = ("E0", "E71", "E72", "E73", "W7")
"""Faults outside a spec, in what it is read from or in weights."""
WITH_TEXT = [param for param in KINDS if not param.id.startswith(OUTSIDE) and param.id[:4] not in TOO_LONG_TO_PRINT]
"""Faults outside a file have no example spec: the file is what is missing, or fine."""


def below(kind: type[Kind]) -> Iterator[type[Kind]]:
    for child in kind.__subclasses__():
        yield child
        yield from below(child)


def fields_of(template: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}


def own_fields(kind: type[Diagnostic] | type[Remark]) -> list[dataclasses.Field[object]]:
    return [field for field in dataclasses.fields(kind) if field.name not in ("span", "notes", "helps")]


def filled(kind: type[Kind]) -> Kind:
    values = {field.name: 1 if field.type == "int" else "some words" for field in own_fields(kind)}  # type: ignore[type-var]
    return kind(**values)


def test_every_code_is_used_once() -> None:
    codes = [kind.code for kind in below(Diagnostic) if "code" in kind.__dict__]
    assert sorted(codes) == list(CATALOGUE)


def test_codes_rise_within_each_file() -> None:
    by_file: dict[str, list[str]] = {}
    for kind in below(Diagnostic):
        if "code" in kind.__dict__:
            by_file.setdefault(kind.__module__, []).append(kind.code)
    assert [(file, pair) for file, codes in by_file.items() for pair in pairwise(codes) if pair[0] > pair[1]] == []


@pytest.mark.parametrize("kind", KINDS)
def test_code_says_what_it_is(kind: type[Diagnostic]) -> None:
    assert kind.code[0] == {Severity.ERROR: "E", Severity.WARNING: "W"}[kind.severity]
    assert len(kind.code) == 4 and kind.code[1:].isdigit()


@pytest.mark.parametrize("kind", KINDS)
def test_rule_is_written_down(kind: type[Diagnostic]) -> None:
    assert kind.__doc__ and not kind.__doc__.startswith(f"{kind.__name__}(")
    assert kind.title_template and not kind.title_template.endswith(".")


@pytest.mark.parametrize("kind", KINDS)
def test_templates_use_its_fields_and_only_these(kind: type[Diagnostic]) -> None:
    used = fields_of(kind.title_template) | fields_of(kind.label_template)
    assert used == {field.name for field in own_fields(kind)}
    assert filled(kind).title() and "\n" not in filled(kind).title() + filled(kind).label()


@pytest.mark.parametrize("kind", KINDS)
def test_fields_are_text_or_counts(kind: type[Diagnostic]) -> None:
    """Both are made fit to print in one place; anything else would not be."""
    assert {field.type for field in own_fields(kind)} <= {"str", "int", "str | int"}


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, id=kind.__qualname__) for kind in below(Remark) if "template" in kind.__dict__]
)
def test_remarks_say_something(kind: type[Remark]) -> None:
    assert filled(kind).message()
    assert {field.type for field in own_fields(kind)} <= {"str", "int"}
    if kind is not remarks.In:
        assert fields_of(kind.template) == {field.name for field in own_fields(kind)}


@pytest.mark.parametrize("kind", WITH_TEXT)
def test_examples_are_whole_specs(kind: type[Diagnostic]) -> None:
    assert kind.wrong and kind.wrong != kind.right
    assert kind.right.startswith("archspec: 1\n") and kind.right.endswith("\n")


@pytest.mark.parametrize("kind", WITH_TEXT)
def test_wrong_example_has_this_fault_alone(kind: type[Diagnostic]) -> None:
    assert [one.code for one in check_text(kind.wrong, "wrong.yaml")] == [kind.code]


@pytest.mark.parametrize("kind", WITH_TEXT)
def test_right_example_has_no_fault(kind: type[Diagnostic]) -> None:
    assert [(one.code, one.title(), one.label()) for one in check_text(kind.right, "right.yaml")] == []


@pytest.mark.parametrize("code", CATALOGUE)
def test_each_code_is_explained(code: str) -> None:
    explained = explain(code.lower(), check=lambda spec: f"checked {len(spec)} characters")
    assert explained is not None and explained.startswith(f"{code}: ")
    assert "{" not in explained.splitlines()[0]


def test_unknown_codes_are_not_explained() -> None:
    assert explain("E000") is None


def test_document_has_every_code_in_order() -> None:
    headings = [line.split()[1].rstrip(":") for line in errors_markdown().splitlines() if line.startswith("### ")]
    assert headings == list(CATALOGUE)
