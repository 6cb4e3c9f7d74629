"""Which entry of a checkpoint is which of a network: by name, by the renames of a spec, and the rest in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby, takewhile, zip_longest
from typing import Final, NamedTuple

from archspec.language.checkpoint import Rename

COUNTED: Final = "num_batches_tracked"
"""What a normalisation counts; checkpoints from before torch did have no such entries."""
_KINDS: Final = ("weight", "bias", "running_mean", "running_var", COUNTED)
"""In torch's order; its first releases, whose files are still published, put the statistics first."""
_FLOATS: Final = frozenset(("float16", "bfloat16", "float32", "float64"))
_MOST_ALIGNED: Final = 500
"""Entries that are compared with each other to find those without a counterpart; of more, each with its like."""


class Entry(NamedTuple):
    """What is known of a tensor without its values."""

    name: str
    shape: tuple[int, ...]
    dtype: str

    @property
    def kind(self) -> str:
        """The last part of its name where that is torch's own word."""
        last = self.name.rpartition(".")[2]
        return last if last in _KINDS else ""

    @property
    def home(self) -> str:
        """The module that it is of."""
        return self.name.rpartition(".")[0]


class Verdict(StrEnum):
    """What can be said of a pair."""

    FITS = "fits"
    SHAPE = "of other shape"
    DTYPE = "of other type"
    KIND = "of other kind"
    MISSING = "missing"
    LEFT_OVER = "left over"
    UNUSED = "not used"
    FRESH = "stays fresh"
    ADAPTED = "adapted"
    COUNTED = "starts at 0"


_FINE: Final = frozenset((Verdict.FITS, Verdict.UNUSED, Verdict.FRESH, Verdict.ADAPTED, Verdict.COUNTED))


class Pair(NamedTuple):
    """An entry of the checkpoint and one of the network; None where one has no counterpart."""

    theirs: Entry | None
    ours: Entry | None
    verdict: Verdict


@dataclass(frozen=True)
class Pairing:
    """All entries of both sides: the network's in order, then what is left of the checkpoint."""

    pairs: tuple[Pair, ...]

    @property
    def faults(self) -> tuple[Pair, ...]:
        """The pairs that can't be; none where the checkpoint is one of this network."""
        return tuple(pair for pair in self.pairs if pair.verdict not in _FINE)

    @property
    def names(self) -> dict[str, str]:
        """The network's names by the checkpoint's, of pairs that fit."""
        return {pair.theirs.name: pair.ours.name for pair in self.pairs if pair.theirs and pair.ours and _fits(pair)}


def _fits(pair: Pair) -> bool:
    return pair.verdict is Verdict.FITS


def pair(theirs: Sequence[Entry], ours: Sequence[Entry], renames: Sequence[Rename] = ()) -> Pairing:
    """By renames, and what they don't name in order."""
    here = {entry.name: entry for entry in ours}
    named: dict[str, Entry] = {}
    unused: list[Entry] = []
    left: list[Entry] = []
    rest: list[Entry] = []
    for entry in theirs:
        rename, taken = _rule(entry.name, renames)
        if rename is None:
            rest.append(entry)
        elif rename.ours is None:
            unused.append(entry)
        elif (name := rename.ours.filled(taken)) in here and name not in named:
            named[name] = entry
        else:
            left.append(entry)
    found = {name: Pair(entry, here[name], verdict_of(entry, here[name])) for name, entry in named.items()}
    counted, rest = _parted(rest)
    counted_here, rest_here = _parted(entry for entry in ours if entry.name not in named)
    ordered = list(_in_order(rest, rest_here))
    ordered += _counted(counted, counted_here, [*found.values(), *ordered])
    found |= {one.ours.name: one for one in ordered if one.ours is not None}
    return Pairing(
        (
            *(found[entry.name] for entry in ours),
            *(one for one in ordered if one.ours is None),
            *(Pair(entry, None, Verdict.LEFT_OVER) for entry in left),
            *(Pair(entry, None, Verdict.UNUSED) for entry in unused),
        )
    )


def pair_by_name(theirs: Iterable[Entry], ours: Iterable[Entry]) -> Pairing:
    """A checkpoint that has the network's own names."""
    there = {entry.name: entry for entry in theirs}
    pairs = []
    for entry in ours:
        other = there.pop(entry.name, None)
        pairs.append(Pair(other, entry, _alone(entry) if other is None else verdict_of(other, entry)))
    return Pairing((*pairs, *(Pair(entry, None, Verdict.LEFT_OVER) for entry in there.values())))


