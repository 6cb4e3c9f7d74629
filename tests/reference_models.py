"""The implementations that archspec's networks are compared with, imported when first asked for."""

from __future__ import annotations

from types import ModuleType


def torchvision() -> ModuleType:
    """torchvision with its classification models."""
    from archspec.weights import libraries

    return libraries.torchvision()


def timm() -> ModuleType:
    """timm, which imports torchvision."""
    from archspec.weights import libraries

    return libraries.timm()
