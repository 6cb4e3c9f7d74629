"""A built module makes torch do what torchvision's does: the same operators in the same order, forward and backward."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from tests import reference_models
from tests.torchgen.networks import built, spec

pytestmark = pytest.mark.reference


class Operators(TorchDispatchMode):
    """Keeps the name of every operator that is dispatched."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.names.append(str(func.overloadpacket))
        return func(*args, **(kwargs or {}))


def dispatched(module: nn.Module, size: int, train: bool) -> list[str]:
    """The operators of a forward, and of a backward in training."""
    image = torch.zeros(2, 3, size, size, device=next(module.parameters()).device)
    with Operators() as operators:
        output = module.train(train)(image)
        if train:
            output.sum().backward()
    return operators.names


def theirs(name: str, device: str = "meta", **options: Any) -> nn.Module:
    with torch.device(device):
        module: nn.Module = getattr(reference_models.torchvision().models, name)(**options)
    return module


def _written_out(names: list[str]) -> list[str]:
    return ["aten.add" if name == "aten.add_" else name for name in names]


@pytest.mark.parametrize("train", [False, True], ids=["eval", "train"])
@pytest.mark.parametrize(
    ("name", "size", "device"),
    [("alexnet", 96, "meta"), ("mobilenet_v2", 64, "meta"), ("resnet50", 64, "cpu"), ("vgg16", 64, "meta")],
)
def test_same_sequence_of_operators(name: str, size: int, device: str, train: bool) -> None:
    """Bar one: torchvision adds a residual into the memory of its block's last layer (`out += identity`), ours is
    `out + self.downsample(x)`, because overwriting what a block gave would change what a hook on that block saw. So
    `add_` is read as `add`.
    """
    ours = dispatched(built(name, device), size, train)
    assert len(ours) > 20
    assert _written_out(ours) == _written_out(dispatched(theirs(name, device), size, train))


def test_same_sequence_of_operators_in_branches() -> None:
    with torch.device("meta"):
        ours = spec("googlenet").with_params(wide_kernel=3, aux=False).build()
    reference = theirs("googlenet", aux_logits=False, init_weights=False)
    assert dispatched(ours, 64, train=True) == dispatched(reference, 64, train=True)


def test_densenet_does_less() -> None:
    """torchvision joins all earlier features anew in every layer, ours grows one; the work on them is the same."""
    ours, reference = (dispatched(one, 64, train=True) for one in (built("densenet121"), theirs("densenet121")))
    assert len(ours) <= len(reference)
    work = ("convolution", "batch_norm", "threshold", "relu", "pool", "addmm")
    counts = [Counter(name for name in names if any(part in name for part in work)) for names in (ours, reference)]
    assert counts[0] == counts[1]
    assert counts[0]["aten.convolution"] == 120


def test_shufflenet_does_less() -> None:
    """torchvision shuffles channels in five steps, torch in one."""
    name = "shufflenet_v2_x1_0"
    ours, reference = (dispatched(one, 64, train=True) for one in (built(name), theirs(name)))
    assert len(ours) < len(reference)
    assert ours.count("aten.convolution") == reference.count("aten.convolution") == 56
