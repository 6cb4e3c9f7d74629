"""Whether the inputs of one primitive go together, and what comes out where they are joined element by element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archspec.diagnostics import comparison
from archspec.diagnostics.catalogue.joins import (
    ChannelsDiffer,
    LayoutsDiffer,
    RanksDiffer,
    SizesDiffer,
    StridesDiffer,
    StridesMeetByChance,
)
from archspec.diagnostics.remarks import Advice
from archspec.diagnostics.wording import listing
from archspec.ops.base import Reject
from archspec.ops.extent import with_size
from archspec.ops.layout import KIND
from archspec.types import Layout, Stride, TensorType


def broadcast(op: str, inputs: Sequence[TensorType]) -> TensorType:
    """The type of the inputs joined element by element; axes of size 1 are repeated."""
    if all(value == inputs[0] for value in inputs):
        return inputs[0]
    require_alike(op, inputs)
    for index in _channels_first(inputs[0]):
        _require_equal(op, inputs, index, repeat=True)
    shape = tuple(max(sizes) for sizes in zip(*(value.shape for value in inputs), strict=True))
    return replace(inputs[0], shape=shape, stride=_joined_stride(inputs, shape))


def require_alike(op: str, inputs: Sequence[TensorType]) -> None:
    """Rejects inputs of different layouts, or with different numbers of axes."""
    if len({value.layout for value in inputs}) > 1:
        found = comparison.sits([f"is {KIND[value.layout]}" for value in inputs])
        raise Reject(LayoutsDiffer, op=op, found=found, helps=_conversions(inputs))
    if len({len(value.shape) for value in inputs}) > 1:
        raise Reject(RanksDiffer, op=op, found=shapes(inputs))


def require_equal_sizes(op: str, inputs: Sequence[TensorType], but: int | None = None) -> None:
    """Rejects inputs whose sizes differ on any axis except `but`."""
    require_alike(op, inputs)
    for index in _channels_first(inputs[0]):
        if index != but:
            _require_equal(op, inputs, index)


def promoted(inputs: Sequence[TensorType]) -> str:
    """The dtype that holds the values of all."""
    dtypes = {value.dtype for value in inputs}
    return next(dtype for dtype in ("float", "int", "bool") if dtype in dtypes)


def stride_warnings(op: str, inputs: Sequence[TensorType], but: int | None = None) -> tuple[Reject, ...]:
    """A warning where sizes agree and strides don't."""
    if all(value.stride == inputs[0].stride for value in inputs):
        return ()
    for index in range(len(inputs[0].shape)):
        scales = [_scale(value, index) if value.shape[index] > 1 else () for value in inputs]
        if index != but and len({scale for scale in scales if scale}) > 1:
            return (Reject(StridesMeetByChance, op=op, found=_scales(inputs, scales)),)
    return ()


def shapes(inputs: Sequence[TensorType]) -> str:
    """`{0} is 12 x 64, {1} 64 x 64`."""
    return comparison.sits([f"is {value}" for value in inputs])


def _channels_first(value: TensorType) -> list[int]:
    return sorted(range(len(value.shape)), key=lambda index: index != value.channel_axis)


def _require_equal(op: str, inputs: Sequence[TensorType], index: int, repeat: bool = False) -> None:
    sizes = [None if repeat and value.shape[index] == 1 else value.shape[index] for value in inputs]
    if len({size for size in sizes if size is not None}) < 2:
        return
    found = comparison.has(sizes, with_size(inputs[0], index))
    if index == inputs[0].channel_axis:
        raise Reject(ChannelsDiffer, op=op, found=found)
    scales = [() if size is None else _scale(value, index) for value, size in zip(inputs, sizes, strict=True)]
    if len({scale for scale in scales if scale}) > 1:
        grids = dict.fromkeys(_grid(value) for value, scale in zip(inputs, scales, strict=True) if scale)
        raise Reject(StridesDiffer, op=op, found=_scales(inputs, scales), sizes=listing(grids))
    raise Reject(SizesDiffer, op=op, found=found)


def _scale(value: TensorType, index: int) -> tuple[Stride, ...]:
    """The stride that the size of this axis follows from; empty where it isn't known."""
    if not value.stride:
        return ()
    if index in value.spatial_axes:
        return (value.stride[value.spatial_axes.index(index)],)
    return value.stride if value.layout is Layout.TOKENS and index == len(value.shape) - 2 else ()


def _scales(inputs: Sequence[TensorType], known: Sequence[tuple[Stride, ...]]) -> str:
    """The whole stride of each input whose own one is known: where the axes differ, both are of interest."""
    words = [
        f"is at {comparison.scale(value.stride)}" if scale else None for value, scale in zip(inputs, known, strict=True)
    ]
    return comparison.sits(words)


def _grid(value: TensorType) -> str:
    return f"{value.height} x {value.width}" if value.spatial_axes else f"{value.length} tokens"


def _joined_stride(inputs: Sequence[TensorType], shape: tuple[int, ...]) -> tuple[Stride, ...]:
    """Per axis, the first one of an input that isn't repeated along it."""
    axes = inputs[0].spatial_axes
    strided = [value for value in inputs if value.stride]
    if not strided:
        return ()
    if not axes:
        return strided[0].stride
    chosen = []
    for at, index in enumerate(axes):
        whole = [value for value in strided if value.shape[index] == shape[index]]
        chosen.append((whole or strided)[0].stride[at])
    return tuple(chosen)


def _conversions(inputs: Sequence[TensorType]) -> tuple[Advice, ...]:
    """The likely fix: a vector that should gate an image, tokens that should become one."""
    layouts = {value.layout for value in inputs}
    if layouts == {Layout.IMAGE, Layout.VECTOR}:
        words = "pool with `keepdim: true`: the vector stays an image of one pixel, which is repeated over the other"
    elif layouts == {Layout.TOKENS, Layout.VECTOR}:
        words = "reduce with `keepdim: true`: the vector stays one token, which is repeated over the others"
    elif layouts == {Layout.IMAGE, Layout.TOKENS}:
        words = "`to_tokens` makes tokens of the image, `to_image` an image of the tokens"
    elif layouts == {Layout.IMAGE, Layout.CHANNELS_LAST}:
        words = "`to_channels_first` and `to_channels_last` turn one into the other"
    else:
        return ()
    return (Advice(words=words),)
