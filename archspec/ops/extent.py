"""What messages call an axis and its size, and what layout is left when axes go."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from archspec.diagnostics.catalogue.layouts import LayoutLost
from archspec.diagnostics.comparison import counted
from archspec.ops.axis import Axis
from archspec.ops.base import Reject
from archspec.types import Layout, TensorType

_WITH_SIZE: Final = {
    "channels": "{} channels",
    "tokens": "{} tokens",
    "height": "height {}",
    "width": "width {}",
    "heads": "{} heads",
}


def axis_name(value: TensorType, index: int) -> str:
    """`channels`, `height`, `width`, `tokens`, `heads`, or `axis 0` for those in front of them."""
    if index == value.channel_axis:
        return "channels"
    if index in value.spatial_axes:
        return ("height", "width")[value.spatial_axes.index(index)]
    before = len(value.shape) - 2 - index
    return ("tokens", "heads")[before] if before < 2 else f"axis {index}"


def with_size(value: TensorType, index: int) -> str:
    """A template for the axis with its size: `{} channels`."""
    name = axis_name(value, index)
    return _WITH_SIZE.get(name, f"size {{}} on {name}")


def extent(value: TensorType, index: int) -> str:
    """`32 channels`, `height 7`."""
    return counted(with_size(value, index), value.shape[index])


def axes(count: int) -> str:
    """`1 axis`, `3 axes`."""
    return "1 axis" if count == 1 else f"{count} axes"


def without(op: str, value: TensorType, dropped: Collection[int], axis: Axis | tuple[Axis, ...]) -> TensorType:
    """The value without some of its axes. Rejects where the rest has no layout."""
    left = [index for index in range(len(value.shape)) if index not in dropped]
    shape = tuple(value.shape[index] for index in left)
    if value.layout is Layout.TOKENS and left:
        kept = len(value.shape) - 2 in left and len(left) > 1
        layout = Layout.TOKENS if len(left) > 1 else Layout.VECTOR
        return TensorType(shape, layout, value.stride if kept else (), value.dtype)
    if left == [value.channel_axis]:
        return TensorType(shape, Layout.VECTOR, (), value.dtype)
    names = " x ".join(axis_name(value, index) for index in left) or "nothing"
    said = " and ".join(map(str, axis)) if isinstance(axis, tuple) else str(axis)
    raise Reject(LayoutLost, at="axis", op=op, axis=said, left=names)
