"""What a user sees for each fault: tests/errors/*.yaml with the whole report beside it in *.err."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from archspec.diagnostics.render import text
from archspec.spec import check_text

FOLDER = Path(__file__).parent / "errors"
CASES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_report(path: Path, golden: Callable[[Path, str], None]) -> None:
    spec = path.read_bytes().decode("utf-8", "surrogateescape")
    golden(path.with_suffix(".err"), text(check_text(spec, path.name)))


def test_each_file_reports_the_code_it_is_named_after() -> None:
    named = [path for path in CASES if re.match(r"[EW]\d{3}_", path.name)]
    assert [path.name for path in named if f"[{path.name[:4]}]" not in path.with_suffix(".err").read_text()] == []
