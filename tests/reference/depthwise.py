"""Depthwise convolutions of doubles, for which torch has nothing quick: the same sums, over all channels at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad
from torch.overrides import TorchFunctionMode

_NAMES = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
_Pair = int | Sequence[int]


class QuickDepthwise(TorchFunctionMode):
    """Within it, each depthwise convolution of doubles, whoever calls it, is computed by `depthwise`."""

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Any,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        values = dict(zip(_NAMES, args, strict=False)) | dict(kwargs or {}) if function is torch.conv2d else {}
        if values.pop("groups", 1) > 1 and values["weight"].shape[1] == 1 and values["input"].dtype is torch.double:
            return depthwise(**values)
        return function(*args, **(kwargs or {}))


def depthwise(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: _Pair = 1,
    padding: _Pair = 0,
    dilation: _Pair = 1,
) -> Tensor:
    """`torch.conv2d` with as many groups as input channels, as a sum over the places of the kernel."""
    (down, right), (top, left), (far_y, far_x) = map(_both, (stride, padding, dilation))
    x = pad(input, (left, left, top, top))
    rows, columns = weight.shape[2:]
    height = (x.shape[2] - far_y * (rows - 1) - 1) // down + 1
    width = (x.shape[3] - far_x * (columns - 1) - 1) // right + 1
    kernel = weight.unflatten(0, (x.shape[1], -1))
    total = torch.zeros((), dtype=x.dtype)
    for row, column in product(range(rows), range(columns)):
        y, z = row * far_y, column * far_x
        seen = x[:, :, None, y : y + down * (height - 1) + 1 : down, z : z + right * (width - 1) + 1 : right]
        total = total + seen * kernel[..., row, column, None]
    out = total.flatten(1, 2)
    return out if bias is None else out + bias[:, None, None]


def _both(value: _Pair) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[-1])
