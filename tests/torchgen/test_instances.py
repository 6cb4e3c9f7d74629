"""Instances of one definition are one class only where they are alike in all that the class can't be told."""

from __future__ import annotations

import torch
from torch import nn

from archspec.spec import Spec, load_text
from tests.torchgen.networks import static_state

HEADER = "archspec: 1\nname: Net\ninput: [3, 64, 64]\n"


def held(spec: Spec) -> nn.Module:
    """Its module, held to the names and shapes of the weights that the compiler says."""
    module = spec.build("meta")
    counters = "num_batches_tracked"
    state = {name: tuple(one.shape) for name, one in module.state_dict().items() if not name.endswith(counters)}
    assert state == {name: shape for name, shape in static_state(spec.network) if not name.endswith(counters)}
    return module


def test_a_network_imported_once_gives_other_taps_to_each_user() -> None:
    spec = load_text(
        HEADER
        + "import: {ResNet18: resnet18}\n"
        + "graph:\n  a: {op: ResNet18, taps: [c3, c4]}\n  b: {op: ResNet18, from: input, taps: [c4, c5]}\n"
        + "outputs: [a.c4, b.c5]\n"
    )
    module = held(spec)
    outputs = module(torch.empty(1, 3, 64, 64, device="meta"))
    assert [tuple(one.shape[1:]) for one in outputs] == list(spec.outputs) == [(256, 4, 4), (512, 2, 2)]


def test_defaults_of_an_imported_network_stay_in_it() -> None:
    module = held(
        load_text(
            HEADER
            + "import: {EfficientNetB0: efficientnet_b0}\ndefaults: {batch_norm: {eps: 0.25}}\ngraph:\n"
            + "  stem: {op: ConvBNAct, out: 32, kernel: 3, stride: 2, act: silu}\n"
            + "  backbone: {op: EfficientNetB0, from: input}\n"
            + "outputs: [stem, backbone]\n"
        )
    )
    eps = {name: one.eps for name, one in module.named_modules() if isinstance(one, nn.BatchNorm2d)}
    assert eps["stem.bn"] == 0.25
    assert 0.25 not in [one for name, one in eps.items() if name != "stem.bn"]
