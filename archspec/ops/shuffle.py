"""Rearranging channels, and moving between channels and pixels: channel_shuffle, pixel_shuffle, pixel_unshuffle."""

from dataclasses import replace
from fractions import Fraction

from pydantic import Field

from archspec.diagnostics.catalogue.layouts import SizeNotDivisible
from archspec.diagnostics.catalogue.windows import NotDivisible
from archspec.ops.base import Op, Positive, Reject
from archspec.ops.extent import extent
from archspec.ops.form import Arg, Form
from archspec.ops.layout import require_image
from archspec.types import TensorType, exact


class ChannelShuffle(Op):
    """Deals the channels of each group out in turn, so that the next grouped convolution sees all groups."""

    name = "channel_shuffle"

    groups: Positive = Field(description="groups that the channels are taken from; they divide the channels")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (image,) = inputs
        require_image(self.name, image)
        _require_divisible(self.name, "groups", image.channels, self.groups)
        return (image,)

    def torch(self, *inputs: TensorType) -> Form:
        return Form(make="nn.ChannelShuffle({args})", args=(Arg(self.groups, ("groups",)),))


class PixelShuffle(Op):
    """Spreads channels over pixels: (c, h, w) becomes (c / factor², factor · h, factor · w)."""

    name = "pixel_shuffle"
    fresh = True

    factor: Positive = Field(description="how many times larger height and width become")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (image,) = inputs
        require_image(self.name, image)
        _require_divisible(self.name, "factor", image.channels, self.factor**2)
        shape = (image.channels // self.factor**2, self.factor * image.height, self.factor * image.width)
        return (replace(image, shape=shape, stride=tuple(exact(Fraction(s) / self.factor) for s in image.stride)),)

    def torch(self, *inputs: TensorType) -> Form:
        return Form(make="nn.PixelShuffle({args})", args=(Arg(self.factor, ("factor",)),))


class PixelUnshuffle(Op):
    """Gathers each square of `factor` x `factor` pixels into channels; the reverse of pixel_shuffle."""

    name = "pixel_unshuffle"
    fresh = True

    factor: Positive = Field(description="how many times smaller height and width become")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (image,) = inputs
        require_image(self.name, image)
        for index in image.spatial_axes:
            if image.shape[index] % self.factor:
                found = extent(image, index)
                raise Reject(SizeNotDivisible, at="factor", op=self.name, found=found, divisor=self.factor)
        shape = (image.channels * self.factor**2, image.height // self.factor, image.width // self.factor)
        return (replace(image, shape=shape, stride=tuple(exact(s * self.factor) for s in image.stride)),)

    def torch(self, *inputs: TensorType) -> Form:
        return Form(make="nn.PixelUnshuffle({args})", args=(Arg(self.factor, ("factor",)),))


def _require_divisible(op: str, argument: str, channels: int, divisor: int) -> None:
    if channels % divisor:
        raise Reject(NotDivisible, at=argument, op=op, what="input channels", size=channels, divisor=divisor)
