"""Equal weights for two modules that should be the same network: entries paired in order, every shape in agreement."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


def give_equal_weights(ours: nn.Module, theirs: nn.Module, first: Sequence[str] = ()) -> None:
    """The same new tensors to both; they may come from the meta device.

    `first` are the names of their entries that stand before all others among ours.
    """
    generator = torch.Generator().manual_seed(0)
    entries = theirs.state_dict()
    names = [*first, *(name for name in entries if name not in first)]
    assert shapes(ours) == [tuple(entries[name].shape) for name in names]
    weights = [_weight(entries[name], generator) for name in names]
    ours.load_state_dict(dict(zip(ours.state_dict(), weights, strict=True)), assign=True)
    theirs.load_state_dict(dict(zip(names, weights, strict=True)), assign=True)


def shapes(module: nn.Module) -> list[tuple[int, ...]]:
    return [tuple(entry.shape) for entry in module.state_dict().values()]


def _weight(like: Tensor, generator: torch.Generator) -> Tensor:
    """Values that neither vanish nor explode on the way through a deep network."""
    if not like.is_floating_point():
        return torch.zeros(like.shape, dtype=like.dtype)
    if like.dim() == 1:
        return torch.rand(like.shape, generator=generator) / 2 + 0.75
    return torch.randn(like.shape, generator=generator) * (1.7 / like[0].numel()) ** 0.5
