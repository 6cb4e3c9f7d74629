"""Images made larger or smaller without weights: upsample, pad, crop."""

from fractions import Fraction
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from archspec.diagnostics.catalogue.windows import ArgumentsExclude, BorderTooLarge
from archspec.ops.base import Op, Ref, Reject
from archspec.ops.conv import check_border
from archspec.ops.form import Arg, Form
from archspec.ops.layout import require_dtype, require_image, require_layout
from archspec.ops.window import (
    LARGEST,
    SIDES,
    Both,
    Sides,
    four,
    image,
    pair,
    plain,
    require_steps,
    resized,
    torch_sides,
)
from archspec.types import Layout, Stride, TensorType, exact

Factor: TypeAlias = Annotated[int, Field(ge=1, le=LARGEST)] | Annotated[float, Field(gt=0, le=LARGEST)]


class Upsample(Op):
    """An image at another size, by a factor, to a size, or to the size of another node."""

    name = "upsample"
    fresh = True

    scale: Factor | tuple[Factor, Factor] | None = Field(None, description="factor; one number or [height, width]")
    size: Both | None = Field(None, description="height and width of the output; one number or [height, width]")
    like: Ref | None = Field(None, description="a node whose height and width the output gets")
    mode: Literal["nearest", "nearest-exact", "bilinear", "bicubic", "area"] = Field(
        "nearest", description="how values between are found"
    )
    align_corners: bool | None = Field(
        None, description="for bilinear and bicubic: whether corners keep their values exactly"
    )

    def check(self) -> None:
        if sum(argument is not None for argument in (self.scale, self.size, self.like)) != 1:
            raise Reject(ArgumentsExclude, op=self.name, rule="give one of scale, size and like")
        if self.align_corners is not None and self.mode not in ("bilinear", "bicubic"):
            rule = "align_corners is for the modes bilinear and bicubic"
            raise Reject(ArgumentsExclude, at="align_corners", op=self.name, rule=rule)

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        x = inputs[0]
        require_image(self.name, x)
        if self.like is not None:
            require_layout(self.name, inputs[1], Layout.IMAGE)
        sizes = self._sizes(inputs)
        require_steps(self.name, sizes, "scale")
        return (image(x.channels, sizes, self._stride(inputs, sizes)),)

    def _sizes(self, inputs: tuple[TensorType, ...]) -> tuple[int, int]:
        x = inputs[0]
        if self.like is not None:
            return (inputs[1].height, inputs[1].width)
        if self.size is not None:
            return pair(self.size)
        rows, columns = self._factors()
        return (int(x.height * float(rows)), int(x.width * float(columns)))

    def _factors(self) -> tuple[float, float]:
        assert self.scale is not None
        return self.scale if isinstance(self.scale, tuple) else (self.scale, self.scale)

    def _stride(self, inputs: tuple[TensorType, ...], sizes: tuple[int, int]) -> tuple[Stride, ...]:
        x = inputs[0]
        if self.like is not None:
            return inputs[1].stride
        if self.size is not None or not x.stride:
            return resized(x, sizes)
        rows, columns = self._factors()
        return (exact(Fraction(x.stride[0]) / Fraction(rows)), exact(Fraction(x.stride[1]) / Fraction(columns)))

    def window(self) -> tuple[int, int] | None:
        taps = {"bilinear": 2, "bicubic": 4}.get(self.mode, 1)
        return (taps - 1, taps - 1)

    def torch(self, *inputs: TensorType) -> Form:
        mode = Arg(self.mode, ("mode",), "mode", "nearest")
        corners = Arg(self.align_corners, ("align_corners",), "align_corners", None)
        if self.like is None:
            size = Arg(None if self.size is None else plain(self.size), ("size",), "size", None)
            scale = Arg(self._scale(), ("scale",), "scale_factor", None)
            return Form(make="nn.Upsample({args})", args=(size, scale, mode, corners))
        shown = [arg for arg in (mode, corners) if arg.value != arg.default]
        text = "".join(f", {arg.keyword}={{{arg.keyword}}}" for arg in shown)
        values = tuple((str(arg.keyword), arg) for arg in shown)
        return Form(f"nn.functional.interpolate({{0}}, size={{1}}.shape[2:]{text})", values=values)

    def _scale(self) -> object:
        if not isinstance(self.scale, tuple) or self.scale[0] != self.scale[1]:
            return self.scale
        return self.scale[0]


