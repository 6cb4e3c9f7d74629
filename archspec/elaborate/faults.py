"""Collects what is wrong while a document is elaborated, each fault with the instance it was met in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from archspec.diagnostics.catalogue.arguments import BadArgument
from archspec.diagnostics.catalogue.graph import UnknownOp
from archspec.diagnostics.catalogue.plain import TooManyFaults
from archspec.diagnostics.catalogue.promises import Promise
from archspec.diagnostics.diagnostic import Diagnostic, Help, Note, Severity
from archspec.diagnostics.remarks import From, FromDefault, FromUser, In, suggestion
from archspec.diagnostics.span import Span
from archspec.language import document

_HELPED: Final = 50
"""So many faults are shown at most; looking for what was meant by all others would take long."""
_MOST: Final = 1000
"""Errors of one document."""
_CALLS: Final = 5 * _MOST
"""The same, with those that were told before: a fault in a node that is repeated is met in each copy."""
_STEPS: Final = 8
"""Names of a path that are shown; a recursion has many, and all alike."""


Item = TypeVar("Item")
Made = TypeVar("Made")


class Broken(Exception):
    """The fault is reported; whatever was being worked out stays unknown."""


def each(make: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
    """What `make` gives of every item. Raises Broken once the faults of all of them are reported."""
    made, broken = [], False
    for item in items:
        try:
            made.append(make(item))
        except Broken:
            broken = True
    if broken:
        raise Broken
    return made


class Abandoned(Exception):
    """The fault is reported, and nothing more is worked out."""


@dataclass(slots=True)
class Frame:
    """One step into the network: a node, and the block that is being looked into if it uses one."""

    name: str
    source: document.Node
    block: str | None = None


class Faults:
    """Diagnostics in the order they were met; a fault of one place is kept once, with its first instance."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []
        self.frames: list[Frame] = []
        self._seen: set[tuple[str, Span | None, str]] = set()
        self._causes: dict[tuple[str, str], list[frozenset[Span | str]]] = {}
        self._meant: dict[tuple[str, tuple[str, ...], str | None], tuple[Help, ...]] = {}
        self.errors = 0
        self.count = 0
        """How many were reported, told or not."""
        self.failed = False
        """Whether a fault leaves no network. One that breaks a promise is whole."""

    def add(self, kind: type[Diagnostic], span: Span | None, **fields: Any) -> None:
        """Reports a fault. Raises Abandoned where there are too many."""
        self.count += 1
        if self.count > _CALLS:
            self.found.append(TooManyFaults(span=span))
            raise Abandoned
        if span is None and self.frames:
            span = self.frames[-1].source.place.inside("op")  # what is at fault has no place in any file
        notes = (*fields.pop("notes", ()), *self._instance())
        fault = kind(span=span, notes=notes, **fields)
        if self._is_told(kind, span, fields, notes):
            return
        # The same node of a block fails alike in each of its instances: one report names the first.
        mark = (fault.code, span, fault.title())
        if mark not in self._seen:
            self._seen.add(mark)
            self.found.append(fault)
            if fault.severity is Severity.ERROR:
                self.errors += 1
                self.failed = self.failed or not isinstance(fault, Promise)
                if self.errors == _MOST:
                    self.found.append(TooManyFaults(span=span))
                    raise Abandoned

    def _is_told(
        self, kind: type[Diagnostic], span: Span | None, fields: dict[str, Any], notes: tuple[Note, ...]
    ) -> bool:
        """Whether one value, which many nodes take from the same parameter, was found to be wrong before."""
        if span is None or kind not in (BadArgument, UnknownOp):
            return False
        given = [note.span for note in notes if isinstance(note, From | FromDefault) and note.span is not None]
        outside = [note.origin for note in notes if isinstance(note, FromUser)]
        causes: frozenset[Span | str] = frozenset((*outside, *(one for one in given if one.source is span.source)))
        if not causes:
            return False
        earlier = self._causes.setdefault((kind.code, str(fields.get("rule", fields["name"]))), [])
        if any(causes <= other or other <= causes for other in earlier):
            return True
        earlier.append(causes)
        return False

    def nearest(self, name: str, known: Callable[[], Iterable[str]], owner: str | None = None) -> tuple[Help, ...]:
        """What was probably meant by a name, while there are few faults."""
        if len(self.found) >= _HELPED:
            return ()
        asked = (name, tuple(known()), owner)
        if asked not in self._meant:  # copies of a node ask the same
            self._meant[asked] = suggestion(*asked)
        return self._meant[asked]

    def _instance(self) -> Iterator[Note]:
        """Where in the network: the innermost block that we are in and the node that uses it."""
        for depth in range(len(self.frames) - 1, -1, -1):
            frame = self.frames[depth]
            if frame.block is not None:
                names = [step.name for step in self.frames[: depth + 1]]
                yield In(path=".".join(shortened(names)), block=frame.block, span=frame.source.place.name)
                return


def shortened(names: list[str]) -> list[str]:
    """A long list of names without its middle."""
    return names if len(names) <= _STEPS else [*names[:3], "…", *names[-3:]]
