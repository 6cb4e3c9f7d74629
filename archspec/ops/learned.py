"""Learned values without a layer around them: parameter, add_parameter, scale, logit_scale."""

from dataclasses import replace
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from archspec.ops.axis import Axis, axis_index
from archspec.ops.base import Op, Positive, Weight
from archspec.ops.form import Arg, Form
from archspec.ops.layout import require_dtype
from archspec.ops.shape import LayoutName, laid_out
from archspec.types import Layout, TensorType

Spread: TypeAlias = Annotated[float, Field(gt=0, description="standard deviation")]

Factor: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Normal(BaseModel):
    """Starts as normally distributed numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    normal: Spread


class TruncNormal(BaseModel):
    """Starts as normally distributed numbers, none beyond -2 and 2."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    trunc_normal: Spread


Start: TypeAlias = Annotated[
    Literal["zeros", "ones"] | Normal | TruncNormal,
    Field(description="what it starts as: zeros, ones, {normal: std} or {trunc_normal: std}"),
]


class Parameter(Op):
    """A learned value that depends on no input, as a class token.

    It is the same for every sample, and is repeated over the batch. For the size of that it reads one input, which may
    be any value of the graph: the node before it where `from` says nothing.
    """

    name = "parameter"
    arity = (1, None)
    creates = True

    shape: tuple[Positive, ...] = Field(description="shape, without batch")
    layout: LayoutName = Field(description="layout of the value")
    init: Start = "zeros"

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (laid_out(self.shape, Layout(self.layout)),)

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        return (Weight("", (1, *self.shape)),)

    def torch(self, *inputs: TensorType) -> Form:
        args = tuple(Arg(size, (f"shape[{at}]",)) for at, size in enumerate(self.shape))
        sizes = ", -1" * len(self.shape)
        return _learned(f"{{self}}.expand({{0}}.shape[0]{sizes})", (Arg(1), *args), self.init)


class AddParameter(Op):
    """Adds a learned value of the input's own shape, as a position embedding."""

    name = "add_parameter"
    fresh = True

    init: Start = "zeros"
    shared: Axis | None = Field(None, description="axis along which every step is given the same value")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        require_dtype(self.name, inputs[0])
        self._own(inputs[0])
        return (inputs[0],)

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        sizes = [size for size, _ in self._own(inputs[0])]
        return (Weight("", (1, *sizes)),)

    def torch(self, *inputs: TensorType) -> Form:
        args = tuple(Arg(size, formulas) for size, formulas in self._own(inputs[0]))
        return replace(_learned("{0} + {self}", (Arg(1), *args), self.init), operator=True)

    def _own(self, value: TensorType) -> list[tuple[int, tuple[str, ...]]]:
        """Its sizes behind the leading 1, and how the language calls each."""
        sizes: list[tuple[int, tuple[str, ...]]]
        sizes = [(size, (said,)) for size, said in zip(value.shape, _sizes(value), strict=True)]
        if self.shared is None:
            return sizes
        index = axis_index(self.name, self.shared, value, at="shared")
        return sizes[1:] if index == 0 else [*sizes[:index], (1, ()), *sizes[index + 1 :]]


class Scale(Op):
    """Multiplies by a learned number, one per channel or one for all."""

    name = "scale"
    fresh = True

    per: Literal["channel", "scalar"] = Field("channel", description="channel: a number each; scalar: one for all")
    init: float = Field(1.0, description="what it starts as")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        require_dtype(self.name, inputs[0])
        return (inputs[0],)

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        return (Weight("", self._shape(inputs[0])),)

    def torch(self, *inputs: TensorType) -> Form:
        args = tuple(Arg(size, ("input.channels",) if not at else ()) for at, size in enumerate(self._shape(inputs[0])))
        if self.per == "scalar":
            args = (Arg(1),)
        if self.init in (0, 1):
            return replace(_learned("{0} * {self}", args, "ones" if self.init else "zeros"), operator=True)
        sizes = "{args}" if len(args) > 1 else "{args},"
        make = f"nn.Parameter(torch.full(({sizes}), {{init}}))"
        return Form("{0} * {self}", make, args, (("init", Arg(self.init, ("init",))),), operator=True)

    def _shape(self, value: TensorType) -> tuple[int, ...]:
        if self.per == "scalar":
            return (1,)
        return (value.channels, 1, 1) if value.layout is Layout.IMAGE else (value.channels,)


class LogitScale(Op):
    """Multiplies each head by exp of a learned number, `max` at most.

    Where queries and keys have length 1, their products are cosines, and this is their scale. arXiv:2111.09883.
    """

    name = "logit_scale"
    fresh = True

    init: Factor = Field(10.0, description="factor that it starts as")
    max: Factor = Field(100.0, description="largest factor")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        require_dtype(self.name, inputs[0])
        axis_index(self.name, "heads", inputs[0])
        return (inputs[0],)

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        return (Weight("", (inputs[0].shape[-3], 1, 1)),)

    def torch(self, *inputs: TensorType) -> Form:
        heads = Arg(inputs[0].shape[-3], (f"input.shape[{len(inputs[0].shape) - 3}]",))
        values = (("init", Arg(self.init, ("init",))), ("max", Arg(self.max, ("max",))))
        make = "nn.Parameter(torch.full(({args}), {init}).log())"
        return Form("{0} * {self}.exp().clamp(max={max})", make, (heads, Arg(1), Arg(1)), values, operator=True)


def _learned(forward: str, args: tuple[Arg, ...], init: Start) -> Form:
    if isinstance(init, Normal):
        make = "nn.Parameter(nn.init.normal_(torch.empty({args}), std={std}))"
        return Form(forward, make, args, (("std", Arg(init.normal)),))
    if isinstance(init, TruncNormal):
        make = "nn.Parameter(nn.init.trunc_normal_(torch.empty({args}), std={std}))"
        return Form(forward, make, args, (("std", Arg(init.trunc_normal)),))
    return Form(forward, f"nn.Parameter(torch.{init}({{args}}))", args)


def _sizes(value: TensorType) -> tuple[str, ...]:
    """How the language calls each size of an input."""
    if value.layout is Layout.IMAGE:
        return ("input.channels", "input.height", "input.width")
    if value.layout is Layout.CHANNELS_LAST:
        return ("input.height", "input.width", "input.channels")
    leading = tuple(f"input.shape[{index}]" for index in range(len(value.shape) - 2))
    return (*leading, "input.length", "input.channels")[-len(value.shape) :]
