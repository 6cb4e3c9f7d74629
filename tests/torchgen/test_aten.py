"""A built module makes torch do what torchvision's does: the same operators in the same order, forward and backward."""

from __future__ import annotations

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
    [
        ("alexnet", 96, "meta"),
        ("densenet121", 64, "meta"),
        ("mobilenet_v2", 64, "meta"),
        ("resnet50", 64, "cpu"),
        ("vgg16", 64, "meta"),
    ],
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


@pytest.mark.parametrize("train", [False, True], ids=["eval", "train"])
def test_same_sequence_of_operators_with_dropout_beside_its_input(train: bool) -> None:
    """torchvision drops in place there, which costs its backward copies; in AlexNet and MobileNetV2 it doesn't.

    Whole paths are dropped by neither: torchvision draws and divides a mask by hand, ours is torch's own dropout.
    """
    reference, mine = theirs("efficientnet_b0"), built("efficientnet_b0")
    for module in (*reference.modules(), *mine.modules()):
        if isinstance(module, nn.Dropout):
            module.inplace = False
        elif type(module).__name__ in ("StochasticDepth", "DropPath"):
            module.p = 0.0  # type: ignore[assignment]
    ours = dispatched(mine, 64, train)
    assert _written_out(ours) == _written_out(dispatched(reference, 64, train))


def test_shufflenet_does_less() -> None:
    """torchvision shuffles channels in five steps, torch in one."""
    name = "shufflenet_v2_x1_0"
    ours, reference = (dispatched(one, 64, train=True) for one in (built(name), theirs(name)))
    assert len(ours) < len(reference)
    assert ours.count("aten.convolution") == reference.count("aten.convolution") == 56
