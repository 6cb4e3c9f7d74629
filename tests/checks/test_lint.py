"""Warnings: each on what it is for, and silent beside it."""

from __future__ import annotations

import pytest

from archspec.places import zoo
from archspec.spec import check
from tests.small import faults


def codes(graph: str, more: str = "") -> list[str]:
    return [fault.code for fault in faults(graph, more=more)]


@pytest.mark.parametrize("name", sorted(zoo()))
def test_the_zoo_gives_no_warning(name: str) -> None:
    assert check(zoo()[name]) == ()


def test_a_bias_right_before_a_batch_norm() -> None:
    assert codes("{c: {op: conv, out: 8, kernel: 3}, bn: batch_norm}") == ["W101"]
    assert codes("{c: {op: conv, out: 8, kernel: 3, bias: false}, bn: batch_norm}") == []
    assert codes("{c: {op: conv, out: 8, kernel: 3, bias: true}, bn: batch_norm}") == []
    assert codes("{c: {op: conv, out: 8, kernel: 3}, a: relu, bn: batch_norm}") == []


def test_a_bias_that_something_else_reads_too_has_an_effect() -> None:
    graph = "{c: {op: conv, out: 8, kernel: 3}, bn: batch_norm, a: {op: add, from: [bn, c]}}"
    assert codes(graph) == []


def test_a_warning_in_a_block_comes_once() -> None:
    blocks = "blocks: {Unit: {graph: {c: {op: conv, out: 8, kernel: 3}, bn: batch_norm}}}\n"
    assert codes("{a: Unit, b: {op: Unit, repeat: 3}}", more=blocks) == ["W101"]


@pytest.mark.parametrize(
    ("node", "found"),
    [
        ("{op: max_pool, kernel: 2, stride: 3}", ["W102"]),
        ("{op: conv, out: 8, kernel: [3, 3], stride: [1, 4]}", ["W102"]),
        ("{op: conv, out: 8, kernel: 1, stride: 2}", []),
        ("{op: max_pool, kernel: 3, stride: 3}", []),
        ("{op: conv_transpose, out: 8, kernel: 2, stride: 4}", []),
    ],
)
def test_a_stride_larger_than_the_kernel(node: str, found: list[str]) -> None:
    assert codes(f"[{node}]") == found


@pytest.mark.parametrize(
    ("node", "found"),
    [
        ("{op: conv, out: 8, kernel: 4}", ["W106"]),
        ("{op: conv, out: 8, kernel: [3, 2]}", ["W106"]),
        ("{op: conv, out: 8, kernel: 4, padding: 1}", []),
        ("{op: conv, out: 8, kernel: 2, dilation: 2}", []),
        ("{op: conv, out: 8, kernel: 3}", []),
    ],
)
def test_an_even_kernel_with_automatic_padding(node: str, found: list[str]) -> None:
    assert codes(f"[{node}]") == found


@pytest.mark.parametrize(
    "use",
    [
        "{c: {op: conv, out: 2 * w, kernel: 1}}",
        "{c: {op: relu, when: w > 3}}",
        "{c: {op: relu, repeat: w}}",
        "{c: {op: conv, kernel: 1, each: {columns: [out], rows: [[w], [8]]}}}",
        "{c: {op: conv, out: 8, kernel: 1, repeat: 2, first: {out: $w}}}",
    ],
)
def test_a_parameter_is_used_wherever_an_expression_has_it(use: str) -> None:
    assert codes(use, more="params: {w: 4}\n") == []


def test_a_parameter_that_nothing_reads() -> None:
    assert codes("{w: relu, x: {op: relu, from: w, doc: w}}", more="params: {w: 4}\n") == ["W104"]


def test_blocks_are_used_when_the_network_can_reach_them() -> None:
    more = "blocks: {A: {graph: {b: B}}, B: {graph: {a: relu}}, C: {graph: {d: D}}, D: {graph: {a: relu}}}\n"
    assert codes("{a: A}", more=more) == ["W105", "W105"]


def test_a_block_that_a_parameter_names_is_used() -> None:
    more = "params: {unit: A}\nblocks: {A: {graph: {a: relu}}}\n"
    assert codes("{a: $unit}", more=more) == []
