"""Entries of a checkpoint find those of a network: in order, by renames and back, and whatever is wrong is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archspec.language.checkpoint import renames_of
from archspec.weights.pairing import Entry, Verdict, pair, pair_by_name


def entries(text: str) -> list[Entry]:
    """`a.weight 3,4; a.bias 3`, float32 unless a type is named."""
    found = []
    for one in filter(None, (part.split() for part in text.split(";"))):
        sizes = tuple(map(int, one[1].split(","))) if one[1] != "-" else ()
        found.append(Entry(one[0], sizes, one[2] if len(one) > 2 else "float32"))
    return found


CONV = "conv.weight 8,3; bn.weight 8; bn.bias 8; bn.num_batches_tracked - int64; fc.weight 10,8; fc.bias 10"
THEIRS = "0.weight 8,3; 1.weight 8; 1.bias 8; 1.num_batches_tracked - int64; 2.weight 10,8; 2.bias 10"


def told(theirs: str, ours: str = CONV, match: object = "order") -> list[tuple[str, str, str]]:
    """What isn't fine, as names and verdicts."""
    found = pair(entries(theirs), entries(ours), renames_of(match))
    return [
        (one.theirs.name if one.theirs else "", one.ours.name if one.ours else "", one.verdict) for one in found.faults
    ]


def test_order_pairs_what_has_equal_shapes() -> None:
    found = pair(entries(THEIRS), entries(CONV))
    assert not found.faults
    assert found.names["1.bias"] == "bn.bias"
    assert list(found.names.values()) == [entry.name for entry in entries(CONV)]


def test_old_checkpoints_count_no_batches() -> None:
    found = pair(entries(THEIRS.replace("1.num_batches_tracked - int64; ", "")), entries(CONV))
    assert not found.faults
    assert [one.ours.name for one in found.pairs if one.verdict is Verdict.COUNTED and one.ours] == [
        "bn.num_batches_tracked"
    ]


TWO = "{0}.weight 8; {0}.running_mean 8; {0}.num_batches_tracked - int64; "
TWO += "{1}.weight 8; {1}.running_mean 8; {1}.num_batches_tracked - int64"


def test_each_count_goes_with_its_module() -> None:
    """Where some are there and others not, as in a network of old and new parts."""
    old = TWO.format("0", "1").replace("0.num_batches_tracked - int64; ", "")
    found = pair(entries(old), entries(TWO.format("a", "b")))
    assert not found.faults
    assert found.names["1.num_batches_tracked"] == "b.num_batches_tracked"
    assert [one.ours.name for one in found.pairs if one.verdict is Verdict.COUNTED and one.ours] == [
        "a.num_batches_tracked"
    ]
    assert told(TWO.format("0", "1") + "; 2.num_batches_tracked - int64", TWO.format("a", "b")) == [
        ("2.num_batches_tracked", "", "left over")
    ]


@pytest.mark.parametrize(
    ("theirs", "fault"),
    [
        (THEIRS.replace("2.weight 10,8", "2.weight 12,8"), ("2.weight", "fc.weight", "of other shape")),
        (THEIRS.replace("8,3", "8,3 int64"), ("0.weight", "conv.weight", "of other type")),
        (THEIRS.replace("1.bias 8; ", ""), ("", "bn.bias", "missing")),
        (THEIRS + "; extra 3", ("extra", "", "left over")),
        ("extra 3; " + THEIRS, ("extra", "", "left over")),
    ],
)
def test_one_fault_is_told_alone(theirs: str, fault: tuple[str, str, str]) -> None:
    assert told(theirs) == [fault]


def test_a_weight_never_becomes_a_bias() -> None:
    """Shapes alone would agree."""
    assert told("a.bias 8; b.weight 8", "norm.weight 8; norm.bias 8") != []


def test_the_entries_of_a_module_stand_in_any_order() -> None:
    """torch's first releases put the statistics first; so do files that are still published."""
    ours = "bn.weight 8; bn.bias 8; bn.running_mean 8; bn.running_var 8; bn.num_batches_tracked - int64"
    found = pair(entries("0.running_mean 8; 0.running_var 8; 0.weight 8; 0.bias 8"), entries(ours))
    assert not found.faults
    assert {theirs.rpartition(".")[2] == ours.rpartition(".")[2] for theirs, ours in found.names.items()} == {True}
    assert len(found.names) == 4


def test_renames_come_before_the_order() -> None:
    theirs = "cls 1,8; conv.weight 8,3; pos 4,8; blocks.0.gamma 8; blocks.0.fc.weight 8,8; blocks.0.index 4 int64"
    ours = "cls 1,8; position 4,8; patches.weight 8,3; encoder.0.fc.weight 8,8; encoder.0.scale 8"
    match = {"pos": "position", "blocks.*.gamma": "encoder.*.scale", "blocks.*.index": None}
    assert told(theirs, ours, match) == []
    found = pair(entries(theirs), entries(ours), renames_of(match))
    assert found.names["blocks.0.gamma"] == "encoder.0.scale" and "blocks.0.index" not in found.names


def test_names_that_lead_nowhere_are_left_over() -> None:
    assert told("a 3; b 3", "c 3", {"a": "c", "b": "d"}) == [("b", "", "left over")]
    assert told("a 3; b 3", "c 3", {"a": "c", "b": "c"}) == [("b", "", "left over")]


def test_by_name() -> None:
    found = pair_by_name(entries("fc.bias 10; fc.weight 10,8; more 3"), entries("fc.weight 10,8; fc.bias 10; new 3"))
    assert [(one.verdict, (one.theirs or one.ours or Entry("", (), "")).name) for one in found.faults] == [
        (Verdict.MISSING, "new"),
        (Verdict.LEFT_OVER, "more"),
    ]


sides = st.lists(
    st.tuples(st.sampled_from(["w", "a.weight", "a.bias"]), st.sampled_from([(), (2,), (3, 2)])), max_size=8
)


@given(sides, sides)
def test_every_entry_has_its_line(
    theirs: list[tuple[str, tuple[int, ...]]], ours: list[tuple[str, tuple[int, ...]]]
) -> None:
    there, here = (
        [Entry(f"{side}{index}.{name}", shape, "float32") for index, (name, shape) in enumerate(entries_)]
        for side, entries_ in (("t", theirs), ("o", ours))
    )
    found = pair(there, here)
    assert sorted(one.theirs for one in found.pairs if one.theirs) == sorted(there)
    assert [one.ours for one in found.pairs if one.ours] == here
    if not found.faults:
        assert [one.shape for one in there] == [one.shape for one in here]
