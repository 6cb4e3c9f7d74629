"""Rows 12, 13 and 25 of the threats: small files that mean huge networks, endless ones, or endless reports."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.small import text
from tests.threats.sandbox import Attempt, Outcome, assert_none, rejections, run, wrongs


def blocks(definitions: str, graph: str = "{a: B0}", params: str = "") -> str:
    return f"archspec: 1\nname: Net\ninput: [3, 16, 16]\nblocks:\n{definitions}graph: {graph}\n"


def doubling(deep: int, last: str) -> str:
    """Blocks that use the next one twice each."""
    steps = "".join(f"  B{i}: {{graph: {{a: B{i + 1}, b: B{i + 1}}}}}\n" for i in range(deep))
    return blocks(f"{steps}  B{deep}: {{graph: {{a: {last}}}}}\n")


def nested(groups: int, node: str) -> str:
    return "{g: {graph: " * groups + node + "}}" * groups


CHAINED = "".join(f"  B{i}: {{graph: {nested(20, f'{{b: B{i + 1}}}')}}}\n" for i in range(60))
RECURSIVE = "  B0:\n    params: {k: 1}\n    graph: {a: {op: B0, k: k + 1, when: k > 0}, b: relu}\n"
TREE = (
    "  B0:\n    params: {k: 60}\n    graph: {a: {op: B0, k: k - 1, when: k > 0}, "
    "b: {op: B0, k: k - 1, when: k > 0}, r: relu}\n"
)
FORKED = (
    "  B0:\n    params: {k: 0, s: 0}\n    graph: {a: {op: B0, k: k + 1, s: 2 * s, when: k < 40}, "
    "b: {op: B0, k: k + 1, s: 2 * s + 1, when: k < 40}, r: relu}\n"
)
LETS = f"  B0:\n    params: {{k: 0}}\n    let: {{{', '.join(f'v{i}: k + {i}' for i in range(2000))}}}\n"
LETS += "    graph: {a: {op: leaky_relu, negative_slope: v0 / 10 ** 6}}\n"
DEFAULTS = ", ".join(f"p{i}: {{type: int, default: k + {i}}}" for i in range(1400))
DEFAULTS = (
    f"  B0:\n    params: {{k: 0, {DEFAULTS}}}\n    graph: {{a: {{op: leaky_relu, negative_slope: k / 10 ** 6}}}}\n"
)
ROWS = f"params: {{r: {list(range(4000))}}}\n"
TABLE = "{a: {op: leaky_relu, each: {columns: [negative_slope], rows: r}, repeat: 40}}"
SUMS = f"{{a: {{op: leaky_relu, negative_slope: ({' + '.join(['sum(r)'] * 40)} + i) / 10 ** 12, repeat: 190000}}}}"
TAPS = ", ".join(f"t{i}: a.{i}" for i in range(2500))
TRAINED = "weights:\n" + "".join(f"  w{i}: {{from: 'timm:x.y', params: {{p: {i + 2}}}}}\n" for i in range(800))
REQUIRED = ", ".join(f"input.height % {i + 2} == 1" for i in range(1400))

ATTEMPTS = {
    "12 sizes that explode": [
        Attempt(text("{fc: {op: linear, out: 2 ** 32}}", input="[4294967296]"), "E455"),
        Attempt(text("{fc: {op: linear, out: 4294967296}, fd: {op: linear, out: 4294967296}}", input="[8]"), "E455"),
        Attempt(text("{c: {op: conv, out: 8, kernel: 9223372036854775807}}"), "E332"),
        Attempt(text("{c: {op: conv, out: 9223372036854775807, kernel: 1}}"), "E455"),
        Attempt(
            text("{c: {op: conv, out: 8, kernel: 3, padding: 2 ** 62, stride: 2 ** 62, dilation: 2 ** 62}}"), "E332"
        ),
        Attempt(text("{u: {op: upsample, scale: 1000000000}}"), "E455"),
        Attempt(text("{p: {op: pad, padding: 2 ** 61}}"), "E332"),
        Attempt(text("{e: {op: embedding, num: 2 ** 62, out: 2 ** 62}}", input="[8]"), "E330"),
        Attempt(
            text("{act: relu}", input="[9223372036854775807, 9223372036854775807, 9223372036854775807]"), "E455", 3
        ),
        Attempt(text("{act: {op: relu, repeat: 10 ** 9}}"), "E454", 4),
        Attempt(text("{act: {op: relu, repeat: 2 ** 62}}"), "E454", 4),
        Attempt(text("{act: {repeat: 10 ** 6, graph: [relu, {op: relu, repeat: 10 ** 6}]}}"), "E454", 4),
        Attempt(text("{fc: {op: linear, out: 2 ** 20, repeat: 20}}", input="[1048576]"), "E456"),
        Attempt(doubling(40, "relu"), "E454"),
        Attempt(doubling(40, "{op: conv, out: 8, kernel: 1}"), "E454"),
        Attempt(blocks(TREE), "E454"),
        Attempt(blocks(FORKED), "E457"),
        Attempt(
            text("{c: {op: conv, kernel: 1, each: {columns: [out], rows: rows}}}", more="params: {rows: 9}\n"), "E203"
        ),
        Attempt(text("{c: {op: chunk, chunks: 10 ** 9}}"), "E332"),
        Attempt(text("{c: {op: split, sizes: 10 ** 9}}"), "E332"),
        Attempt(text('{c: {op: split, sizes: "even_split(10 ** 9, 10 ** 9)"}}'), "E306"),
    ],
    "13 cycles": [
        Attempt(blocks("  B0: {graph: {a: B0}}\n"), "E452"),
        Attempt(blocks("  B0: {graph: {a: B1}}\n  B1: {graph: {a: B2}}\n  B2: {graph: [B0]}\n"), "E452"),
        Attempt(blocks("  B0: {graph: {a: {graph: {b: {parallel: {c: B0}, merge: add}}}}}\n"), "E452"),
        Attempt(blocks("  B0: {graph: {a: {op: B0, repeat: 2}}}\n"), "E452"),
        Attempt(blocks(RECURSIVE), "E453"),
        Attempt(blocks(CHAINED + "  B60: {graph: {a: B0}}\n"), "E452"),
        Attempt(text("{a: {op: relu, from: b}, b: {op: relu, from: a}}"), "E403", 4),
        Attempt(text("{a: {op: add, from: [a, input]}}"), "E404", 4),
        Attempt("archspec: 1\nname: Net\nextends: 13-8.yaml\ninput: [3, 8, 8]\ngraph: {act: relu}\n", "E007", 3),
    ],
}


STARTS = (
    ", ".join(f"ConvBN.{'x' * number}: ones" for number in range(1, 60))
    + ", "
    + ", ".join(f"ConvBNAct.y{number}: ones" for number in range(2000))
)
WORK = [
    Attempt(blocks(LETS, "{a: {op: B0, k: i, repeat: 2000}}"), "E458"),
    Attempt(blocks(DEFAULTS, "{a: {op: B0, k: i, repeat: 2000}}"), "E458"),
    Attempt(text("{a: {op: relu, repeat: 190000}, z: {op: conv, out: 0, kernel: 3}}"), "E458", 4),
    Attempt(text("{a: {op: leaky_relu, negative_slope: i / n, repeat: 190000}}"), "E458", 4),
    Attempt(text("{a: {repeat: 40, graph: {b: {op: leaky_relu, negative_slope: i / n, repeat: 4000}}}}"), "E458"),
    Attempt(text("{a: {op: dropout, p: 1 + i / n, repeat: 190000}}"), "E332 E143", 4),
    Attempt(text("{a: {op: leaky_rel, negative_slope: i / n, repeat: 100000}}"), "E401 E143"),
    Attempt(text("{a: {repeat: 90000, graph: {b: {op: relu, expect: {channels: 4 + i}}}}}"), "E601 E143", 4),
    Attempt(text(TABLE, more=ROWS), "E458"),
    Attempt(text(SUMS, more=ROWS), "E458"),
    Attempt(text("{a: {op: relu, repeat: 190000}}", more=f"taps: {{{TAPS}}}\n"), "E458"),
    Attempt(text("{a: {op: conv, out: p, kernel: 1, repeat: 400}}", more=f"params: {{p: 1}}\n{TRAINED}"), "E458"),
    Attempt(text("{a: {op: conv, out: 3, kernel: 1, repeat: 3000}}", more=f"init: {{{STARTS}}}\n"), "E458"),
    Attempt(text("{a: relu}", more=f"require: [{REQUIRED}]\n"), "E602"),
]


@pytest.mark.parametrize("row", ATTEMPTS)
def test_row(row: str, tmp_path: Path) -> None:
    assert_none(rejections(tmp_path, {row: ATTEMPTS[row]})[row])


def test_work_is_bounded(tmp_path: Path) -> None:
    """Row 12: small files that take long to work out, whatever it is that takes long."""
    assert_none(rejections(tmp_path, {"12": WORK}, ())["12"])


HEAD = "archspec: 1\nname: Net\ninput: [3, 16, 16]\n"
FLOODS = {
    "a hundred thousand": HEAD + "graph: [" + "x, " * 100_000 + "]\n",
    "unknown ops": HEAD + "graph:\n" + "".join(f" n{i}: x\n" for i in range(30_000)),
    "bad names": HEAD + "graph:\n" + "".join(f" n-{i}: relu\n" for i in range(30_000)),
    "bad references": HEAD + "graph:\n" + "".join(f" n{i}: {{op: relu, from: b}}\n" for i in range(10_000)),
    "bad arguments": HEAD + "graph:\n" + "".join(f" n{i}: {{op: conv, out: 0}}\n" for i in range(10_000)),
    "unknown keys": HEAD + "graph: {a: relu}\n" + "".join(f"k{i}: 1\n" for i in range(5_500)),
    "bad blocks": HEAD + "blocks:\n" + "".join(f" b{i}: 1\n" for i in range(5_500)) + "graph: {a: relu}\n",
    "bad names for tags": HEAD + "graph: [" + "!t x, " * 30_000 + "]\n",
}
LONG_LINES = {
    "a long list": HEAD + "graph: [" + "relu, " * 1_000 + "no, " + "relu, " * 1_000 + "]\n",
    "a long name": HEAD + "graph: {" + "x" * 60_000 + ": relu}\n",
    "a long op": HEAD + "graph: {a: {op: " + "x" * 60_000 + "}}\n",
    "a long expression": HEAD + "graph: {a: {op: conv, kernel: 1, out: " + "1+" * 30_000 + "1}}\n",
    "a long key": HEAD + "graph: {a: relu}\n" + "x" * 1_000 + ": 1\n",
    "a long doc": HEAD + "graph: {a: relu}\ndoc: |\n  " + "x " * 30_000 + "\n  y\n",
    "a long number": HEAD + "graph: {a: {op: conv, kernel: 1, out: " + "9" * 60_000 + "}}\n",
    "a long line of comment": HEAD + "graph: {a: x} # " + "y" * 900_000 + "\n",
}


def outcomes(folder: Path, texts: list[str], *formats: str) -> list[Outcome]:
    """Reports of each file in each format, file by file."""
    for number, one in enumerate(texts):
        (folder / f"{number}.yaml").write_text(one)
    return run(folder, [["check", "--format", form, f"{n}.yaml"] for n in range(len(texts)) for form in formats])


def test_floods(tmp_path: Path) -> None:
    """Row 25: the first twenty and a count, soon."""
    found = outcomes(tmp_path, list(FLOODS.values()), "text")
    wrong = [fault for outcome in found for fault in wrongs(outcome)]
    for name, outcome in zip(FLOODS, found, strict=True):
        shown, more = outcome.out.count("error["), re.search(r"… and (98\d) more\n\n1,00\d errors\n", outcome.out)
        wrong += [f"{name}: {shown} shown, {outcome.out[-40:]!r}"] * (shown != 20 or more is None)
    assert_none(wrong)


def test_long_lines_are_cut_around_the_place(tmp_path: Path) -> None:
    found = outcomes(tmp_path, list(LONG_LINES.values()), "text", "json", "github", "sarif")
    wrong = [fault for outcome in found for fault in wrongs(outcome)]
    longest = {
        name: max(map(len, outcome.out.split("\n"))) for name, outcome in zip(LONG_LINES, found[::4], strict=True)
    }
    assert_none([*wrong, *(f"{name}: a line of {length}" for name, length in longest.items() if length > 600)])
    assert "`no` has two readings" in found[0].out and "| …" in found[0].out
