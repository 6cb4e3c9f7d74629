"""A network's source with every value under a name of its own, each on its own line: what the short one must equal."""

from __future__ import annotations

from unittest.mock import patch

import torch
from torch import Tensor, nn

from archspec.spec import Spec
from archspec.torchgen.forward import Forward
from archspec.torchgen.phrases import label
from archspec.torchgen.variables import Variables
from tests.torchgen.networks import execute


def plainly(spec: Spec) -> str:
    """No name is used twice, and nothing stands inside another line but what has to."""

    def name(self: Variables, index: int, key: tuple[str, int], own: str) -> str:
        return self.fresh(f"{own}_value")

    def of_several(self: Variables, index: int, step: object, key: tuple[str, int]) -> str:
        return self.fresh(f"{label(key[0])}_value{key[1]}")

    def inlines(self: Forward, *given: object) -> bool:
        return False

    with (
        patch.object(Variables, "name", name),
        patch.object(Variables, "of_several", of_several),
        patch.object(Forward, "_inlines", inlines),
    ):
        return spec.codegen()


def agree(spec: Spec, module: nn.Module, *inputs: Tensor) -> None:
    """In both phases, a module gives what its plain form gives with the same weights, bit for bit."""
    plain: nn.Module = getattr(execute(plainly(spec), "plain"), spec.name)()
    plain.load_state_dict(module.state_dict())
    for training in (False, True):
        module.train(training)
        plain.train(training)
        for one in (*module.modules(), *plain.modules()):
            if isinstance(one, nn.modules.dropout._DropoutNd) or type(one).__name__ == "DropPath":
                one.eval()
        with torch.no_grad():
            assert all(map(torch.equal, tensors(module(*inputs)), tensors(plain(*inputs))))


def tensors(values: object) -> list[Tensor]:
    """All tensors in what a forward gives."""
    if isinstance(values, Tensor):
        return [values]
    assert isinstance(values, tuple | list | dict)
    return [one for value in (values.values() if isinstance(values, dict) else values) for one in tensors(value)]
