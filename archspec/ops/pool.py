"""Pools: max_pool, avg_pool, lp_pool, the adaptive and global ones, max_unpool."""

from typing import Annotated

from pydantic import Field

from archspec.diagnostics.catalogue.windows import IndicesDiffer, UnpoolSize
from archspec.ops.base import Op, Positive, Ref, Reject
from archspec.ops.form import Arg, Form
from archspec.ops.layout import require_dtype, require_image, require_layout
from archspec.ops.window import (
    AXES,
    Borders,
    Both,
    covered,
    finer,
    image,
    pair,
    plain,
    pooled,
    require_half,
    require_steps,
    resized,
    strided,
)
from archspec.types import Layout, TensorType


class _Window(Op):
    """What pools over a sliding window share."""

    fresh = True

    kernel: Both = Field(description="window, in steps of the input; one number or [height, width]")
    stride: Both | None = Field(None, description="steps from one window to the next; the kernel when absent")
    ceil_mode: bool = Field(False, description="whether a last window may hang over the end")

    def _steps(self) -> tuple[int, int]:
        return pair(self.kernel if self.stride is None else self.stride)

    def _sizes(self, x: TensorType, padding: tuple[int, int], dilation: tuple[int, int] = (1, 1)) -> tuple[int, int]:
        require_image(self.name, x)
        kernel, stride = pair(self.kernel), self._steps()
        rows, columns = (
            pooled(
                self.name,
                axis,
                x.shape[1 + axis],
                kernel=kernel[axis],
                stride=stride[axis],
                padding=padding[axis],
                dilation=dilation[axis],
                ceil_mode=self.ceil_mode,
            )
            for axis in (0, 1)
        )
        return rows, columns

    def window(self) -> tuple[int, int] | None:
        return covered(self.kernel, 1)

    def _first_args(self) -> tuple[Arg, ...]:
        return (
            Arg(plain(self.kernel), ("kernel",)),
            Arg(plain(self._steps()), ("stride",), "stride", plain(pair(self.kernel)), positional=True),
        )

    def _ceil(self) -> Arg:
        return Arg(self.ceil_mode, ("ceil_mode",), "ceil_mode", False)


class MaxPool(_Window):
    """The largest value of each window; with `indices`, also where it was, as a second output for max_unpool."""

    name = "max_pool"
    output_names = ("values", "indices")

    padding: Borders = Field(0, description="steps added to each side; one number or [height, width]")
    dilation: Both = Field(1, description="steps between the taps of a window; one number or [height, width]")
    indices: bool = Field(False, description="whether the places of the largest values are a second output")

    def check(self) -> None:
        require_half(self.name, self.kernel, self.padding)

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        sizes = self._sizes(x, pair(self.padding), pair(self.dilation))
        stride = strided(x, self._steps())
        values = image(x.channels, sizes, stride)
        return (values, image(x.channels, sizes, stride, "int")) if self.indices else (values,)

    def window(self) -> tuple[int, int] | None:
        return covered(self.kernel, self.dilation)

    def torch(self, *inputs: TensorType) -> Form:
        args = (
            *self._first_args(),
            Arg(plain(self.padding), ("padding",), "padding", 0),
            Arg(plain(self.dilation), ("dilation",), "dilation", 1),
            Arg(self.indices, ("indices",), "return_indices", False),
            self._ceil(),
        )
        return Form(make="nn.MaxPool2d({args})", args=args)


class AvgPool(_Window):
    """The mean of each window."""

    name = "avg_pool"

    padding: Borders = Field(0, description="zeros added to each side; one number or [height, width]")
    count_include_pad: bool = Field(True, description="whether padding counts in the mean")
    divisor_override: Positive | None = Field(
        None, description="what sums are divided by, instead of the window's size"
    )

    def check(self) -> None:
        require_half(self.name, self.kernel, self.padding)

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        return (image(x.channels, self._sizes(x, pair(self.padding)), strided(x, self._steps())),)

    def torch(self, *inputs: TensorType) -> Form:
        args = (
            *self._first_args(),
            Arg(plain(self.padding), ("padding",), "padding", 0),
            self._ceil(),
            Arg(self.count_include_pad, ("count_include_pad",), "count_include_pad", True),
            Arg(self.divisor_override, ("divisor_override",), "divisor_override", None),
        )
        return Form(make="nn.AvgPool2d({args})", args=args)


class LPPool(_Window):
    """The p-norm of each window: its sum at 1, near its largest value at large p."""

    name = "lp_pool"

    norm_type: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(description="p")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        return (image(x.channels, self._sizes(x, (0, 0)), strided(x, self._steps())),)

    def torch(self, *inputs: TensorType) -> Form:
        args = (Arg(self.norm_type, ("norm_type",)), *self._first_args(), self._ceil())
        return Form(make="nn.LPPool2d({args})", args=args)


