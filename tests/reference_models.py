"""The implementations that archspec's networks are compared with, imported when first asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache, wraps
from types import ModuleType
from typing import Any

_OPERATORS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_kept: list[object] = []  # torch forgets a library's operators when nothing holds it


@cache
def torchvision() -> ModuleType:
    """torchvision with its classification models.

    Its compiled operators belong to one build of torch and may not load on another; importing it then fails on
    two declarations that no network of ours calls, so they are declared here.
    """
    import torch

    if not _registered("torchvision::nms"):
        library = torch.library.Library("torchvision", "DEF")
        for operator in _OPERATORS:
            library.define(operator)
        _kept.append(library)
    block_params = importlib.import_module("torchvision.models.regnet").BlockParams
    block_params.from_init_params = _on_cpu(block_params.from_init_params)
    return importlib.import_module("torchvision")


@cache
def timm() -> ModuleType:
    """timm, which imports torchvision."""
    torchvision()
    return importlib.import_module("timm")


def _on_cpu(function: Callable[..., Any]) -> Callable[..., Any]:
    """RegNet works its widths out with tensors, whose values are needed although the module is built elsewhere."""
    import torch

    @wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        with torch.device("cpu"):
            return function(*args, **kwargs)

    return called


def _registered(operator: str) -> bool:
    import torch

    return torch._C._dispatch_has_kernel(operator)
