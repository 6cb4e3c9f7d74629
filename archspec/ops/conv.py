"""Convolutions over images: conv, conv_transpose."""

from typing import Literal, TypeAlias

from pydantic import Field

from archspec.diagnostics.catalogue.windows import (
    ArgumentsExclude,
    BorderTooLarge,
    NotDivisible,
    OutMissing,
    OutputPaddingTooLarge,
)
from archspec.ops.base import Op, Positive, Reject, Weight
from archspec.ops.form import Arg, Form
from archspec.ops.layout import require_image
from archspec.ops.window import (
    SIDES,
    Borders,
    Both,
    Sides,
    covered,
    finer,
    four,
    image,
    pair,
    plain,
    require_steps,
    slide,
    strided,
    torch_sides,
)
from archspec.types import TensorType

Groups: TypeAlias = Positive | Literal["channels"]
PaddingMode: TypeAlias = Literal["zeros", "reflect", "replicate", "circular"]
_IN = ("input.channels",)
_AUTO = ("kernel // 2", "dilation", "dilation * (kernel - 1) // 2")


class _Convolution(Op):
    """What both directions share: channels, groups, and weights."""

    fresh = True

    out: Positive | None = Field(None, description="output channels; may be left out where groups makes it depthwise")
    kernel: Both = Field(description="window, in steps of the input; one number or [height, width]")
    stride: Both = Field(1, description="steps from one window to the next; one number or [height, width]")
    dilation: Both = Field(1, description="steps between the taps of a window; one number or [height, width]")
    groups: Groups = Field(1, description="groups of channels that don't see each other; `channels`: one each")
    bias: bool = Field(True, description="whether a learned number is added per output channel")

    def check(self) -> None:
        if self.out is not None and self.groups != "channels":
            self._require_divisible("out", self.out, self.groups)

    def _groups(self, x: TensorType) -> int:
        return x.channels if self.groups == "channels" else self.groups

    def _out(self, x: TensorType) -> int:
        return x.channels if self.out is None else self.out

    def _check_channels(self, x: TensorType) -> None:
        require_image(self.name, x)
        groups = self._groups(x)
        if self.out is None and groups != x.channels:
            raise Reject(OutMissing, op=self.name, groups=groups, channels=x.channels)
        self._require_divisible("input channels", x.channels, groups)
        self._require_divisible("out", self._out(x), groups)

    def _require_divisible(self, what: str, size: int, groups: int) -> None:
        if size % groups:
            raise Reject(NotDivisible, at="groups", op=self.name, what=what, size=size, divisor=groups)

    def _weights(self, x: TensorType, rows: int, columns: int) -> tuple[Weight, ...]:
        weight = Weight("weight", (rows, columns, *pair(self.kernel)))
        return (weight, Weight("bias", (self._out(x),))) if self.bias else (weight,)

    def _first_args(self, x: TensorType) -> tuple[Arg, ...]:
        return (
            Arg(x.channels, _IN),
            Arg(self._out(x), _IN if self.out is None else ("out",)),
            Arg(plain(self.kernel), ("kernel",)),
            Arg(plain(self.stride), ("stride",), "stride", 1, positional=True),
        )

    def _last_args(self, x: TensorType) -> tuple[Arg, ...]:
        groups = ("input.channels", "out") if self.groups == "channels" else ("groups",)
        return (
            Arg(plain(self.dilation), ("dilation",), "dilation", 1),
            Arg(self._groups(x), groups, "groups", 1),
            Arg(self.bias, ("bias",), "bias", True),
        )


