"""Layouts into one another: to_tokens, to_image, to_channels_last, to_channels_first, to_heads, from_heads."""

from dataclasses import replace
from math import isqrt

from pydantic import Field

from archspec.diagnostics.catalogue.layouts import NotAGrid, WrongRank
from archspec.diagnostics.catalogue.windows import ArgumentsExclude, NotDivisible
from archspec.ops.base import Op, Positive, Ref, Reject
from archspec.ops.extent import axes
from archspec.ops.form import Arg, Form
from archspec.ops.layout import require_layout
from archspec.types import Layout, TensorType


class ToTokens(Op):
    """An image as a row of tokens, one per pixel, from left to right and from top to bottom."""

    name = "to_tokens"

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (image,) = inputs
        require_layout(self.name, image, Layout.IMAGE, Layout.CHANNELS_LAST)
        shape = (image.height * image.width, image.channels)
        return (replace(image, shape=shape, layout=Layout.TOKENS),)

    def torch(self, *inputs: TensorType) -> Form:
        if inputs[0].layout is Layout.IMAGE:
            return Form("{0}.flatten(2).transpose(1, 2)")
        return Form("{0}.flatten(1, 2)", module="nn.Flatten(1, 2)")


class ToImage(Op):
    """Tokens as an image: rows of `width` from top to bottom, as in another image, or a square."""

    name = "to_image"

    height: Positive | None = Field(None, description="rows; follows from width, or the image is square")
    width: Positive | None = Field(None, description="tokens per row; follows from height, or the image is square")
    like: Ref | None = Field(None, description="a node whose height and width the image gets")

    def check(self) -> None:
        if self.like is not None and (self.height is not None or self.width is not None):
            raise Reject(ArgumentsExclude, at="like", op=self.name, rule="like stands without height and width")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        tokens = inputs[0]
        require_layout(self.name, tokens, Layout.TOKENS)
        if len(tokens.shape) != 2:
            raise Reject(WrongRank, wanted="tokens that become an image", found=axes(len(tokens.shape)))
        height, width = self._like(inputs[1]) if self.like is not None else self._grid(tokens.length)
        if height * width != tokens.length:
            named = [name for name in ("like", "height", "width") if getattr(self, name) is not None]
            raise Reject(NotAGrid, at=named[0] if named else None, length=tokens.length, wanted=self._wanted(inputs))
        return (replace(tokens, shape=(tokens.channels, height, width), layout=Layout.IMAGE),)

    def torch(self, *inputs: TensorType) -> Form:
        if self.like is not None:
            return Form("torch.unflatten({0}.transpose(1, 2), 2, {1}.shape[2:])")
        height, width = self._grid(inputs[0].length)
        if height == width == 1:
            return Form("{0}.transpose(1, 2).unsqueeze(-1)")
        values = (
            ("height", Arg(height, ("height",) if self.height is not None else ())),
            ("width", Arg(width, ("width",) if self.width is not None else ())),
        )
        return Form("torch.unflatten({0}.transpose(1, 2), 2, ({height}, {width}))", values=values)

    def _like(self, image: TensorType) -> tuple[int, int]:
        require_layout(self.name, image, Layout.IMAGE)
        return image.height, image.width

    def _grid(self, length: int) -> tuple[int, int]:
        height, width = self.height, self.width
        if height is None and width is None:
            return isqrt(length), isqrt(length)
        if height is None:
            assert width is not None
            return length // width, width
        return height, length // height if width is None else width

    def _wanted(self, inputs: tuple[TensorType, ...]) -> str:
        if self.like is not None:
            return f"{inputs[1].height} x {inputs[1].width}"
        if self.height is None:
            return "a square" if self.width is None else f"rows of {self.width}"
        return f"{self.height} rows" if self.width is None else f"{self.height} x {self.width}"


class ToChannelsLast(Op):
    """An image as (height, width, channels)."""

    name = "to_channels_last"

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (image,) = inputs
        require_layout(self.name, image, Layout.IMAGE)
        return (replace(image, shape=(*image.shape[1:], image.channels), layout=Layout.CHANNELS_LAST),)

    def torch(self, *inputs: TensorType) -> Form:
        return Form("{0}.permute(0, 2, 3, 1)")


class ToChannelsFirst(Op):
    """An image with channels last as (channels, height, width)."""

    name = "to_channels_first"

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (image,) = inputs
        require_layout(self.name, image, Layout.CHANNELS_LAST)
        return (replace(image, shape=(image.channels, *image.shape[:-1]), layout=Layout.IMAGE),)

    def torch(self, *inputs: TensorType) -> Form:
        return Form("{0}.permute(0, 3, 1, 2)")


class ToHeads(Op):
    """Cuts the channels of tokens into equal heads: (length, channels) becomes (heads, length, channels / heads)."""

    name = "to_heads"

    heads: Positive = Field(description="number of heads")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (tokens,) = inputs
        require_layout(self.name, tokens, Layout.TOKENS)
        size, rest = divmod(tokens.channels, self.heads)
        if rest:
            raise Reject(
                NotDivisible, at="heads", op=self.name, what="channels", size=tokens.channels, divisor=self.heads
            )
        return (replace(tokens, shape=(*tokens.shape[:-2], self.heads, tokens.length, size)),)

    def torch(self, *inputs: TensorType) -> Form:
        values = (("heads", Arg(self.heads, ("heads",))),)
        return Form("torch.unflatten({0}, -1, ({heads}, -1)).transpose(-3, -2)", values=values)


class FromHeads(Op):
    """Lays heads side by side again: (heads, length, channels) becomes (length, heads * channels)."""

    name = "from_heads"

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (tokens,) = inputs
        require_layout(self.name, tokens, Layout.TOKENS)
        if len(tokens.shape) < 3:
            raise Reject(WrongRank, wanted="heads", found=axes(len(tokens.shape)))
        *leading, heads, length, channels = tokens.shape
        return (replace(tokens, shape=(*leading, length, heads * channels)),)

    def torch(self, *inputs: TensorType) -> Form:
        return Form("{0}.transpose(-3, -2).flatten(-2)")
