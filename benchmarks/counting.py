"""Parameters and MACs of a network: from its spec, and by torch's own counter on the meta device."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch.utils.flop_counter import FlopCounterMode

import archspec
from benchmarks.pairing import Result, in_turn
from tests.reference_models import torchvision

ROUNDS = 15
TIMES = 20
"""How often the one is done for each time of the other, so that both take about as long."""


def results() -> Iterator[Result]:
    assert by_spec() == by_torch(), "both have to count the same"
    faster = in_turn(lambda: [by_spec() for _ in range(TIMES)], by_torch, ROUNDS, warm=2).inverse(TIMES)
    what = "building torchvision's ResNet-50 on the meta device and counting with `FlopCounterMode`, over loading, "
    what += "checking and counting `specs/resnet50.yaml`"
    yield Result(what, faster, bar=20, at_least=True, remark=", aim 50")


def by_spec() -> tuple[int | None, int | None]:
    spec = archspec.load("specs/resnet50.yaml")
    assert not spec.check()
    return spec.params, spec.macs


def by_torch() -> tuple[int | None, int | None]:
    with torch.device("meta"), torch.no_grad():
        module = torchvision().models.resnet50(weights=None).eval()
        with FlopCounterMode(display=False) as counter:
            module(torch.empty(1, 3, 224, 224))
    return sum(parameter.numel() for parameter in module.parameters()), counter.get_total_flops() // 2
