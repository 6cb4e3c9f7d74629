"""Every block of the library computes what it is known for: equal weights give the outputs of torch's own modules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
import yaml
from torch import Tensor, nn

from archspec.places import LIBRARY
from archspec.spec import load
from tests import reference_models
from tests.reference.twins import give_equal_weights


class Joined(nn.Module):
    """What several modules make of the same input, side by side."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([layer(x) for layer in self.layers], dim=1)


class SelfAttention(nn.Module):
    """torch's attention of tokens to themselves."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(channels, heads, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.attention(x, x, x, need_weights=False)[0]
        return output


class Formula(nn.Module):
    """Layers, and what their paper computes with them."""

    def __init__(self, formula: Callable[[Formula, Tensor], Tensor], *layers: nn.Module) -> None:
        super().__init__()
        self.formula, self.layers = formula, nn.ModuleList(layers)

    def __call__(self, x: Tensor) -> Tensor:
        return self.formula(self, x)


def channel_gate(channels: int, hidden: int) -> nn.Module:
    mlp = nn.Sequential(nn.Conv2d(channels, hidden, 1), nn.ReLU(), nn.Conv2d(hidden, channels, 1))

    def weighed(gate: Formula, x: Tensor) -> Tensor:
        (mlp,) = gate.layers
        return x * torch.sigmoid(mlp(x.mean((2, 3), keepdim=True)) + mlp(x.amax((2, 3), keepdim=True)))

    return Formula(weighed, mlp)


def spatial_gate(kernel: int) -> nn.Module:
    def weighed(gate: Formula, x: Tensor) -> Tensor:
        convolve, norm = gate.layers
        return x * torch.sigmoid(norm(convolve(torch.stack([x.amax(1), x.mean(1)], dim=1))))

    return Formula(weighed, nn.Conv2d(2, 1, kernel, padding="same", bias=False), nn.BatchNorm2d(1))


def scse(channels: int) -> nn.Module:
    def weighed(gate: Formula, x: Tensor) -> Tensor:
        by_channel, by_place = gate.layers
        return by_channel(x) + x * torch.sigmoid(by_place(x))

    return Formula(weighed, squeeze_excite(channels, channels // 2), nn.Conv2d(channels, 1, 1))


def global_context(channels: int, hidden: int) -> nn.Module:
    def added(block: Formula, x: Tensor) -> Tensor:
        mask, *transform = block.layers
        places = x.flatten(2).transpose(1, 2)
        context = (mask(places).softmax(dim=1) * places).sum(dim=1)
        return x + nn.Sequential(*transform)(context)[:, :, None, None]

    transform = nn.Linear(channels, hidden), nn.LayerNorm(hidden), nn.ReLU(), nn.Linear(hidden, channels)
    return Formula(added, nn.Linear(channels, 1), *transform)


def non_local(channels: int, hidden: int) -> nn.Module:
    def added(block: Formula, x: Tensor) -> Tensor:
        query, key, value, out, norm = block.layers
        places = x.flatten(2).transpose(1, 2)
        match = torch.einsum("bic,bjc->bij", query(places), key(places)).softmax(dim=-1)
        found = (match @ value(places)).transpose(1, 2).unflatten(2, x.shape[2:])
        return x + norm(out(found))

    compared = (nn.Linear(channels, hidden) for _ in range(3))
    return Formula(added, *compared, nn.Conv2d(hidden, channels, 1, bias=False), nn.BatchNorm2d(channels))


def conv(*args: object, **options: object) -> nn.Module:
    module: nn.Module = reference_models.torchvision().ops.Conv2dNormActivation(*args, **options)
    return module


def squeeze_excite(channels: int, squeezed: int, **options: object) -> nn.Module:
    module: nn.Module = reference_models.torchvision().ops.SqueezeExcitation(channels, squeezed, **options)
    return module


def shuffle_unit(channels: int, out: int, stride: int) -> nn.Module:
    module: nn.Module = reference_models.torchvision().models.shufflenetv2.InvertedResidual(channels, out, stride)
    return module


def encoder_block(heads: int, channels: int, hidden: int) -> nn.Module:
    vision = reference_models.torchvision().models.vision_transformer
    block: nn.Module = vision.EncoderBlock(heads, channels, hidden, 0.0, 0.0, norm_layer=nn.LayerNorm)
    return block


def dense_layer(channels: int, growth: int, bottleneck: int) -> nn.Module:
    dense = reference_models.torchvision().models.densenet
    layer: nn.Module = dense._DenseLayer(channels, growth, bottleneck, drop_rate=0.0)
    return layer


def dense_block(channels: int, layers: int, growth: int, bottleneck: int) -> nn.Module:
    dense = reference_models.torchvision().models.densenet
    block: nn.Module = dense._DenseBlock(layers, channels, bottleneck, growth, drop_rate=0.0)
    return block


def inverted_residual(channels: int, out: int, stride: int, expand: int) -> nn.Module:
    models = reference_models.torchvision().models
    module: nn.Module = models.mobilenetv2.InvertedResidual(channels, out, stride, expand)
    return module


def inverted_residual_with_excite(channels: int, hidden: int, out: int) -> nn.Module:
    models = reference_models.torchvision().models
    config = models.mobilenetv3.InvertedResidualConfig(channels, 5, hidden, out, True, "HS", 1, 1, 1.0)
    module: nn.Module = models.mobilenetv3.InvertedResidual(config, nn.BatchNorm2d)
    return module


@dataclass(frozen=True)
class Case:
    """A node with a block, the shape it reads, and the same in torch."""

    node: str
    input: tuple[int, ...]
    theirs: Callable[[], nn.Module]


CASES = {
    "CBAM": Case("{op: CBAM, reduction: 4}", (8, 9, 9), lambda: nn.Sequential(channel_gate(8, 2), spatial_gate(7))),
    "ChannelGate": Case("{op: ChannelGate, reduction: 2}", (8, 9, 9), lambda: channel_gate(8, 4)),
    "ConvAct": Case(
        "{op: ConvAct, out: 8, kernel: 3, stride: 2, act: gelu}",
        (6, 9, 9),
        lambda: nn.Sequential(nn.Conv2d(6, 8, 3, 2, padding=1), nn.GELU()),
    ),
    "ConvBN": Case(
        "{op: ConvBN, out: 6, kernel: 3, groups: 3, bias: true}",
        (6, 9, 9),
        lambda: conv(6, 6, 3, groups=3, bias=True, activation_layer=None),
    ),
    "ConvBNAct": Case(
        "{op: ConvBNAct, out: 8, kernel: 5, dilation: 2, act: silu}",
        (6, 9, 9),
        lambda: conv(6, 8, 5, dilation=2, activation_layer=nn.SiLU),
    ),
    "DenseBlock": Case(
        "{op: DenseBlock, layers: 3, growth: 4, bottleneck: 3}", (6, 9, 9), lambda: dense_block(6, 3, 4, 3)
    ),
    "DenseLayer": Case("{op: DenseLayer, growth: 4, bottleneck: 3}", (6, 9, 9), lambda: dense_layer(6, 4, 3)),
    "DepthwiseSeparable": Case(
        "{op: DepthwiseSeparable, out: 8, stride: 2, act: relu6}",
        (6, 9, 9),
        lambda: nn.Sequential(
            conv(6, 6, 3, 2, groups=6, activation_layer=nn.ReLU6), conv(6, 8, 1, activation_layer=nn.ReLU6)
        ),
    ),
    "EncoderBlock": Case("{op: EncoderBlock, heads: 2, hidden: 16}", (5, 8), lambda: encoder_block(2, 8, 16)),
    "Fork": Case("{op: Fork, out: 8}", (6, 9, 9), lambda: Joined(conv(6, 8, (1, 3)), conv(6, 8, (3, 1)))),
    "GlobalContext": Case("{op: GlobalContext, reduction: 4}", (8, 9, 7), lambda: global_context(8, 2)),
    "InceptionBranch": Case(
        "{op: InceptionBranch, reduce: 4, out: 8, kernel: 5}",
        (6, 9, 9),
        lambda: nn.Sequential(conv(6, 4, 1), conv(4, 8, 5)),
    ),
    "InvertedResidual": Case(
        "{op: InvertedResidual, expand: 3, stride: 2, out: 8, act: relu6}",
        (6, 9, 9),
        lambda: inverted_residual(6, 8, 2, 3),
    ),
    "InvertedResidual with all said": Case(
        "{op: InvertedResidual, hidden: 32, kernel: 5, out: 8, se: true, act: hard_swish}",
        (8, 9, 9),
        lambda: inverted_residual_with_excite(8, 32, 8),
    ),
    "LayerNorm2d": Case(
        "LayerNorm2d",
        (6, 9, 9),
        lambda: reference_models.torchvision().models.convnext.LayerNorm2d(6, eps=1e-5),
    ),
    "MLP": Case(
        "{op: MLP, hidden: 16}",
        (5, 8),
        lambda: nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 8)),
    ),
    "MultiHeadAttention": Case("{op: MultiHeadAttention, heads: 2}", (5, 8), lambda: SelfAttention(8, 2)),
    "NonLocal": Case("{op: NonLocal, hidden: 3}", (8, 9, 7), lambda: non_local(8, 3)),
    "PooledBranch": Case(
        "{op: PooledBranch, out: 8}", (6, 9, 9), lambda: nn.Sequential(nn.AvgPool2d(3, 1, 1), conv(6, 8, 1))
    ),
    "PooledBranch with a maximum": Case(
        "{op: PooledBranch, out: 8, largest: true}",
        (6, 9, 9),
        lambda: nn.Sequential(nn.MaxPool2d(3, 1, 1), conv(6, 8, 1)),
    ),
    "SCSE": Case("SCSE", (8, 9, 9), lambda: scse(8)),
    "ShuffleBranch": Case(
        "{op: ShuffleBranch, out: 8, stride: 2}",
        (6, 9, 9),
        lambda: nn.Sequential(conv(6, 8, 1), conv(8, 8, 3, 2, groups=8, activation_layer=None), conv(8, 8, 1)),
    ),
    "ShuffleDownUnit": Case("{op: ShuffleDownUnit, out: 12}", (6, 9, 9), lambda: shuffle_unit(6, 12, 2)),
    "ShuffleUnit": Case("ShuffleUnit", (6, 9, 9), lambda: shuffle_unit(6, 6, 1)),
    "SpatialGate": Case("{op: SpatialGate, kernel: 3}", (8, 9, 9), lambda: spatial_gate(3)),
    "SqueezeExcite": Case("{op: SqueezeExcite, reduction: 4}", (8, 9, 9), lambda: squeeze_excite(8, 2)),
    "SqueezeExcite with all said": Case(
        "{op: SqueezeExcite, squeezed: 3, act: silu, gate: hard_sigmoid}",
        (8, 9, 9),
        lambda: squeeze_excite(8, 3, activation=nn.SiLU, scale_activation=nn.Hardsigmoid),
    ),
}


def test_the_table_has_every_block() -> None:
    blocks = {name for path in LIBRARY.glob("*.yaml") for name in yaml.safe_load(path.read_text("utf-8"))["blocks"]}
    assert blocks == {name.split()[0] for name in CASES}


@pytest.mark.reference
@pytest.mark.parametrize("name", CASES)
def test_outputs_equal(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    path = tmp_path / "probe.yaml"
    path.write_text(
        f"archspec: 1\nname: Probe\ninput: {list(case.input)}\ngraph: {{block: {case.node}}}\n", encoding="utf-8"
    )
    ours, theirs = load(path).build().eval(), case.theirs().eval()
    give_equal_weights(ours, theirs)
    x = torch.randn(2, *case.input, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x))


@pytest.mark.reference
def test_a_mask_is_added_to_the_products_of_tokens() -> None:
    ours = load("multi_head_attention").build().eval()
    theirs = nn.MultiheadAttention(512, 8, batch_first=True).eval()
    give_equal_weights(ours, theirs)
    generator = torch.Generator().manual_seed(1)
    tokens, mask = torch.randn(2, 64, 512, generator=generator), torch.randn(2, 64, 64, generator=generator)
    with torch.no_grad():
        expected, _ = theirs(tokens, tokens, tokens, attn_mask=mask.repeat_interleave(8, dim=0), need_weights=False)
        torch.testing.assert_close(ours(tokens, mask), expected, rtol=1e-5, atol=1e-5)
