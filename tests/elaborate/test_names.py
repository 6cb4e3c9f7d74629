"""What a name can mean where it stands, found whether or not the parameters at hand lead there."""

from __future__ import annotations

import pytest

from tests.elaborate.seen import seen
from tests.small import faults, said

SPLIT = "split: {op: chunk, chunks: 3}"


def test_a_group_sees_its_own_nodes_and_its_input() -> None:
    graph = "{a: {op: conv, out: 8, kernel: 1}, g: {graph: {b: relu, c: {op: add, from: [b, input]}}}}"
    assert seen(graph)[-1] == "g.c add 8x16x16"


def test_groups_can_be_nested() -> None:
    assert seen("{g: [[relu, {graph: {deep: {op: add, from: [input, input]}}}], silu]}") == [
        "g group 3x16x16",
        "g.0 group 3x16x16",
        "g.0.0 relu 3x16x16",
        "g.0.1 group 3x16x16",
        "g.0.1.deep add 3x16x16",
        "g.1 silu 3x16x16",
    ]


def test_a_group_of_several_inputs_starts_with_all_of_them() -> None:
    assert seen("{a: relu, b: silu, g: {from: [a, b], graph: [add, relu]}}")[-1] == "g.1 relu 3x16x16"


def test_branches_see_the_input_alone() -> None:
    assert seen("{p: {parallel: {a: relu, b: {op: conv, out: 5, kernel: 1}}, merge: concat}}") == [
        "p parallel 8x16x16",
        "p.a relu 3x16x16",
        "p.b conv 5x16x16",
    ]
    (fault,) = faults("{p: {parallel: {a: relu, b: {op: silu, from: a}}, merge: add}}")
    assert fault.title() == "`a` is outside this branch"


def test_several_outputs_in_order_or_one_by_number() -> None:
    graph = "{%s, one: {op: relu, from: split.2}, all: {op: concat, from: [split, one]}}".replace("%s", SPLIT)
    assert seen(graph) == ["split chunk 1x16x16, 1x16x16, 1x16x16", "one relu 1x16x16", "all concat 4x16x16"]


@pytest.mark.parametrize(
    ("graph", "line"),
    [
        ("{a: rellu}", "E401 unknown op `rellu` | no primitive has this name"),
        ("{a: ConvBM}", "E401 unknown op `ConvBM` | no block has this name"),
        ("{a: relu, b: {op: add, from: [a, c]}}", "E402 there is no node `c` | not a node of this graph"),
        (
            "{b: {op: add, from: [c, input]}, c: relu}",
            "E403 `c` is defined after it is used | a reference can only point to a node defined earlier",
        ),
        (
            "{a: {op: conv, kernel: 1, out: a.channels}}",
            "E404 `a` reads itself | a reference can only point to a node defined earlier",
        ),
        (
            "{a: relu, g: {graph: {b: {op: silu, from: a}}}}",
            "E405 `a` is outside this group | only nodes of this group and its `input` can be read here",
        ),
        (
            "{%s, a: {op: relu, from: split.3}}".replace("%s", SPLIT),
            "E406 `split` has no output `3` | its outputs are 0, 1 and 2",
        ),
        (
            "{a: relu, b: {op: relu, from: a.0}}",
            "E406 `a` has no output `0` | it has a single output: write `a`",
        ),
        ("{%s, a: relu}".replace("%s", SPLIT), "E407 `relu` takes 1 input | found 3: split.0, split.1 and split.2"),
        (
            "{a: {op: conv, out: 4, kernal: 1}}",
            "E330 `conv` has no argument `kernal` | unknown argument",
        ),
        (
            "{a: {op: ConvBN, out: 4, kernel: 1, strid: 1}}",
            "E333 `ConvBN` has no parameter `strid` | unknown parameter",
        ),
        ("{a: {op: conv, out: 4}}", "E331 `conv` needs `kernel` | the argument `kernel` is missing"),
        (
            "{a: {op: ConvBN, out: 4}}",
            "E334 `ConvBN` needs its parameter `kernel` | `kernel` is missing, and has no default",
        ),
        (
            "{a: {op: conv, out: 2 * width, kernel: 1}}",
            "E338 unknown name `width` | not a parameter, `let` or column here",
        ),
        (
            "{a: {op: conv, out: input.chanels, kernel: 1}}",
            "E411 `input` has no `chanels` | a value has channels, height, width, length, stride and shape",
        ),
        ("{a: {op: upsample, like: 4}}", "E412 `like` of `upsample` must be a node | found 4"),
        ("{a: {op: upsample, like: b}}", "E402 there is no node `b` | not a node of this graph"),
    ],
)
def test_faults(graph: str, line: str) -> None:
    assert said(graph) == [line]


