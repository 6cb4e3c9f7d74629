"""Rows 13, 18 and 19 of the threats: files that lead to others which aren't there, aren't theirs, or lead back."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.threats.sandbox import Outcome, assert_none, run, wrongs

READING = ("check", "summary", "expand", "codegen", "build")
SECRET = "archspec: 1\nname: Secret\ninput: [3, 8, 8]\ngraph: {act: relu}\nsecret: 4711\n"


def importing(path: str, name: str = "Net") -> str:
    return f"archspec: 1\nname: {name}\ninput: [3, 8, 8]\nimport: {{Other: {json.dumps(path)}}}\ngraph: {{a: Other}}\n"


def extending(path: str, name: str = "Net") -> str:
    return f"archspec: 1\nname: {name}\nextends: {json.dumps(path)}\ninput: [3, 8, 8]\n"


def outcomes(folder: Path, files: dict[str, str], *commands: str) -> list[Outcome]:
    """Writes files and runs commands on `main.yaml` among them."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return run(folder, [[command, "main.yaml"] for command in commands or READING])


def faults(outcome: Outcome, *told: str) -> list[str]:
    """What isn't as it has to be, and what isn't told."""
    printed = outcome.out + outcome.err
    missing = [f"{outcome.command}: doesn't tell {one!r}: {printed[:900]}" for one in told if one not in printed]
    return [*wrongs(outcome), *missing]


def blocks(count: int, last: str) -> str:
    steps = "".join(f"  B{number}: {{graph: [relu, B{number + 1}]}}\n" for number in range(count))
    return f"blocks:\n{steps}  B{count}: {{graph: [{last}]}}\n"


HEAD = "archspec: 1\nname: Net\ninput: [3, 8, 8]\n"
DEEP = "blocks: {Nest: {params: {depth: int}, graph: [relu, {op: Nest, depth: depth - 1, when: depth > 1}]}}\n"
CYCLES = {
    "a spec that imports itself": ({"main.yaml": importing("main.yaml")}, "main.yaml -> main.yaml"),
    "a spec that extends itself": ({"main.yaml": extending("./main.yaml")}, "main.yaml -> main.yaml"),
    "two specs that import each other": (
        {"main.yaml": importing("b/b.yaml"), "b/b.yaml": importing("../main.yaml", "B")},
        "main.yaml -> b.yaml -> main.yaml",
    ),
    "three specs that extend each other": (
        {"main.yaml": extending("b.yaml"), "b.yaml": extending("c.yaml", "B"), "c.yaml": extending("main.yaml", "C")},
        "main.yaml -> b.yaml -> c.yaml -> main.yaml",
    ),
    "a cycle that doesn't hold the spec itself": (
        {"main.yaml": importing("b.yaml"), "b.yaml": importing("c.yaml", "B"), "c.yaml": importing("b.yaml", "C")},
        "b.yaml -> c.yaml -> b.yaml",
    ),
    "one that extends what imports it": (
        {"main.yaml": importing("b.yaml"), "b.yaml": extending("main.yaml", "B")},
        "main.yaml -> b.yaml -> main.yaml",
    ),
    "a block that holds itself": ({"main.yaml": f"{HEAD}{blocks(0, 'B0')}graph: {{a: B0}}\n"}, "B0 uses B0"),
    "blocks that hold each other": (
        {"main.yaml": f"{HEAD}{blocks(2, 'B0')}graph: {{a: B0}}\n"},
        "B0 uses B1 uses B2 uses B0",
    ),
    "a long cycle of blocks": ({"main.yaml": f"{HEAD}{blocks(70, 'B0')}graph: {{a: B0}}\n"}, "uses B70 uses B0"),
    "blocks that are nested deeper than 64": (
        {"main.yaml": f"{HEAD}{blocks(70, 'relu')}graph: {{a: B0}}\n"},
        "64",
    ),
    "a block that uses itself 65 times": (
        {"main.yaml": HEAD + DEEP + "graph: {a: {op: Nest, depth: 65}}\n"},
        "Nest uses Nest",
    ),
    "a cycle in a file of blocks": (
        {
            "main.yaml": HEAD + "import: {Left: blocks.yaml}\ngraph: {a: Left}\n",
            "blocks.yaml": "archspec: 1\nblocks: {Left: {graph: [Right]}, Right: {graph: [Left]}}\n",
        },
        "Left uses Right uses Left",
    ),
    "a cycle of blocks in an import": (
        {"main.yaml": importing("b.yaml"), "b.yaml": f"{HEAD}{blocks(0, 'B0')}graph: {{a: B0}}\n"},
        "B0 uses B0",
    ),
}


@pytest.mark.parametrize("case", CYCLES)
def test_cycles_are_printed(case: str, tmp_path: Path) -> None:
    files, cycle = CYCLES[case]
    assert_none([wrong for outcome in outcomes(tmp_path, files, "check", "build") for wrong in faults(outcome, cycle)])


def test_sixty_four_blocks_may_be_nested(tmp_path: Path) -> None:
    text = HEAD + DEEP + "graph: {a: {op: Nest, depth: 64}}\n"
    (outcome,) = outcomes(tmp_path, {"main.yaml": text}, "check")
    assert_none(wrongs(outcome, exit_code=0))


