"""Layers with a weight matrix: linear, embedding."""

from pydantic import Field

from archspec.diagnostics.catalogue.windows import ArgumentsExclude, NotAnIndex, NotDivisible
from archspec.ops.base import Op, Positive, Reject, Weight
from archspec.ops.form import Arg, Form
from archspec.ops.layout import LAST, require_dtype, require_layout
from archspec.types import Layout, TensorType

_IN = ("input.channels",)


class Linear(Op):
    """Fully connected layer over the channels of vectors, tokens, and images with channels last."""

    name = "linear"
    fresh = True

    out: Positive = Field(description="output channels")
    bias: bool = Field(True, description="whether a learned number is added per output channel")
    key_bias: bool = Field(
        True, description="false: of query, key and value in one, the keys' third of the bias is kept, but not added"
    )

    def check(self) -> None:
        if self.key_bias:
            return
        if not self.bias:
            raise Reject(ArgumentsExclude, at="key_bias", op=self.name, rule="`key_bias` is part of a bias")
        if self.out % 3:
            raise Reject(NotDivisible, at="out", op=self.name, what="out", size=self.out, divisor=3)

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        require_layout(self.name, x, *LAST)
        require_dtype(self.name, x)
        return (TensorType((*x.shape[:-1], self.out), x.layout, x.stride),)

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        weight = Weight("weight", (self.out, inputs[0].channels))
        return (weight, Weight("bias", (self.out,))) if self.bias else (weight,)

    def macs(self, *inputs: TensorType) -> int | None:
        return inputs[0].elements * self.out

    def torch(self, *inputs: TensorType) -> Form:
        if not self.key_bias:
            sizes = (Arg(inputs[0].channels, _IN), Arg(self.out, ("out",)))
            name = "LinearWithoutKeyBias"
            return Form(make=f"{name}({{args}})", args=sizes, support=name, base="nn.Linear")
        args = (Arg(inputs[0].channels, _IN), Arg(self.out, ("out",)), Arg(self.bias, ("bias",), "bias", True))
        return Form(make="nn.Linear({args})", args=args)


class Embedding(Op):
    """A learned vector for every index: (length) or (…, length) indices become (…, length, out) tokens."""

    name = "embedding"
    fresh = True

    num_embeddings: Positive = Field(description="number of entries; indices count from 0")
    out: Positive = Field(description="channels of each entry")
    padding_idx: int | None = Field(None, description="an entry that starts as zeros and isn't trained")

    def check(self) -> None:
        count, index = self.num_embeddings, self.padding_idx
        if index is not None and not -count <= index < count:
            raise Reject(NotAnIndex, at="padding_idx", index=index, least=-count, most=count - 1)

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (x,) = inputs
        require_dtype(self.name, x, "int", declare=True)
        require_layout(self.name, x, Layout.VECTOR, Layout.TOKENS)
        return (TensorType((*x.shape, self.out), Layout.TOKENS),)

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        return (Weight("weight", (self.num_embeddings, self.out)),)

    def torch(self, *inputs: TensorType) -> Form:
        args = (
            Arg(self.num_embeddings, ("num_embeddings",)),
            Arg(self.out, ("out",)),
            Arg(self.padding_idx, ("padding_idx",), "padding_idx", None),
        )
        return Form(make="nn.Embedding({args})", args=args)
