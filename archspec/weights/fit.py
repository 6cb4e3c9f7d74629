"""What of a checkpoint a network takes that differs from the one it was trained as: in classes, channels, or parts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Final, Literal

import torch
from torch import Tensor

from archspec.weights.pairing import Entry, Pair, Pairing, Verdict, verdict_of

Adapt = Literal["sum", "repeat"]
ADAPTATIONS: Final = ("sum", "repeat")


@dataclass(frozen=True)
class Wanted:
    """The network that is asked for, and how it differs from the one that the weights were trained as."""

    here: Sequence[Entry]
    classes_kept: Sequence[Entry]
    """The network that is asked for with as many classes as were trained."""
    channels: tuple[int, int]
    """Of the input: trained, and asked for."""
    less: bool
    """Whether only a part is asked for: taps, or one phase."""


@dataclass(frozen=True)
class Fit:
    """The tensors that a network takes, by its own names, and what becomes of every entry."""

    state: Mapping[str, Tensor]
    pairing: Pairing

    def having(self, verdict: Verdict) -> list[Pair]:
        return [pair for pair in self.pairing.pairs if pair.verdict is verdict]


def fit(pairing: Pairing, tensors: Mapping[str, Tensor], wanted: Wanted, adapt: Adapt | None) -> Fit:
    """The pairs of the network as it was trained, turned into those of the network that is asked for."""
    paired = {pair.ours.name: pair for pair in pairing.pairs if pair.ours is not None}
    classes = {entry.name: entry for entry in wanted.classes_kept}
    pairs = [_pair(paired.pop(entry.name, None), entry, classes, wanted.channels, adapt) for entry in wanted.here]
    unused = Verdict.UNUSED if wanted.less else Verdict.LEFT_OVER
    pairs += [Pair(pair.theirs, None, unused) for pair in paired.values() if pair.theirs is not None]
    pairs += [pair for pair in pairing.pairs if pair.ours is None]
    state = {}
    for theirs, ours, verdict in pairs:
        if theirs is not None and ours is not None and verdict in (Verdict.FITS, Verdict.ADAPTED):
            kernel = tensors[theirs.name]
            if adapt is not None and verdict is Verdict.ADAPTED:
                kernel = _adapted(kernel, ours, adapt)
            state[ours.name] = kernel.reshape(ours.shape)
    return Fit(state, Pairing(tuple(pairs)))


def _pair(
    found: Pair | None, ours: Entry, classes: Mapping[str, Entry], channels: tuple[int, int], adapt: Adapt | None
) -> Pair:
    """What becomes of one entry of the network that is asked for."""
    if found is None or found.ours is None:
        return Pair(None, ours, Verdict.MISSING)
    trained, verdict = found.ours, found.verdict
    if verdict is Verdict.SHAPE and found.theirs is not None and found.theirs.shape == ours.shape:
        return Pair(found.theirs, ours, verdict_of(found.theirs, ours))
    if verdict is not Verdict.FITS or trained.shape == ours.shape:
        return Pair(found.theirs, ours, verdict)
    if ours.name in classes and classes[ours.name].shape == trained.shape:
        return Pair(found.theirs, ours, Verdict.FRESH)
    first = sees_input(ours, trained, channels) and adapt is not None
    return Pair(found.theirs, ours, Verdict.ADAPTED if first else Verdict.SHAPE)


def sees_input(ours: Entry, theirs: Entry, channels: tuple[int, int]) -> bool:
    """Whether two kernels differ by the channels of the input alone."""
    return channels[0] != channels[1] and _with_channels(theirs.shape, channels) == ours.shape


def _with_channels(shape: tuple[int, ...], channels: tuple[int, int]) -> tuple[int, ...] | None:
    return (shape[0], channels[1], *shape[2:]) if len(shape) > 1 and shape[1] == channels[0] else None


def more_classes(pairing: Pairing, one_more: Sequence[Entry]) -> int | None:
    """How many classes more than the network a checkpoint has, where nothing else differs; `one_more` is what the
    network with one class more holds.
    """
    larger = {entry.name: entry.shape for entry in one_more}
    found: set[int] = set()
    for theirs, ours, verdict in pairing.faults:
        if verdict is not Verdict.SHAPE or theirs is None or ours is None:
            return None
        after = larger.get(ours.name, ())
        if not len(theirs.shape) == len(ours.shape) == len(after):
            return None
        for there, here, more in zip(theirs.shape, ours.shape, after, strict=True):
            if more == here and there == here:
                continue
            if more == here or (there - here) % (more - here):
                return None
            found.add((there - here) // (more - here))
    return found.pop() if len(found) == 1 else None


def _adapted(kernel: Tensor, like: Entry, adapt: Adapt) -> Tensor:
    """Both ways an input whose channels are all alike gives what it gave."""
    before, after = kernel.shape[1], like.shape[1]
    if adapt == "sum":
        return (kernel.sum(1, keepdim=True) / after).expand(like.shape).contiguous()
    return kernel[:, torch.arange(after) % before] * (before / after)


def to_theirs(pairing: Pairing, state: Mapping[str, Tensor], theirs: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """The way back: our tensors under their names and in their order; what only they have is as they make it, the
    versions of modules too, which torch keeps as an attribute of a state dict.
    """
    found = copy(OrderedDict(theirs) if not isinstance(theirs, OrderedDict) else theirs)
    for name, ours in pairing.names.items():
        found[name] = state[ours].reshape(theirs[name].shape)
    return found
