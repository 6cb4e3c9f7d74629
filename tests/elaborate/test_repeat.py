"""`repeat`, `each`, `first`, `last`: chains and tables."""

from __future__ import annotations

import pytest

from tests.elaborate.seen import arguments, seen
from tests.small import faults, said, spec

CONV = "op: conv, kernel: 3"


def conv(more: str) -> str:
    """A node `a` that is a 3x3 convolution."""
    return f"{{a: {{{CONV}, {more}}}}}"


def test_copies_are_a_chain_each_fed_with_the_one_before() -> None:
    assert seen("{a: {op: conv, out: 2 * input.channels, kernel: 3, repeat: 2}}") == [
        "a chain 6x16x16",
        "a.0 conv 6x16x16",
        "a.1 conv 6x16x16",
    ]


def test_i_is_the_number_of_a_copy_and_n_their_count() -> None:
    assert seen(conv("out: 10 * n + i, repeat: 3"))[1:] == [
        "a.0 conv 30x16x16",
        "a.1 conv 31x16x16",
        "a.2 conv 32x16x16",
    ]


def test_no_copies_are_the_identity() -> None:
    assert seen("{a: {op: relu, repeat: 0}, b: silu}") == ["a chain 3x16x16", "b silu 3x16x16"]


def test_first_and_last_copies_may_differ() -> None:
    graph = conv("out: 8, repeat: 3, first: {stride: 2}, last: {out: 4}")
    assert seen(graph)[1:] == ["a.0 conv 8x8x8", "a.1 conv 8x8x8", "a.2 conv 4x8x8"]


def test_a_single_copy_is_first_and_last() -> None:
    graph = conv("out: 8, repeat: 1, first: {stride: 2, out: 5}, last: {out: 4}")
    assert seen(graph)[1:] == ["a.0 conv 4x8x8"]


def test_a_group_can_be_repeated() -> None:
    assert seen("{a: {repeat: 2, graph: {conv: {%s, out: 4 + i}, act: relu}}}".replace("%s", CONV)) == [
        "a chain 5x16x16",
        "a.0 group 4x16x16",
        "a.0.conv conv 4x16x16",
        "a.0.act relu 4x16x16",
        "a.1 group 5x16x16",
        "a.1.conv conv 5x16x16",
        "a.1.act relu 5x16x16",
    ]


def test_dense_copies_read_the_input_and_all_copies_before_them() -> None:
    assert seen(conv("out: 4, repeat: 2, link: dense")) == [
        "a linked 11x16x16",
        "a.cat0 concat 3x16x16",
        "a.0 conv 4x16x16",
        "a.cat1 concat 7x16x16",
        "a.1 conv 4x16x16",
        "a.cat concat 11x16x16",
    ]


def test_aggregated_copies_read_the_one_before_and_are_joined_at_the_end() -> None:
    assert seen(conv("out: 4 + i, repeat: 2, link: aggregate")) == [
        "a linked 12x16x16",
        "a.0 conv 4x16x16",
        "a.1 conv 5x16x16",
        "a.cat concat 12x16x16",
    ]


def test_a_chain_of_no_linked_copies_is_its_input() -> None:
    assert seen(conv("out: 4, repeat: 0, link: dense")) == ["a linked 3x16x16", "a.cat concat 3x16x16"]


def test_a_linked_chain_starts_with_all_that_it_reads() -> None:
    parts = "{parts: {op: chunk, chunks: 3}, a: {op: conv, kernel: 3, out: input.channels, repeat: 2, %s}}"
    assert seen(parts.replace("%s", "link: dense"))[1:] == [
        "a linked 9x16x16",
        "a.cat0 concat 3x16x16",
        "a.0 conv 3x16x16",
        "a.cat1 concat 6x16x16",
        "a.1 conv 3x16x16",
        "a.cat concat 9x16x16",
    ]
    assert seen(parts.replace("%s", "link: aggregate"))[-1] == "a.cat concat 9x16x16"


def test_rows_that_repeat_are_linked_each_by_itself() -> None:
    table = "{a: {op: conv, kernel: 3, repeat: 1, link: aggregate, each: {columns: [out], rows: [4, 5]}}}"
    assert seen(table) == [
        "a chain 12x16x16",
        "a.0 linked 7x16x16",
        "a.0.0 conv 4x16x16",
        "a.0.cat concat 7x16x16",
        "a.1 linked 12x16x16",
        "a.1.0 conv 5x16x16",
        "a.1.cat concat 12x16x16",
    ]


def test_copies_that_cannot_differ_are_one_object() -> None:
    network = spec("{a: {op: ConvBN, out: 3, kernel: 3, repeat: 1000}}").network
    (chain,) = network.root.nodes
    assert len({id(copy.body) for copy in chain.body.nodes}) == 1  # type: ignore[union-attr]


def test_a_table_makes_a_copy_per_row() -> None:
    graph = "{a: {op: conv, each: {columns: [out, kernel, stride], rows: [[8, 3, 1], [16, 5, 2]]}}}"
    assert seen(graph) == ["a chain 16x8x8", "a.0 conv 8x16x16", "a.1 conv 16x8x8"]
    assert arguments("a.1", graph) == {"out": 16, "kernel": 5, "stride": 2}


def test_one_column_needs_no_inner_lists() -> None:
    assert seen(conv("each: {columns: [out], rows: [4, 8]}"))[1:] == [
        "a.0 conv 4x16x16",
        "a.1 conv 8x16x16",
    ]


