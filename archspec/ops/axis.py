"""How arguments name an axis, and where it is in the spec's shape and in torch's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from archspec.diagnostics.catalogue.layouts import AxisTwice
from archspec.diagnostics.catalogue.windows import NoSuchAxis
from archspec.ops.base import Reject
from archspec.ops.layout import KIND
from archspec.types import Layout, TensorType

Axis: TypeAlias = Annotated[
    Literal["channels", "height", "width", "tokens", "heads"] | int,
    Field(description="channels, height, width, tokens or heads; or a number, from 0 without the batch or from -1"),
]


def axis_index(op: str, axis: Axis, value: TensorType, at: str = "axis") -> int:
    """Index of the axis in `value.shape`, from 0. Rejects an axis that isn't there."""
    rank = len(value.shape)
    index = _named(axis, value) if isinstance(axis, str) else axis
    if index is None or not -rank <= index < rank:
        raise Reject(NoSuchAxis, at=at, op=op, axis=axis, found=KIND[value.layout], shape=str(value))
    return index % rank


def require_distinct(op: str, axes: Sequence[Axis], indices: Sequence[int | str]) -> None:
    """Rejects a list of axes that names one twice; `indices` says which axis each of them is."""
    for at, axis in enumerate(axes):
        if indices[at] in indices[:at]:
            raise Reject(AxisTwice, at="axis", op=op, axis=axis)


def torch_dim(op: str, axis: Axis, value: TensorType) -> int:
    """The same axis as torch counts it, batch included; the last one is -1 for tokens, vectors and channels last.

    The axis of heads is -3, so that tokens with more axes in front of them are no other case.
    """
    index = axis_index(op, axis, value)
    if axis == "heads":
        return -3
    from_the_end = value.layout is not Layout.IMAGE and index == len(value.shape) - 1
    return -1 if from_the_end else index + 1


def _named(axis: str, value: TensorType) -> int | None:
    if axis == "channels":
        return value.channel_axis
    if axis == "tokens":
        return len(value.shape) - 2 if value.layout is Layout.TOKENS else None
    if axis == "heads":
        return len(value.shape) - 3 if value.layout is Layout.TOKENS and len(value.shape) > 2 else None
    return value.spatial_axes[axis == "width"] if value.spatial_axes else None