@pytest.mark.parametrize(
    ("graph", "meant"),
    [
        ("{a: cnov}", "conv"),
        ("{a: {op: conv, out: 4, kernal: 1}}", "kernel"),
        ("{a: {op: ConvBN, out: 4, kernel: 1, strid: 1}}", "stride"),
        ("{stem: relu, b: {op: relu, from: stme}}", "stem"),
        ("{stem: relu, b: {op: conv, kernel: 1, out: stme.channels}}", "stem"),
        ("{a: {op: conv, kernel: 1, out: input.chanels}}", "channels"),
        ("{a: {op: upsample, scale: 2, mode: bilinar}}", "bilinear"),
    ],
)
def test_a_typo_gets_the_nearest_name(graph: str, meant: str) -> None:
    (fault,) = faults(graph)
    assert [one.message() for one in fault.helps] == [f"did you mean `{meant}`?"]


def test_a_node_where_a_number_belongs_is_told_how_to_ask_for_one() -> None:
    (fault,) = faults("{a: relu, b: {op: conv, kernel: 1, out: a}}")
    assert [one.message() for one in fault.helps] == ["write `a.channels`"]


WRONG = "{op: conv, out: 4, kernal: 1}"


@pytest.mark.parametrize(
    ("graph", "more"),
    [
        ("{a: {op: conv, out: 4, kernal: 1, when: false}}", ""),
        ("{a: {op: conv, out: 4, kernal: 1, repeat: 0}}", ""),
        ("{a: {op: relu, when: true, else: %s}}".replace("%s", WRONG), ""),
        ("{a: {op: relu, repeat: 2, last: {kernal: 1}}}", ""),
        (
            "{a: {op: Unit}}",
            f"blocks: {{Unit: {{graph: {{a: {{op: relu, when: false, else: {{graph: [{WRONG}]}}}}}}}}}}\n",
        ),
        (
            "{a: {op: Unit, width: 0}}",
            f"blocks: {{Unit: {{params: {{width: {{type: int, min: 1}}}}, graph: [{WRONG}]}}}}\n",
        ),
        ("{a: relu}", "defaults: {relu: {kernal: 1}}\n"),
    ],
)
def test_a_wrong_name_is_found_where_nothing_leads_to_it(graph: str, more: str) -> None:
    assert "E330" in [one.code for one in faults(graph, more=more)]


def test_five_faults_are_five_reports() -> None:
    graph = "{c: {op: conv, out: out, kernel: 0}, norm: batch_nrom}"
    more = f"sauce: x\nblocks: {{Unit: {{params: {{out: int}}, graph: {graph}}}}}\n"
    graph = "{a: {op: Unit, out: 2 * c}, b: {op: add, from: [a, d]}, e: {op: add, from: [b, input]}}"
    assert sorted(one.code for one in faults(graph, more=more)) == [
        "E202",
        "E332",
        "E338",
        "E401",
        "E402",
    ]
    assert sorted(one.code for one in faults(graph.replace("2 * c", "2"), more=more)) == [
        "E202",
        "E332",
        "E401",
        "E402",
    ]


def test_one_bad_shape_is_told_once() -> None:
    graph = (
        "{a: {op: conv, out: 8, kernel: 99, padding: 0}, b: {op: conv, out: 4, kernel: 3}, c: {op: add, from: [a, b]}}"
    )
    assert [one.code for one in faults(graph)] == ["E503"]


def test_what_is_written_is_checked_behind_a_bad_shape() -> None:
    graph = "{a: {op: conv, out: 8, kernel: 99, padding: 0}, b: {op: ConvBNAct, out: 4, kernel: 3, act: rellu}}"
    assert [one.code for one in faults(graph)] == ["E503", "E401"]


def test_a_node_is_unused_only_if_no_condition_uses_it() -> None:
    assert (
        faults("{a: {op: conv, out: 3, kernel: 1}, b: {op: relu, from: input, when: false, else: {op: silu, from: a}}}")
        == []
    )
    assert [one.code for one in faults("{a: {op: conv, out: 3, kernel: 1}, b: {op: relu, from: input}}")] == ["W103"]
    assert faults("{a: relu, b: silu, add: {op: add, from: [a, b], when: false}}") == []
