"""What torch can't confirm: strides, windows, names, and who says no."""

from __future__ import annotations

from fractions import Fraction

import pytest

from archspec.diagnostics.diagnostic import Diagnostic
from archspec.ops import registry
from archspec.ops.activation import Identity
from archspec.ops.base import Op, Reject
from archspec.ops.conv import Conv, ConvTranspose
from archspec.ops.linear import Linear
from archspec.ops.patches import Fold, Unfold
from archspec.ops.pool import AdaptiveAvgPool, GlobalAvgPool, MaxPool
from archspec.ops.resize import Upsample
from archspec.types import Layout, Stride, TensorType

IMAGE = TensorType((4, 8, 12), Layout.IMAGE, (2, 2))


@pytest.mark.parametrize(
    ("op", "stride"),
    [
        (Conv(out=8, kernel=3, stride=2), (4, 4)),
        (Conv(out=8, kernel=3, stride=(1, 2)), (2, 4)),
        (ConvTranspose(out=8, kernel=4, stride=4, padding=1), (Fraction(1, 2), Fraction(1, 2))),
        (MaxPool(kernel=2), (4, 4)),
        (AdaptiveAvgPool(size=(2, 8)), (8, 3)),
        (GlobalAvgPool(keepdim=True), (16, 24)),
        (GlobalAvgPool(), ()),
        (Upsample(scale=2), (1, 1)),
        (Upsample(size=(8, 24)), (2, 1)),
        (Unfold(kernel=2, stride=2), (4, 4)),
    ],
    ids=lambda value: value.name if isinstance(value, Op) else "",
)
def test_stride(op: Op, stride: tuple[Stride, ...]) -> None:
    assert op.infer(IMAGE)[0].stride == stride


def test_fold_brings_back_the_stride_that_unfold_took() -> None:
    tokens = Unfold(kernel=2, stride=2).infer(IMAGE)[0]
    assert Fold(size=(8, 12), kernel=2, stride=2).infer(tokens)[0] == IMAGE


def test_upsampling_like_a_node_takes_its_size_and_stride() -> None:
    like = TensorType((7, 15, 20), Layout.IMAGE, (1, 1))
    assert Upsample(like="other").infer(IMAGE, like)[0] == TensorType((4, 15, 20), Layout.IMAGE, (1, 1))


@pytest.mark.parametrize(
    ("op", "window"),
    [
        (Conv(out=8, kernel=(3, 5), dilation=2), (4, 8)),
        (ConvTranspose(out=8, kernel=4, stride=2), (1, 1)),
        (Upsample(scale=2, mode="bilinear"), (1, 1)),
        (GlobalAvgPool(), None),
        (Linear(out=3), (0, 0)),
    ],
    ids=lambda value: value.name if isinstance(value, Op) else "",
)
def test_window(op: Op, window: tuple[int, int] | None) -> None:
    assert op.window() == window


def _fault(op: Op, *inputs: TensorType) -> Diagnostic:
    with pytest.raises(Reject) as caught:
        op.infer(*inputs)
    return caught.value.kind(**caught.value.fields)


def test_a_wrong_layout_names_the_op_that_converts() -> None:
    fault = _fault(Linear(out=3), IMAGE)
    assert fault.title() == "`linear` takes a vector, tokens or an image with channels last"
    assert fault.label() == "the input is an image, 4 x 8 x 12"
    assert [help.message() for help in fault.helps] == [
        "`global_avg_pool` before it gives a vector",
        "`flatten` before it gives a vector",
        "`to_tokens` before it gives tokens",
        "`to_channels_last` before it gives an image with channels last",
    ]


def test_a_window_that_is_too_large_names_its_axis() -> None:
    fault = _fault(Conv(out=3, kernel=(1, 7), dilation=2, padding=0), IMAGE)
    assert fault.label() == "the window covers 13 steps of width, the input has 12 with padding"


@pytest.mark.parametrize("groups", ["channels", 4])
def test_out_may_be_absent_where_the_convolution_is_depthwise(groups: int | str) -> None:
    assert Conv(kernel=3, groups=groups).infer(IMAGE)[0].channels == 4


def test_a_dense_convolution_needs_out() -> None:
    assert _fault(Conv(kernel=3, groups=2), IMAGE).code == "E507"


def test_none_is_identity() -> None:
    assert registry.find("none") is registry.find("identity") is Identity
    assert registry.find("nothing") is None


def test_the_names_of_the_language_can_not_be_taken() -> None:
    with pytest.raises(ValueError, match="already has a primitive 'none'"):
        registry.register(type("Nothing", (Identity,), {"name": "nothing", "aliases": ("none",)}))
    assert registry.find("nothing") is None
