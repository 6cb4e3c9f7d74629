"""Instances of library blocks, kept from one document to the next: the library says the same in all of them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from archspec.network import Graph

_MOST: Final = 2048


@dataclass(frozen=True, slots=True)
class Kept:
    """An instance in which nothing was found, and what it was counted as, those in it included."""

    graph: Graph
    nodes: int
    instances: int
    steps: int


_kept: dict[Hashable, Kept] = {}


def find(key: Hashable) -> Kept | None:
    """The instance of that key. It counts as new, so that what many networks use stays."""
    found = _kept.pop(key, None)
    if found is not None:
        _kept[key] = found
    return found


def keep(key: Hashable, instance: Kept) -> None:
    """Keeps an instance, and lets go of the one that wasn't asked for longest where there are many."""
    _kept[key] = instance
    if len(_kept) > _MOST:
        del _kept[next(iter(_kept))]
