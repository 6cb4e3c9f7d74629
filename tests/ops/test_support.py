"""The classes that generated source carries beside torch's own, and which side is which where sides differ."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812  as everyone calls it
from torch import nn

from archspec.ops.conv import Conv
from archspec.ops.resize import Crop, Pad
from archspec.types import Layout, TensorType
from tests.ops.contract import Holder, namespace

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


def test_four_numbers_are_top_bottom_left_right() -> None:
    x = torch.randn(1, *IMAGE.shape)
    padded = F.pad(x, (3, 0, 1, 2))
    assert torch.equal(Holder(Pad(padding=(1, 2, 3, 0)).torch(IMAGE), 1)(x)[0], padded)
    conv = Holder(Conv(out=1, kernel=1, bias=False, padding=(1, 2, 3, 0)).torch(IMAGE), 1)
    assert torch.equal(conv(x)[0], F.conv2d(padded, conv.node.weight))
    wide = TensorType(tuple(padded.shape[1:]), Layout.IMAGE, (1, 1))
    assert torch.equal(Holder(Crop(border=(1, 2, 3, 0)).torch(wide), 1)(padded)[0], x)
    assert torch.equal(Holder(Crop(size=(5, 6)).torch(wide), 1)(padded)[0], padded[:, :, 1:6, 1:7])