def _rule(name: str, renames: Sequence[Rename]) -> tuple[Rename | None, tuple[str, ...]]:
    """The first rename that speaks of a name, and what its wildcards stand for."""
    for rename in renames:
        taken = rename.theirs.taken(name)
        if taken is not None:
            return rename, taken
    return None, ()


def _alone(ours: Entry) -> Verdict:
    return Verdict.COUNTED if ours.kind == COUNTED else Verdict.MISSING


def verdict_of(theirs: Entry, ours: Entry) -> Verdict:
    """What can be said of two entries that stand for each other."""
    if theirs.kind and ours.kind and theirs.kind != ours.kind:
        return Verdict.KIND
    as_row = len(ours.shape) == 1 and theirs.shape == (1, *ours.shape)  # as Caffe's normalisation was converted
    if as_matrix(theirs.shape) != as_matrix(ours.shape) and not as_row:
        return Verdict.SHAPE
    same = theirs.dtype == ours.dtype or {theirs.dtype, ours.dtype} <= _FLOATS
    return Verdict.FITS if same else Verdict.DTYPE


def as_matrix(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of a weight without its window of one step: a 1x1 convolution and a linear layer hold the same."""
    while len(shape) > 2 and shape[-1] == 1:
        shape = shape[:-1]
    return shape


def _parted(entries: Iterable[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Those that count, and the rest, in which the entries of a module stand in torch's order."""
    counted: list[Entry] = []
    rest: list[Entry] = []
    for (_, known), run in groupby(entries, lambda entry: (entry.home, bool(entry.kind))):
        inside = list(run)
        if known:
            inside.sort(key=lambda entry: _KINDS.index(entry.kind))
        for entry in inside:
            (counted if entry.kind == COUNTED else rest).append(entry)
    return counted, rest


def _counted(theirs: Iterable[Entry], ours: Iterable[Entry], pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Each count goes where the module that it is of went; where theirs has none, it is 0."""
    homes = {one.ours.home: one.theirs.home for one in pairs if one.theirs and one.ours}
    there = {entry.home: entry for entry in theirs}
    for entry in ours:
        other = there.pop(homes[entry.home], None) if entry.home in homes else None
        yield Pair(other, entry, _alone(entry) if other is None else verdict_of(other, entry))
    yield from (Pair(entry, None, Verdict.LEFT_OVER) for entry in there.values())


def _in_order(theirs: Sequence[Entry], ours: Sequence[Entry]) -> Iterator[Pair]:
    """The entries of both sides one after the other. Only where that fails are those looked for that one side lacks."""
    start = _alike(theirs, ours)
    end = _alike(theirs[start:][::-1], ours[start:][::-1])
    theirs_end, ours_end = len(theirs) - end, len(ours) - end
    yield from (Pair(*both, Verdict.FITS) for both in zip(theirs[:start], ours[:start], strict=True))
    yield from _between(theirs[start:theirs_end], ours[start:ours_end])
    yield from (Pair(*both, Verdict.FITS) for both in zip(theirs[theirs_end:], ours[ours_end:], strict=True))


def _alike(theirs: Sequence[Entry], ours: Sequence[Entry]) -> int:
    """How many pairs fit from the start on."""
    return sum(1 for _ in takewhile(lambda both: verdict_of(*both) is Verdict.FITS, zip(theirs, ours, strict=False)))


def _between(theirs: Sequence[Entry], ours: Sequence[Entry]) -> Iterator[Pair]:
    """What doesn't fit in order: the longest runs that look alike, so that one lost entry doesn't spoil the others."""
    if max(len(theirs), len(ours)) > _MOST_ALIGNED:
        yield from _zipped(theirs, ours)
        return
    there, here = ([(as_matrix(entry.shape), entry.kind) for entry in side] for side in (theirs, ours))
    for _, start, end, first, last in SequenceMatcher(a=there, b=here, autojunk=False).get_opcodes():
        yield from _zipped(theirs[start:end], ours[first:last])


def _zipped(theirs: Sequence[Entry], ours: Sequence[Entry]) -> Iterator[Pair]:
    """Each with its like; a weight and a bias have nothing to do with each other."""
    for one, other in zip_longest(theirs, ours):
        verdict = verdict_of(one, other) if one and other else Verdict.KIND
        if verdict is not Verdict.KIND:
            yield Pair(one, other, verdict)
            continue
        if other is not None:
            yield Pair(None, other, Verdict.MISSING)
        if one is not None:
            yield Pair(one, None, Verdict.LEFT_OVER)
