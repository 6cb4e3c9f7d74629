"""Text and names of a stranger's spec, in the printed file: they stay what they are, and never become code."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
import torch

from archspec.spec import SpecError, load_text
from tests.torchgen import ruff

HOSTILE = (
    '"""',
    '"""\nimport os\n"""',
    '""""',
    'x"""; import os; """',
    "'''",
    'ends with a quote"',
    '"starts with a quote',
    '\\"""',
    '\\\\"""',
    "ends with a backslash\\",
    "ends with two\\\\",
    "\\N{x} \\N{BULLET} \\x41 \\u0041 \\U0001F600 \\101",
    "\\\nimport os",
    "{{ 7 * 7 }} {% raw %} {% for x in y %} {# c #} {{ cycler.__init__.__globals__ }}",
    "%s %(x)s {0} {x!r} ${y} f'{1}'",
    "# -*- coding: utf-7 -*-",
    "a\n# coding: rot13\nb",
    "# noqa # type: ignore # fmt: off",
    "carriage\rreturn and\ttab",
    "line\nbreak",
    "two\n\nparagraphs\n",
    "    indented",
    "    ",
    "a" * 300,
    "word " * 60,
    ("x" * 97 + '"""') * 2,
    "é ü ß Ж λ",
    "dash \u2013 minus \u2212 times \u00d7 quotes \u2018a\u2019 \u201cb\u201d",
    "cyrillic \u0430\u0435 greek \u03bf\u03c1",
    "-> None: # 3 x 224 x 224",
    "</script><img src=x onerror=alert(1)>",
)


def _hostile(text: str) -> str:
    """A spec with this text wherever a spec takes text."""
    return json.dumps(
        {
            "archspec": 1,
            "name": "Probe",
            "doc": text,
            "source": text,
            "params": {"width": {"type": "int", "default": 4, "doc": text}},
            "input": [3, 8, 8],
            "blocks": {
                "Block": {
                    "doc": text,
                    "source": text,
                    "params": {"out": {"type": "int", "doc": text}},
                    "graph": {"conv": {"op": "conv", "out": "out", "kernel": 1, "doc": text}, "act": "relu"},
                }
            },
            "graph": {
                "first": {"op": "Block", "out": "width", "doc": text},
                "group": {
                    "doc": text,
                    "graph": {"a": {"op": "conv", "out": 4, "kernel": 1}, "b": {"op": "add", "from": ["a", "input"]}},
                },
                "last": {"op": "Block", "out": 2, "repeat": 2, "doc": text},
            },
        }
    )


def _code(text: str) -> str:
    """What a file does: its tree without docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree)


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    harmless = _code(load_text(_hostile("harmless")).codegen())
    for number, text in enumerate(HOSTILE):
        try:
            source = load_text(_hostile(text), name="probe.yaml").codegen()
        except SpecError as error:
            # Characters that no text may hold; never a fault of what is printed.
            assert {one.code for one in error.diagnostics} <= {"E102", "E212"}, text
            continue
        assert _code(source) == harmless, text
        path = tmp_path / f"probe{number}.py"
        path.write_text(source, encoding="utf-8")
        compile(path.read_bytes(), str(path), "exec")
    assert len(list(tmp_path.iterdir())) > len(HOSTILE) // 2
    ruff.check(tmp_path)
    ruff.format_check(tmp_path)


def test_hostile_file_names_stay_text(tmp_path: Path) -> None:
    harmless = _code(load_text(_hostile("harmless"), name="probe.yaml").codegen())
    for number, name in enumerate(text for text in HOSTILE if "\n" not in text):
        source = load_text(_hostile("harmless"), name=f"{name}.yaml").codegen()
        assert _code(source) == harmless, name
        (tmp_path / f"probe{number}.py").write_text(source, encoding="utf-8")
    ruff.check(tmp_path)
    ruff.format_check(tmp_path)


@pytest.mark.parametrize("text", ["What it's for.", 'A "quoted" word', "C:\\new", "{{ braces }}", "100 % sure", "é"])
def test_text_is_what_was_written(text: str) -> None:
    tree = ast.parse(load_text(_hostile(text)).codegen())
    block = next(node for node in tree.body if isinstance(node, ast.ClassDef))
    assert ast.get_docstring(block) == text
    assert text.removesuffix(".") in (ast.get_docstring(tree) or "")


@pytest.mark.parametrize(
    "name", ["class", "None", "x;import os", "forward", "_modules", "training", "fi\ufb01", "a" * 65]
)
def test_names_that_are_no_identifier_are_rejected(name: str) -> None:
    written = json.loads(_hostile("harmless"))
    for where in (written["graph"], written["params"], written["blocks"]["Block"]["graph"]):
        where[name] = next(iter(where.values()))
        with pytest.raises(SpecError):
            load_text(json.dumps(written)).codegen()
        del where[name]


TAKEN = (
    "int",
    "list",
    "range",
    "torch",
    "nn",
    "Tensor",
    "F",
    "super",
    "x",
    "self_",
    "channels",
    "out",
    "tuple",
    "stage",
)


@pytest.mark.parametrize("name", TAKEN)
def test_names_that_python_or_the_file_use_are_told_apart(name: str) -> None:
    """A name that the printed code has another use for is either rejected or printed so that nothing clashes."""
    written = json.loads(_hostile("harmless"))
    written["params"] = {name: 4}
    written["blocks"]["Block"]["params"] = {name: "int"}
    written["blocks"]["Block"]["graph"] = {name: {"op": "conv", "out": name, "kernel": 1}, "act": "relu"}
    table = {"columns": ["out", "kernel"], "rows": [[4, 1], [6, 3]]}
    written["graph"] = {
        "first": {"op": "Block", name: name},
        name: {"op": "ConvBN", "each": table},
        "sum": {"op": "concat", "from": ["first", name]},
    }
    try:
        made = load_text(json.dumps(written))
    except SpecError as error:
        assert {one.code for one in error.diagnostics} == {"E222"}
        return
    module = made.build().eval()
    assert module(torch.randn(2, 3, 8, 8)).shape == (2, 10, 8, 8)
