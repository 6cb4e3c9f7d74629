"""Receptive fields: the published ones of known networks, and what gradients reach."""

from __future__ import annotations

import random

import pytest
import torch
from torch import nn

from archspec.places import zoo
from archspec.spec import Spec, load
from tests.small import spec


def fields(of: Spec) -> dict[str, object]:
    return {node["path"]: node["receptive_field"] for node in of.summary().to_json()["nodes"]}


# Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks" (Distill, 2019). Their ResNet-50
# has its strides in the 1x1 convolutions; ours, as torchvision's, has them in the 3x3 ones: 427, not 483.
@pytest.mark.parametrize(
    ("name", "path", "field"),
    [("alexnet", "pool5", 195), ("vgg16", "features.4.pool", 212), ("resnet50", "layer4.2.relu", 427)],
)
def test_published_fields(name: str, path: str, field: int) -> None:
    found = fields(load(zoo()[name]))
    assert found[path] == [field, field]


def test_axes_have_fields_of_their_own() -> None:
    found = fields(
        spec("{a: {op: conv, out: 4, kernel: [1, 7], stride: [1, 2]}, b: {op: conv, out: 4, kernel: [3, 5]}}")
    )
    assert found == {"a": [1, 7], "b": [3, 15]}


def test_where_branches_meet_the_widest_field_holds() -> None:
    found = fields(
        spec(
            "{wide: {op: conv, out: 4, kernel: 5}, thin: {op: conv, from: input, out: 4, kernel: 1}, "
            "add: {op: add, from: [thin, wide]}}"
        )
    )
    assert found == {"wide": [5, 5], "thin": [1, 1], "add": [5, 5]}


def test_an_op_that_sees_everything_leaves_no_bound() -> None:
    found = fields(spec("{conv: {op: conv, out: 4, kernel: 3}, pool: global_avg_pool, fc: {op: linear, out: 2}}"))
    assert found == {"conv": [3, 3], "pool": None, "fc": None}


def test_upsampling_makes_steps_smaller() -> None:
    graph = """
  down: {op: conv, out: 4, kernel: 2, stride: 2, padding: 0}
  up: {op: upsample, scale: 2}
  c: {op: conv, out: 4, kernel: 3}
"""
    assert fields(spec(graph))["c"] == [4, 4]


def test_a_repeated_block_grows_the_field_by_as_much_each_time() -> None:
    found = fields(
        spec("{body: {op: Unit, repeat: 4}}", more="blocks: {Unit: {graph: {c: {op: conv, out: 3, kernel: 3}}}}\n")
    )
    assert list(found.values()) == [[3, 3], [5, 5], [7, 7], [9, 9]]


@pytest.mark.parametrize("seed", range(8))
def test_fields_are_what_gradients_reach(seed: int) -> None:
    """A stack of convolutions with positive weights: the pixels that the middle of the output depends on."""
    draw = random.Random(seed)
    nodes, layers = [], []
    for _ in range(draw.randint(1, 4)):
        kernel, stride, dilation = draw.choice([1, 2, 3, 5]), draw.choice([1, 2]), draw.choice([1, 2])
        nodes.append(f"{{op: conv, out: 1, kernel: {kernel}, stride: {stride}, dilation: {dilation}, padding: 0}}")
        layers.append(nn.Conv2d(1, 1, kernel, stride, dilation=dilation))
        nn.init.constant_(layers[-1].weight, 1.0)
    image = torch.ones(1, 1, 160, 160, requires_grad=True)
    output = nn.Sequential(*layers)(image)
    output[0, 0, output.shape[2] // 2, output.shape[3] // 2].backward()
    assert image.grad is not None
    rows = image.grad[0, 0].abs().sum(1).nonzero()
    reach = int(rows.max() - rows.min()) + 1
    found = fields(spec(f"[{', '.join(nodes)}]", input="[1, 160, 160]"))
    assert list(found.values())[-1] == [reach, reach]
