"""Parameters, lets, defaults: their types, their bounds, and who sets them."""

from __future__ import annotations

import pytest

from tests.elaborate.seen import arguments, seen
from tests.small import said

CONV = "{a: {op: conv, out: width, kernel: 1}}"


def declared(width: str) -> list[str]:
    return said(CONV, more=f"params: {{width: {width}}}\n")


@pytest.mark.parametrize("width", ["8", "{default: 8}", "{type: int, default: 8, min: 1, max: 9, choices: [4, 8]}"])
def test_declarations(width: str) -> None:
    assert declared(width) == []


@pytest.mark.parametrize(
    ("width", "line"),
    [
        ("int", "E334 `Net` needs its parameter `width` | `width` is missing, and has no default"),
        ("{type: int, default: 8, min: 9}", "E336 parameter `width` must be at least 9 | found 8"),
        ("{type: int, default: 8, max: 7}", "E336 parameter `width` must be at most 7 | found 8"),
        ("{type: int, default: 8, min: 1, max: 7}", "E336 parameter `width` must be from 1 to 7 | found 8"),
        ("{type: int, default: 8, choices: [1, 2]}", "E337 `width` can't be 8 | expected 1 or 2"),
        ("{type: int, default: 2 * 4.5}", "E340 `width` must be a whole number | found 9.0, a float"),
        ("{type: int, default: 1 == 1}", "E339 `width` must be a whole number, not a truth value | found true"),
        ("{type: list, default: 2 * 4}", "E335 parameter `width` must be a list | found 8"),
    ],
)
def test_a_default_is_held_to_its_declaration(width: str, line: str) -> None:
    assert declared(width) == [line]


def test_a_default_may_use_the_parameters_before_it() -> None:
    more = "params: {base: 4, width: {type: int, default: 2 * base}}\n"
    assert seen(CONV, more=more) == ["a conv 8x16x16"]


def convolved(kernel: str, padding: str) -> list[str]:
    """What a 3x16x16 image becomes in a block that takes a kernel and a padding, or what is wrong with that."""
    conv = "{op: conv, out: 3, kernel: k, padding: p}"
    more = f"blocks: {{Unit: {{params: {{k: size, p: {{type: padding, default: auto}}}}, graph: [{conv}]}}}}\n"
    graph = f"{{u: {{op: Unit, k: {kernel}, p: {padding}}}}}"
    return said(graph, more=more) or seen(graph, more=more)[-1:]


@pytest.mark.parametrize(
    ("kernel", "padding", "line"),
    [
        ("3", "auto", "u.0 conv 3x16x16"),
        ("[1, 7]", "auto", "u.0 conv 3x16x16"),
        ("[1, 7]", "0", "u.0 conv 3x16x10"),
        ("[1, 7]", "[0, 3]", "u.0 conv 3x16x16"),
        ("'[1 + 2, 3]'", "[0, 1, 0, 0]", "u.0 conv 3x15x14"),
        ("4", "tf_same", "u.0 conv 3x16x16"),
        ("[3, 3, 3]", "0", "E335 parameter `k` must be a whole number or a list of two | found [3, 3, 3]"),
        ("true", "0", "E335 parameter `k` must be a whole number or a list of two | found true"),
        ("[1.5, 3]", "0", "E335 parameter `k` must be a whole number or a list of two | found [1.5, 3]"),
        ("auto", "0", "E338 unknown name `auto` | not a parameter, `let` or column here"),
        (
            "3",
            "[1, 2, 3]",
            "E335 parameter `p` must be auto, tf_same, a whole number, or a list of two or four | found [1, 2, 3]",
        ),
    ],
)
def test_sizes_and_paddings(kernel: str, padding: str, line: str) -> None:
    assert convolved(kernel, padding) == [line]


@pytest.mark.parametrize("default", ["[1, 2, 3]", "1.5", "true"])
def test_the_default_of_a_size_is_one_or_two_whole_numbers(default: str) -> None:
    line = "E341 parameter `width` isn't declared properly | its default isn't of type size"
    assert declared(f"{{type: size, default: {default}}}") == [line]


def test_a_let_is_worked_out_once_for_the_expressions_below() -> None:
    let = "{a: input.channels * r, b: a + 1}"
    more = f"blocks: {{Unit: {{params: {{r: 2}}, let: {let}, graph: [{{op: conv, out: b, kernel: 1}}]}}}}\n"
    assert seen("{u: Unit, v: {op: Unit, r: 3}}", more=more) == [
        "u Unit 7x16x16",
        "u.0 conv 7x16x16",
        "v Unit 22x16x16",
        "v.0 conv 22x16x16",
    ]


def test_defaults_hold_in_library_blocks_and_give_way_to_what_is_written() -> None:
    more = "params: {e: 0.1}\ndefaults: {batch_norm: {eps: e, momentum: 0.3}, ConvBN: {bias: true}}\n"
    graph = "{u: {op: ConvBN, out: 4, kernel: 1}, v: {op: batch_norm, eps: 0.2}}"
    assert arguments("u.bn", graph, more=more) == {"eps": 0.1, "momentum": 0.3}
    assert arguments("u", graph, more=more)["bias"] is True
    assert arguments("v", graph, more=more)["eps"] == 0.2


def test_a_list_may_be_an_expression() -> None:
    assert (
        seen('{a: {op: split, sizes: "even_split(3, 2)"}, b: {op: concat, from: a}}')[0] == "a split 2x16x16, 1x16x16"
    )


def test_lists_per_axis() -> None:
    assert seen("{a: {op: conv, out: 4, kernel: [3, 1 + 4], stride: [1, 2]}}") == ["a conv 4x16x8"]


@pytest.mark.parametrize(
    ("argument", "line"),
    [
        ("kernel: 0", "E332 `kernel` of `conv` must be at least 1 | found 0"),
        ("kernel: [3, 0]", "E332 `kernel` of `conv` must be at least 1 | found [3, 0]"),
        ("kernel: [3, 3, 3]", "E332 `kernel` of `conv` must be a list of 2 | found [3, 3, 3]"),
        ("kernel: [3]", "E332 `kernel` of `conv` must be a list of 2 | found [3]"),
        (
            "kernel: 3, padding: [1, 2, 3]",
            "E332 `padding` of `conv` must be a list of 2 or a list of 4 | found [1, 2, 3]",
        ),
        ("kernel: 3, padding: -1", "E332 `padding` of `conv` must be at least 0 | found -1"),
        (
            "kernel: 3, padding_mode: zero",
            "E337 `padding_mode` can't be `zero` | expected circular, reflect, replicate or zeros",
        ),
        ("kernel: 3.0", "E340 `kernel` must be a whole number | found 3.0, a float"),
        ("kernel: 7 / 2", "E340 `kernel` must be a whole number | found 3.5, a float"),
        ("kernel: true", "E339 `kernel` must be a whole number or a list, not a truth value | found true"),
        ("kernel: 3, bias: 1", "E332 `bias` of `conv` must be true or false | found 1"),
    ],
)
def test_a_wrong_value_is_told_what_it_must_be(argument: str, line: str) -> None:
    assert said("{a: {op: conv, out: 4, %s}}".replace("%s", argument)) == [line]
