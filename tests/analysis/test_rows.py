"""The listing: every cost in exactly one row, inputs that are rows themselves, any depth."""

from __future__ import annotations

import pytest

from archspec.places import zoo
from archspec.spec import Spec, load
from tests.small import spec

RESIDUAL = """{
  c: {op: conv, out: 3, kernel: 3},
  skip: {op: conv, from: input, out: 3, kernel: 1, when: 1 > 2},
  add: {op: add, from: [c, skip]}}
"""


def edges(of: Spec, depth: int | None = None) -> dict[str, tuple[str, ...]]:
    return {row.path: row.inputs for row in of.summary(depth).rows}


def test_rows_follow_the_computation_and_name_what_they_read() -> None:
    assert edges(spec(RESIDUAL)) == {"c": ("input",), "skip": ("input",), "add": ("c", "skip")}


def test_inputs_reach_through_blocks_to_the_primitive() -> None:
    network = spec("{a: {op: Unit, repeat: 2}, b: relu}", more=f"blocks: {{Unit: {{graph: {RESIDUAL}}}}}\n")
    assert edges(network) == {
        "a.0.c": ("input",),
        "a.0.skip": ("input",),
        "a.0.add": ("a.0.c", "a.0.skip"),
        "a.1.c": ("a.0.add",),
        "a.1.skip": ("a.0.add",),
        "a.1.add": ("a.1.c", "a.1.skip"),
        "b": ("a.1.add",),
    }
    assert edges(network, 2) == {"a.0": ("input",), "a.1": ("a.0",), "b": ("a.1",)}
    assert edges(network, 1) == {"a": ("input",), "b": ("a",)}


def test_merged_branches_end_in_a_row_for_the_merge() -> None:
    network = spec("{both: {parallel: {a: relu, b: [relu, silu]}, merge: concat}, c: relu}")
    assert edges(network) == {
        "both.a": ("input",),
        "both.b.0": ("input",),
        "both.b.1": ("both.b.0",),
        "both": ("both.a", "both.b.1"),
        "c": ("both",),
    }
    assert [row.op for row in network.summary().rows][-2:] == ["concat", "relu"]


def test_several_outputs_are_read_from_one_row() -> None:
    assert edges(spec("{parts: {op: chunk, chunks: 3}, add: {op: add, from: [parts.0, parts.2]}}")) == {
        "parts": ("input",),
        "add": ("parts", "parts"),
    }


@pytest.mark.parametrize("name", sorted(zoo()))
@pytest.mark.parametrize("depth", [1, 2, None])
def test_rows_add_up_to_the_totals_at_any_depth(name: str, depth: int | None) -> None:
    summary = load(zoo()[name]).summary(depth)
    assert sum(row.params or 0 for row in summary.rows) == summary.params
    assert sum(row.buffers or 0 for row in summary.rows) == summary.buffers
    assert sum(row.macs or 0 for row in summary.rows) == summary.macs


@pytest.mark.parametrize("name", sorted(zoo()))
def test_inputs_are_rows_that_came_before(name: str) -> None:
    seen = {*load(zoo()[name]).inputs}
    for row in load(zoo()[name]).summary().rows:
        assert set(row.inputs) <= seen
        assert row.path not in seen
        seen.add(row.path)


def test_a_long_listing_has_a_row_per_node() -> None:
    network = spec("{body: {op: Unit, repeat: 5000}}", more="blocks: {Unit: {graph: {a: relu, b: [relu, silu]}}}\n")
    rows = network.summary().rows
    assert len(rows) == 15_000
    assert rows[-1].path == "body.4999.b.1" and rows[-1].inputs == ("body.4999.b.0",) and rows[-1].depth == 4
