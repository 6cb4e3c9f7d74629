"""What a node costs in a large network beside what it costs in a small one."""

from __future__ import annotations

from collections.abc import Iterator

from archspec import frontend
from archspec.diagnostics.span import Source
from archspec.display.summary import summarise
from archspec.elaborate import Limits
from archspec.frontend import Request
from benchmarks.pairing import Ratio, Result, in_turn

SMALL, LARGE = 1_000, 100_000
ROUNDS = 7
_SPEC = """\
archspec: 1
name: Generated
input: [3, 32, 32]
blocks:
  Unit:
    params: {{drop: 0.0}}
    graph:
      conv: {{op: conv, out: 8, kernel: 3}}
      norm: batch_norm
      act: relu
      drop: {{op: dropout, p: drop}}
graph: {{units: {{op: Unit, drop: {drop}, repeat: {units}}}}}
"""
DROPS = {"equal copies": "0.1", "copies that all differ": "0.1 * i / n"}
_NODES_OF_UNIT = 5


def results() -> Iterator[Result]:
    for what, drop in DROPS.items():
        yield Result(f"a node among {LARGE:,}, over a node among {SMALL:,}: {what}", per_node(drop), bar=1.3)


def per_node(drop: str) -> Ratio:
    """Time per node of the large network over that of the small one, which is done often enough to take as long."""
    times = LARGE // SMALL
    return in_turn(lambda: listed(drop, LARGE), lambda: [listed(drop, SMALL) for _ in range(times)], ROUNDS)


def listed(drop: str, nodes: int) -> int:
    """Reads, checks and counts a network of so many nodes, and lists them; the number of rows."""
    parsed = frontend.parse(Source("generated.yaml", _SPEC.format(drop=drop, units=nodes // _NODES_OF_UNIT)))
    compiled = frontend.compile(parsed, Request(limits=Limits(instances=nodes, steps=100 * nodes)))
    assert compiled.network is not None and compiled.costs is not None, compiled.found
    return len(summarise(compiled.network, compiled.costs).rows)
