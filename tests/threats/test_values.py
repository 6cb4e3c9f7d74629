"""Rows 9, 14, 15 and 23 of the threats: expressions, names of ops, and what is set from outside a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.small import text
from tests.threats.sandbox import READING, Attempt, assert_none, rejections, run, wrongs


def valued(expression: str) -> str:
    return text(f"{{c: {{op: conv, kernel: 1, out: {expression}}}}}")


EXPRESSIONS = {
    "9**9**9": "E307",
    "2 ** 63": "E307",
    "10 ** 10 ** 10": "E307",
    "1 << 10 ** 10": "E303",
    "-9223372036854775808 - 1": "E307",
    "9223372036854775807 * 9223372036854775807 // 9223372036854775807": "E307",
    "2.0 ** 10000": "E312",
    "1 // 0": "E308",
    "1 % 0": "E308",
    "(-8) ** 0.5": "E312",
    "-" * 900 + "1": "E305",
    "-" * 60_000 + "1": "E304",
    "(" * 400 + "1" + ")" * 400: "E305",
    "(" * 30_000 + "1" + ")" * 30_000: "E304",
    "1" + " + 1" * 240: "E305",
    "().__class__.__bases__": "E303",
    "().__class__.__base__.__subclasses__()": "E303",
    "x.__class__": "E303",
    "_x": "E303",
    "__import__('os').system('touch canary')": "E303",
    "eval('1')": "E303",
    "open('canary', 'w')": "E303",
    "exec": "E338",
    "'a'*10**9": "E303",
    "len('aaaa')": "E303",
    "[8] * 10 ** 9": "E309",
    "len([1, 2]) * lambda: 1": "E303",
    "[i for i in [1]]": "E303",
    "(x := 8)": "E303",
    "sum(even_split(10 ** 12, 10 ** 9))": "E306",
    "sum(even_split(10 ** 12, -1))": "E313",
    "make_divisible(2 ** 62, 2 ** 62 - 1) * 4": "E307",
    "make_divisible(8, 0)": "E313",
    "f(8)": "E302",
    "getattr(input, 'x')": "E303",
    "input.__class__": "E303",
    "input.channels.real": "E411",
    "max()": "E310",
    "[1, 2][10 ** 9]": "E311",
    "int(1e308 * 10)": "E312",
    "round(8.5, 10 ** 9)": "E313",
    "{1: 2}[1]": "E303",
    "\u0662": "E303",
    "8 if 1 else 8": "E309",
}
OPS = (
    "torch.hub.load",
    "__import__",
    "os.system",
    "nn.Conv2d",
    "conv; import os",
    "{{ 7 * 7 }}",
    "Conv\u0456",
    "eval",
    "../conv",
)
ATTEMPTS = {
    "14 expressions": [Attempt(valued(f'"{one}"'), code, 4) for one, code in EXPRESSIONS.items()],
    "15 names of ops and activations": [
        *(Attempt(text(f'{{a: "{op}"}}'), "E401", 4) for op in OPS),
        *(Attempt(text(f'{{a: {{op: "{op}", out: 8}}}}'), "E401", 4) for op in OPS),
        *(Attempt(text(f'{{a: {{op: ConvBNAct, out: 8, kernel: 1, act: "{op}"}}}}'), "E401") for op in OPS),
        Attempt(text("{a: $act}", more="params: {act: __import__}\n"), "E401"),
        Attempt(text("{a: {op: pad, padding: 1, mode: __import__}}"), "E337"),
    ],
}


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    return rejections(tmp_path_factory.mktemp("rows"), ATTEMPTS, ("check", "codegen"))


@pytest.mark.parametrize("row", ATTEMPTS)
def test_row(row: str, together: dict[str, list[str]]) -> None:
    assert_none(together[row])


SETTINGS = {
    "width=9**9**9": ("E307", 1),
    "width=1e999": ("E124", 1),
    "width=.nan": ("E124", 1),
    "width=" + "9" * 5_000: ("E124", 1),
    "width=" + "[" * 30_000: ("E140", 1),
    "width=!!python/object/apply:os.system ['touch canary']": ("E130", 1),
    "width=&a [*a]": ("E131", 1),
    "width=no": ("E122", 1),
    "width=true": ("E339", 1),
    "width=__import__('os')": ("E303", 1),
    "width=\x1b]0;x\x07": ("E102", 1),
    "width=\u202e8": ("E102", 1),
    "width=-1": ("E336", 1),
    "width=": ("E335", 1),
    "width=8}": ("E303", 1),
    "width=8, __class__: 9": ("", 1),
    "width=8\nname: Other": ("", 2),
    "width=8\r\nname: Other": ("", 2),
    "width": ("", 2),
    "=8": ("", 2),
    "__class__=x": ("E333", 1),
    "__init__=8": ("E333", 1),
    "wdith=8": ("E333", 1),
    "\x1b[2J=8": ("E333", 1),
    "x" * 100_000 + "=8": ("E333", 1),
    "a: {b=8": ("E333", 1),
    "width: 4, width=8": ("E333", 1),
}
INPUTS = {
    **{
        one: ("E208", 1)
        for one in ("0x0x0", "1e9x1e9x3", "", "x", "3x", "3x8x-8", "3x8x8x8x8", "3 x 8", "0x10", "٣x8x8")
    },
    **{one: ("E208", 1) for one in ("9" * 5_000, "3x8x8\n", "\x1b[2J", "3x9223372036854775808x1", "true", "3x1.5x8")},
    "9223372036854775807x9223372036854775807x9223372036854775807": ("E455", 1),
    "4294967296x4294967296x3": ("E455", 1),
    "3": ("E502", 1),
}


def test_row_23(tmp_path: Path) -> None:
    """Overrides are held to what a file is held to. Exit code 2 is for what can't be one at all."""
    graph = "{c: {op: conv, kernel: 1, out: width}}"
    (tmp_path / "net.yaml").write_text(text(graph, more="params: {width: {type: int, default: 8, min: 1}}\n"))
    asked = [(["--set", one], *expected) for one, expected in SETTINGS.items()]
    asked += [(["--input", one], *expected) for one, expected in INPUTS.items()]
    commands = [[command, "net.yaml", *option] for option, _, _ in asked for command in READING[1:]]
    wrong = []
    for number, outcome in enumerate(run(tmp_path, commands)):
        _, code, status = asked[number // len(READING[1:])]
        wrong += wrongs(outcome, status)
        if f"error[{code}]" not in outcome.err and code:
            wrong.append(f"{outcome.command}: {outcome.err[:300]}")
        wrong += [f"{outcome.command}: prints {outcome.out[:80]}"] * bool(outcome.out)
    assert [path.name for path in tmp_path.iterdir()] == ["net.yaml"]
    assert_none([fault[:500] for fault in wrong])