class Conv(_Convolution):
    """Convolution over images."""

    name = "conv"

    padding: Literal["auto", "tf_same"] | Sides = Field(
        "auto",
        description="zeros around the input, in its steps: one number, [height, width] or [top, bottom, left, right]; "
        "auto: dilation * (kernel - 1) // 2, which keeps the size at stride 1 and odd kernels; "
        "tf_same: as TensorFlow pads",
    )
    padding_mode: PaddingMode = Field("zeros", description="what the padding holds")

    def check(self) -> None:
        super().check()
        if self.padding == "tf_same" and self.padding_mode != "zeros":
            rule = "padding tf_same is always of zeros"
            raise Reject(ArgumentsExclude, at="padding_mode", op=self.name, rule=rule)

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        self._check_channels(x)
        if self.padding_mode != "zeros":
            check_border(self.name, x, self._sides(), self.padding_mode)
        return (image(self._out(x), self._sizes(x), strided(x, self.stride)),)

    def _sizes(self, x: TensorType) -> tuple[int, int]:
        (_, height, width), strides = x.shape, pair(self.stride)
        if self.padding == "tf_same":
            return (-(-height // strides[0]), -(-width // strides[1]))
        top, bottom, left, right = self._sides()
        reach = covered(self.kernel, self.dilation)
        return (
            slide(self.name, 0, height + top + bottom, reach[0], strides[0]),
            slide(self.name, 1, width + left + right, reach[1], strides[1]),
        )

    def _sides(self) -> tuple[int, int, int, int]:
        if not isinstance(self.padding, str):
            return four(self.padding)
        reach = covered(self.kernel, self.dilation)
        return four((reach[0] // 2, reach[1] // 2))

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        (x,) = inputs
        return self._weights(x, self._out(x), x.channels // self._groups(x))

    def macs(self, *inputs: TensorType) -> int | None:
        (x,) = inputs
        rows, columns = self._sizes(x)
        return self.weights(x)[0].elements * rows * columns

    def window(self) -> tuple[int, int] | None:
        return covered(self.kernel, self.dilation)

    def torch(self, *inputs: TensorType) -> Form:
        (x,) = inputs
        mode = Arg(self.padding_mode, ("padding_mode",), "padding_mode", "zeros")
        first, last = self._first_args(x), (*self._last_args(x), mode)
        if self.padding == "tf_same":
            return Form(make="Conv2dSame({args})", args=first + last, support="Conv2dSame", base="nn.Conv2d")
        top, bottom, left, right = sides = self._sides()
        if top == bottom and left == right:
            formulas = _AUTO if self.padding == "auto" else ("padding",)
            padding = Arg(plain((top, left)), formulas, "padding", 0)
            return Form(make="nn.Conv2d({args})", args=(*first, padding, *last))
        values: tuple[tuple[str, Arg], ...] = (("padding", Arg(torch_sides(sides))),)
        if self.padding_mode == "zeros":
            return Form("{self}(nn.functional.pad({0}, {padding}))", "nn.Conv2d({args})", first + last, values)
        values = (*values, ("mode", Arg(self.padding_mode, ("padding_mode",))))
        padded = "{self}(nn.functional.pad({0}, {padding}, mode={mode}))"
        return Form(padded, "nn.Conv2d({args})", first + last[:-1], values)


def check_border(op: str, x: TensorType, sides: tuple[int, int, int, int], mode: str) -> None:
    """Rejects a border that mirrors or repeats more than there is."""
    for index, (side, border) in enumerate(zip(SIDES, sides, strict=True)):
        size = x.shape[1 + index // 2]
        most = {"reflect": size - 1, "circular": size}.get(mode, border)
        if border > most:
            raise Reject(BorderTooLarge, at="padding", op=op, border=border, side=side, most=most)


class ConvTranspose(_Convolution):
    """Transposed convolution over images: the way back from a convolution's output size to its input size."""

    name = "conv_transpose"

    padding: Borders = Field(0, description="steps cut from each side of the output; one number or [height, width]")
    output_padding: Borders = Field(0, description="steps added at the bottom and right; one number or [height, width]")

    def check(self) -> None:
        super().check()
        paddings = zip(pair(self.output_padding), pair(self.stride), pair(self.dilation), strict=True)
        for extra, stride, dilation in paddings:
            if extra >= max(stride, dilation):
                raise Reject(
                    OutputPaddingTooLarge, at="output_padding", output_padding=extra, stride=stride, dilation=dilation
                )

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        self._check_channels(x)
        sizes = (self._size(x, 0), self._size(x, 1))
        require_steps(self.name, sizes, "padding")
        return (image(self._out(x), sizes, finer(x, self.stride)),)

    def _size(self, x: TensorType, axis: int) -> int:
        stride, extra = pair(self.stride)[axis], pair(self.output_padding)[axis]
        reach = covered(self.kernel, self.dilation)[axis]
        return (x.shape[1 + axis] - 1) * stride - 2 * pair(self.padding)[axis] + reach + extra + 1

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        (x,) = inputs
        return self._weights(x, x.channels, self._out(x) // self._groups(x))

    def macs(self, *inputs: TensorType) -> int | None:
        (x,) = inputs
        return self.weights(x)[0].elements * x.height * x.width

    def window(self) -> tuple[int, int] | None:
        rows, columns = covered(self.kernel, self.dilation)
        return (rows // pair(self.stride)[0], columns // pair(self.stride)[1])

    def torch(self, *inputs: TensorType) -> Form:
        (x,) = inputs
        paddings = (
            Arg(plain(self.padding), ("padding",), "padding", 0),
            Arg(plain(self.output_padding), ("output_padding",), "output_padding", 0),
        )
        return Form(make="nn.ConvTranspose2d({args})", args=self._first_args(x) + paddings + self._last_args(x))
