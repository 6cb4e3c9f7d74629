"""A network built twice, by us and by others, with the same random weights in double precision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from archspec.spec import Spec
from archspec.weights.pairing import Pairing, pair
from archspec.weights.read import entries
from tests import reference_models
from tests.reference.cases import Case

_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "googlenet": {"init_weights": False, "aux_logits": True},
    "inception_v3": {"init_weights": False},
}
"""What a reference must be told to be the network of its checkpoint, and not to spend minutes on initialising it."""


def reference(case: Case) -> nn.Module:
    """The implementation with random weights and statistics."""
    model = _made(case, torch.device("meta"))
    names = set(model.state_dict())
    if any(name not in names for name, _ in model.named_buffers()):
        model = _made(case, torch.device("cpu"))  # buffers that no state dict has are worked out while it is built
    model.double()
    generator = torch.Generator().manual_seed(0)
    state = {name: _random(name, entry, generator) for name, entry in model.state_dict().items()}
    model.load_state_dict(state, assign=True)
    return model


def _made(case: Case, device: torch.device) -> nn.Module:
    with device:
        if case.library == "timm":
            library = reference_models.timm()
            library.layers.set_fused_attn(False)
            model: nn.Module = library.create_model(case.model)
            if hasattr(model, "set_distilled_training"):
                model.set_distilled_training(True)
            return model
        models = reference_models.torchvision().models
        made: nn.Module = getattr(models, case.model)(**_OPTIONS.get(case.model, {}))
        return made


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
