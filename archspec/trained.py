"""Trained weights for a spec as it is asked for: which checkpoint, what of it goes where, and what must be said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from archspec import frontend
from archspec.checkpoints import Checkpoints
from archspec.diagnostics.catalogue import weights as faults
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import Advice, suggestion
from archspec.diagnostics.wording import listing
from archspec.frontend import Parsed, Request
from archspec.language.checkpoint import renames_of
from archspec.language.document import Document
from archspec.language.overrides import Setting, from_keywords
from archspec.network import NOTHING_ASKED, Asked, Network, Phase
from archspec.types import TensorType
from archspec.weights.download import Open
from archspec.weights.fit import Adapt, Fit, Wanted, fit, more_classes, sees_input, to_theirs
from archspec.weights.pairing import Entry, Pair, Pairing, Verdict, pair, pair_by_name
from archspec.weights.read import Checkpoint, entries
from archspec.weights.ways import Way, in_order, library_of, way_of

if TYPE_CHECKING:
    from torch import Tensor, nn

CLASSES: Final = "num_classes"
"""The parameter that only the classifier hangs on."""
_MOST_NOTES: Final = 8
_MOST_CLASSES: Final = 1_000_000
"""Of a network that is made only to see whether a checkpoint is one of it."""


@dataclass(frozen=True)
class Match:
    """A checkpoint held to a network. With faults, nothing of it may be used."""

    called: str
    fit: Fit
    faults: tuple[Diagnostic, ...]
    notes: tuple[Diagnostic, ...]
    whole: bool = False
    """Whether the checkpoint is one of this network under other parameters than those asked for."""

    @property
    def rank(self) -> tuple[int, bool]:
        """The less, the likelier it is meant so."""
        return len(self.fit.pairing.faults), not self.whole


@dataclass(frozen=True)
class Trainer:
    """Looks for the weights of a spec under a request."""

    parsed: Parsed
    request: Request
    here: Network
    """The network under the request."""
    open_: Open | None = None

    @property
    def document(self) -> Document:
        assert self.parsed.document is not None
        return self.parsed.document

    def declared_request(self, given: object) -> Request:
        """The request with the parameters that declared weights were trained with; what a user sets goes over them."""
        entry = self.document.weights.get(given) if isinstance(given, str) else None
        return self.request if entry is None else _with_params(self.request, entry.params)

    def match(self, given: object, adapt: Adapt | None = None) -> Match | Diagnostic:
        """What weights, by their name, by their file or as a state dict, are for the network. Nothing is changed."""
        checkpoint = Checkpoints(self.parsed, self.open_).read(given)
        if isinstance(checkpoint, Diagnostic):
            return checkpoint
        best: Match | None = None
        fault: Diagnostic | None = None
        for form, way in self._forms(checkpoint, given):
            ordered = in_order(form, way)
            if isinstance(ordered, Diagnostic):
                fault = fault or ordered
                continue
            found = self._match(ordered, way, adapt)
            if best is None or found.rank < best.rank:
                best = found
            if not best.fit.pairing.faults:
                break
        if best is None:
            assert fault is not None
            return fault
        return best

    def _forms(self, checkpoint: Checkpoint, given: object) -> Iterator[tuple[Checkpoint, Way]]:
        """How a checkpoint might be meant: as it is, or as that of a module that holds this network alone."""
        entry = self.document.weights.get(given) if isinstance(given, str) else None
        for form in filter(None, (checkpoint, checkpoint.inner)):
            for way in [way_of(entry)] if entry is not None else self._ways(form):
                yield form, way

    def exported(self, to: str, state: Mapping[str, Tensor]) -> Mapping[str, Tensor] | Diagnostic:
        """A state dict of this network under the names of a library, or of declared weights."""
        known = self.document.weights
        entry = known.get(to) or next((one for one in known.values() if library_of(one) == to), None)
        if entry is None:
            helps = suggestion(to, [*known, *filter(None, map(library_of, known.values()))], "the spec")
            return self._no_way(to, "the spec names no such weights", helps)
        theirs = Checkpoints(self.parsed, self.open_).names(to, entry)
        if isinstance(theirs, Diagnostic):
            return theirs
        here = self.entries(_with_params(self.request, entry.params))
        pairing = pair(entries(theirs), here, renames_of(entry.match))
        lost = [one.ours.name for one in pairing.pairs if one.ours and one.ours.name not in state]
        names = [one.ours.name for one in pairing.faults if one.ours]
        if pairing.faults or lost:
            return self._no_way(to, f"it has no place for {listing(lost or names)}")
        return to_theirs(pairing, state, theirs)

    def _no_way(self, to: str, reason: str, helps: tuple[Any, ...] = ()) -> Diagnostic:
        return faults.NoWayBack(network=self.document.name, name=to, reason=reason, helps=helps)

    def _ways(self, checkpoint: Checkpoint) -> Iterator[Way]:
        """How a file might be meant: as one of this very network, or as one of the declared weights."""
        own = {entry.name for entry in self.entries(self.request)}
        if own & checkpoint.tensors.keys():
            yield Way()
        yield from map(way_of, self.document.weights.values())
        if not self.document.weights and not own & checkpoint.tensors.keys():
            yield Way(renames=())

    def _match(self, checkpoint: Checkpoint, way: Way, adapt: Adapt | None) -> Match:
        """What comes of the network that the checkpoint is likeliest of."""
        best: tuple[Fit, Wanted] | None = None
        whole: Request | None = None
        for trained, pairing in self._pairings(checkpoint, way):
            wanted = self._wanted(trained)
            found = fit(pairing, checkpoint.tensors, wanted, adapt)
            whole = trained if whole is None and not pairing.faults else whole
            if best is None or len(found.pairing.faults) < len(best[0].pairing.faults):
                best = found, wanted
            if not best[0].pairing.faults:
                break
        assert best is not None
        found, channels = best[0], best[1].channels
        wrong = tuple(self._faults(checkpoint.called, found, channels, whole))
        notes = () if wrong else tuple(self._notes(checkpoint, found, channels))
        return Match(checkpoint.called, found, wrong, notes, whole is not None)

    def _pairings(self, checkpoint: Checkpoint, way: Way) -> Iterator[tuple[Request, Pairing]]:
        """The checkpoint beside what it may have been trained as: first with as many classes as are known, then with
        as many as it has itself.
        """
        held, renames = checkpoint.entries, way.renames
        tried: dict[Request, Pairing] = {}
        for trained in chain(self._trained(way), self._of_its_classes(tried)):
            if trained not in tried:
                there = self.entries(trained)
                tried[trained] = pair_by_name(held, there) if renames is None else pair(held, there, renames)
                yield trained, tried[trained]

    def _of_its_classes(self, tried: Mapping[Request, Pairing]) -> Iterator[Request]:
        """The same with as many classes as the checkpoint has, where nothing else is wrong."""
        for trained, pairing in list(tried.items()):
            known = self.network(trained).parameters.get(CLASSES)
            if isinstance(known, int) and not isinstance(known, bool):
                more = more_classes(pairing, self.entries(_with_classes(trained, known + 1)))
                if more is not None and 0 < known + more <= _MOST_CLASSES:
                    yield _with_classes(trained, known + more)

    def _trained(self, way: Way) -> Iterator[Request]:
        """What a checkpoint may have been trained as: as declared, or as it is asked for, in less and less of that."""
        yield Request(_with_params(Request(), way.params).settings, limits=self.request.limits)
        whole = replace(self.request, asked=NOTHING_ASKED)
        yield replace(whole, settings=_without_classes(whole.settings))
        yield whole
        yield self.request

    def _wanted(self, trained: Request) -> Wanted:
        """The network that is asked for, beside one that was trained."""
        kept = _without_classes(self.request.settings)
        if kept != self.request.settings:
            kept += tuple(setting for setting in trained.settings if setting.name == CLASSES)
        return Wanted(
            here=self.entries(self.request),
            classes_kept=self.entries(replace(self.request, settings=kept)),
            channels=(_channels(self.network(trained)), _channels(self.here)),
            less=self.request.asked != NOTHING_ASKED,
        )

    def _faults(
        self, called: str, found: Fit, channels: tuple[int, int], whole: Request | None
    ) -> Iterator[Diagnostic]:
        wrong = found.pairing.faults
        for one in wrong:
            if one.theirs and one.ours and sees_input(one.ours, one.theirs, channels):
                words = 'ask for `sum` or `repeat`: --adapt-input sum, or build(…, adapt_input="sum")'
                yield faults.OtherChannels(
                    weights=called, trained=channels[0], found=channels[1], name=one.ours.name,
                    helps=(Advice(words=words),),
                )  # fmt: skip
                wrong = tuple(other for other in wrong if other is not one)
        if wrong:
            counts = {verdict: sum(one.verdict is verdict for one in wrong) for verdict in Verdict}
            told = listing(f"{count:,} {verdict}" for verdict, count in counts.items() if count)
            notes = tuple(
                faults.WeightsDontFit.Entry(verdict=one.verdict, theirs=_said(one.theirs), ours=_said(one.ours))
                for one in wrong[:_MOST_NOTES]
            )
            words = f"archspec weights shows all {len(wrong):,} of them"
            helps = (*self._ways_out(wrong, whole), *([Advice(words=words)] if len(wrong) > _MOST_NOTES else ()))
            yield faults.WeightsDontFit(
                weights=called, network=self.document.name, found=told, notes=notes, helps=helps
            )

    def _ways_out(self, wrong: tuple[Pair, ...], whole: Request | None) -> Iterator[Advice]:
        """What would have to be asked for instead, where that is known."""
        asked = {one.name: one.text for one in self.request.settings}
        if whole is not None:
            trained = {one.name: one.text for one in whole.settings}
            other = {name: text for name, text in trained.items() if asked.get(name) != text}
            settings = tuple(one for one in whole.settings if one.name in other)
            if self.entries(replace(self.request, settings=(*self.request.settings, *settings))) != self.entries(whole):
                other = {}  # it isn't the parameters alone
            elif CLASSES in asked:
                other.pop(CLASSES, None)  # the classifier would stay fresh
            if other:
                command = " ".join(f"--set {name}={text.replace(' ', '')}" for name, text in other.items())
                python = ", ".join(f"{name}={json.loads(text)!r}" for name, text in other.items())
                yield Advice(words=f"it fits with {command}, or with_params({python})")
            elif more := [name for name in asked if name not in trained and name != CLASSES]:
                yield Advice(words=f"it fits without --set {' or '.join(more)}")
        elif self.request.asked == NOTHING_ASKED and all(one.theirs is None for one in wrong):
            needed = {one.name for one in self.entries(replace(self.request, asked=Asked(phase=Phase.EVAL)))}
            if needed.isdisjoint(one.ours.name for one in wrong if one.ours):
                yield Advice(words='only training needs them: ask for --phase eval, or with_phase("eval")')

    def _notes(self, checkpoint: Checkpoint, found: Fit, channels: tuple[int, int]) -> Iterator[Diagnostic]:
        fresh = [one for one in found.having(Verdict.FRESH) if one.ours and one.theirs]
        if fresh:
            names = listing(f"`{one.ours.name}`" for one in fresh if one.ours)
            trained, asked = (str(one.shape[0]) if one else "" for one in fresh[0][:2])
            yield faults.ClassifierFresh(names=names, weights=checkpoint.called, trained=trained, found=asked)
        for one in found.having(Verdict.ADAPTED):
            name = one.ours.name if one.ours else ""
            yield faults.FirstKernelAdapted(name=name, trained=channels[0], found=channels[1])

    def network(self, request: Request) -> Network:
        """The network under a request; the one that is asked for, where it can't be without what a user sets."""
        if request == self.request:
            return self.here
        if request not in self._networks:
            self._networks[request] = frontend.compile(self.parsed, request).network or self.here
        return self._networks[request]

    def entries(self, request: Request) -> list[Entry]:
        """What a network's state dict holds."""
        if request not in self._known:
            from archspec.torchgen import live

            name = Path(self.parsed.source.name).name
            module: nn.Module = live.build(self.network(request), name, self.parsed.digest, device="meta")
            self._known[request] = entries(module.state_dict())
        return self._known[request]

    @cached_property
    def _networks(self) -> dict[Request, Network]:
        return {}

    @cached_property
    def _known(self) -> dict[Request, list[Entry]]:
        return {}


def _with_params(request: Request, params: Mapping[str, Any]) -> Request:
    return replace(request, settings=(*from_keywords(params), *request.settings))


def _without_classes(settings: tuple[Setting, ...]) -> tuple[Setting, ...]:
    return tuple(setting for setting in settings if setting.name != CLASSES)


def _with_classes(request: Request, count: int) -> Request:
    return replace(request, settings=(*_without_classes(request.settings), *from_keywords({CLASSES: count})))


def _channels(network: Network) -> int:
    type_ = network.input
    return type_.shape[0] if isinstance(type_, TensorType) else 0


def _said(entry: Entry | None) -> str:
    return "nothing" if entry is None else f"{entry.name} ({' x '.join(map(str, entry.shape)) or 'a number'})"
