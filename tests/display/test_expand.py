"""The expanded listing: everything resolved, each value with where it came from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archspec.places import zoo
from archspec.spec import load
from tests.small import spec

MORE = """params: {width: 4, act: relu}
defaults: {batch_norm: {eps: 0.001}}
blocks:
  Unit:
    params: {out: int, stride: 1}
    let: {hidden: out // 2}
    graph:
      conv: {op: conv, out: hidden, kernel: 3, stride: stride, bias: false}
      norm: batch_norm
      act: $act_of
"""
GRAPH = """
  body:
    op: Unit
    out: 2 * width
    repeat: 1 + 1
    first: {stride: 2}
  skip: {op: relu, when: body.channels > 99}
  mix: {parallel: {a: relu, b: {op: $act, from: input}}, merge: add}
  table: {op: conv, kernel: 1, each: {columns: [out, twice], rows: [[8, 1], [16, 2]]}}
  sum: {op: add, from: [table, table], when: true}
"""


def test_listing(golden: Callable[[Path, str], None]) -> None:
    small = spec(GRAPH, more=MORE.replace("$act_of", "silu")).with_params(width=8)
    golden(Path(__file__).parent / "expand.txt", small.expand())


def test_every_value_has_an_origin() -> None:
    """Whatever looks like `name: value` is followed by a comment, but for what isn't a value: op, from, merge."""
    for line in spec(GRAPH, more=MORE.replace("$act_of", "silu")).expand().splitlines():
        key, _, value = line.strip().partition(": ")
        if value and key not in ("name", "op", "from", "merge"):
            assert "  # " in value, line


@pytest.mark.parametrize("name", sorted(zoo()))
def test_every_parameter_of_the_zoo_is_there(name: str) -> None:
    whole = load(zoo()[name])
    listing = whole.expand()
    for parameter in whole.parameters:
        assert f"\n  {parameter}: " in listing
    assert listing.count("op: batch_norm") == sum(row.op == "batch_norm" for row in whole.summary().rows)


def test_input_from_outside_says_so() -> None:
    assert "input: [3, 32, 32]" in spec("{a: relu}").with_input(3, 32, 32).expand().splitlines()[1]
    assert "set from outside" in spec("{a: relu}").with_input(3, 32, 32).expand().splitlines()[1]
