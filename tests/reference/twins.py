"""A network built twice, by us and by others, with the same random weights in double precision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from archspec.spec import Spec
from archspec.weights import libraries
from archspec.weights.pairing import Pairing, pair
from archspec.weights.read import entries
from tests.reference.cases import Case


def reference(case: Case) -> nn.Module:
    """The implementation with random weights and statistics."""
    model = _made(case, "meta")
    names = set(model.state_dict())
    if any(name not in names for name, _ in model.named_buffers()):
        model = _made(case, "cpu")  # buffers that no state dict has are worked out while it is built
    model.double()
    generator = torch.Generator().manual_seed(0)
    state = model.state_dict()
    for name, entry in state.items():
        state[name] = _random(name, entry, generator)
    model.load_state_dict(state, assign=True)
    return model


def _made(case: Case, device: str) -> nn.Module:
    model = libraries.built(case.library, case.model, device)
    assert isinstance(model, nn.Module)
    if hasattr(model, "set_distilled_training"):
        model.set_distilled_training(True)
    if case.library == "timm":
        for one in model.modules():
            if hasattr(one, "fused_attn"):
                one.fused_attn = False
    return model


def _random(name: str, like: Tensor, generator: torch.Generator) -> Tensor:
    """Values that neither vanish nor explode on the way through a deep network."""
    if not like.is_floating_point():
        return torch.zeros(like.shape, dtype=like.dtype) if like.is_meta else like
    if name.endswith("running_var") or (like.dim() == 1 and name.endswith("weight")):
        return torch.rand(like.shape, generator=generator, dtype=like.dtype) / 2 + 0.75
    values = torch.randn(like.shape, generator=generator, dtype=like.dtype)
    return values / 10 if like.dim() < 2 else values * (1.7 / max(like[0].numel(), 1)) ** 0.5


def give_equal_weights(ours: nn.Module, theirs: nn.Module) -> None:
    """The same random tensors to two modules whose entries go together in order; they may be without memory."""
    generator = torch.Generator().manual_seed(0)
    names = pair(entries(theirs.state_dict()), entries(ours.state_dict()))
    assert not names.faults
    weights = {name: _random(name, entry, generator) for name, entry in theirs.state_dict().items()}
    theirs.load_state_dict(weights, assign=True)
    ours.load_state_dict({new: weights[old].clone() for old, new in names.names.items()}, assign=True)


def ours(spec: Spec) -> nn.Module:
    """Our network without memory; weights are assigned to it."""
    with torch.device("meta"):
        return spec.build()


def matched(case: Case, theirs: nn.Module, mine: nn.Module) -> Pairing:
    """The declared mapping of a case, of which nothing may be wrong."""
    pairing = pair(entries(theirs.state_dict()), entries(mine.state_dict()), case.renames)
    assert not pairing.faults, "\n".join(
        f"{one.verdict}: {one.theirs and one.theirs[:2]} -> {one.ours and one.ours[:2]}" for one in pairing.faults[:20]
    )
    return pairing


def without_drops(module: nn.Module) -> nn.Module:
    """Nothing is left to chance in training."""
    for one in module.modules():
        chance = "Drop" in type(one).__name__ or type(one).__name__ == "StochasticDepth"
        for name in ("p", "drop_prob") if chance else ("drop_rate",):
            if hasattr(one, name):
                setattr(one, name, 0.0)
    return module


def flat(output: Any) -> Iterator[Tensor]:
    """The tensors of an output, in order."""
    if isinstance(output, Tensor):
        yield output
    elif output is not None:
        for one in output.values() if isinstance(output, dict) else output:
            yield from flat(one)
