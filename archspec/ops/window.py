"""Windows over images: sizes per axis, and the output sizes that PyTorch computes for them."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Final, TypeAlias

from pydantic import Field

from archspec.diagnostics.catalogue.windows import EmptyOutput, PaddingTooLarge, WindowTooLarge
from archspec.ops.base import Reject
from archspec.types import Layout, Stride, TensorType, exact

LARGEST: Final = 2**31 - 1  # torch's pools keep sizes in 32 bits
Steps: TypeAlias = Annotated[int, Field(ge=1, le=LARGEST)]
Border: TypeAlias = Annotated[int, Field(ge=0, le=LARGEST)]
Both: TypeAlias = Steps | tuple[Steps, Steps]
"""One number for both axes, or [height, width]."""
Borders: TypeAlias = Border | tuple[Border, Border]
"""The same, where 0 makes sense."""
Sides: TypeAlias = Border | tuple[Border, Border] | tuple[Border, Border, Border, Border]
"""One number for every side, [height, width], or [top, bottom, left, right]."""
AXES: Final = ("height", "width")
SIDES: Final = ("top", "bottom", "left", "right")


def pair(sizes: int | tuple[int, int]) -> tuple[int, int]:
    """(height, width)."""
    return (sizes, sizes) if isinstance(sizes, int) else sizes


def plain(sizes: int | tuple[int, int]) -> int | tuple[int, int]:
    """One number where both are equal, as torch's users write it."""
    return sizes if isinstance(sizes, int) or sizes[0] != sizes[1] else sizes[0]


def four(sides: int | tuple[int, ...]) -> tuple[int, int, int, int]:
    """(top, bottom, left, right)."""
    if isinstance(sides, int):
        return (sides, sides, sides, sides)
    if len(sides) == 2:
        return (sides[0], sides[0], sides[1], sides[1])
    return (sides[0], sides[1], sides[2], sides[3])


def torch_sides(sides: tuple[int, int, int, int]) -> int | tuple[int, int, int, int]:
    """The order of `torch.nn.functional.pad`, (left, right, top, bottom); one number where all are equal."""
    top, bottom, left, right = sides
    return top if top == bottom == left == right else (left, right, top, bottom)


def covered(kernel: int | tuple[int, int], dilation: int | tuple[int, int]) -> tuple[int, int]:
    """Steps that a window reaches beyond its first one, per axis."""
    (kernel_h, kernel_w), (dilation_h, dilation_w) = pair(kernel), pair(dilation)
    return (dilation_h * (kernel_h - 1), dilation_w * (kernel_w - 1))


def slide(op: str, axis: int, padded: int, reach: int, stride: int) -> int:
    """Places of a window along an axis. Rejects a window that is larger than what it slides over."""
    if padded < reach + 1:
        raise Reject(WindowTooLarge, at="kernel", op=op, window=reach + 1, axis=AXES[axis], size=padded)
    return (padded - reach - 1) // stride + 1


def pooled(
    op: str, axis: int, size: int, *, kernel: int, stride: int, padding: int, dilation: int = 1, ceil_mode: bool
) -> int:
    """Output size of a pool along an axis: with `ceil_mode`, a last window that starts inside may hang over the end."""
    reach = dilation * (kernel - 1)
    room = size + 2 * padding - reach - 1
    places = (room + (stride - 1 if ceil_mode else 0)) // stride + 1
    if ceil_mode and (places - 1) * stride >= size + padding:
        places -= 1
    if places < 1:
        raise Reject(WindowTooLarge, at="kernel", op=op, window=reach + 1, axis=AXES[axis], size=size + 2 * padding)
    return places


def require_half(op: str, kernel: int | tuple[int, int], padding: int | tuple[int, int]) -> None:
    """Rejects a pool's padding of more than half its window."""
    for window, border in zip(pair(kernel), pair(padding), strict=True):
        if border > window // 2:
            raise Reject(PaddingTooLarge, at="padding", op=op, padding=border, kernel=window)


def require_steps(op: str, sizes: tuple[int, int], at: str | None = None) -> None:
    """Rejects an output without height or width."""
    for axis, size in zip(AXES, sizes, strict=True):
        if size < 1:
            raise Reject(EmptyOutput, at=at, op=op, axis=axis, size=size)


def strided(value: TensorType, stride: int | tuple[int, int]) -> tuple[Stride, ...]:
    """The stride of an image after steps of `stride`."""
    if not value.stride:
        return ()
    rows, columns = pair(stride)
    return (exact(value.stride[0] * rows), exact(value.stride[1] * columns))


def finer(value: TensorType, factor: int | tuple[int, int]) -> tuple[Stride, ...]:
    """The stride of an image after it was made larger by a whole factor."""
    if not value.stride:
        return ()
    rows, columns = pair(factor)
    return (exact(Fraction(value.stride[0]) / rows), exact(Fraction(value.stride[1]) / columns))


def resized(value: TensorType, sizes: tuple[int, int]) -> tuple[Stride, ...]:
    """The stride of an image that is spread over another number of steps."""
    if not value.stride:
        return ()
    return (
        exact(Fraction(value.stride[0]) * value.height / sizes[0]),
        exact(Fraction(value.stride[1]) * value.width / sizes[1]),
    )


def image(channels: int, sizes: tuple[int, int], stride: tuple[Stride, ...] = (), dtype: str = "float") -> TensorType:
    """An image of these sizes."""
    return TensorType((channels, *sizes), Layout.IMAGE, stride, dtype)
