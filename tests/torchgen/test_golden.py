"""The files of the zoo as they are printed today; `make golden` rewrites them, and the diff is read.

A variant, which a spec gets by `extends`, is kept as what it changes in the file of the network that it extends.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.torchgen.networks import OWN, PARENTS, printed

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.mark.parametrize("name", OWN)
def test_text_is_the_committed_one(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / f"{name}.py", printed(name))


@pytest.mark.parametrize("name", PARENTS)
def test_variant_changes_what_it_did(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / f"{name}.diff", difference(printed(PARENTS[name]), printed(name)))


def test_no_file_is_left_over() -> None:
    kept = {path.name for path in GOLDEN.iterdir() if path.suffix in (".py", ".diff")}
    assert kept <= {f"{name}.py" for name in OWN} | {f"{name}.diff" for name in PARENTS}


def difference(before: str, after: str) -> str:
    """The lines that change, under the classes and methods that they stand in, without line numbers."""
    old, new = before.splitlines(), after.splitlines()
    found: list[str] = []
    heading = ""
    for kind, start, end, start_new, end_new in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if (above := _heading(old[: start + 1])) != heading:
            found.append(f"@@ {above}")
            heading = above
        found += [f"-{line}" for line in old[start:end]]
        found += [f"+{line}" for line in new[start_new:end_new]]
    return "\n".join(found) + "\n"


def _heading(lines: list[str]) -> str:
    """`class Bottleneck, __init__`: where the last of these lines stands."""
    heading = "above the classes"
    for line in lines:
        if line.startswith("class "):
            heading = line.partition("(")[0]
        elif line.startswith("    def "):
            method = line.partition("(")[0].removeprefix("    def ")
            heading = f"{heading.partition(',')[0]}, {method}"
    return heading
