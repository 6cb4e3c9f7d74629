"""The zoo computes what torchvision and timm compute: weights paired in order give equal outputs, bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from torch import nn

from archspec.places import zoo
from archspec.spec import load
from tests import reference_models
from tests.zoo.pairing import give_equal_weights


@dataclass(frozen=True)
class Case:
    """A spec, with parameters, and the implementation that it must equal."""

    spec: str
    model: str
    params: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    size: int = 64
    library: str = "torchvision"

    def __str__(self) -> str:
        return "-".join([self.spec, self.model, *(f"{key}={value}" for key, value in self.params.items())])


CASES = (
    Case("alexnet", "alexnet", size=96),
    Case("vgg11", "vgg11"),
    Case("vgg16", "vgg16"),
    Case("vgg16_bn", "vgg16_bn"),
    Case("googlenet", "googlenet", {"wide_kernel": 3}, {"init_weights": False}),
    Case("googlenet", "googlenet", {"wide_kernel": 3, "aux": False}, {"aux_logits": False, "init_weights": False}),
    Case("inception_v3", "inception_v3", options={"init_weights": False}, size=96),
    Case("resnet50", "resnet50"),
    Case("resnet18", "resnet18"),
    Case("resnet101", "resnet101"),
    Case("resnext50_32x4d", "resnext50_32x4d"),
    Case("wide_resnet50_2", "wide_resnet50_2"),
    Case("densenet121", "densenet121"),
    Case("densenet121", "densenet169", {"depths": [6, 12, 32, 32]}),
    Case("mobilenet_v2", "mobilenet_v2"),
    Case("mobilenet_v2", "mobilenet_v2", {"width": 1.4}, {"width_mult": 1.4}),
    Case("mobilenet_v3_small", "mobilenet_v3_small"),
    Case("shufflenet_v2_x1_0", "shufflenet_v2_x1_0"),
    Case("shufflenet_v2_x1_0", "shufflenet_v2_x2_0", {"widths": [24, 244, 488, 976, 2048]}),
    Case("efficientnet_b0", "efficientnet_b0"),
    Case("efficientnet_b4", "efficientnet_b4"),
    Case("hrnet_w18", "hrnet_w18", library="timm"),
    Case("ghostnet", "ghostnet_100", library="timm"),
    Case("ghostnet", "ghostnet_050", {"width": 0.5}, library="timm"),
)


@pytest.mark.reference
@pytest.mark.parametrize("case", CASES, ids=str)
def test_outputs_equal(case: Case) -> None:
    with torch.device("meta"):
        ours = load(zoo()[case.spec]).with_params(**case.params).build().eval()
        theirs = _theirs(case).eval()
    give_equal_weights(ours, theirs)
    image = torch.randn(1, 3, case.size, case.size, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert torch.equal(ours(image), theirs(image))


def _theirs(case: Case) -> nn.Module:
    if case.library == "timm":
        model: nn.Module = reference_models.timm().create_model(case.model)
    else:
        model = getattr(reference_models.torchvision().models, case.model)(**case.options)
    return model