class _Adaptive(Op):
    """Pools that reach a given size whatever their input's is."""

    fresh = True

    size: Both = Field(description="height and width of the output; one number or [height, width]")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        require_image(self.name, x)
        return (image(x.channels, pair(self.size), resized(x, pair(self.size))),)

    def window(self) -> tuple[int, int] | None:
        return None

    def _args(self) -> tuple[Arg, ...]:
        return (Arg(plain(self.size), ("size",)),)


class AdaptiveAvgPool(_Adaptive):
    """Means over windows that cover the input evenly."""

    name = "adaptive_avg_pool"

    def torch(self, *inputs: TensorType) -> Form:
        return Form(make="nn.AdaptiveAvgPool2d({args})", args=self._args())


class AdaptiveMaxPool(_Adaptive):
    """Largest values over windows that cover the input evenly."""

    name = "adaptive_max_pool"

    def torch(self, *inputs: TensorType) -> Form:
        return Form(make="nn.AdaptiveMaxPool2d({args})", args=self._args())


class _Global(Op):
    """Pools over all of height and width."""

    keepdim: bool = Field(False, description="whether the output stays an image, 1 x 1, instead of a vector")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        require_image(self.name, x)
        if self.keepdim:
            return (image(x.channels, (1, 1), resized(x, (1, 1))),)
        return (TensorType((x.channels,), Layout.VECTOR),)

    def window(self) -> tuple[int, int] | None:
        return None

    def _form(self, make: str) -> Form:
        if self.keepdim:
            return Form(make=make)
        return Form("{self}({0}).flatten(1)", make, module=f"nn.Sequential({make}, nn.Flatten())")


class GlobalAvgPool(_Global):
    """The mean of each channel."""

    name = "global_avg_pool"

    def torch(self, *inputs: TensorType) -> Form:
        return self._form("nn.AdaptiveAvgPool2d(1)")


class GlobalMaxPool(_Global):
    """The largest value of each channel."""

    name = "global_max_pool"

    def torch(self, *inputs: TensorType) -> Form:
        return self._form("nn.AdaptiveMaxPool2d(1)")


class MaxUnpool(Op):
    """Values put back where max_pool found them, zeros elsewhere; takes the values and the pool's indices."""

    name = "max_unpool"
    arity = (2, 2)
    fresh = True

    kernel: Both = Field(description="window of the pool; one number or [height, width]")
    stride: Both | None = Field(None, description="stride of the pool; the kernel when absent")
    padding: Borders = Field(0, description="padding of the pool; one number or [height, width]")
    like: Ref | None = Field(None, description="a node whose height and width the output gets: the pool's input")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        x, indices = inputs[:2]
        require_image(self.name, x)
        require_dtype(self.name, indices, "int")
        if x.shape != indices.shape:
            raise Reject(IndicesDiffer, values=str(x), indices=str(indices))
        sizes = (self._size(x, 0), self._size(x, 1))
        require_steps(self.name, sizes, "padding")
        if self.like is not None:
            sizes = self._like(sizes, inputs[2])
        return (image(x.channels, sizes, finer(x, self._steps())),)

    def _steps(self) -> tuple[int, int]:
        return pair(self.kernel if self.stride is None else self.stride)

    def _size(self, x: TensorType, axis: int) -> int:
        return (x.shape[1 + axis] - 1) * self._steps()[axis] - 2 * pair(self.padding)[axis] + pair(self.kernel)[axis]

    def _like(self, sizes: tuple[int, int], like: TensorType) -> tuple[int, int]:
        require_layout(self.name, like, Layout.IMAGE)
        for axis, (own, wanted) in enumerate(zip(sizes, (like.height, like.width), strict=True)):
            reach = self._steps()[axis] - 1
            if abs(wanted - own) > reach:
                least, most = max(1, own - reach), own + reach
                raise Reject(UnpoolSize, at="like", axis=AXES[axis], size=wanted, least=least, most=most)
        return (like.height, like.width)

    def torch(self, *inputs: TensorType) -> Form:
        args = (
            Arg(plain(self.kernel), ("kernel",)),
            Arg(plain(self._steps()), ("stride",), "stride", plain(pair(self.kernel)), positional=True),
            Arg(plain(self.padding), ("padding",), "padding", 0),
        )
        size = "" if self.like is None else ", output_size={2}.shape[2:]"
        return Form(f"{{self}}({{0}}, {{1}}{size})", "nn.MaxUnpool2d({args})", args)
