"""Attention within windows of a map: to_windows, from_windows, merge_patches, and two biases for offsets in a window.

Maps have their channels last, and windows don't overlap.
"""

from dataclasses import replace
from math import prod
from typing import TypeAlias

from pydantic import Field

from archspec.diagnostics.catalogue.layouts import NotWindows
from archspec.diagnostics.catalogue.windows import NotDivisible
from archspec.ops.base import NonNegative, Op, Positive, Ref, Reject, Weight
from archspec.ops.form import Arg, Form
from archspec.ops.layout import require_dtype, require_layout
from archspec.ops.linear import Linear
from archspec.ops.window import AXES, Both, pair
from archspec.types import Layout, TensorType, exact

Shift: TypeAlias = NonNegative | tuple[NonNegative, NonNegative]
"""One number for both axes, or (height, width)."""


def _require_map(op: str, value: TensorType) -> None:
    require_layout(op, value, Layout.CHANNELS_LAST)
    require_dtype(op, value)


def _count(op: str, value: TensorType, size: int | tuple[int, int]) -> int:
    """How many windows a map has. Rejects one that they don't fill."""
    count = 1
    for axis, length, window in zip(AXES, value.shape, pair(size), strict=False):
        if length % window:
            raise Reject(NotDivisible, at="size", op=op, what=axis, size=length, divisor=window)
        count *= length // window
    return count


def _both(sizes: int | tuple[int, int], name: str) -> tuple[Arg, Arg]:
    """Height and width as arguments of their own, whether the spec gives one number or two."""
    height, width = pair(sizes)
    one = isinstance(sizes, int)
    return Arg(height, (name if one else f"{name}[0]",)), Arg(width, (name if one else f"{name}[1]",))


def _sides(size: int | tuple[int, int]) -> tuple[tuple[str, Arg], ...]:
    """The window's height and width as values of a form."""
    return tuple(zip(("height", "width"), _both(size, "size"), strict=True))


class ToWindows(Op):
    """A map cut into windows, row by row: (height, width, channels) becomes (windows, places, channels)."""

    name = "to_windows"

    size: Both = Field(description="height and width of a window; one number or [height, width]")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        _require_map(self.name, x)
        height, width = pair(self.size)
        return (TensorType((_count(self.name, x, self.size), height * width, x.channels), Layout.TOKENS, x.stride),)

    def torch(self, *inputs: TensorType) -> Form:
        cut = "{0}.unfold(1, {height}, {height}).unfold(2, {width}, {width})"
        return Form(f"{cut}.flatten(4).transpose(3, 4).flatten(1, 2)", values=_sides(self.size))


class FromWindows(Op):
    """Windows laid together as the map that they were cut from."""

    name = "from_windows"

    size: Both = Field(description="height and width of a window; one number or [height, width]")
    like: Ref = Field(description="a node whose height and width the map gets")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        windows, like = inputs
        require_layout(self.name, windows, Layout.TOKENS)
        require_dtype(self.name, windows)
        _require_map(self.name, like)
        height, width = pair(self.size)
        count = _count(self.name, like, self.size)
        if windows.shape[:-1] != (count, height * width):
            wanted = f"{count} windows of {height} x {width}"
            raise Reject(NotWindows, op=self.name, wanted=wanted, found=str(windows))
        shape = (like.height, like.width, windows.channels)
        return (TensorType(shape, Layout.CHANNELS_LAST, like.stride),)

    def torch(self, *inputs: TensorType) -> Form:
        return Form("{self}({0}, {1})", "FromWindows({args})", _both(self.size, "size"), support="FromWindows")


