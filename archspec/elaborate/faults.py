"""Collects what is wrong while a document is elaborated, each fault with the instance it was met in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archspec.diagnostics.diagnostic import Diagnostic, Note
from archspec.diagnostics.remarks import In
from archspec.diagnostics.span import Span
from archspec.language.place import Place


class Broken(Exception):
    """The fault is reported; whatever was being worked out stays unknown."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One step into the network: a node, and the block it uses if it uses one."""

    name: str
    block: str | None
    place: Place


class Faults:
    """Diagnostics in the order they were met; the same fault at the same place is kept once, with its first instance."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []
        self.frames: list[Frame] = []
        self._seen: set[tuple[str, Span | None, str]] = set()

    def add(self, kind: type[Diagnostic], span: Span | None, **fields: Any) -> None:
        notes = (*fields.pop("notes", ()), *self._instance())
        fault = kind(span=span, notes=notes, **fields)
        # The same node of a block fails alike in each of its instances: one report names the first.
        mark = (fault.code, span, fault.title())
        if mark not in self._seen:
            self._seen.add(mark)
            self.found.append(fault)

    def extend(self, diagnostics: list[Diagnostic]) -> None:
        self.found.extend(diagnostics)

    def inside(self, name: str, block: str | None, place: Place) -> Faults:
        """Enters a node; `with report.inside(…):` leaves it again."""
        self.frames.append(Frame(name, block, place))
        return self

    def __enter__(self) -> None:
        """Entered by `inside`."""

    def __exit__(self, *_: object) -> None:
        self.frames.pop()

    def _instance(self) -> Iterator[Note]:
        """Where in the network: the innermost block that we are in and the node that uses it."""
        for depth in range(len(self.frames) - 1, -1, -1):
            frame = self.frames[depth]
            if frame.block is not None:
                path = ".".join(step.name for step in self.frames[: depth + 1])
                yield In(path=path, block=frame.block, span=frame.place.value)
                return
