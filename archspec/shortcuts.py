"""What is mostly wanted of a spec, in one call each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from archspec.display.summary import Summary
from archspec.spec import load

if TYPE_CHECKING:
    import torch
    from torch import nn

    from archspec.spec import Given
    from archspec.weights.fit import Adapt


def build(
    path_or_name: str | Path,
    device: str | torch.device | None = None,
    weights: Given | None = None,
    adapt_input: Adapt | None = None,
    **params: Any,
) -> nn.Module:
    """The module of a spec: `archspec.build("resnet50", num_classes=10, weights="imagenet1k_v2")`."""
    return load(path_or_name).with_params(**params).build(device, weights, adapt_input)


def codegen(path_or_name: str | Path, **params: Any) -> str:
    """The PyTorch source of a spec."""
    return load(path_or_name).with_params(**params).codegen()


def summary(path_or_name: str | Path, depth: int | None = None, **params: Any) -> Summary:
    """The layer table of a spec."""
    return load(path_or_name).with_params(**params).summary(depth)
