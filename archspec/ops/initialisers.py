"""What weights start as: one class per scheme of `init`, with its arguments and its call of `torch.nn.init`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import Field, ValidationInfo, field_validator

from archspec.ops.base import Arguments
from archspec.ops.form import Arg

# What a float of 32 bits holds, its double included.
_MOST: Final = 1e38
Spread: TypeAlias = Annotated[float, Field(gt=0, le=_MOST)]
Mode: TypeAlias = Literal["fan_in", "fan_out"]
Nonlinearity: TypeAlias = Literal["relu", "leaky_relu", "linear", "sigmoid", "tanh", "selu"]


class Initialiser(Arguments):
    """A scheme with its arguments; nearly all are called as in torch, with an underscore behind."""

    main: ClassVar[str | None] = None
    """The argument that a bare value means: `normal: 0.01`."""
    axes: ClassVar[int] = 1
    """Axes that a weight must have at least: where rows and columns matter it is two."""

    def args(self) -> tuple[Arg, ...]:
        """What the call has after the tensor."""
        return ()


class Zeros(Initialiser):
    """Zeros."""

    name = "zeros"


class Ones(Initialiser):
    """Ones."""

    name = "ones"


class Constant(Initialiser):
    """The same number everywhere."""

    name, main = "constant", "value"

    value: float = Field(ge=-_MOST, le=_MOST, description="the number")

    def args(self) -> tuple[Arg, ...]:
        return (Arg(self.value),)


class Uniform(Initialiser):
    """Evenly distributed numbers around zero."""

    name, main = "uniform", "bound"

    bound: Spread = Field(description="numbers lie from -bound to bound")

    def args(self) -> tuple[Arg, ...]:
        return (Arg(-self.bound), Arg(self.bound))


class Normal(Initialiser):
    """Normally distributed numbers around zero."""

    name, main = "normal", "std"

    std: Spread = Field(description="standard deviation")

    def args(self) -> tuple[Arg, ...]:
        return (Arg(self.std, keyword="std", default=1.0),)


class TruncNormal(Normal):
    """Normally distributed numbers around zero, none beyond -2 and 2."""

    name = "trunc_normal"


class _Gained(Initialiser):
    """Schemes that keep the size of signals, times a gain."""

    main, axes = "gain", 2

    gain: Spread = Field(1.0, description="what the numbers are multiplied by")

    def args(self) -> tuple[Arg, ...]:
        return (Arg(self.gain, keyword="gain", default=1.0),)


class XavierUniform(_Gained):
    """Evenly distributed numbers that keep the size of signals and gradients (Glorot and Bengio)."""

    name = "xavier_uniform"


class XavierNormal(_Gained):
    """Normally distributed numbers that keep the size of signals and gradients (Glorot and Bengio)."""

    name = "xavier_normal"


class Orthogonal(_Gained):
    """Rows, or columns, that stand at right angles (Saxe et al.)."""

    name = "orthogonal"


class _Kaiming(Initialiser):
    """Schemes that keep the size of signals, or of gradients, through a nonlinearity (He et al.)."""

    main, axes = "mode", 2

    mode: Mode = Field("fan_in", description="fan_in keeps the size of signals, fan_out that of gradients")
    nonlinearity: Nonlinearity = Field("relu", description="what follows the weight")
    a: float = Field(0.0, ge=-_MOST, le=_MOST, description="slope of leaky_relu for negative values")

    @field_validator("a")
    @classmethod
    def _has_a_slope(cls, a: float, info: ValidationInfo) -> float:
        if a and info.data.get("nonlinearity", "leaky_relu") != "leaky_relu":
            raise ValueError("0, for only leaky_relu has a slope")
        return a

    def args(self) -> tuple[Arg, ...]:
        return (
            Arg(self.a, keyword="a", default=0.0),
            Arg(self.mode, keyword="mode", default="fan_in"),
            Arg(self.nonlinearity, keyword="nonlinearity", default="leaky_relu"),
        )


class KaimingUniform(_Kaiming):
    """Evenly distributed numbers that keep the size of signals through a nonlinearity (He et al.)."""

    name = "kaiming_uniform"


class KaimingNormal(_Kaiming):
    """Normally distributed numbers that keep the size of signals through a nonlinearity (He et al.)."""

    name = "kaiming_normal"


class GroupKaimingNormal(Initialiser):
    """`kaiming_normal` by fan_out for relu, where what comes out is counted for one group (TensorFlow's EfficientNets).

    torch counts the outputs of all groups, so that depthwise kernels start smaller by the root of their number.
    """

    name, axes = "group_kaiming_normal", 3


_ALL: Final[tuple[type[Initialiser], ...]] = (
    *(Zeros, Ones, Constant, Uniform, Normal, TruncNormal),
    *(XavierUniform, XavierNormal, KaimingUniform, KaimingNormal, GroupKaimingNormal, Orthogonal),
)
SCHEMES: Final[Mapping[str, type[Initialiser]]] = MappingProxyType({scheme.name: scheme for scheme in _ALL})
"""Every scheme by its name; torch has all but `group_kaiming_normal`."""


@dataclass(frozen=True, slots=True)
class Start:
    """An entry of `init`: which modules it is of, and what weights and biases start as; None leaves that to torch.

    `block` is the block in whose instances they are, None for the network. `op` is the primitive that they are of;
    where that is None, `path` leads to one node.
    """

    key: str
    block: str | None
    op: str | None
    path: tuple[str, ...]
    weight: Initialiser | None
    bias: Initialiser | None

    @property
    def parts(self) -> tuple[tuple[str, Initialiser], ...]:
        """The tensors that it fills."""
        both = (("weight", self.weight), ("bias", self.bias))
        return tuple((name, scheme) for name, scheme in both if scheme is not None)
