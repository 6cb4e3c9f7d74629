"""What the documents show is what the project does. `make docs` brings them up to date."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from archspec.diagnostics.explain import errors_markdown
from archspec.diagnostics.render import text
from archspec.ops import registry
from archspec.spec import check_text
from tests.documents import ROOT, fences, refreshed

MADE = {"errors.md", "benchmarks.md"}
"""Documents that come whole from a program."""
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md")),
    *sorted(path for path in (ROOT / "docs").glob("*.md") if path.name not in MADE),
]
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[\w-]+)?\)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_is_shown_is_so(
    path: Path, golden: Callable[[Path, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_added", {})  # a document may add a primitive
    golden(path, refreshed(path.read_text(encoding="utf-8"), tmp_path))


def test_errors_are_those_of_the_catalogue(golden: Callable[[Path, str], None]) -> None:
    golden(ROOT / "docs" / "errors.md", errors_markdown(lambda wrong: text(check_text(wrong))))


def test_every_example_of_the_guide_shows_what_it_gives() -> None:
    shown = fences((ROOT / "docs" / "language.md").read_text(encoding="utf-8"))
    unanswered = [
        body
        for (language, words, body), (_, answer, _) in zip(shown, [*shown[1:], ("", "", "")], strict=True)
        if language == "yaml" and not words and answer not in ("result", "nodes", "generated")
    ]
    assert unanswered == []
    assert [body for _, words, body in shown if words == "nodes" and "error[" in body] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    prose = _FENCED.sub("", path.read_text(encoding="utf-8"))  # `stages[:2](x)` is code
    dead = [link for link in _LINK.findall(prose) if not (path.parent / link).exists()]
    assert dead == []
