"""Whether `init` speaks of modules that the network has, and of weights that its schemes can fill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from archspec.analysis import starts
from archspec.diagnostics.catalogue.initialisation import FlatWeight, NothingToInitialise, UnreachedNode
from archspec.diagnostics.catalogue.lint import UnusedInitialisation
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import Advice, Write, suggestion
from archspec.diagnostics.span import Span
from archspec.language.place import Place
from archspec.language.tree import YamlMap
from archspec.network import Graph

if TYPE_CHECKING:
    from archspec.ops.initialisers import Start


def check(
    written: Mapping[str, Place], init: tuple[Start, ...], root: Graph, whole: bool = True
) -> Iterator[Diagnostic]:
    """Entries of `init` that would do nothing, or fail. `written` has their places.

    A network that isn't whole, since taps or one phase are asked of it, may lack what its `init` speaks of.
    """
    for start in init:
        place, found = written[start.key], starts.modules(start, root)
        lost = next((one for one in found if isinstance(one, starts.Unreached)), None)
        modules = [one for one in found if isinstance(one, starts.Module)]
        if lost is not None:
            helps = suggestion(lost.name, lost.known)
            before, _, tensor = start.key.rpartition(".")
            if tensor in ("weight", "bias") and before:
                helps = (Write(words=f"{before}: {{{tensor}: …}}"),)
            yield UnreachedNode(span=place.name, key=start.key, reason=lost.reason, helps=helps)
        elif modules:
            yield from _parts(start, modules, place)
        elif whole and not found:
            yield UnusedInitialisation(span=place.name, op=start.key)


def _parts(start: Start, modules: list[starts.Module], place: Place) -> Iterator[Diagnostic]:
    op = modules[0].op
    for part, scheme in start.parts:
        said = isinstance(place.here, YamlMap) and part in place.here
        span = _span(place, part) if said else place.value
        axes = [count for module in modules if (count := module.axes(part)) is not None]
        if not axes and (said or part == "weight"):
            own = "init" in type(op).model_fields
            helps = (Advice(words=f"`{op.name}` has an argument of its own for it, `init`"),) if own else ()
            yield NothingToInitialise(span=span if said else place.name, op=op.name, part=part, helps=helps)
            return
        if axes and min(axes) < scheme.axes:
            found, needed = "one axis" if min(axes) == 1 else "two axes", "two" if scheme.axes == 2 else "three"
            yield FlatWeight(span=span, op=op.name, part=part, scheme=scheme.name, found=found, needed=needed)


def _span(place: Place, part: str) -> Span | None:
    return Place(place.here, part).value
