"""Inputs that are joined: what a fault says of each of them, what becomes of strides, and what is warned of."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from archspec.diagnostics.catalogue import joins, layouts
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.ops.base import Op, Reject
from archspec.ops.registry import find
from archspec.types import Layout, TensorType


def make(name: str, **arguments: Any) -> Op:
    kind = find(name)
    assert kind is not None
    return kind(**arguments)


def image(channels: int, height: int, width: int, *stride: int | Fraction) -> TensorType:
    return TensorType((channels, height, width), Layout.IMAGE, stride)


def tokens(*shape: int) -> TensorType:
    return TensorType(shape, Layout.TOKENS)


def vector(channels: int) -> TensorType:
    return TensorType((channels,), Layout.VECTOR)


def refused(op: Op, *inputs: TensorType) -> Reject:
    with pytest.raises(Reject) as caught:
        op.infer(*inputs)
    return caught.value


def told(reject: Reject) -> Diagnostic:
    return reject.kind(**reject.fields)


def test_channels_are_told_of_each_input() -> None:
    reject = refused(make("add"), image(256, 14, 14, 16, 16), image(64, 14, 14, 16, 16), image(256, 14, 14, 16, 16))
    assert reject.kind is joins.ChannelsDiffer
    assert told(reject).label() == "{0} has 256 channels, {1} has 64"


def test_sizes_that_differ_by_stride_are_told_in_strides() -> None:
    reject = refused(make("add"), image(8, 14, 14, 16, 16), image(8, 28, 28, 8, 8))
    assert reject.kind is joins.StridesDiffer
    assert told(reject).label() == "{0} is at 1/16, {1} at 1/8 (14 x 14 and 28 x 28)"


def test_strides_are_told_per_axis_where_they_differ() -> None:
    reject = refused(make("concat"), image(8, 14, 14, 2, 4), image(4, 28, 14, 1, 4))
    assert told(reject).label() == "{0} is at 1/2 x 1/4, {1} at 1/1 x 1/4 (14 x 14 and 28 x 14)"


def test_enlarged_values_have_strides_above_one() -> None:
    reject = refused(make("mul"), image(8, 16, 16, Fraction(1, 2), Fraction(1, 2)), image(8, 8, 8, 1, 1))
    assert told(reject).label() == "{0} is at 2/1, {1} at 1/1 (16 x 16 and 8 x 8)"


def test_sizes_that_differ_at_equal_stride_are_told_as_sizes() -> None:
    reject = refused(make("sub"), image(8, 56, 56, 4, 4), image(8, 55, 56, 4, 4))
    assert reject.kind is joins.SizesDiffer
    assert told(reject).label() == "{0} has height 56, {1} has 55"


def test_a_vector_is_not_repeated_over_an_image() -> None:
    reject = refused(make("mul"), image(8, 4, 4, 1, 1), vector(8))
    assert reject.kind is joins.LayoutsDiffer
    assert told(reject).label() == "{0} is an image, {1} a vector"
    assert "keepdim: true" in reject.fields["helps"][0].words


def test_one_pixel_is_repeated_over_an_image_whatever_its_stride() -> None:
    op, inputs = make("mul"), (image(8, 1, 1, 32, 32), image(8, 4, 4, 2, 2))
    assert op.infer(*inputs) == (image(8, 4, 4, 2, 2),)
    assert op.warnings(*inputs) == ()


def test_axes_are_repeated_in_both_directions() -> None:
    assert make("add").infer(image(8, 1, 1), image(1, 4, 5)) == (image(8, 4, 5),)


def test_sizes_that_agree_by_chance_are_warned_of() -> None:
    op, inputs = make("add"), (image(8, 4, 4, 2, 2), image(8, 4, 4, 1, 1))
    assert op.infer(*inputs) == (inputs[0],)
    (warning,) = op.warnings(*inputs)
    assert warning.kind is joins.StridesMeetByChance
    assert told(warning).label() == "{0} is at 1/2, {1} at 1/1"


def test_concat_looks_past_its_own_axis() -> None:
    high, low = image(8, 3, 4, 1, 2), image(8, 5, 4, 2, 2)
    assert make("concat", axis="height").infer(high, low) == (image(8, 8, 4, 1, 2),)
    assert make("concat", axis="height").warnings(high, low) == ()
    assert refused(make("concat", axis="height"), high, image(4, 5, 4)).kind is joins.ChannelsDiffer


def test_a_class_token_is_put_in_front() -> None:
    patches = TensorType((196, 768), Layout.TOKENS, (16, 16))
    (joined,) = make("concat", axis="tokens").infer(tokens(1, 768), patches)
    assert (joined.shape, joined.stride) == ((197, 768), (16, 16))


def test_a_few_of_many_inputs_are_named() -> None:
    reject = refused(make("concat", axis="tokens"), *(tokens(4, channels) for channels in range(1, 50)))
    assert told(reject).label() == "{0} has 1 channel, {1} has 2, {2} has 3"


def test_heads_are_not_repeated_over_the_batch() -> None:
    reject = refused(make("add"), tokens(12, 196, 64), tokens(196, 64))
    assert reject.kind is joins.RanksDiffer
    assert told(reject).label() == "{0} is 12 x 196 x 64, {1} 196 x 64"


def test_a_sum_needs_two_operands() -> None:
    assert refused(make("add"), vector(3)).kind is joins.TooFewOperands
    assert make("mul", value=0.17).infer(vector(3)) == (vector(3),)


@pytest.mark.parametrize(
    ("inputs", "rule"),
    [
        ((tokens(4, 8), tokens(6, 7), tokens(6, 8)), "query and key must have the same channels"),
        ((tokens(4, 8), tokens(6, 8), tokens(5, 8)), "key and value must have the same length"),
        (
            (tokens(2, 4, 8), tokens(3, 6, 8), tokens(3, 6, 8)),
            "query, key and value must agree on the axes before their length",
        ),
        (
            (tokens(4, 8), tokens(6, 8), tokens(6, 8), tokens(4, 5)),
            "the mask must be one that can be repeated to 4 x 6",
        ),
    ],
)
def test_attention_says_which_rule_is_broken(inputs: tuple[TensorType, ...], rule: str) -> None:
    reject = refused(make("scaled_dot_product_attention"), *inputs)
    assert (reject.kind, reject.fields["rule"]) == (joins.AttentionDiffers, rule)


def test_uneven_chunks_are_warned_of() -> None:
    op = make("chunk", chunks=4)
    assert [part.channels for part in op.infer(vector(9))] == [3, 3, 3]
    (warning,) = op.warnings(vector(9))
    assert (warning.kind, told(warning).label()) == (layouts.UnevenChunks, "9 channels give chunks of 3, 3 and 3")
    assert make("chunk", chunks=3).warnings(vector(9)) == ()


def test_matmul_tells_the_two_sizes_that_should_meet() -> None:
    reject = refused(make("matmul"), tokens(6, 8), tokens(6, 8))
    assert told(reject).label() == "{0} has 8 channels, {1} has 6 tokens"
