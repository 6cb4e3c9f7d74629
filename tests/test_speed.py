"""Speed, held by what can be counted on any machine: modules that are imported, and calls of functions."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

import archspec
from archspec.diagnostics.span import Source
from archspec.frontend import compile, parse
from benchmarks.growing import DROPS, listed
from benchmarks.pairing import Ratio, Result, of


def test_families_are_imported_as_they_are_needed() -> None:
    code = "import sys, archspec; archspec.load('lenet5').macs; print('archspec.ops.attention' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("drop", DROPS.values(), ids=DROPS)
def test_a_node_costs_the_same_in_a_network_ten_times_as_large(drop: str) -> None:
    small, large = _calls(lambda: listed(drop, 300)), _calls(lambda: listed(drop, 3000))
    assert large / 3000 <= 1.05 * small / 300


def test_a_written_node_costs_the_same_in_a_file_ten_times_as_long() -> None:
    small, large = _calls(lambda: _check_chain(100)), _calls(lambda: _check_chain(1000))
    assert large / 1000 <= 1.05 * small / 100


def test_equal_blocks_cost_little_each() -> None:
    alike, unlike = (_calls(lambda drop=drop: listed(drop, 3000)) for drop in DROPS.values())
    assert alike < unlike / 3


def test_resnet50_takes_few_calls() -> None:
    def count() -> None:
        spec = archspec.load("resnet50")
        assert not spec.check()
        assert spec.params == 25_557_032

    count()  # models are built and files of the library read once per process
    assert _calls(count) < 20_000


def test_ratios_of_a_benchmark() -> None:
    ratio = of([2.0, 1.0, 4.0, 3.0, 5.0])
    assert ratio == Ratio(3.0, 2.0, 4.0)
    assert ratio.inverse() == Ratio(1 / 3, 1 / 4, 1 / 2)
    assert Result("it", ratio, bar=3).holds
    assert not Result("it", ratio, bar=2.9).holds
    assert Result("it", ratio, bar=2, noise=Ratio(1, 0.9, 1.1)).holds
    assert not Result("it", ratio, bar=1, noise=Ratio(1, 0.9, 1.1)).holds
    assert Result("it", ratio, bar=1, noise=Ratio(1, 0.9, 2.1)).holds
    assert Result("it", Ratio(40, 30, 50), bar=20, at_least=True).cells == ("it", "40", "30 to 50", "at least 20")


def _check_chain(nodes: int) -> None:
    """A file with so many nodes, each written out."""
    lines = [f"  conv{number}: {{op: conv, out: {8 + number % 7}, kernel: 3}}" for number in range(nodes)]
    text = "\n".join(["archspec: 1", "name: Chain", "input: [3, 8, 8]", "graph:", *lines])
    assert compile(parse(Source("chain.yaml", text))).network is not None


def _calls(step: Callable[[], object]) -> int:
    """How many Python functions a step calls, after it was done once."""
    step()
    count = 0

    def note(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        step()
    finally:
        sys.setprofile(before)
    return count
