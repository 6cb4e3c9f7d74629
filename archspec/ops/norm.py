"""Normalisation: batch_norm, layer_norm, group_norm, instance_norm, rms_norm, local_response_norm, l2_norm."""

from typing import Annotated, TypeAlias

from pydantic import Field

from archspec.diagnostics.catalogue.windows import NotDivisible, NothingToNormalise
from archspec.ops.axis import Axis, torch_dim
from archspec.ops.base import Op, Positive, Reject, Weight
from archspec.ops.form import Arg, Form
from archspec.ops.layout import LAST, require_dtype, require_image, require_layout
from archspec.types import Layout, TensorType

Epsilon: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Finite: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
_CHANNELS = ("input.channels",)
_ADDED = "added to the variance, so that nothing is divided by zero"
_MOMENTUM = "weight of a new batch in the running statistics"
_SCALED = "whether a scale and a shift are learned per channel"


class _Norm(Op):
    """What all of them share: the type stays, and so do most of the arguments."""

    fresh = True

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        self._check(x)
        return (x,)

    def _check(self, x: TensorType) -> None:
        raise NotImplementedError


class _Running(_Norm):
    """Norms that keep running statistics, in torch's way."""

    def _check(self, x: TensorType) -> None:
        require_image(self.name, x)

    def _state(self, channels: int, affine: bool, running: bool) -> tuple[Weight, ...]:
        learned = ("weight", "bias") if affine else ()
        kept = ("running_mean", "running_var") if running else ()
        weights = [Weight(name, (channels,)) for name in learned]
        weights += [Weight(name, (channels,), buffer=True) for name in kept]
        return (*weights, Weight("num_batches_tracked", (), buffer=True)) if running else tuple(weights)


class BatchNorm(_Running):
    """Batch normalisation of images and vectors."""

    name = "batch_norm"

    eps: Epsilon = Field(1e-5, description=_ADDED)
    momentum: Finite | None = Field(0.1, description=_MOMENTUM)
    affine: bool = Field(True, description=_SCALED)
    track_running_stats: bool = Field(True, description="whether evaluation uses statistics kept from training")

    def _check(self, x: TensorType) -> None:
        require_layout(self.name, x, Layout.IMAGE, Layout.VECTOR)
        require_dtype(self.name, x)

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        return self._state(inputs[0].channels, self.affine, self.track_running_stats)

    def torch(self, *inputs: TensorType) -> Form:
        (x,) = inputs
        args = (
            Arg(x.channels, _CHANNELS),
            Arg(self.eps, ("eps",), "eps", 1e-5),
            Arg(self.momentum, ("momentum",), "momentum", 0.1),
            Arg(self.affine, ("affine",), "affine", True),
            Arg(self.track_running_stats, ("track_running_stats",), "track_running_stats", True),
        )
        return Form(make="nn.BatchNorm1d({args})" if x.layout is Layout.VECTOR else "nn.BatchNorm2d({args})", args=args)


class InstanceNorm(_Running):
    """Normalisation of every channel of every sample over height and width."""

    name = "instance_norm"

    eps: Epsilon = Field(1e-5, description=_ADDED)
    momentum: Finite | None = Field(0.1, description=_MOMENTUM)
    affine: bool = Field(False, description=_SCALED)
    track_running_stats: bool = Field(False, description="whether evaluation uses statistics kept from training")

    def _check(self, x: TensorType) -> None:
        require_image(self.name, x)
        if x.height * x.width == 1:
            raise Reject(NothingToNormalise, op=self.name, found="the input is 1 x 1 per channel")

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        return self._state(inputs[0].channels, self.affine, self.track_running_stats)

    def torch(self, *inputs: TensorType) -> Form:
        args = (
            Arg(inputs[0].channels, _CHANNELS),
            Arg(self.eps, ("eps",), "eps", 1e-5),
            Arg(self.momentum, ("momentum",), "momentum", 0.1),
            Arg(self.affine, ("affine",), "affine", False),
            Arg(self.track_running_stats, ("track_running_stats",), "track_running_stats", False),
        )
        return Form(make="nn.InstanceNorm2d({args})", args=args)


