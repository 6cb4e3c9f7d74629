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
    first: tuple[str, ...] = ()
    """Their weights that stand first among ours, where the order isn't the same."""
    exact: bool = True
    """Whether the outputs are equal bit for bit; attention that is computed by other kernels differs a little."""

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
    Case("convnext_tiny", "convnext_tiny"),
    Case("vit_b16", "vit_b_16", size=224, first=("class_token", "encoder.pos_embedding"), exact=False),
    Case("vit_b32", "vit_b_32", size=224, first=("class_token", "encoder.pos_embedding"), exact=False),
    Case("deit_small", "deit_small_patch16_224", size=224, library="timm", first=("cls_token", "pos_embed")),
    Case(
        "deit_small_distilled",
        "deit_small_distilled_patch16_224",
        size=224,
        library="timm",
        first=("cls_token", "dist_token", "pos_embed"),
    ),
    Case(
        "tnt_s",
        "tnt_s_legacy_patch16_224",
        size=224,
        library="timm",
        first=("pixel_pos", "cls_token", "patch_pos"),
        exact=False,
    ),
    Case("hrnet_w18", "hrnet_w18", library="timm"),
    Case("mixnet_s", "mixnet_s", library="timm"),
    Case("ghostnet", "ghostnet_100", library="timm"),
    Case("ghostnet", "ghostnet_050", {"width": 0.5}, library="timm"),
    Case("inception_v4", "inception_v4", size=107, library="timm"),
    Case("inception_resnet_v2", "inception_resnet_v2", size=107, library="timm"),
    Case("xception", "legacy_xception", library="timm"),
    Case("xception41", "xception41", library="timm"),
    Case("xception65", "xception65", library="timm"),
    Case("xception71", "xception71", library="timm"),
    Case("repvgg_a0", "repvgg_a0", library="timm"),
    Case("repvgg_a1", "repvgg_a1", library="timm"),
    Case("repvgg_b1g4", "repvgg_b1g4", library="timm"),
    Case("mobilenet_v1", "mobilenetv1_100", library="timm"),
    Case("mobilenet_v1_125", "mobilenetv1_125", library="timm"),
    Case("resnet50_se", "seresnet50", library="timm"),
    Case("se_resnet18", "legacy_seresnet18", library="timm"),
    Case("se_resnet34", "legacy_seresnet34", library="timm"),
    Case("se_resnet50", "legacy_seresnet50", library="timm"),
    Case("se_resnet101", "legacy_seresnet101", library="timm"),
    Case("se_resnext50_32x4d", "legacy_seresnext50_32x4d", library="timm"),
    Case("senet154", "legacy_senet154", library="timm"),
)


@pytest.mark.reference
@pytest.mark.parametrize("case", CASES, ids=str)
def test_outputs_equal(case: Case) -> None:
    with torch.device("meta"):
        ours = load(zoo()[case.spec]).with_params(**case.params).build().eval()
        theirs = _theirs(case).eval()
    give_equal_weights(ours, theirs, case.first)
    image = torch.randn(1, 3, case.size, case.size, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        output, expected = ours(image), theirs(image)
    if case.exact:
        assert torch.equal(output, expected)
    else:
        torch.testing.assert_close(output, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.reference
def test_a_mask_is_added_to_the_products_of_tokens() -> None:
    ours = load(zoo()["multi_head_attention"]).build().eval()
    theirs = nn.MultiheadAttention(512, 8, batch_first=True).eval()
    give_equal_weights(ours, theirs)
    generator = torch.Generator().manual_seed(1)
    tokens, mask = torch.randn(2, 64, 512, generator=generator), torch.randn(2, 64, 64, generator=generator)
    with torch.no_grad():
        expected, _ = theirs(tokens, tokens, tokens, attn_mask=mask.repeat_interleave(8, dim=0), need_weights=False)
        torch.testing.assert_close(ours(tokens, mask), expected, rtol=1e-5, atol=1e-5)


def _theirs(case: Case) -> nn.Module:
    if case.library == "timm":
        model: nn.Module = reference_models.timm().create_model(case.model)
    else:
        model = getattr(reference_models.torchvision().models, case.model)(**case.options)
    return model
