"""Changes of shape and layout that keep every element: flatten, unflatten, reshape, permute; and expand, roll."""

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from archspec.diagnostics.catalogue.layouts import (
    CannotExpand,
    CannotReshape,
    NotAnOrder,
    ShiftsDiffer,
    WrongRank,
)
from archspec.diagnostics.wording import plural
from archspec.ops.axis import Axis, axis_index, require_distinct, torch_dim
from archspec.ops.base import NonNegative, Op, Positive, Reject
from archspec.ops.extent import axes, extent
from archspec.ops.form import Arg, Form
from archspec.ops.layout import KIND
from archspec.types import Layout, Stride, TensorType

Size: TypeAlias = Positive | Literal[-1]
LayoutName: TypeAlias = Literal["image", "channels_last", "tokens", "vector"]
_AXES = {Layout.IMAGE: (3, 3), Layout.CHANNELS_LAST: (3, 3), Layout.TOKENS: (2, None), Layout.VECTOR: (1, 1)}


class Flatten(Op):
    """Everything of a sample in one vector."""

    name = "flatten"

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (TensorType((inputs[0].elements,), Layout.VECTOR, (), inputs[0].dtype),)

    def window(self) -> None:
        return None

    def torch(self, *inputs: TensorType) -> Form:
        return Form("{0}.flatten(1)", module="nn.Flatten()")


class Unflatten(Op):
    """One axis becomes several."""

    name = "unflatten"

    sizes: tuple[Size, ...] = Field(description="sizes of the new axes; one may be -1")
    axis: Axis = Field("channels", description="axis to take apart")
    layout: LayoutName | None = Field(None, description="layout of the result; tokens and vectors become tokens")

    def check(self) -> None:
        _require_one_free(self.name, "sizes", self.sizes)

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (value,) = inputs
        index = axis_index(self.name, self.axis, value)
        sizes = _resolved(self.name, "sizes", self.sizes, value.shape[index], extent(value, index))
        kept = value.layout if value.spatial_axes else Layout.TOKENS
        layout = kept if self.layout is None else Layout(self.layout)
        shape = (*value.shape[:index], *sizes, *value.shape[index + 1 :])
        return (laid_out(shape, layout, value.dtype),)

    def torch(self, *inputs: TensorType) -> Form:
        names, values = _numbered(self.sizes, "sizes")
        sizes = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
        dim = Arg(torch_dim(self.name, self.axis, inputs[0]))
        return Form(
            f"torch.unflatten({{0}}, {{dim}}, {sizes})",
            values=(("dim", dim), *values),
            module="nn.Unflatten({args})",
            module_args=(dim, Arg(self.sizes, ("sizes",))),
        )


class Reshape(Op):
    """The same elements, in the same order, in another shape and layout."""

    name = "reshape"

    shape: tuple[Size, ...] = Field(description="new shape; one size may be -1")
    layout: LayoutName = Field(description="layout of the result")

    def check(self) -> None:
        _require_one_free(self.name, "shape", self.shape)
        require_rank(Layout(self.layout), len(self.shape))

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (value,) = inputs
        shape = _resolved(self.name, "shape", self.shape, value.elements, f"{value} ({value.elements:,} elements)")
        return (laid_out(shape, Layout(self.layout), value.dtype),)

    def window(self) -> None:
        return None

    def torch(self, *inputs: TensorType) -> Form:
        names, values = _numbered(self.shape, "shape")
        if -1 not in self.shape:
            return Form(f"{{0}}.reshape(-1, {', '.join(names)})", values=values)
        if len(self.shape) == 1:
            return Form("{0}.flatten(1)", module="nn.Flatten()")
        if self._joins_the_last(inputs[0]):
            return Form(f"{{0}}.flatten({len(self.shape)})")
        flat = "" if inputs[0].layout is Layout.VECTOR else ".flatten(1)"
        return Form(f"torch.unflatten({{0}}{flat}, 1, ({', '.join(names)}))", values=values)

    def _joins_the_last(self, value: TensorType) -> bool:
        """Whether the axes before the last stay, and all others become one."""
        kept = len(self.shape) - 1
        return len(value.shape) > kept + 1 and self.shape[-1] == -1 and self.shape[:-1] == value.shape[:kept]


