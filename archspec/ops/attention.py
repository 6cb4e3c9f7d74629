"""Attention between tokens: scaled_dot_product_attention."""

from math import prod

from pydantic import Field

from archspec.diagnostics.catalogue.joins import AttentionDiffers
from archspec.ops.agreement import require_alike, shapes
from archspec.ops.base import Op, Probability, Reject
from archspec.ops.form import Arg, Form
from archspec.ops.layout import require_dtype, require_layout
from archspec.types import Layout, TensorType

_OPTIONS = (("p", ", dropout_p={p} if self.training else 0.0"), ("scale", ", scale={scale}"))


class ScaledDotProductAttention(Op):
    """softmax(query · keyᵀ · scale + mask) · value, from query, key, value and perhaps a mask.

    With `to_heads` before it and `from_heads` after it, it is multi-headed. A mask without heads holds for all of them.
    """

    name = "scaled_dot_product_attention"
    arity = (3, 4)
    input_names = ("query", "key", "value", "mask")

    p: Probability = Field(0.0, description="share of the attention weights that is dropped in training")
    causal: bool = Field(False, description="whether a token sees those before it and itself alone")
    scale: float | None = Field(None, description="factor on the products, 1 / sqrt(channels) where nothing is said")

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        for value in inputs:
            require_layout(self.name, value, Layout.TOKENS)
        for value in inputs[:3]:
            require_dtype(self.name, value)
        require_alike(self.name, inputs[:3])
        query, key, value = inputs[:3]
        self._require(query.channels == key.channels, "query and key must have the same channels", inputs)
        self._require(key.length == value.length, "key and value must have the same length", inputs)
        same = query.shape[:-2] == key.shape[:-2] == value.shape[:-2]
        self._require(same, "query, key and value must agree on the axes before their length", inputs)
        if len(inputs) == 4:
            self._check_mask(inputs)
        return (TensorType((*query.shape[:-1], value.channels), Layout.TOKENS, query.stride),)

    def _check_mask(self, inputs: tuple[TensorType, ...]) -> None:
        query, key, _, mask = inputs
        weights = (*query.shape[:-1], key.length)
        own = mask.shape if len(mask.shape) == len(weights) else (1,) * (len(weights) - 2) + mask.shape
        fits = len(own) == len(weights) and all(size in (1, whole) for size, whole in zip(own, weights, strict=True))
        self._require(fits, f"the mask must be one that can be repeated to {' x '.join(map(str, weights))}", inputs)
        self._require(not self.causal, "there must be no mask beside `causal`", inputs)

    def _require(self, holds: bool, rule: str, inputs: tuple[TensorType, ...]) -> None:
        if not holds:
            raise Reject(AttentionDiffers, op=self.name, rule=rule, found=shapes(inputs))

    def macs(self, *inputs: TensorType) -> int:
        query, key, value = inputs[:3]
        return prod(query.shape[:-1]) * key.length * (query.channels + value.channels)

    def window(self) -> None:
        return None

    def torch(self, *inputs: TensorType) -> Form:
        operands = ["{0}", "{1}", "{2}"]
        if len(inputs) == 4:
            missing = len(inputs[0].shape) - len(inputs[3].shape)
            operands.append("attn_mask={3}" + ".unsqueeze(-3)" * missing)
        causal = ", is_causal=True" if self.causal else ""
        text = f"nn.functional.scaled_dot_product_attention({', '.join(operands)}{{p}}{causal}{{scale}})"
        values = (("p", Arg(self.p, ("p",), default=0.0)), ("scale", Arg(self.scale, ("scale",), default=None)))
        return Form(text, values=values, options=_OPTIONS)
