"""Rows 1 to 11 of the threats: files that the reader has to reject, through every command that reads a spec."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.small import text
from tests.threats.sandbox import Attempt, assert_none, rejections

HEAD = "archspec: 1\nname: Net\ninput: [3, 8, 8]\n"
GRAPH = "graph: {act: relu}\n"
NET = HEAD + GRAPH
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 11))


def keyed(line: str) -> str:
    """A spec with one line more, which is line 5."""
    return f"{NET}{line}\n"


def valued(scalar: str) -> str:
    """A spec with a value in line 4."""
    return text(f"{{conv: {{op: conv, out: {scalar}, kernel: 3}}}}")


ATTEMPTS = {
    "1 tags and directives": [
        Attempt(keyed("doc: !!python/object/apply:os.system ['touch canary']"), "E130 E203", 5),
        Attempt(keyed("doc: !!python/object/new:subprocess.Popen [[touch, canary]]"), "E130 E203", 5),
        Attempt(keyed("doc: !!python/name:os.system ''"), "E130", 5),
        Attempt(keyed("doc: !!python/module:antigravity ''"), "E130", 5),
        Attempt(keyed("doc: !custom {a: b}"), "E130 E203", 5),
        Attempt(keyed("doc: !!str text"), "E130", 5),
        Attempt("!!python/object/apply:os.system ['touch canary']\n", "E130 E136", 1),
        Attempt(f"%TAG ! tag:yaml.org,2002:python/\n---\n{NET}", "E133", 1),
        Attempt(f"%YAML 1.1\n---\n{NET}", "E133", 1),
    ],
    "2 anchors, aliases and merge keys": [
        Attempt(BOMB, "E131", 1),
        Attempt(NET + BOMB, "E131", 5),
        Attempt("a0: &a0 {x: 1}\na1: &a1\n  <<: [*a0, *a0]\n", "E131 E132", 1),
        Attempt(keyed("doc: &a [*a]"), "E131", 5),
        Attempt("&a {name: Net, graph: *a}\n", "E131", 1),
        Attempt(keyed("doc: *nowhere"), "E131", 5),
        Attempt(HEAD + "graph: {act: {<<: {op: relu}}}", "E132", 4),
    ],
    "3 depth": [
        *(Attempt(opening * 30_000, "E140", 1) for opening in ("[", "- ", "[a, ", "{a: ")),
        *(Attempt(opening * 30_000, "E140 E121", 1) for opening in ("{", "? ")),
        Attempt(f"{HEAD}graph: {'[' * 30_000}", "E140", 4),
        Attempt(f"{HEAD}graph: {'{graph: ' * 30_000}", "E140", 4),
        Attempt(f"{HEAD}graph: {'{a: {graph: ' * 32}{{a: relu}}{'}}' * 32}\n", "E140", 4),
        Attempt("".join(" " * depth + "a:\n" for depth in range(1_000)), "E140"),
    ],
    "4 size": [
        Attempt(NET + "#" * 2**20, "E003"),
        Attempt(b"\0" * (3 * 2**20), "E003"),
        Attempt(keyed("doc: " + "x" * (2**16 + 1)), "E142", 5),
        Attempt(keyed("doc: |\n" + "  x\n" * 40_000), "E142", 5),
        Attempt(keyed("doc: [" + "x," * 250_000 + "]"), "E141", 5),
        Attempt(keyed("doc: {" + "x, " * 300_000 + "}"), "E112", 5),
    ],
    "5 keys": [
        Attempt(text("{conv: {op: conv, out: 8, kernel: 1, stride: 1, stride: 1}}"), "E120", 4),
        Attempt(keyed("'name': Other"), "E120", 5),
        Attempt(keyed("1: a"), "E121", 5),
        Attempt(keyed("? [a, b]\n: c"), "E121", 5),
        Attempt(keyed("? {a: b}\n: c"), "E121", 5),
        Attempt(keyed("true: a"), "E121", 5),
        Attempt(keyed("null: a"), "E121", 5),
    ],
    "6 scalars with two readings": [
        Attempt(valued(scalar), "E122", 4) for scalar in ("no", "on", "012", "1:30", "2024-01-01", "1_000", "0b1")
    ],
    "8 numbers out of range": [
        Attempt(valued("9" * 4301), "E124", 4),
        Attempt(valued("0x" + "f" * 10_000), "E124", 4),
        Attempt(valued("9" * 400 + ".0"), "E124", 4),
        Attempt(valued(str(2**63)), "E124", 4),
        Attempt(valued(str(-(2**63) - 1)), "E124", 4),
        Attempt(valued("1e999"), "E124", 4),
        Attempt(valued(".nan"), "E124", 4),
        Attempt(valued("-.inf"), "E124", 4),
        Attempt(f"archspec: {'9' * 4301}\n{NET[12:]}", "E124", 1),
        Attempt(NET.replace("8, 8", "9" * 4301 + ", 8"), "E124", 3),
    ],
    "9 truth value for a number": [
        Attempt(valued("true"), "E339", 4),
        Attempt(text("{conv: {op: conv, out: 8, kernel: false}}"), "E339", 4),
        Attempt(text("{conv: {op: conv, out: 8, kernel: [3, true]}}"), "E332", 4),
        Attempt(text("{conv: {op: conv, out: wide, kernel: 3}}", more="params: {wide: true}\n"), "E339", 5),
        Attempt(text("{conv: {op: conv, out: 8, kernel: 1, repeat: true}}"), "E203", 4),
        Attempt(text("{act: relu}", input="[3, true, 8]"), "E208", 3),
        Attempt(NET.replace("archspec: 1", "archspec: true"), "E204", 1),
    ],
    "10 characters": [
        Attempt(NET.encode("utf-16"), "E101", 1),
        Attempt(NET.encode("utf-16-be"), "E101", 1),
        Attempt(NET.encode("utf-32"), "E101", 1),
        Attempt(keyed("doc: \ud800").encode("utf-8", "surrogatepass"), "E101", 5),
        Attempt(keyed("doc: caf\u00e9").encode("latin-1"), "E101", 5),
        Attempt(b"\xc0\xaf", "E101", 1),
        *(
            Attempt(keyed(f"doc: {form}"), "E102", 5)
            for char in "\0\x07\x1b\x7f\x85\x9b\u200b\u200e\u2028\u202e\u2066\ufeff\ufffe"
            for form in (f"a{char}b", f"'a{char}b'", f'"a\\u{ord(char):04x}b"')
        ),
        *(Attempt(keyed(f'"\\u{ord(char):04x}": 1'), "E102", 5) for char in "\x1b\u202e"),
        *(Attempt(keyed(f"# {char}"), "E102", 5) for char in "\x1b\u202e"),
        Attempt(keyed('doc: "\\ud800"'), "E116", 5),
        Attempt(keyed('doc: "\\U00110000"'), "E116", 5),
    ],
    "11 documents": [
        Attempt(f"{NET}---\n{NET}", "E134", 5),
        Attempt(f"---\n{NET}---\n---\n", "E134", 6),
        Attempt("", "E135", 1),
        Attempt("\n \n# nothing\n", "E135"),
        Attempt("---\n", "E135"),
        Attempt("- a\n- b\n", "E136", 1),
        Attempt("text\n", "E136", 1),
        Attempt("42\n", "E136", 1),
    ],
}


ALONE = ("3 depth", "4 size")
"""Rows with a process of their own: they once ended it."""


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    rows = {row: attempts for row, attempts in ATTEMPTS.items() if row not in ALONE}
    return rejections(tmp_path_factory.mktemp("rows"), rows)


@pytest.mark.parametrize("row", [row for row in ATTEMPTS if row not in ALONE])
def test_row(row: str, together: dict[str, list[str]]) -> None:
    assert_none(together[row])


@pytest.mark.parametrize("row", ALONE)
def test_row_alone(row: str, tmp_path: Path) -> None:
    assert_none(rejections(tmp_path, {row: ATTEMPTS[row]}, ("check", "summary"))[row])
