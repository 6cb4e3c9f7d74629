"""The classes that generated source carries beside torch's own, and which side is which where sides differ."""

from __future__ import annotations

import math
from itertools import product

import pytest
import torch
import torch.nn.functional as F  # noqa: N812  as everyone calls it
from torch import nn

from archspec.ops.conv import Conv
from archspec.ops.learned import LogitScale
from archspec.ops.linear import Linear
from archspec.ops.resize import Crop, Pad
from archspec.ops.window import pair
from archspec.ops.windows import ContinuousPositionBias
from archspec.types import Layout, TensorType
from tests.ops.contract import SUPPORT, Holder, namespace

IMAGE = TensorType((2, 5, 6), Layout.IMAGE, (1, 1))


def _drop_path(p: float) -> nn.Module:
    made: nn.Module = namespace("DropPath")["DropPath"](p)
    return made


def test_drop_path_does_nothing_in_evaluation_or_at_zero() -> None:
    x = torch.randn(3, 4)
    assert _drop_path(0.5).eval()(x) is x
    assert _drop_path(0.0).train()(x) is x


def test_drop_path_drops_whole_samples_and_scales_the_others() -> None:
    torch.manual_seed(0)
    found = _drop_path(0.25).train()(torch.ones(4000, 2, 3))
    assert {value.item() for value in found.unique()} == {0.0, torch.tensor(1 / 0.75).item()}
    assert (found == found[:, :1, :1]).all()
    assert abs(found.mean().item() - 1) < 0.05


def test_drop_path_at_one_drops_all() -> None:
    assert not _drop_path(1.0).train()(torch.ones(5, 2)).any()


def test_tf_same_pads_the_odd_step_at_the_bottom_and_right() -> None:
    op = Conv(out=3, kernel=3, stride=2, padding="tf_same")
    module = Holder(op.torch(IMAGE), 1)
    x = torch.randn(1, *IMAGE.shape)
    layer = module.node
    expected = F.conv2d(F.pad(x, (0, 1, 1, 1)), layer.weight, layer.bias, stride=2)
    assert torch.equal(module(x)[0], expected)


def test_keys_get_no_bias() -> None:
    x = torch.randn(5, 4)
    layer = Holder(Linear(out=6, key_bias=False).torch(TensorType((4,), Layout.VECTOR)), 1)
    bias = layer.node.bias * torch.tensor([1, 1, 0, 0, 1, 1])
    assert torch.equal(layer(x)[0], F.linear(x, layer.node.weight, bias))


def test_a_logit_scale_stops_at_its_largest_factor() -> None:
    x = torch.randn(2, 3, 5, 4)
    module = Holder(LogitScale(init=10, max=100).torch(TensorType((3, 5, 4), Layout.TOKENS)), 1)
    torch.testing.assert_close(module(x)[0], 10 * x)
    with torch.no_grad():
        module.node += torch.tensor([0.0, 1.0, 5.0])[:, None, None]
    factors = torch.tensor([10, 10 * math.e, 100])[:, None, None]
    torch.testing.assert_close(module(x)[0], factors * x)


@pytest.mark.parametrize("size", [4, (2, 3), (1, 5)])
def test_a_continuous_bias_depends_on_the_offset_alone(size: int | tuple[int, int]) -> None:
    height, width = pair(size)
    like = TensorType((height, 2 * width, 1), Layout.CHANNELS_LAST)
    module = Holder(ContinuousPositionBias(heads=3, size=size, hidden=8).torch(like), 1)
    found = module(torch.zeros(1, *like.shape))[0][0, 0].unflatten(2, (height, width)).unflatten(1, (height, width))
    for top, left, row, column in product(range(height), range(width), range(height), range(width)):
        offset = torch.tensor([(top - row) / max(height - 1, 1), (left - column) / max(width - 1, 1)])
        far = offset.sign() * torch.log2(8 * offset.abs() + 1) / math.log2(8)
        torch.testing.assert_close(found[:, top, left, row, column], 16 * module.node.mlp(far).sigmoid())


def test_both_biases_know_alike_what_a_shift_brought_together() -> None:
    """Each generated file carries one of them, so they can't share it."""
    texts = [(SUPPORT / f"{name}_position_bias.py.j2").read_text() for name in ("relative", "continuous")]
    one, other = (text.partition("    def apart")[2] for text in texts)
    assert one == other != ""


def test_four_numbers_are_top_bottom_left_right() -> None:
    x = torch.randn(1, *IMAGE.shape)
    padded = F.pad(x, (3, 0, 1, 2))
    assert torch.equal(Holder(Pad(padding=(1, 2, 3, 0)).torch(IMAGE), 1)(x)[0], padded)
    conv = Holder(Conv(out=1, kernel=1, bias=False, padding=(1, 2, 3, 0)).torch(IMAGE), 1)
    assert torch.equal(conv(x)[0], F.conv2d(padded, conv.node.weight))
    wide = TensorType(tuple(padded.shape[1:]), Layout.IMAGE, (1, 1))
    assert torch.equal(Holder(Crop(border=(1, 2, 3, 0)).torch(wide), 1)(padded)[0], x)
    assert torch.equal(Holder(Crop(size=(5, 6)).torch(wide), 1)(padded)[0], padded[:, :, 1:6, 1:7])