class Pad(Op):
    """Steps added around an image."""

    name = "pad"
    fresh = True

    padding: Sides = Field(description="steps added: one number, [height, width] or [top, bottom, left, right]")
    mode: Literal["constant", "reflect", "replicate", "circular"] = Field(
        "constant", description="what the border holds"
    )
    value: Annotated[float, Field(allow_inf_nan=False)] = Field(0.0, description="for constant: the number it holds")

    def check(self) -> None:
        if self.value and self.mode != "constant":
            raise Reject(ArgumentsExclude, at="value", op=self.name, rule="value is for the mode constant")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        require_layout(self.name, x, Layout.IMAGE, Layout.CHANNELS_LAST)
        require_dtype(self.name, x)
        top, bottom, left, right = sides = four(self.padding)
        if x.layout is Layout.CHANNELS_LAST:
            if self.mode != "constant":
                require_layout(self.name, x, Layout.IMAGE)
            shape = (x.height + top + bottom, x.width + left + right, x.channels)
            return (TensorType(shape, Layout.CHANNELS_LAST, x.stride),)
        check_border(self.name, x, sides, self.mode)
        return (image(x.channels, (x.height + top + bottom, x.width + left + right), x.stride),)

    def torch(self, *inputs: TensorType) -> Form:
        if inputs[0].layout is Layout.CHANNELS_LAST:
            top, bottom, left, right = four(self.padding)
            value = f", value={self.value}" if self.value else ""
            return Form(f"nn.functional.pad({{0}}, (0, 0, {left}, {right}, {top}, {bottom}){value})")
        padding = Arg(torch_sides(four(self.padding)), ("padding",))
        if self.mode == "constant" and self.value:
            return Form(make="nn.ConstantPad2d({args})", args=(padding, Arg(self.value, ("value",))))
        return Form(make=f"nn.{_PADS[self.mode]}({{args}})", args=(padding,))


_PADS = {
    "constant": "ZeroPad2d",
    "reflect": "ReflectionPad2d",
    "replicate": "ReplicationPad2d",
    "circular": "CircularPad2d",
}


class Crop(Op):
    """The middle of an image: without a border, at a size, or at the size of another node.

    Where the border can't be even, one step more is cut at the bottom and the right.
    """

    name = "crop"

    border: Sides | None = Field(
        None, description="steps cut off: one number, [height, width] or [top, bottom, left, right]"
    )
    size: Both | None = Field(None, description="height and width of the output; one number or [height, width]")
    like: Ref | None = Field(None, description="a node whose height and width the output gets")

    def check(self) -> None:
        if sum(argument is not None for argument in (self.border, self.size, self.like)) != 1:
            raise Reject(ArgumentsExclude, op=self.name, rule="give one of border, size and like")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        x = inputs[0]
        top, bottom, left, right = self._borders(inputs)
        height, width = x.height - top - bottom, x.width - left - right
        shape = (x.channels, height, width) if x.layout is Layout.IMAGE else (height, width, x.channels)
        return (TensorType(shape, x.layout, x.stride),)

    def _borders(self, inputs: tuple[TensorType, ...]) -> tuple[int, int, int, int]:
        x = inputs[0]
        require_layout(self.name, x, Layout.IMAGE, Layout.CHANNELS_LAST)
        require_dtype(self.name, x)
        sides = four(self.border) if self.border is not None else self._around(inputs)
        for index, (side, border) in enumerate(zip(SIDES, sides, strict=True)):
            opposite = sides[index ^ 1]
            most = (x.height, x.width)[index // 2] - 1 - max(opposite, 0)
            if not 0 <= border <= most:
                raise Reject(BorderTooLarge, op=self.name, border=border, side=side, most=max(most, 0))
        return sides

    def _around(self, inputs: tuple[TensorType, ...]) -> tuple[int, int, int, int]:
        x = inputs[0]
        if self.size is not None:
            sizes = pair(self.size)
        else:
            require_layout(self.name, inputs[1], Layout.IMAGE, Layout.CHANNELS_LAST)
            sizes = (inputs[1].height, inputs[1].width)
        rows, columns = x.height - sizes[0], x.width - sizes[1]
        return (rows // 2, rows - rows // 2, columns // 2, columns - columns // 2)

    def torch(self, *inputs: TensorType) -> Form:
        top, bottom, left, right = self._borders(inputs)
        lead = "..." if inputs[0].layout is Layout.IMAGE else ":"
        return Form(f"{{0}}[{lead}, {_cut(top, bottom)}, {_cut(left, right)}]")


def _cut(before: int, after: int) -> str:
    return f"{before or ''}:{-after or ''}"
