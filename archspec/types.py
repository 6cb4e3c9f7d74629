"""What is known of a value before anything runs: its shape without batch, its layout, its stride."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import prod
from typing import TypeAlias

Stride: TypeAlias = int | Fraction


class Layout(StrEnum):
    """Which axis of a shape means what."""

    IMAGE = "image"  # (channels, height, width)
    CHANNELS_LAST = "channels_last"  # (height, width, channels)
    TOKENS = "tokens"  # (..., length, channels)
    VECTOR = "vector"  # (channels)


@dataclass(frozen=True, slots=True)
class TensorType:
    """Shape (without batch), layout, and stride: input pixels per step, per spatial axis (height, width)."""

    shape: tuple[int, ...]
    layout: Layout
    stride: tuple[Stride, ...] = ()
    dtype: str = "float"

    @property
    def channel_axis(self) -> int:
        """Index of the channel axis in `shape`."""
        return 0 if self.layout is Layout.IMAGE else len(self.shape) - 1

    @property
    def channels(self) -> int:
        return self.shape[self.channel_axis]

    @property
    def spatial_axes(self) -> tuple[int, ...]:
        """Indices in `shape` of height and width; empty where the layout has none."""
        if self.layout is Layout.IMAGE:
            return (1, 2)
        return (0, 1) if self.layout is Layout.CHANNELS_LAST else ()

    @property
    def height(self) -> int:
        return self.shape[self.spatial_axes[0]]

    @property
    def width(self) -> int:
        return self.shape[self.spatial_axes[1]]

    @property
    def length(self) -> int:
        """Number of tokens."""
        return self.shape[-2]

    @property
    def elements(self) -> int:
        return prod(self.shape)

    def __str__(self) -> str:
        return " x ".join(map(str, self.shape))


class Unknown:
    """The type of a value whose own fault is already reported; whatever reads it stays silent."""

    def __repr__(self) -> str:
        return "Unknown"


UNKNOWN = Unknown()
AnyType: TypeAlias = TensorType | Unknown


def exact(stride: Fraction | int) -> Stride:
    """An int where the stride is whole, a Fraction elsewhere."""
    if isinstance(stride, int):
        return stride
    return stride.numerator if stride.denominator == 1 else stride