class Permute(Op):
    """The same elements with the axes in another order."""

    name = "permute"

    order: tuple[NonNegative, ...] = Field(
        description="number of the input's axis for each axis of the result, from 0, without the batch"
    )
    layout: LayoutName | None = Field(None, description="layout of the result, the input's where nothing is said")

    def check(self) -> None:
        self._require_all(len(self.order))
        if self.layout is not None:
            require_rank(Layout(self.layout), len(self.order))

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (value,) = inputs
        self._require_all(len(value.shape))
        layout = value.layout if self.layout is None else Layout(self.layout)
        permuted = laid_out(tuple(value.shape[index] for index in self.order), layout, value.dtype)
        return (replace(permuted, stride=self._stride(value, permuted)),)

    def _require_all(self, rank: int) -> None:
        if sorted(self.order) != list(range(rank)):
            raise Reject(NotAnOrder, at="order", order=", ".join(map(str, self.order)), axes=axes(rank))

    def _stride(self, value: TensorType, permuted: TensorType) -> tuple[Stride, ...]:
        sources = [self.order[index] for index in permuted.spatial_axes]
        if not value.stride or not sources or not set(sources) <= set(value.spatial_axes):
            return ()
        return tuple(value.stride[value.spatial_axes.index(source)] for source in sources)

    def torch(self, *inputs: TensorType) -> Form:
        moved = [str(index + 1) for index, source in enumerate(self.order) if index != source]
        if len(moved) == 2:
            return Form(f"{{0}}.transpose({', '.join(moved)})")
        dims = ", ".join(str(index + 1) for index in self.order)
        return Form(f"{{0}}.permute(0, {dims})")


class Expand(Op):
    """Repeats axes of size 1, without copying."""

    name = "expand"

    shape: tuple[Size, ...] = Field(description="new shape; -1 keeps a size")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (value,) = inputs
        fits = len(self.shape) == len(value.shape) and all(
            new == -1 or size in (1, new) for new, size in zip(self.shape, value.shape, strict=True)
        )
        if not fits:
            wanted = " x ".join(map(str, self.shape))
            raise Reject(CannotExpand, at="shape", wanted=wanted, found=str(value))
        shape = tuple(size if new == -1 else new for new, size in zip(self.shape, value.shape, strict=True))
        return (replace(value, shape=shape),)

    def torch(self, *inputs: TensorType) -> Form:
        names, values = _numbered(self.shape, "shape")
        return Form(f"{{0}}.expand(-1, {', '.join(names)})", values=values)


class Roll(Op):
    """Moves everything along its axes; what leaves at one end comes in at the other."""

    name = "roll"
    fresh = True

    shift: int | Annotated[tuple[int, ...], Field(min_length=1)] = Field(
        description="steps to move; one for all axes or each"
    )
    axis: Axis | Annotated[tuple[Axis, ...], Field(min_length=1)] = Field(description="axis to move along, or a list")

    def check(self) -> None:
        require_distinct(self.name, self._axes, self._axes)
        if isinstance(self.shift, tuple) and len(self.shift) != len(self._axes):
            shifts = plural(len(self.shift), "shift")
            raise Reject(ShiftsDiffer, at="shift", shifts=shifts, axes=axes(len(self._axes)))

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (value,) = inputs
        require_distinct(self.name, self._axes, [axis_index(self.name, axis, value) for axis in self._axes])
        return (value,)

    def torch(self, *inputs: TensorType) -> Form:
        dims = tuple(torch_dim(self.name, axis, inputs[0]) for axis in self._axes)
        if isinstance(self.shift, tuple):
            names, values = _numbered(self.shift, "shift")
        else:
            names, values = ["{shift}"] * len(dims), (("shift", Arg(self.shift, ("shift",))),)
        if len(dims) == 1:
            return Form(f"{{0}}.roll({names[0]}, {dims[0]})", values=values)
        return Form(f"{{0}}.roll(({', '.join(names)}), dims={dims})", values=values)

    @property
    def _axes(self) -> tuple[Axis, ...]:
        return self.axis if isinstance(self.axis, tuple) else (self.axis,)


def _numbered(sizes: Sequence[int], argument: str) -> tuple[list[str], tuple[tuple[str, Arg], ...]]:
    """Each number of a list as a place of its own in the form."""
    values = tuple((f"{argument}{at}", Arg(size, (f"{argument}[{at}]",))) for at, size in enumerate(sizes))
    return [f"{{{name}}}" for name, _ in values], values


def _require_one_free(op: str, argument: str, sizes: Sequence[int]) -> None:
    """Rejects a shape without sizes, and one with more than one to be worked out."""
    if not sizes or sizes.count(-1) > 1:
        raise Reject(
            CannotReshape, at=argument, op=op, wanted=" x ".join(map(str, sizes)) or "nothing", found="anything"
        )


def _resolved(op: str, argument: str, sizes: Sequence[int], elements: int, found: str) -> tuple[int, ...]:
    """The sizes with -1 worked out."""
    known = prod(size for size in sizes if size != -1)
    if elements % known or (-1 not in sizes and known != elements):
        raise Reject(CannotReshape, at=argument, op=op, wanted=" x ".join(map(str, sizes)), found=found)
    return tuple(elements // known if size == -1 else size for size in sizes)


def require_rank(layout: Layout, rank: int) -> None:
    """Rejects a number of axes that a layout can't have."""
    least, most = _AXES[layout]
    if rank < least or (most is not None and rank > most):
        raise Reject(WrongRank, at="layout", wanted=KIND[layout], found=axes(rank))


def laid_out(shape: tuple[int, ...], layout: Layout, dtype: str = "float") -> TensorType:
    """A value of this layout. Where its axes lie in the input picture isn't known any more."""
    require_rank(layout, len(shape))
    return TensorType(shape, layout, (), dtype)
