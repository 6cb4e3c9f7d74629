"""Checks of what a primitive is given: the layout and the kind of numbers."""

from __future__ import annotations

from typing import Final

from archspec.diagnostics.catalogue.windows import Convert, WrongDtype, WrongLayout
from archspec.diagnostics.remarks import Advice
from archspec.diagnostics.wording import listing
from archspec.ops.base import Reject
from archspec.types import Layout, TensorType

KIND: Final = {
    Layout.IMAGE: "an image",
    Layout.CHANNELS_LAST: "an image with channels last",
    Layout.TOKENS: "tokens",
    Layout.VECTOR: "a vector",
}
DTYPE: Final = {"float": "numbers to compute with", "int": "indices (whole numbers)", "bool": "truth values"}
LAST: Final = (Layout.VECTOR, Layout.TOKENS, Layout.CHANNELS_LAST)
"""Layouts whose channels are the last axis."""

_CONVERSIONS: Final = {
    (Layout.CHANNELS_LAST, Layout.IMAGE): ("to_channels_first",),
    (Layout.TOKENS, Layout.IMAGE): ("to_image",),
    (Layout.IMAGE, Layout.VECTOR): ("global_avg_pool", "flatten"),
    (Layout.IMAGE, Layout.TOKENS): ("to_tokens",),
    (Layout.IMAGE, Layout.CHANNELS_LAST): ("to_channels_last",),
}


def require_layout(op: str, value: TensorType, *layouts: Layout) -> None:
    """Rejects a value in none of these layouts, naming the ops that would convert it."""
    if value.layout in layouts:
        return
    helps = tuple(
        Convert(op=converter, layout=KIND[layout])
        for layout in layouts
        for converter in _CONVERSIONS.get((value.layout, layout), ())
    )
    takes = listing([KIND[layout] for layout in layouts], "or")
    raise Reject(WrongLayout, op=op, takes=takes, found=KIND[value.layout], shape=str(value), helps=helps)


def require_dtype(op: str, value: TensorType, dtype: str = "float", declare: bool = False) -> None:
    """Rejects values of another dtype. `declare`: an input of the network may be meant, which can say what it holds."""
    if value.dtype != dtype:
        shape = f"[{', '.join(map(str, value.shape))}]"
        helps = (Advice(words=f"an input says that it holds indices: `{{shape: {shape}, dtype: int}}`"),)
        found = DTYPE.get(value.dtype, value.dtype)
        raise Reject(WrongDtype, op=op, takes=DTYPE[dtype], found=found, helps=helps if declare else ())


def require_image(op: str, value: TensorType) -> None:
    """What most primitives over two axes need: an image of numbers to compute with."""
    if value.layout is not Layout.IMAGE:
        require_layout(op, value, Layout.IMAGE)
    require_dtype(op, value)
