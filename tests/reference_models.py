"""The implementations that archspec's networks are compared with, imported when first asked for."""

from __future__ import annotations

import importlib
from functools import cache
from types import ModuleType

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
    importlib.import_module("torchvision.models")
    return importlib.import_module("torchvision")


@cache
def timm() -> ModuleType:
    """timm, which imports torchvision."""
    torchvision()
    return importlib.import_module("timm")


def _registered(operator: str) -> bool:
    import torch

    return torch._C._dispatch_has_kernel(operator)
