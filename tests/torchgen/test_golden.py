"""The files of ten networks as they are printed today; `make golden` rewrites them, and the diff is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.torchgen.networks import CORE, printed

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.mark.parametrize("name", CORE)
def test_text_is_the_committed_one(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / f"{name}.py", printed(name))


def test_no_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.py")} <= set(CORE)
