"""Files near the limits of size, most of what they hold good, with a single fault: each is rejected as soon as any."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.threats.sandbox import Attempt, assert_none, rejections

HEAD = "archspec: 1\nname: Net\ninput: [3, 16, 16]\n"
FAULT = "{op: conv, out: 0, kernel: 3}"
MOST = 2**20 - 200


def filled(line: str | Callable[[int], str], before: str, after: str, most: int) -> str:
    """As many lines as fit into a file."""
    lines: list[str] = []
    room = MOST - len(HEAD) - len(before) - len(after)
    while len(lines) < most:
        one = line if isinstance(line, str) else line(len(lines))
        room -= len(one)
        if room < 0:
            break
        lines.append(one)
    return "".join([HEAD, before, *lines, after])


def listed(line: str | Callable[[int], str], most: int) -> str:
    """A graph that is a list."""
    return filled(line, "graph: [", f"{FAULT}]\n", most)


ROWS = "graph: [{op: conv, kernel: 1, each: {columns: [out], rows: ["
FILES = {
    "nodes": Attempt(filled(lambda i: f" n{i}: relu\n", "graph:\n", f" z: {FAULT}\n", 98_000), "E144"),
    "nodes in a list": Attempt(listed("relu,", 198_000), "E144"),
    "chains": Attempt(listed("[relu],", 66_000), "E144"),
    "bad nodes": Attempt(listed("x,", 198_000), "E401"),
    "convolutions": Attempt(listed("{op: conv, out: 8, kernel: 3},", 5_990), "E332"),
    "blocks": Attempt(
        filled(lambda i: f"  B{i}: {{graph: [relu]}}\n", "blocks:\n", f"graph: [{FAULT}]\n", 28_000), "E144"
    ),
    "parameters": Attempt(filled(lambda i: f"p{i}: 1,", "params: {", f"}}\ngraph: [{FAULT}]\n", 90_000), "E144"),
    "rows": Attempt(filled("1,", ROWS, f"]}}}}, {FAULT}]\n", 190_000), "E144"),
    "promises": Attempt(HEAD + "graph: [relu]\nrequire: [" + "1 == 2, " * 5_500 + "]\n", "E602"),
}


def test_files_near_the_limits(tmp_path: Path) -> None:
    """Rows 4, 12 and 25, and what is promised of every rejected file."""
    assert_none(
        [
            wrong
            for found in rejections(tmp_path, {name: [one] for name, one in FILES.items()}, ()).values()
            for wrong in found
        ]
    )
