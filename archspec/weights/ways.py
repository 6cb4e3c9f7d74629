"""How a checkpoint may be meant for a network: under its own names, or as declared weights say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from archspec.diagnostics.catalogue.weights import NoOrder
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.language.checkpoint import Published, Rename, origin_of, renames_of
from archspec.language.document import Weights
from archspec.weights import libraries
from archspec.weights.read import Checkpoint


@dataclass(frozen=True)
class Way:
    """One way to pair a checkpoint: by the network's own names, or as declared weights say."""

    params: Mapping[str, Any] = field(default_factory=dict)
    renames: tuple[Rename, ...] | None = None
    published: Published | None = None


def way_of(entry: Weights) -> Way:
    """The way of declared weights."""
    origin = origin_of(entry.source)
    return Way(entry.params, renames_of(entry.match), origin if isinstance(origin, Published) else None)


def library_of(entry: Weights) -> str | None:
    """The library that publishes declared weights."""
    origin = origin_of(entry.source)
    return origin.library if isinstance(origin, Published) else None


def in_order(checkpoint: Checkpoint, way: Way) -> Checkpoint | Diagnostic:
    """The checkpoint in the order of the module that it is from, where that matters. The library that published it
    knows best; the order of a file that it doesn't know, or can't be asked about, is that of the file.
    """
    if way.renames is None:
        return checkpoint
    held, renames = checkpoint.tensors, way.renames
    rest = {name for name in held if all(rename.theirs.taken(name) is None for rename in renames)}
    if not rest:
        return checkpoint
    if way.published is None:
        reason = "a safetensors file keeps no order, and no library is named that knows it"
        return checkpoint if checkpoint.ordered else NoOrder(weights=checkpoint.called, reason=reason)
    order = libraries.names(way.published.library, way.published.model)
    if isinstance(order, Diagnostic):
        return checkpoint if checkpoint.ordered else order
    unknown = rest.difference(order)
    strange = next((name for name in held if name in unknown), None)
    if strange is None:
        in_turn = [name for name in order if name in held]
        tensors = {name: held[name] for name in (*in_turn, *held)}  # what has a rule of its own may come last
        return replace(checkpoint, tensors=tensors, ordered=True)
    reason = f"`{strange}` is no entry of {way.published.library}'s {way.published.model}"
    return checkpoint if checkpoint.ordered else NoOrder(weights=checkpoint.called, reason=reason)
