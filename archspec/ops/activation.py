"""Elementwise non-linearities, and what acts on values alone: softmax, glu, dropout, identity."""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from archspec.diagnostics.catalogue.windows import NotDivisible, WrongParameterCount
from archspec.ops.axis import Axis, axis_index, torch_dim
from archspec.ops.base import Op, Positive, Probability, Reject, Weight
from archspec.ops.form import Arg, Form
from archspec.ops.layout import require_dtype, require_image, require_layout
from archspec.types import Layout, TensorType

Finite: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
Slope: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Elementwise(Op):
    """Any layout, and the same type out as in; `make` is torch's module."""

    make: ClassVar[str]

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        require_dtype(self.name, x)
        return (x,)

    def torch(self, *inputs: TensorType) -> Form:
        return Form(make=f"nn.{self.make}({{args}})", args=self._args())

    def _args(self) -> tuple[Arg, ...]:
        return ()


class ReLU(_Elementwise):
    """max(x, 0)."""

    name, make, inplace = "relu", "ReLU", True


class ReLU6(_Elementwise):
    """min(max(x, 0), 6)."""

    name, make, inplace = "relu6", "ReLU6", True


class LeakyReLU(_Elementwise):
    """x where positive, a small multiple of it elsewhere."""

    name, make, inplace = "leaky_relu", "LeakyReLU", True

    negative_slope: Slope = Field(0.01, description="multiple of negative values")

    def _args(self) -> tuple[Arg, ...]:
        return (Arg(self.negative_slope, ("negative_slope",), "negative_slope", 0.01),)


class PReLU(_Elementwise):
    """Leaky ReLU with a learned slope."""

    name, make, fresh = "prelu", "PReLU", True

    num_parameters: Positive | Literal["channels"] = Field(1, description="1, or `channels` for a slope per channel")
    init: Finite = Field(0.25, description="slope to begin with")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        require_dtype(self.name, x)
        if self.num_parameters == 1:
            return (x,)
        require_layout(self.name, x, Layout.IMAGE, Layout.VECTOR)
        if self._count(x) != x.channels:
            count = self._count(x)
            raise Reject(WrongParameterCount, at="num_parameters", op=self.name, count=count, channels=x.channels)
        return (x,)

    def _count(self, x: TensorType) -> int:
        return x.channels if self.num_parameters == "channels" else self.num_parameters

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        return (Weight("weight", (self._count(inputs[0]),)),)

    def torch(self, *inputs: TensorType) -> Form:
        formulas = ("input.channels",) if self.num_parameters == "channels" else ("num_parameters",)
        args = (
            Arg(self._count(inputs[0]), formulas, "num_parameters", 1, positional=True),
            Arg(self.init, ("init",), "init", 0.25),
        )
        return Form(make="nn.PReLU({args})", args=args)


class ELU(_Elementwise):
    """x where positive, alpha * (exp(x) - 1) elsewhere."""

    name, make, inplace = "elu", "ELU", True

    alpha: Slope = Field(1.0, description="minus the limit for very negative values")

    def _args(self) -> tuple[Arg, ...]:
        return (Arg(self.alpha, ("alpha",), "alpha", 1.0),)


class SELU(_Elementwise):
    """ELU scaled so that mean and variance keep themselves."""

    name, make, inplace = "selu", "SELU", True


class GELU(_Elementwise):
    """x times the probability that a normal variable is below x."""

    name, make, fresh = "gelu", "GELU", True

    approximate: Literal["none", "tanh"] = Field("none", description="none: exact; tanh: the faster formula")

    def _args(self) -> tuple[Arg, ...]:
        return (Arg(self.approximate, ("approximate",), "approximate", "none"),)


class SiLU(_Elementwise):
    """x * sigmoid(x), also called swish."""

    name, make, inplace = "silu", "SiLU", True


class Mish(_Elementwise):
    """x * tanh(softplus(x))."""

    name, make, inplace = "mish", "Mish", True


class HardSwish(_Elementwise):
    """x * relu6(x + 3) / 6."""

    name, make, inplace = "hard_swish", "Hardswish", True


class HardSigmoid(_Elementwise):
    """relu6(x + 3) / 6."""

    name, make, inplace = "hard_sigmoid", "Hardsigmoid", True


class Sigmoid(_Elementwise):
    """1 / (1 + exp(-x))."""

    name, make = "sigmoid", "Sigmoid"


class Tanh(_Elementwise):
    """Hyperbolic tangent."""

    name, make = "tanh", "Tanh"


class Softplus(_Elementwise):
    """log(1 + exp(beta * x)) / beta."""

    name, make, fresh = "softplus", "Softplus", True

    beta: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(1.0, description="sharpness")
    threshold: Finite = Field(20.0, description="beta * x above which it is x itself")

    def _args(self) -> tuple[Arg, ...]:
        return (
            Arg(self.beta, ("beta",), "beta", 1.0),
            Arg(self.threshold, ("threshold",), "threshold", 20.0),
        )


class _OverAxis(Op):
    """What acts along one axis."""

    make: ClassVar[str]

    axis: Axis = "channels"

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        require_dtype(self.name, x)
        axis_index(self.name, self.axis, x)
        return (x,)

    def torch(self, *inputs: TensorType) -> Form:
        dim = Arg(torch_dim(self.name, self.axis, inputs[0]), keyword="dim")
        return Form(make=f"nn.{self.make}({{args}})", args=(dim,))


class Softmax(_OverAxis):
    """Positive values that sum to one over an axis."""

    name, make = "softmax", "Softmax"


class LogSoftmax(_OverAxis):
    """Logarithm of softmax."""

    name, make = "log_softmax", "LogSoftmax"


class GLU(_OverAxis):
    """The first half of an axis times the sigmoid of the second."""

    name, make, fresh = "glu", "GLU", True

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = super().infer(*inputs)
        axis = axis_index(self.name, self.axis, x)
        size = x.shape[axis]
        if size % 2:
            raise Reject(NotDivisible, at="axis", op=self.name, what=f"axis {self.axis}", size=size, divisor=2)
        return (TensorType((*x.shape[:axis], size // 2, *x.shape[axis + 1 :]), x.layout, x.stride),)

    def torch(self, *inputs: TensorType) -> Form:
        dim = Arg(torch_dim(self.name, self.axis, inputs[0]), keyword="dim", default=-1)
        return Form(make="nn.GLU({args})", args=(dim,))


class Identity(Op):
    """Its input, unchanged."""

    name = "identity"
    aliases = ("none",)

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return inputs

    def torch(self, *inputs: TensorType) -> Form:
        return Form(make="nn.Identity()")


class Dropout(_Elementwise):
    """In training, zeroes each value with probability p and scales the others by 1 / (1 - p)."""

    name, make = "dropout", "Dropout"

    p: Probability = Field(0.5, description="probability of being dropped")

    @property
    def idle(self) -> bool:
        return self.p == 0

    def _args(self) -> tuple[Arg, ...]:
        return (Arg(self.p, ("p",), default=0.5),)


class Dropout2d(Dropout):
    """Dropout of whole channels of images."""

    name, make = "dropout2d", "Dropout2d"

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        require_image(self.name, inputs[0])
        return inputs


class DropPath(_Elementwise):
    """Stochastic depth: in training, zeroes whole samples with probability p and scales the others by 1 / (1 - p)."""

    name = "drop_path"

    p: Probability = Field(description="probability of being dropped")

    @property
    def idle(self) -> bool:
        return self.p == 0

    def torch(self, *inputs: TensorType) -> Form:
        return Form(make="DropPath({args})", args=(Arg(self.p, ("p",)),), support="DropPath")
