"""Weights start as those of the implementation do: with the same spread, tensor by tensor."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from archspec.places import zoo
from archspec.spec import load
from archspec.weights import libraries
from tests.reference.cases import Case, cases
from tests.reference.twins import matched

ONE_OF_EACH = (
    *("alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "efficientnet_v2_s", "googlenet", "inception_v3"),
    *("mnasnet0_5", "mobilenet_v2", "mobilenet_v3_small", "regnet_x_400mf", "regnet_y_400mf", "resnet18", "resnet50"),
    *("shufflenet_v2_x0_5", "squeezenet1_0", "swin_t", "swin_v2_t", "vgg11_bn", "vit_b16"),
    *("ghostnet", "hrnet_w18", "mixnet_s", "se_resnet18", "vovnet39"),
)
"""A network of each family whose implementation starts as its paper says; timm's others start as torch has them."""
CASES = [case for case in cases() if case.spec in ONE_OF_EACH]
FEW = 64
"""Numbers from which no spread can be told."""


def initialised(case: Case) -> nn.Module:
    """The implementation as it starts; torchvision's inceptions do so on request."""
    options = {"init_weights": True} if case.model in ("googlenet", "inception_v3") else {}
    if not options:
        return libraries.built(case.library, case.model, "cpu")  # type: ignore[return-value]
    from tests import reference_models

    module: nn.Module = getattr(reference_models.torchvision().models, case.model)(**options)
    return module


def spread(values: Tensor) -> float:
    return values.square().mean().sqrt().item()


@pytest.mark.reference
@pytest.mark.parametrize("case", CASES, ids=str)
def test_same_spread(case: Case) -> None:
    torch.manual_seed(0)
    theirs, mine = initialised(case), load(zoo()[case.spec]).with_params(**case.params).build()
    names, given, own = matched(case, theirs, mine).names, theirs.state_dict(), mine.state_dict()
    different = {}
    for old, new in names.items():
        one, other = given[old], own[new]
        if one.is_floating_point() and (one.numel() >= FEW or not one.any() or not other.any()):
            most = max(spread(one), spread(other))
            # Five standard errors of a spread, and what cutting off normal numbers makes of it.
            if most and abs(spread(one) - spread(other)) / most > 5 / math.sqrt(2 * one.numel()) + 0.02:
                different[new] = (spread(one), spread(other))
    assert not different
