"""Which nodes made the difference between values that don't fit together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from archspec.diagnostics import comparison
from archspec.diagnostics.catalogue.joins import SizesDiffer, StridesDiffer, StridesMeetByChance
from archspec.diagnostics.diagnostic import Diagnostic, Help, Note
from archspec.diagnostics.remarks import LeftOut, Strided
from archspec.elaborate.scope import Scope
from archspec.network import INPUT, Node, Ref
from archspec.types import TensorType

_MOST: Final = 4


def differences(kind: type[Diagnostic], feed: Scope, refs: tuple[Ref, ...]) -> tuple[Note, ...]:
    """The nodes that lead to some of these values alone and changed the resolution, or the size, on the way."""
    if kind in (StridesDiffer, StridesMeetByChance):
        measure = _stride
    elif kind is SizesDiffer:
        measure = _size
    else:
        return ()
    reached = [_before(ref, feed) for ref in refs]
    shared = set.intersection(*reached)
    apart = [feed.nodes[index] for index in sorted(set.union(*reached) - shared)]
    return tuple(note for node in apart for note in _change(node, feed, measure))[-_MOST:]


def left_out(feed: Scope, refs: tuple[Ref, ...]) -> tuple[Help, ...]:
    """Which of these nodes aren't there, and why: an easy thing to overlook."""
    helps = {}
    for ref in refs:
        node = feed.nodes[ref.node] if ref.node != INPUT else None
        if node is not None and node.body is None and node.source.when is not None:
            test = str(node.source.when).lower() if isinstance(node.source.when, bool) else node.source.when
            helps[ref.node] = LeftOut(name=feed.prefix + node.name, test=test)
    return tuple(helps.values())


def _before(ref: Ref, feed: Scope) -> set[int]:
    """The nodes that a value depends on, its own included."""
    found: set[int] = set()
    waiting = [ref.node]
    while waiting:
        index = waiting.pop()
        if index != INPUT and index not in found:
            found.add(index)
            waiting.extend(other.node for other in feed.nodes[index].inputs)
    return found


def _change(node: Node, feed: Scope, measure: Callable[[TensorType], str]) -> Iterator[Note]:
    if not node.input_types or not isinstance(node.input_types[0], TensorType):
        return
    if not isinstance(node.outputs[0], TensorType):
        return
    before, after = measure(node.input_types[0]), measure(node.outputs[0])
    if before and after and before != after:
        yield Strided(node=feed.prefix + node.name, before=before, after=after, span=node.source.place.name)


def _stride(type_: TensorType) -> str:
    return comparison.scale(type_.stride) if type_.stride else ""


def _size(type_: TensorType) -> str:
    if type_.spatial_axes:
        return f"{type_.height} x {type_.width}"
    return "" if len(type_.shape) < 2 else f"{type_.length} tokens"