def test_rows_may_be_a_list_parameter() -> None:
    more = "params: {widths: [4, 8]}\n"
    assert seen(conv("each: {columns: [out], rows: widths}"), more=more)[0] == "a chain 8x16x16"


def test_a_column_that_is_no_argument_is_a_name_for_expressions() -> None:
    graph = conv("out: c * 2, each: {columns: [c], rows: [4, 8]}")
    assert seen(graph)[1:] == ["a.0 conv 8x16x16", "a.1 conv 16x16x16"]


def test_cells_may_be_expressions() -> None:
    more = "params: {width: 4}\n"
    graph = '{a: {%s, each: {columns: [out], rows: [width, 2 * width, "max(width, 9)"]}}}'.replace("%s", CONV)
    assert [line.split()[2] for line in seen(graph, more=more)[1:]] == ["4x16x16", "8x16x16", "9x16x16"]


def test_a_column_may_name_ops() -> None:
    graph = "{a: {op: $act, each: {columns: [act], rows: [relu, silu]}}}"
    assert seen(graph)[1:] == ["a.0 relu 3x16x16", "a.1 silu 3x16x16"]


def test_a_column_may_name_the_activation_of_a_block() -> None:
    graph = "{a: {op: ConvBNAct, out: 4, kernel: 3, each: {columns: [act], rows: [relu, silu]}}}"
    assert [line for line in seen(graph) if ".act " in line] == ["a.0.act relu 4x16x16", "a.1.act silu 4x16x16"]


def test_with_repeat_each_row_is_a_chain_of_its_own() -> None:
    graph = conv("repeat: k, first: {stride: 2}, each: {columns: [out, k], rows: [[4, 1], [8, 2], [9, 0]]}")
    assert seen(graph) == [
        "a chain 8x4x4",
        "a.0 chain 4x8x8",
        "a.0.0 conv 4x8x8",
        "a.1 chain 8x4x4",
        "a.1.0 conv 8x4x4",
        "a.1.1 conv 8x4x4",
        "a.2 chain 8x4x4",
    ]


def test_i_and_n_count_through_all_rows() -> None:
    graph = "{a: {op: conv, kernel: 1, out: 10 * n + i, repeat: k, each: {columns: [k], rows: [2, 1]}}}"
    assert [line.split()[2] for line in seen(graph) if "conv" in line] == ["30x16x16", "31x16x16", "32x16x16"]


def test_first_and_last_of_a_table_are_its_first_and_last_row() -> None:
    graph = conv("first: {stride: 2}, last: {bias: false}, each: {columns: [out], rows: [4, 5, 6]}")
    assert seen(graph)[1:] == ["a.0 conv 4x8x8", "a.1 conv 5x8x8", "a.2 conv 6x8x8"]
    assert "bias" not in arguments("a.1", graph) and arguments("a.2", graph)["bias"] is False


def test_with_merge_and_repeat_every_row_is_a_chain_over_the_same_input() -> None:
    table = "repeat: depth, each: {columns: [depth], rows: [1, 2]}, merge: concat"
    assert seen(conv(f"out: 4 + i, first: {{stride: 2}}, {table}")) == [
        "a parallel 10x8x8",
        "a.0 chain 4x8x8",
        "a.0.0 conv 4x8x8",
        "a.1 chain 6x8x8",
        "a.1.0 conv 5x8x8",
        "a.1.1 conv 6x8x8",
    ]


@pytest.mark.parametrize(("merge", "shape"), [("concat", "12x16x16"), ("add", "6x16x16")])
def test_with_merge_copies_stand_side_by_side_over_the_same_input(merge: str, shape: str) -> None:
    graph = "{a: {op: conv, out: 6, each: {columns: [kernel], rows: [1, 3]}, merge: %s}}".replace("%s", merge)
    assert seen(graph) == [f"a parallel {shape}", "a.0 conv 6x16x16", "a.1 conv 6x16x16"]


def test_repeated_nodes_may_copy_the_size_of_another() -> None:
    graph = "{small: {op: avg_pool, kernel: 4}, up: {op: upsample, like: input, repeat: 2}}"
    assert seen(graph)[1:] == ["up chain 3x16x16", "up.0 upsample 3x16x16", "up.1 upsample 3x16x16"]


@pytest.mark.parametrize(
    ("graph", "codes"),
    [
        ("{a: {op: relu, repeat: -1}}", ["E450"]),
        ("{a: {op: relu, repeat: 1.5}}", ["E203"]),
        ("{a: {op: relu, repeat: 1 / 2}}", ["E203"]),
        ("{a: {op: relu, each: {columns: [x], rows: 3 + 4}}}", ["E203"]),
        ("{a: {op: relu, each: {columns: [c, d], rows: [[1, 2], [3], 4, [5, 6, 7]]}}}", ["E451"] * 3),
    ],
)
def test_faults(graph: str, codes: list[str]) -> None:
    assert [one.code for one in faults(graph)] == codes


def test_every_row_at_fault_is_reported() -> None:
    graph = "{a: {op: conv, each: {columns: [out, kernel], rows: [[8, 0], [8, 3], [0, 3]]}}}"
    assert said(graph) == [
        "E332 `kernel` of `conv` must be at least 1 | found 0",
        "E332 `out` of `conv` must be at least 1 | found 0",
    ]
