"""`when` and `else`: what stands where a node is left out."""

from __future__ import annotations

import pytest

from tests.elaborate.seen import seen
from tests.small import faults, said

UNIT = """blocks:
  Unit:
    params: {out: int, stride: 1}
    graph:
      conv: {op: conv, out: out, kernel: 3, stride: stride}
      down: {op: conv, from: input, out: out, kernel: 1, stride: stride, when: stride != 1 or input.channels != out}
      add: {op: add, from: [conv, down]}
"""


def test_left_out_a_node_stands_for_its_first_input() -> None:
    assert seen("{a: {op: conv, out: 8, kernel: 3}, b: {op: relu, when: false}, c: relu}") == [
        "a conv 8x16x16",
        "b identity 8x16x16",
        "c relu 8x16x16",
    ]


def test_left_out_a_join_is_its_first_operand() -> None:
    graph = "{a: {op: conv, out: 8, kernel: 3}, sum: {op: add, from: [a, input], when: input.channels == 8}}"
    assert seen(graph)[-1] == "sum identity 8x16x16"


def test_the_shortcut_of_a_residual_is_there_where_it_is_needed() -> None:
    assert seen("{first: {op: Unit, out: 8, stride: 2}, second: {op: Unit, out: 8}}", more=UNIT) == [
        "first Unit 8x8x8",
        "first.conv conv 8x8x8",
        "first.down conv 8x8x8",
        "first.add add 8x8x8",
        "second Unit 8x8x8",
        "second.conv conv 8x8x8",
        "second.down identity 8x8x8",
        "second.add add 8x8x8",
    ]


@pytest.mark.parametrize(("test", "op"), [("true", "relu"), ("false", "silu")])
def test_else_is_what_comes_instead(test: str, op: str) -> None:
    assert seen("{a: {op: relu, when: %s, else: silu}}".replace("%s", test)) == [f"a {op} 3x16x16"]


def test_else_may_have_a_condition_of_its_own() -> None:
    graph = "{a: {op: relu, when: 1 > 2, else: {op: silu, when: 2 > 3, else: {op: tanh, when: %s}}}}"
    assert seen(graph % "true") == ["a tanh 3x16x16"]
    assert seen(graph % "false") == ["a identity 3x16x16"]


def test_else_reads_what_the_node_reads_unless_it_says_otherwise() -> None:
    stem = "a: {op: conv, out: 8, kernel: 3}, b: {op: conv, out: 4, kernel: 3}"
    same = "{%s, c: {op: relu, from: a, when: false, else: silu}, d: {op: concat, from: [b, c]}}".replace("%s", stem)
    own = same.replace("else: silu", "else: {op: silu, from: b}").replace("[b, c]", "[a, c]")
    assert seen(same)[2] == "c silu 8x16x16"
    assert seen(own)[2] == "c silu 4x16x16"


def test_when_decides_for_the_whole_of_a_repeat() -> None:
    graph = "{a: {op: conv, out: 8, kernel: 3, repeat: 2, when: %s}, b: relu}"
    assert seen(graph % "true") == ["a chain 8x16x16", "a.0 conv 8x16x16", "a.1 conv 8x16x16", "b relu 8x16x16"]
    assert seen(graph % "false") == ["a identity 3x16x16", "b relu 3x16x16"]


def test_a_group_is_left_out_with_all_that_is_in_it() -> None:
    assert seen("{a: {when: false, graph: [relu, silu]}, b: tanh}") == ["a identity 3x16x16", "b tanh 3x16x16"]


def test_a_condition_is_true_or_false() -> None:
    assert said("{a: {op: relu, when: input.channels}}") == [
        "E332 `when` of `relu` must be true or false | found the number 3"
    ]


def test_what_makes_a_value_of_its_own_has_nothing_to_stand_for() -> None:
    token = "{op: parameter, shape: [8], layout: vector, when: input.channels > 9%s}"
    assert [one.code for one in faults("{t: %s}".replace("%s", token) % "", "[8]")] == ["E413"]
    assert faults("{t: %s}".replace("%s", token) % ", else: identity", "[8]") == []


def test_a_left_out_input_is_named_in_a_fault() -> None:
    (fault,) = faults("{a: {op: Unit, out: 8}}", more=UNIT.replace(" or input.channels != out", ""))
    assert fault.label() == "conv has 8 channels, down has 3"
    assert [one.message() for one in fault.helps] == [
        "down is left out here because its `when` is false: stride != 1 is false"
    ]
    assert [one.message() for one in fault.notes] == ["in a, a Unit"]
