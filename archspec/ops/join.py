"""Putting values together and taking them apart along an axis: concat, stack, chunk, split, narrow, select."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from archspec.diagnostics.catalogue.layouts import LayoutLost, OutOfRange, SplitSum, UnevenChunks
from archspec.diagnostics.wording import listing
from archspec.ops.agreement import promoted, require_alike, require_equal_sizes, stride_warnings
from archspec.ops.axis import Axis, axis_index, torch_dim
from archspec.ops.base import NonNegative, Op, Positive, Reject
from archspec.ops.extent import axis_name, extent, without
from archspec.ops.form import Arg, Form
from archspec.types import Layout, TensorType


class _AlongAxis(Op):
    """What all of them share: the axis, channels where nothing is said."""

    axis: Axis = Field("channels", description="channels, height, width or tokens, or the number of an axis")

    def _index(self, value: TensorType) -> int:
        return axis_index(self.name, self.axis, value)

    def _dim(self, value: TensorType) -> int:
        return torch_dim(self.name, self.axis, value)

    def _resized(self, value: TensorType, size: int) -> TensorType:
        index = self._index(value)
        return replace(value, shape=(*value.shape[:index], size, *value.shape[index + 1 :]))


class Concat(_AlongAxis):
    """Its inputs one after the other along an axis, channels where nothing is said."""

    name = "concat"
    arity = (1, None)
    fresh = True

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        require_alike(self.name, inputs)
        index = self._index(inputs[0])
        require_equal_sizes(self.name, inputs, but=index)
        strided = next((value for value in inputs if value.stride), inputs[0])
        joined = self._resized(strided, sum(value.shape[index] for value in inputs))
        return (replace(joined, dtype=promoted(inputs)),)

    def warnings(self, *inputs: TensorType) -> tuple[Reject, ...]:
        return stride_warnings(self.name, inputs, but=self._index(inputs[0]))

    def torch(self, *inputs: TensorType) -> Form:
        return Form("torch.cat([{inputs}], dim={dim})", values=(("dim", Arg(self._dim(inputs[0]))),))


class Stack(Op):
    """Vectors become tokens, one each; tokens get an axis in front."""

    name = "stack"
    arity = (1, None)
    fresh = True

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        require_equal_sizes(self.name, inputs)
        first = inputs[0]
        if first.spatial_axes:
            left = " x ".join(axis_name(first, index) for index in range(len(first.shape)))
            raise Reject(LayoutLost, op=self.name, axis="a new axis", left=f"(inputs, {left})")
        stride = next((value.stride for value in inputs if value.stride), ())
        return (TensorType((len(inputs), *first.shape), Layout.TOKENS, stride, promoted(inputs)),)

    def warnings(self, *inputs: TensorType) -> tuple[Reject, ...]:
        return stride_warnings(self.name, inputs)

    def torch(self, *inputs: TensorType) -> Form:
        return Form("torch.stack([{inputs}], dim=1)")


class Chunk(_AlongAxis):
    """Cuts an axis into this many parts; all but the last have ceil(size / chunks) steps, as in torch."""

    name = "chunk"

    chunks: Annotated[int, Field(ge=1, le=65_536)] = Field(description="number of parts")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (value,) = inputs
        return tuple(self._resized(value, size) for size in self._sizes(value))

    def warnings(self, *inputs: TensorType) -> tuple[Reject, ...]:
        sizes = self._sizes(inputs[0])
        if len(sizes) == self.chunks and len(set(sizes)) == 1:
            return ()
        found = extent(inputs[0], self._index(inputs[0]))
        return (Reject(UnevenChunks, at="chunks", op=self.name, found=found, sizes=listing(sizes)),)

    def torch(self, *inputs: TensorType) -> Form:
        values = (("chunks", Arg(self.chunks, ("chunks",))), ("dim", Arg(self._dim(inputs[0]))))
        return _parts("{0}.chunk({chunks}, dim={dim})", values, self._sizes(inputs[0]))

    def _sizes(self, value: TensorType) -> list[int]:
        size = value.shape[self._index(value)]
        step = -(-size // self.chunks)
        return [min(step, size - start) for start in range(0, size, step)]


class Split(_AlongAxis):
    """Cuts an axis into parts of the sizes given."""

    name = "split"

    sizes: tuple[Positive, ...] = Field(description="size of each part")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (value,) = inputs
        index = self._index(value)
        if sum(self.sizes) != value.shape[index]:
            raise Reject(SplitSum, at="sizes", op=self.name, total=sum(self.sizes), found=extent(value, index))
        return tuple(self._resized(value, size) for size in self.sizes)

    def torch(self, *inputs: TensorType) -> Form:
        values = (("sizes", Arg(self.sizes, ("sizes",))), ("dim", Arg(self._dim(inputs[0]))))
        # Tensor.split has no annotations.
        return _parts("{0}.split_with_sizes({sizes}, dim={dim})", values, self.sizes)


class Narrow(_AlongAxis):
    """`length` steps of an axis, from `start`."""

    name = "narrow"

    length: Positive = Field(description="steps to keep")
    start: NonNegative = Field(0, description="first step to keep, from 0")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (value,) = inputs
        index, stop = self._index(value), self.start + self.length
        if stop > value.shape[index]:
            raise Reject(
                OutOfRange, at="length", op=self.name, wanted=f"{self.start} to {stop}", found=extent(value, index)
            )
        return (self._resized(value, self.length),)

    def torch(self, *inputs: TensorType) -> Form:
        dim = self._dim(inputs[0])
        if not self.start:
            return Form(_indexed(dim, ":{length}"), values=(("length", Arg(self.length, ("length",))),))
        start = Arg(self.start, ("start",))
        if self.start + self.length == inputs[0].shape[self._index(inputs[0])]:
            return Form(_indexed(dim, "{start}:"), values=(("start", start),))
        stop = Arg(self.start + self.length, ("start + length",))
        return Form(_indexed(dim, "{start}:{stop}"), values=(("start", start), ("stop", stop)))


class Select(_AlongAxis):
    """One step of an axis, which goes: one of the tokens is a vector.

    What is left of an image wouldn't be one, so images are for `narrow`.
    """

    name = "select"

    index: int = Field(description="which step, from 0, or back from -1")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (value,) = inputs
        index = self._index(value)
        size = value.shape[index]
        if not -size <= self.index < size:
            raise Reject(OutOfRange, at="index", op=self.name, wanted=str(self.index), found=extent(value, index))
        return (without(self.name, value, {index}, self.axis),)

    def torch(self, *inputs: TensorType) -> Form:
        dim = self._dim(inputs[0])
        return Form(_indexed(dim, "{index}"), values=(("index", Arg(self.index, ("index",))),))


def _parts(forward: str, values: tuple[tuple[str, Arg], ...], sizes: Sequence[int]) -> Form:
    """A single part is the whole value; torch would give a tuple of one."""
    return Form(forward if len(sizes) > 1 else "{0}", values=values, several=forward)


def _indexed(dim: int, inside: str) -> str:
    """`{0}[:, inside]` for dim 1, `{0}[..., inside]` for the last one, `{0}[..., inside, :]` for the one before it."""
    if dim < 0:
        return f"{{0}}[..., {inside}{', :' * (-dim - 1)}]"
    return f"{{0}}[{':, ' * dim}{inside}]"
