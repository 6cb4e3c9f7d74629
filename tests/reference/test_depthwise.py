"""The quick depthwise convolution is torch's own."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.reference.depthwise import depthwise


@pytest.mark.parametrize(
    ("channels", "out", "kernel", "options"),
    [
        (8, 8, (3, 3), {"stride": 2, "padding": 1}),
        (8, 16, (5, 3), {"padding": (2, 1), "bias": True}),
        (4, 4, (3, 3), {"dilation": (2, 1), "stride": (1, 2)}),
        (4, 4, (1, 7), {"padding": (0, 3), "bias": True}),
    ],
)
def test_it_computes_what_torch_does(channels: int, out: int, kernel: tuple[int, int], options: dict[str, Any]) -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(2, channels, 9, 11, generator=generator, dtype=torch.double)
    weight = torch.randn(out, 1, *kernel, generator=generator, dtype=torch.double)
    bias = torch.randn(out, generator=generator, dtype=torch.double) if options.pop("bias", False) else None
    expected = torch.conv2d(x, weight, bias, groups=channels, **options)
    torch.testing.assert_close(depthwise(x, weight, bias, **options), expected, rtol=1e-12, atol=1e-12)
