"""The compiler's counts are those of the implementations compared, and say where published figures hold."""

from __future__ import annotations

import pytest

from tests.zoo.market1501 import COUNTED, Row, holds, rows

each = pytest.mark.parametrize("row", rows(), ids=lambda row: row.entry["row"])
compared = pytest.mark.parametrize(
    "row", [row for row in rows() if row.entry["reference"]], ids=lambda row: row.entry["row"]
)


@compared
def test_counts_are_those_of_the_implementation(row: Row) -> None:
    assert row.params["all"] == int(row.entry["reference_params"])
    assert row.macs["all"] == int(row.entry["reference_macs"])


@each
def test_a_published_figure_holds_as_it_was_counted_or_has_a_reason(row: Row) -> None:
    for figure, counts, unit in (("params", row.params, 1e6), ("macs", row.macs, 1e9)):
        counted = row.entry[f"{figure}_counted"]
        if counted in COUNTED:
            assert holds(row.entry[figure], counts[counted], unit), (figure, counts)
        else:
            assert not any(holds(row.entry[figure], count, unit) for count in counts.values())
            assert row.entry["why"]


def test_the_arithmetic_of_what_was_published_for_vit() -> None:
    """Its parameters lack the attention's linear layers; its MACs are four times those of its other layers."""
    vit = next(row for row in rows() if row.entry["spec"] == "vit_b16")
    dim, hidden, depth, tokens, patches, pixels = 768, 3072, 12, 129, 128, 768
    attention = dim * 3 * dim + 3 * dim + dim * dim + dim
    image = vit.spec.with_input(3, 224, 224)
    without_head = image.params - (dim + 1) * 1000
    assert round((without_head + dim * dim + dim - depth * attention) / 1e6, 2) == float(vit.entry["params"])
    assert round(4 * (depth * tokens * 2 * dim * hidden + patches * dim * pixels) / 1e9, 2) == float(vit.entry["macs"])


def test_a_further_visual_transformer_costs_less_than_was_published() -> None:
    one, two = (row for row in rows() if row.entry["spec"] == "vt_resnet50")
    assert round((two.macs["all"] - one.macs["all"]) / 1e9, 2) == 0.28
    assert round(float(two.entry["macs"]) - float(one.entry["macs"]), 2) == 0.58
