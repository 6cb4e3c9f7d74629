"""The layer table: the same facts in four forms."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from archspec.analysis.cost import Cost
from archspec.analysis.rows import Row
from archspec.display import figures
from archspec.display.summary import Summary
from archspec.places import zoo
from archspec.spec import load
from archspec.types import UNKNOWN
from tests.small import spec

GRAPH = (
    "{conv: {op: conv, out: 8, kernel: 3, stride: 2}, parts: {op: chunk, chunks: 2}, add: add, pool: global_avg_pool}"
)


def test_table(golden: Callable[[Path, str], None]) -> None:
    golden(Path(__file__).parent / "lenet5.txt", load(zoo()["lenet5"]).summary().table())


def test_table_at_depth_1(golden: Callable[[Path, str], None]) -> None:
    golden(Path(__file__).parent / "resnet50_depth_1.txt", load(zoo()["resnet50"]).summary(1).table())


def test_markdown(golden: Callable[[Path, str], None]) -> None:
    golden(Path(__file__).parent / "lenet5.md", load(zoo()["lenet5"]).summary().markdown())


def test_json_has_the_documented_keys() -> None:
    found = json.loads(spec(GRAPH).summary().json())
    assert list(found) == ["name", "input", "outputs", "phase", "params", "buffers", "macs", "nodes"]
    assert found["input"] == [3, 16, 16] and found["outputs"] == [[4]]
    assert found["params"] == 3 * 9 * 8 + 8 and found["macs"] == 8 * 8 * 8 * 27 and found["buffers"] == 0
    assert found["nodes"][0] == {
        "path": "conv",
        "op": "conv",
        "inputs": ["input"],
        "shape": [8, 8, 8],
        "stride": [2, 2],
        "receptive_field": [3, 3],
        "params": 224,
        "macs": 13824,
    }
    assert found["nodes"][1]["shape"] == [[4, 8, 8], [4, 8, 8]]
    assert found["nodes"][-1]["receptive_field"] is None


def test_csv_has_plain_numbers() -> None:
    lines = list(csv.DictReader(io.StringIO(spec(GRAPH).summary().csv())))
    assert [line["path"] for line in lines] == ["conv", "parts", "add", "pool"]
    assert lines[0]["params"] == "224" and lines[0]["params_share"] == "1.0" and lines[0]["input_shapes"] == "3x16x16"
    assert lines[1]["shape"] == "4x8x8 4x8x8" and lines[3]["receptive_field"] == "all"


def test_unknown_costs_say_so_in_every_form() -> None:
    network = spec("{a: relu}").network
    row = Row("a", "relu", ("input",), (UNKNOWN,), (UNKNOWN,), (1, 1), None, None, None, 1)
    summary = Summary(network, (row,), Cost(None, None, None))
    assert summary.table().count("not known") >= 7
    assert summary.to_json()["params"] is None and summary.to_json()["nodes"][0]["macs"] is None
    assert ",,,," in summary.csv()


def test_summary_shows_itself() -> None:
    summary = spec(GRAPH).summary()
    assert str(summary) == repr(summary) == summary.table()
    assert "<table>" in summary._repr_html_()


@pytest.mark.parametrize(
    ("size", "text"),
    [(None, "not known"), (999, "999 bytes"), (1500, "1.5 kB"), (150_239_136, "150.2 MB"), (10**10, "10.0 GB")],
)
def test_memory_in_units(size: int | None, text: str) -> None:
    assert figures.memory(size) == text


def test_equal_shapes_are_counted() -> None:
    types = spec("{parts: {op: chunk, chunks: 3}}").network.outputs
    assert figures.shapes(types) == "3 of 1 x 16 x 16"
