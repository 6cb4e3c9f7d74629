"""Arithmetic between values (add, sub, mul, div, matmul) and over the axes of one (mean, max, sum, norm)."""

from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field

from archspec.diagnostics.catalogue.joins import InnerSizesDiffer, SizesDiffer, TooFewOperands
from archspec.diagnostics.comparison import has, has_own
from archspec.ops.agreement import broadcast, require_alike, stride_warnings
from archspec.ops.axis import Axis, axis_index, require_distinct, torch_dim
from archspec.ops.base import Op, Reject
from archspec.ops.extent import with_size, without
from archspec.ops.form import Arg, Form
from archspec.ops.layout import require_dtype, require_layout
from archspec.types import Layout, TensorType, exact


class _Elementwise(Op):
    """Equal sizes, or 1, on every axis."""

    fresh = True
    sign: ClassVar[str]

    value: int | float | None = Field(None, description="a constant that is one more operand, after the inputs")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        if len(inputs) + (self.value is not None) < 2:
            raise Reject(TooFewOperands, op=self.name)
        for value in inputs:
            require_dtype(self.name, value)
        return (broadcast(self.name, inputs),)

    def warnings(self, *inputs: TensorType) -> tuple[Reject, ...]:
        return stride_warnings(self.name, inputs)

    def torch(self, *inputs: TensorType) -> Form:
        operands = [f"{{{index}}}" for index in range(len(inputs))]
        if self.value is None:
            return Form(f" {self.sign} ".join(operands), operator=True)
        values = (("value", Arg(self.value, ("value",))),)
        return Form(f" {self.sign} ".join([*operands, "{value}"]), values=values, operator=True)


class Add(_Elementwise):
    """The sum of its inputs, element by element."""

    name = "add"
    arity = (1, None)
    sign = "+"


class Sub(_Elementwise):
    """The first input minus the second, element by element."""

    name = "sub"
    arity = (1, 2)
    sign = "-"


class Mul(_Elementwise):
    """The product of its inputs, element by element."""

    name = "mul"
    arity = (1, None)
    sign = "*"


class Div(_Elementwise):
    """The first input divided by the second, element by element."""

    name = "div"
    arity = (1, 2)
    sign = "/"


class MatMul(Op):
    """The matrix product of (…, n, k) and (…, k, m) tokens, (…, n, m)."""

    name = "matmul"
    arity = (2, 2)
    fresh = True

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        left, right = inputs
        for value in inputs:
            require_layout(self.name, value, Layout.TOKENS)
            require_dtype(self.name, value)
        require_alike(self.name, inputs)
        if left.channels != right.length:
            found = has_own([left.channels, right.length], ["{} channels", "{} tokens"])
            raise Reject(InnerSizesDiffer, found=found)
        leading = []
        for index, sizes in enumerate(zip(left.shape[:-2], right.shape[:-2], strict=True)):
            if len({*sizes} - {1}) > 1:
                raise Reject(SizesDiffer, op=self.name, found=has(sizes, with_size(left, index)))
            leading.append(max(sizes))
        return (TensorType((*leading, left.length, right.channels), Layout.TOKENS),)

    def macs(self, *inputs: TensorType) -> int:
        (product,) = self.infer(*inputs)
        return product.elements * inputs[0].channels

    def window(self) -> None:
        return None

    def torch(self, *inputs: TensorType) -> Form:
        return Form("{0} @ {1}", operator=True)


class _Reduction(Op):
    """One value in place of an axis, or of several."""

    axis: Axis | Annotated[tuple[Axis, ...], Field(min_length=1)] = Field(description="axis to reduce, or a list")
    keepdim: bool = Field(False, description="whether the axis stays, with size 1")

    def check(self) -> None:
        require_distinct(self.name, self._axes, self._axes)

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (value,) = inputs
        require_dtype(self.name, value)
        indices = self._indices(value)
        if not self.keepdim:
            return (without(self.name, value, indices, self.axis),)
        shape = tuple(1 if index in indices else size for index, size in enumerate(value.shape))
        stride = value.stride
        if stride and value.spatial_axes:
            grown = zip(stride, value.spatial_axes, strict=True)
            stride = tuple(exact(step * value.shape[index]) if index in indices else step for step, index in grown)
        return (replace(value, shape=shape, stride=stride),)

    def window(self) -> tuple[int, int] | None:
        return (0, 0) if self.axis == "channels" else None

    def torch(self, *inputs: TensorType) -> Form:
        dims = tuple(torch_dim(self.name, axis, inputs[0]) for axis in self._axes)
        values = (("dim", Arg(dims[0] if len(dims) == 1 else dims)), *self._values())
        keepdim = ", keepdim=True" if self.keepdim else ""
        return Form(self._expression().replace("{keepdim}", keepdim), values=values)

    @property
    def _axes(self) -> tuple[Axis, ...]:
        return self.axis if isinstance(self.axis, tuple) else (self.axis,)

    def _indices(self, value: TensorType) -> list[int]:
        indices = [axis_index(self.name, axis, value) for axis in self._axes]
        require_distinct(self.name, self._axes, indices)
        return indices

    def _expression(self) -> str:
        raise NotImplementedError

    def _values(self) -> tuple[tuple[str, Arg], ...]:
        return ()


class Mean(_Reduction):
    """The mean over an axis."""

    name = "mean"
    fresh = True

    def _expression(self) -> str:
        return "{0}.mean({dim}{keepdim})"


class Sum(_Reduction):
    """The sum over an axis."""

    name = "sum"
    fresh = True

    def _expression(self) -> str:
        return "{0}.sum({dim}{keepdim})"


class Max(_Reduction):
    """The largest value along an axis. Where several are largest, the gradient is shared among them."""

    name = "max"

    def _expression(self) -> str:
        return "{0}.amax({dim}{keepdim})"


class Norm(_Reduction):
    """The p-norm over an axis, 2 where nothing else is said."""

    name = "norm"

    p: Annotated[float, Field(gt=0)] = Field(2.0, description="exponent; 2 is the Euclidean norm")

    def _expression(self) -> str:
        order = "" if self.p == 2 else "{p}, "
        return f"torch.linalg.vector_norm({{0}}, {order}dim={{dim}}{{keepdim}})"

    def _values(self) -> tuple[tuple[str, Arg], ...]:
        return () if self.p == 2 else (("p", Arg(self.p, ("p",))),)