class GroupNorm(_Norm):
    """Normalisation over groups of channels together with height and width."""

    name = "group_norm"

    groups: Positive = Field(description="groups that the channels are divided into")
    eps: Epsilon = Field(1e-5, description=_ADDED)
    affine: bool = Field(True, description=_SCALED)

    def _check(self, x: TensorType) -> None:
        require_layout(self.name, x, Layout.IMAGE, Layout.VECTOR)
        require_dtype(self.name, x)
        if x.channels % self.groups:
            raise Reject(NotDivisible, at="groups", op=self.name, what="channels", size=x.channels, divisor=self.groups)
        if x.elements == self.groups:
            raise Reject(NothingToNormalise, at="groups", op=self.name, found=f"{self.groups} groups of one value each")

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        channels = (inputs[0].channels,)
        return (Weight("weight", channels), Weight("bias", channels)) if self.affine else ()

    def torch(self, *inputs: TensorType) -> Form:
        args = (
            Arg(self.groups, ("groups",)),
            Arg(inputs[0].channels, _CHANNELS),
            Arg(self.eps, ("eps",), "eps", 1e-5),
            Arg(self.affine, ("affine",), "affine", True),
        )
        return Form(make="nn.GroupNorm({args})", args=args)


class _LastAxis(_Norm):
    """Norms over the channels of layouts that have them last."""

    def _check(self, x: TensorType) -> None:
        require_layout(self.name, x, *LAST)
        require_dtype(self.name, x)


class LayerNorm(_LastAxis):
    """Normalisation over the channels of each token, vector or pixel."""

    name = "layer_norm"

    eps: Epsilon = Field(1e-5, description=_ADDED)
    affine: bool = Field(True, description=_SCALED)
    bias: bool = Field(True, description="whether the shift is learned too")

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        names = ("weight", "bias")[: self.affine * (1 + self.bias)]
        return tuple(Weight(name, (inputs[0].channels,)) for name in names)

    def torch(self, *inputs: TensorType) -> Form:
        args = (
            Arg(inputs[0].channels, _CHANNELS),
            Arg(self.eps, ("eps",), "eps", 1e-5),
            Arg(self.affine, ("affine",), "elementwise_affine", True),
            Arg(self.bias, ("bias",), "bias", True),
        )
        return Form(make="nn.LayerNorm({args})", args=args)


class RMSNorm(_LastAxis):
    """Division by the root of the mean square over the channels of each token, vector or pixel."""

    name = "rms_norm"

    eps: Epsilon | None = Field(None, description="added to the mean square; absent: the smallest step of the numbers")
    affine: bool = Field(True, description="whether a scale is learned per channel")

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        return (Weight("weight", (inputs[0].channels,)),) if self.affine else ()

    def torch(self, *inputs: TensorType) -> Form:
        args = (
            Arg(inputs[0].channels, _CHANNELS),
            Arg(self.eps, ("eps",), "eps", None),
            Arg(self.affine, ("affine",), "elementwise_affine", True),
        )
        return Form(make="nn.RMSNorm({args})", args=args)


class LocalResponseNorm(_Norm):
    """Division by the activity of neighbouring channels, as in AlexNet."""

    name = "local_response_norm"

    size: Annotated[int, Field(ge=1, le=4096)] = Field(description="neighbouring channels that are looked at")
    alpha: Finite = Field(1e-4, description="weight of the sum of squares")
    beta: Finite = Field(0.75, description="exponent")
    k: Finite = Field(1.0, description="added to the sum")

    def _check(self, x: TensorType) -> None:
        require_image(self.name, x)

    def torch(self, *inputs: TensorType) -> Form:
        args = (
            Arg(self.size, ("size",)),
            Arg(self.alpha, ("alpha",), "alpha", 1e-4),
            Arg(self.beta, ("beta",), "beta", 0.75),
            Arg(self.k, ("k",), "k", 1.0),
        )
        return Form(make="nn.LocalResponseNorm({args})", args=args)


class L2Norm(_Norm):
    """Division by the Euclidean length over an axis."""

    name = "l2_norm"

    axis: Axis = "channels"
    eps: Epsilon = Field(1e-12, description="the least length that is divided by")

    def _check(self, x: TensorType) -> None:
        require_dtype(self.name, x)
        torch_dim(self.name, self.axis, x)

    def torch(self, *inputs: TensorType) -> Form:
        dim = torch_dim(self.name, self.axis, inputs[0])
        text = "" if dim == 1 else f", dim={dim}"
        if self.eps == 1e-12:
            return Form(f"nn.functional.normalize({{0}}{text})")
        return Form(f"nn.functional.normalize({{0}}{text}, eps={{eps}})", values=(("eps", Arg(self.eps, ("eps",))),))