class MergePatches(Op):
    """Squares of four neighbours as one: (height, width, channels) becomes (height / 2, width / 2, 4 * channels).

    The neighbours follow one another column by column, as in Swin Transformers (arXiv:2103.14030).
    """

    name = "merge_patches"

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        _require_map(self.name, x)
        for axis, length in zip(AXES, x.shape, strict=False):
            if length % 2:
                raise Reject(NotDivisible, op=self.name, what=axis, size=length, divisor=2)
        stride = tuple(exact(2 * step) for step in x.stride)
        return (TensorType((x.height // 2, x.width // 2, 4 * x.channels), Layout.CHANNELS_LAST, stride),)

    def window(self) -> tuple[int, int]:
        return (1, 1)

    def torch(self, *inputs: TensorType) -> Form:
        return Form("{0}.unfold(1, 2, 2).unfold(2, 2, 2).permute(0, 1, 2, 5, 4, 3).flatten(3)")


class _PositionBias(Op):
    """What both biases share: a mask for attention, of a number for each head and each offset.

    It is the same in all windows of a map: (1, heads, places, places). Of a map that `roll` has shifted it is
    (windows, heads, places, places), with -100 between places that were at opposite edges.
    """

    creates = True

    heads: Positive = Field(description="number of heads")
    size: Both = Field(description="height and width of a window; one number or [height, width]")
    shift: Shift = Field(0, description="steps that the map was shifted up and left; one number or [height, width]")

    def check(self) -> None:
        for axis, shift, window in zip(AXES, pair(self.shift), pair(self.size), strict=True):
            if shift >= window:
                wanted = f"a shift below the window's {axis} of {window}"
                raise Reject(NotWindows, at="shift", op=self.name, wanted=wanted, found=str(shift))

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        _require_map(self.name, x)
        count = _count(self.name, x, self.size)
        places = pair(self.size)[0] * pair(self.size)[1]
        shape = (count if any(pair(self.shift)) else 1, self.heads, places, places)
        return (TensorType(shape, Layout.TOKENS),)

    def _offsets(self) -> tuple[int, int]:
        """How many offsets there are down and across."""
        height, width = pair(self.size)
        return 2 * height - 1, 2 * width - 1

    def _index(self) -> Weight:
        return Weight("index", (prod(pair(self.size)) ** 2,), buffer=True)

    def _form(self, name: str, *own: Arg) -> Form:
        down, right = _both(self.shift, "shift")
        args = (
            Arg(self.heads, ("heads",)),
            *_both(self.size, "size"),
            *own,
            replace(down, keyword="down", default=0),
            replace(right, keyword="right", default=0),
        )
        return Form("{self}({0})", f"{name}({{args}})", args, support=name)


class RelativePositionBias(_PositionBias):
    """A learned number for each head and each offset between two places of a window, as a mask for attention.

    arXiv:2103.14030.
    """

    name = "relative_position_bias"

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        return (Weight("table", (prod(self._offsets()), self.heads)), self._index())

    def torch(self, *inputs: TensorType) -> Form:
        return self._form("RelativePositionBias")


class ContinuousPositionBias(_PositionBias):
    """The mask of relative_position_bias with numbers from 0 to 16, which two linear layers make of log(offset).

    They run once for a whole batch. arXiv:2111.09883.
    """

    name = "continuous_position_bias"

    hidden: Positive = Field(512, description="channels between the two layers")

    def layers(self, *inputs: TensorType) -> tuple[tuple[Op, TensorType], ...]:
        offsets, hidden = (TensorType((*self._offsets(), size), Layout.CHANNELS_LAST) for size in (2, self.hidden))
        first = Linear(out=self.hidden, bias=True, key_bias=True)
        return (first, offsets), (Linear(out=self.heads, bias=False, key_bias=True), hidden)

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        layers = zip(("mlp.0", "mlp.2"), self.layers(), strict=True)
        learned = (Weight(f"{name}.{one.name}", one.shape) for name, (op, x) in layers for one in op.weights(x))
        return (Weight("offsets", (1, *self._offsets(), 2), buffer=True), self._index(), *learned)

    def macs(self, *inputs: TensorType) -> int:
        return sum(op.macs(x) or 0 for op, x in self.layers())

    def torch(self, *inputs: TensorType) -> Form:
        return self._form("ContinuousPositionBias", Arg(self.hidden, ("hidden",)))
