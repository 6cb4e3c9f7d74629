"""Everything ends: sizes are counted before they are expanded, and recursion is bounded."""

from __future__ import annotations

import time

import pytest

from archspec.diagnostics.span import Source
from archspec.elaborate import Limits
from archspec.frontend import Request, compile, parse
from tests.elaborate.seen import seen
from tests.small import faults, text

TWICE = "blocks:\n  B0: {graph: [relu, relu]}\n" + "".join(
    f"  B{index + 1}: {{graph: [B{index}, B{index}]}}\n" for index in range(40)
)
COUNTED = "blocks: {Unit: {params: {k: int}, graph: [relu, relu, {op: dropout, p: k / 10 ** 6}]}}\n"


@pytest.mark.parametrize(
    ("graph", "more"),
    [
        ("{a: {op: relu, repeat: 10 ** 9}}", ""),
        ("{a: {op: relu, repeat: 200001}}", ""),
        ("[B40]", TWICE),
        ("{a: {op: Unit, k: i, repeat: 100000}}", COUNTED),
        ("{a: {repeat: 100000, graph: {b: {op: relu, repeat: 100000}}}}", ""),
        ("{a: {op: relu, repeat: k, each: {columns: [k], rows: [100000, 100000, 1]}}}", ""),
    ],
)
def test_too_many_nodes_are_counted_before_they_are_made(graph: str, more: str) -> None:
    started = time.perf_counter()
    assert [one.code for one in faults(graph, more=more)] == ["E454"]
    assert time.perf_counter() - started < 5  # a fraction of it, on a machine of one's own


def test_the_limit_can_be_raised() -> None:
    source = Source("net.yaml", text("{a: {op: relu, repeat: 30}}"))
    few, more = (Request(limits=Limits(nodes=count)) for count in (30, 31))
    assert [one.code for one in compile(parse(source), few).found] == ["E454"]
    assert compile(parse(source), more).found == ()


def test_recursion_that_ends() -> None:
    block = "blocks: {Deep: {params: {k: int}, graph: {act: relu, rest: {op: Deep, k: k - 1, when: k > 0}}}}\n"
    assert [line.split()[0] for line in seen("{a: {op: Deep, k: 2}}", more=block)] == [
        "a",
        "a.act",
        "a.rest",
        "a.rest.act",
        "a.rest.rest",
        "a.rest.rest.act",
        "a.rest.rest.rest",
    ]


@pytest.mark.parametrize("wrapped", ["%s", "[%s]", "[[[[[[%s]]]]]]", "{repeat: 2, graph: [%s]}"])
def test_recursion_that_goes_too_deep(wrapped: str) -> None:
    deep = wrapped % "{op: Deep, k: k + 1, when: k > 0}"
    block = f"blocks: {{Deep: {{params: {{k: int}}, graph: {{rest: {deep}}}}}}}\n"
    (fault,) = faults("{a: {op: Deep, k: 1}}", more=block)
    assert (fault.code, fault.label()) == ("E453", "Deep uses Deep")


def test_blocks_that_always_hold_themselves() -> None:
    blocks = "blocks: {A: {graph: [relu, B]}, B: {graph: {x: [C]}}, C: {graph: {z: {op: A, repeat: 2}}}}\n"
    (fault,) = faults("[A]", more=blocks)
    assert (fault.code, fault.title(), fault.label()) == ("E452", "`A` always holds itself", "A uses B uses C uses A")


def test_two_thousand_blocks_in_a_row() -> None:
    blocks = "blocks:\n" + "".join(f"  B{index}: {{graph: [B{(index + 1) % 2000}]}}\n" for index in range(2000))
    (fault,) = faults("[B0]", more=blocks)
    assert fault.code == "E452" and fault.label().startswith("B0 uses B1 uses B2 uses … uses")


def test_a_tensor_and_a_network_too_large() -> None:
    assert [one.code for one in faults("{a: {op: conv, out: 2 ** 40, kernel: 1}}")] == ["E455"]
    assert [one.code for one in faults("{a: {op: linear, out: 2 ** 32}}", f"[{2**32}]")] == ["E455"]
    assert [one.code for one in faults("{a: {op: linear, out: 2 ** 20, repeat: 20}}", f"[{2**20}]")] == ["E456"]


def test_reporting_stops_at_a_thousand_faults() -> None:
    graph = "\n" + "".join(f"  a{index}: {{op: relu, from: [a{index}x]}}\n" for index in range(2000))
    started = time.perf_counter()
    found = faults(graph)
    assert (len(found), found[-1].code) == (1001, "E143")
    assert time.perf_counter() - started < 5