def nested(number: int) -> str:
    """A file whose blocks stand in each other forty deep, with the next file innermost."""
    inner = f"  B39: {{graph: [Next]}}\nimport: {{Next: f{number + 1}.yaml}}\n"
    steps = "".join(f"  B{step}: {{graph: [relu, B{step + 1}]}}\n" for step in range(39))
    return f"archspec: 1\nname: F{number}\ninput: [3, 8, 8]\nblocks:\n{steps}{inner}graph: {{a: B0}}\n"


def test_files_dont_nest_deeper_than_blocks(tmp_path: Path) -> None:
    files = {f"f{number}.yaml": nested(number) for number in range(1, 40)}
    files |= {"main.yaml": nested(0), "f40.yaml": SECRET.replace("secret: 4711\n", "")}
    assert_none([wrong for outcome in outcomes(tmp_path, files) for wrong in faults(outcome, "error[E453]", "64")])


FORBIDDEN = (
    "../../../../../../../../etc/passwd",
    "/etc/passwd",
    "//etc/passwd",
    "file:///etc/passwd",
    "https://example.org/net.yaml",
    "..",
    ".",
    "",
    "inside",
    "../outside/secret.yaml",
    "inside/../../outside/secret.yaml",
    "link.yaml",
    "linked/secret.yaml",
    "loop.yaml",
    "pipe",
    "/dev/zero",
    "zero",
    "/proc/self/environ",
    "environ",
    "~/secret.yaml",
    "$HOME/secret.yaml",
    "..\\outside\\secret.yaml",
    "a" * 5000,
    "missing.yaml",
    "locked.yaml",
)


TOLD = ("error[E006]", "or it may not be read", "1 error\n")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with everything that mustn't be read, and a secret beside it."""
    outside, home = tmp_path / "outside", tmp_path / "home"
    (home / "inside").mkdir(parents=True)
    outside.mkdir()
    (outside / "secret.yaml").write_text(SECRET)
    (home / "link.yaml").symlink_to(outside / "secret.yaml")
    (home / "linked").symlink_to(outside)
    (home / "loop.yaml").symlink_to(home / "loop.yaml")
    (home / "zero").symlink_to("/dev/zero")
    (home / "environ").symlink_to("/proc/self/environ")
    os.mkfifo(home / "pipe")
    (home / "locked.yaml").symlink_to(home / "gone.yaml")
    return home


@pytest.mark.parametrize("reading", [importing, extending])
def test_one_message_for_missing_and_forbidden(reading: object, home: Path) -> None:
    assert callable(reading)
    names = [f"n{number}.yaml" for number in range(len(FORBIDDEN))]
    for name, path in zip(names, FORBIDDEN, strict=True):
        (home / name).write_text(reading(path))
    found = run(home, [[command, name] for name in names for command in ("check", "build")])
    wrong = [
        fault for outcome in found for fault in faults(outcome, "error[E006]", "or it may not be read", "1 error\n")
    ]
    told = {outcome.command[-1]: outcome.out for outcome in found if outcome.command[0] == "check"}
    words = ("4711", "Secret", "root:", "PATH=")
    quoted = [name for name, text in told.items() if any(word in text for word in words)]
    assert_none([*wrong, *(f"{name} quotes what it may not read" for name in quoted)])


def test_a_file_that_is_too_large_gets_that_message_too(tmp_path: Path) -> None:
    files = {"main.yaml": importing("large.yaml"), "large.yaml": SECRET + "# " + "x" * 2**20}
    assert_none([wrong for one in outcomes(tmp_path, files, "check") for wrong in faults(one, "error[E006]")])


def fan(number: int, last: int) -> str:
    """Two imports of the next file, both used."""
    head = f"archspec: 1\nname: F{number}\ninput: [3, 8, 8]\n"
    if number == last:
        return head + "graph: {act: relu}\n"
    following = f"f{number + 1}.yaml"
    return head + f"import: {{Left: {following}, Right: {following}}}\ngraph: {{left: Left, right: Right}}\n"


def test_fan_out_is_counted(tmp_path: Path) -> None:
    """Two imports a file, thirty deep: thirty files are read, and 2 ** 30 networks aren't made."""
    files = {f"f{number}.yaml": fan(number, 30) for number in range(1, 31)} | {"main.yaml": fan(0, 30)}
    assert_none([wrong for one in outcomes(tmp_path, files) for wrong in faults(one, "error[E45", "1 error\n")])


def wide(number: int, files: int) -> str:
    """Two imports of files of their own: a tree."""
    head = f"archspec: 1\nname: F{number}\ninput: [3, 8, 8]\n"
    following = [child for child in (2 * number + 1, 2 * number + 2) if child < files]
    imports = ", ".join(f"Next{child}: f{child}.yaml" for child in following)
    return head + f"import: {{{imports}}}\ngraph: [relu]\n"


@pytest.mark.parametrize(("files", "code"), [(65, 0), (67, 1)])
def test_sixty_four_files_at_most(files: int, code: int, tmp_path: Path) -> None:
    """The spec itself, and 64 others."""
    texts = {f"f{number}.yaml": wide(number, files) for number in range(1, files)} | {"main.yaml": wide(0, files)}
    (outcome,) = outcomes(tmp_path, texts, "check")
    assert_none(wrongs(outcome, exit_code=code))
    assert ("error[E008]" in outcome.out, "more than 64 files" in outcome.out) == (code == 1, code == 1)
