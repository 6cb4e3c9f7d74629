"""A training step of the built module beside one of torchvision's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import nn

import archspec
from benchmarks.building import NETWORKS
from benchmarks.pairing import Result, in_turn
from tests.reference_models import torchvision

BATCHES = {1: 15, 16: 9}
"""Rounds per batch size."""


def results() -> Iterator[Result]:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    for name, title in NETWORKS.items():
        ours = archspec.build(name, device=device)
        theirs, another = (getattr(torchvision().models, name)(weights=None).to(device) for _ in range(2))
        for batch, rounds in BATCHES.items():
            image = torch.randn(batch, 3, 224, 224, device=device)
            noise = in_turn(_step(another, image), _step(theirs, image), rounds)
            ratio = in_turn(_step(ours, image), _step(theirs, image), rounds)
            what = f"forward and backward of {title} over torchvision's, batch {batch}"
            yield Result(what, ratio, bar=1, noise=noise)


def _step(module: nn.Module, image: torch.Tensor) -> Callable[[], None]:
    """One forward and backward pass in the training phase."""

    def step() -> None:
        module.zero_grad()
        module(image).sum().backward()
        if image.is_cuda:
            torch.cuda.synchronize()

    return step
