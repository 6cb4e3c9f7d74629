"""Windows of an image as tokens, and back: unfold, fold."""

from pydantic import Field

from archspec.diagnostics.catalogue.windows import FoldTokens, NotDivisible
from archspec.ops.base import Op, Reject
from archspec.ops.form import Arg, Form
from archspec.ops.layout import require_dtype, require_image, require_layout
from archspec.ops.window import Borders, Both, covered, finer, image, pair, plain, slide, strided
from archspec.types import Layout, TensorType


class _Patches(Op):
    """The window that both directions share."""

    kernel: Both = Field(description="window, in steps of the image; one number or [height, width]")
    stride: Both = Field(1, description="steps from one window to the next; one number or [height, width]")
    padding: Borders = Field(0, description="zeros around the image, in its steps; one number or [height, width]")
    dilation: Both = Field(1, description="steps between the taps of a window; one number or [height, width]")

    def _places(self, sizes: tuple[int, int]) -> tuple[int, int]:
        reach, stride, padding = covered(self.kernel, self.dilation), pair(self.stride), pair(self.padding)
        rows, columns = (
            slide(self.name, axis, sizes[axis] + 2 * padding[axis], reach[axis], stride[axis]) for axis in (0, 1)
        )
        return rows, columns

    def _window_args(self) -> tuple[Arg, ...]:
        return (
            Arg(plain(self.kernel), ("kernel",)),
            Arg(plain(self.stride), ("stride",), "stride", 1),
            Arg(plain(self.padding), ("padding",), "padding", 0),
            Arg(plain(self.dilation), ("dilation",), "dilation", 1),
        )


class Unfold(_Patches):
    """Every window of an image as one token, row by row.

    A token has the window's values channel by channel: `input.channels * kernel * kernel` of them.
    """

    name = "unfold"

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        require_image(self.name, x)
        rows, columns = self._places((x.height, x.width))
        kernel = pair(self.kernel)
        return (
            TensorType((rows * columns, x.channels * kernel[0] * kernel[1]), Layout.TOKENS, strided(x, self.stride)),
        )

    def window(self) -> tuple[int, int] | None:
        return covered(self.kernel, self.dilation)

    def torch(self, *inputs: TensorType) -> Form:
        return Form("{self}({0}).transpose(1, 2)", "nn.Unfold({args})", self._window_args())


class Fold(_Patches):
    """Tokens laid back as windows of an image, summed where they overlap: unfold's adjoint."""

    name = "fold"
    fresh = True

    size: Both = Field(description="height and width of the image; one number or [height, width]")

    def check(self) -> None:
        self._places(pair(self.size))

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        require_layout(self.name, x, Layout.TOKENS)
        require_dtype(self.name, x)
        if len(x.shape) != 2:
            require_layout(self.name, x)
        rows, columns = self._places(pair(self.size))
        if rows * columns != x.length:
            raise Reject(FoldTokens, at="size", found=x.length, places=rows * columns, rows=rows, columns=columns)
        area = pair(self.kernel)[0] * pair(self.kernel)[1]
        if x.channels % area:
            raise Reject(NotDivisible, at="kernel", op=self.name, what="channels", size=x.channels, divisor=area)
        return (image(x.channels // area, pair(self.size), finer(x, self.stride)),)

    def torch(self, *inputs: TensorType) -> Form:
        args = (Arg(plain(self.size), ("size",)), *self._window_args())
        return Form("{self}({0}.transpose(1, 2))", "nn.Fold({args})", args)
