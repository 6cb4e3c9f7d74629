"""`extends` and `import`: what is wrong in another file is told once, with its cause, and nothing follows from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archspec.spec import check

HEAD = "archspec: 1\nname: Net\ninput: [3, 8, 8]\n"
USE = "import: {Other: other.yaml}\ngraph: {a: {op: Other, width: 3}, b: {op: conv, from: a, out: 8}}\n"


def said(folder: Path, **files: str) -> list[str]:
    """What is wrong with `main`, as code and label."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    found = [f"{one.code} {one.title()} | {one.label()}" for one in check(folder / "main.yaml")]
    return [text.replace(f"{folder}/", "") for text in found]


UNREADABLE = "E006 can't read `other.yaml` | no such file beside or below the spec or in the zoo, or it may not be read"
NEEDS = "E331 `conv` needs `kernel` | the argument `kernel` is missing"


def unusable(found: str) -> str:
    return f"E009 `other.yaml` can't be used | {found}"


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ("graph: {a: relu", "error[E104]: `{` is never closed (other.yaml:1:8)"),
        (
            "archspec: 1\nblocks: {Other: {grph: [relu]}}",
            "error[E202]: unknown key `grph` (other.yaml:2:18)",
        ),
        ("archspec: 1\nblocks: 3", "error[E203]: `blocks` must be a mapping of names to blocks (other.yaml:2:9)"),
        (
            "archspec: 1\nblokcs: {Other: {graph: [relu]}}",
            "error[E202]: unknown key `blokcs` (other.yaml:2:1)",
        ),
        (
            "archspec: 2\nblocks: {Other: {graph: [relu]}}",
            "error[E204]: language version 2 isn't supported (other.yaml:1:11)",
        ),
        (
            "archspec: 1\nblocks: {Other: {params: {w: {type: in}}, graph: [relu]}}",
            "error[E341]: parameter `w` isn't declared properly (other.yaml:2:37)",
        ),
        ("archspec: 1\nblocks: {Other: {graph: []}}", "error[E207]: `graph` is empty (other.yaml:2:25)"),
        ("archspec: 1\nname: A\ngraph: [relu]", "error[E201]: `input` is missing (other.yaml:1:1)"),
        ("archspec: 1\nname: A\nextends: gone\n", "error[E006]: can't read `gone` (other.yaml:3:10)"),
    ],
)
def test_what_is_wrong_in_an_import_is_told_with_its_cause(other: str, found: str, tmp_path: Path) -> None:
    assert said(tmp_path, main=HEAD + USE, other=other) == [unusable(found), NEEDS]


def test_the_first_cause_is_told_however_far_away_it_is(tmp_path: Path) -> None:
    other, far = HEAD + "import: {Far: far.yaml}\ngraph: [Far]\n", HEAD + "graph: {a: 3}\n"
    cause = unusable("error[E203]: `a` must be a node (far.yaml:4:12)")
    assert said(tmp_path, main=HEAD + USE, other=other, far=far) == [cause, NEEDS]


def test_nothing_is_said_of_what_a_missing_import_would_have_brought(tmp_path: Path) -> None:
    defaults = "defaults: {Other: {width: 3}}\n"
    assert said(tmp_path, main=HEAD + defaults + USE) == [UNREADABLE, NEEDS]


def test_nothing_is_said_of_what_a_missing_base_would_have_brought(tmp_path: Path) -> None:
    own = "archspec: 1\nname: Net\nextends: other.yaml\ngraph: {a: {op: Unit, from: b}}\noutputs: c\nsorce: x\n"
    unknown = "E202 unknown key `sorce` | a spec has no such key"
    assert said(tmp_path, main=own) == [UNREADABLE, unknown]


def test_a_file_of_blocks_needs_the_block_that_is_asked_for(tmp_path: Path) -> None:
    other = "archspec: 1\nblocks: {Othr: {graph: [relu]}}\n"
    missing = "E010 `other.yaml` has no block `Other` | it is a file of blocks, and has Othr"
    assert said(tmp_path, main=HEAD + USE, other=other) == [missing, NEEDS]


def test_faults_of_an_imported_network_are_told_where_they_are(tmp_path: Path) -> None:
    other = HEAD + "require: [input.height > 8]\nparams: {width: 3}\ngraph: {a: {op: conv, out: width, kernel: 1}}\n"
    found = check_all(tmp_path, main=HEAD + USE, other=other)
    assert found == [("other.yaml", 4, "E602"), ("main.yaml", 5, "E331")]


def test_an_imported_network_may_hold_no_endless_blocks(tmp_path: Path) -> None:
    other = HEAD + "params: {width: 3}\nblocks: {B: {graph: [B]}}\ngraph: {a: B}\n"
    assert check_all(tmp_path, main=HEAD + USE, other=other) == [("other.yaml", 5, "E452"), ("main.yaml", 5, "E331")]


def check_all(folder: Path, **files: str) -> list[tuple[str, int, str]]:
    """The faults of `main` by file, line and code."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    found = check(folder / "main.yaml")
    places = {(Path(one.span.source.name).name, one.span.line, one.code) for one in found if one.span}
    return sorted(places, key=lambda place: place[2], reverse=True)
