"""`expect`, `require` and `reference`: what is promised is confirmed, and what isn't kept says what would be."""

from __future__ import annotations

import pytest

from archspec.diagnostics.remarks import In, NearestInput
from archspec.elaborate.nearest_input import nearest_input
from archspec.elaborate.scope import Scope
from archspec.spec import check_text, load_text
from tests.small import faults, said, spec, text

CONV = "{conv: {op: conv, out: 8, kernel: 3, stride: 2, expect: %s}}"


@pytest.mark.parametrize(
    "facts",
    [
        "{channels: 8}",
        "{stride: 2}",
        "{stride: [2, 2]}",
        "{shape: [8, 8, 8]}",
        '{shape: [conv.channels, "input.height // 2", 8]}',
        "{channels: 8, stride: 2, shape: [8, 8, 8]}",
    ],
)
def test_facts_that_hold_are_silent(facts: str) -> None:
    assert faults(CONV % facts) == []


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        ("{channels: 9}", "expected 9, found 8"),
        ("{stride: 4}", "expected 4, found 2"),
        ("{stride: [2, 1]}", "expected [2, 1], found 2"),
        ("{shape: [8, 16, 16]}", "expected 8 x 16 x 16, found 8 x 8 x 8"),
    ],
)
def test_facts_that_dont_hold_show_both_sides(facts: str, label: str) -> None:
    (fault,) = faults(CONV % facts)
    assert (fault.code, fault.label()) == ("E601", label)
    assert fault.span is not None and fault.span.line == 4


def test_what_is_expected_of_a_repeat_is_expected_of_its_end() -> None:
    graph = "{body: {op: conv, out: 8, kernel: 3, stride: 2, repeat: 3, expect: {stride: %d}}}"
    assert faults(graph % 8) == []
    assert said(graph % 2) == ["E601 `body` doesn't have the stride that `expect` says | expected 2, found 8"]


def test_a_fault_inside_a_block_names_its_first_instance() -> None:
    blocks = (
        "blocks: {Unit: {params: {out: int}, graph: {c: {op: conv, out: out, kernel: 1, expect: {channels: 8}}}}}\n"
    )
    (fault,) = faults("{a: {op: Unit, out: 8}, b: {op: Unit, out: 9}, c: {op: Unit, out: 9}}", more=blocks)
    assert [(note.path, note.block) for note in fault.notes if isinstance(note, In)] == [("b", "Unit")]


def test_requirements_that_hold_are_silent() -> None:
    more = "params: {w: 2}\nrequire: [input.height % 8 == 0, w < 3]\n"
    assert faults("{a: {op: conv, out: w, kernel: 1}}", more=more) == []


def test_a_requirement_that_fails_shows_its_values() -> None:
    graph, more = "{a: {op: conv, out: w, kernel: 1}}", "params: {w: 2}\nrequire: [input.height % w == 1 or w > 2]\n"
    (fault,) = faults(graph, more=more)
    assert fault.code == "E602"
    assert fault.label() == "input.height % w == 1 or w > 2 is false: input.height is 16 and w is 2"


def test_a_requirement_that_isnt_about_the_input_suggests_none() -> None:
    (fault,) = faults("{a: {op: conv, out: w, kernel: 1}}", more="params: {w: 2}\nrequire: [w % 8 == 0]\n")
    assert fault.helps == ()


@pytest.mark.parametrize(
    ("given", "require", "nearest"),
    [
        ("[3, 200, 200]", "input.height % 32 == 0, input.width % 32 == 0", (3, 192, 192)),
        ("[3, 200, 100]", "input.height % 32 == 0, input.width % 32 == 0", (3, 192, 96)),
        ("[3, 20, 30]", "input.height % 32 == 0, input.height == input.width", (3, 32, 32)),
        ("[3, 100, 100]", "input.height >= 224", (3, 224, 100)),
        ("[10, 64]", "input.length % 16 == 0", (16, 64)),
        ("[3, 100, 100]", "input.height % 7 == 8", None),
    ],
)
def test_nearest_input_meets_all_requirements(given: str, require: str, nearest: tuple[int, ...] | None) -> None:
    network = spec("{a: relu}", input=given).network
    whole = load_text(text("{a: relu}", given, f"require: [{require}]\n"))
    helps = [help_ for fault in whole.check() for help_ in fault.helps if isinstance(help_, NearestInput)]
    assert {help_.size for help_ in helps} == ({" x ".join(map(str, nearest))} if nearest else set())
    assert nearest_input([], Scope({}, network.root.inputs)) == network.root.inputs[0].shape  # type: ignore[union-attr]


def test_reference_facts_are_compared_one_by_one() -> None:
    more = "reference: {params: 33, macs: 1, output: [8, 16, 16]}\n"
    assert said("{a: {op: conv, out: 8, kernel: 1}}", more=more) == [
        "E603 the network's params differ from the published ones | published: 33, computed: 32",
        "E603 the network's macs differ from the published ones | published: 1, computed: 6,144",
    ]


def test_reference_can_speak_of_another_input() -> None:
    more = "reference: {macs: 96, at: [3, 2, 2]}\n"
    assert faults("{a: {op: conv, out: 8, kernel: 1}}", more=more) == []


def test_reference_speaks_of_the_default_network_only() -> None:
    whole = text("{a: {op: conv, out: w, kernel: 1}}", more="params: {w: 8}\nreference: {params: 32, macs: 6144}\n")
    assert check_text(whole) == ()
    assert load_text(whole).with_params(w=9).check() == ()
    assert load_text(whole).with_input(3, 9, 9).check() == ()
