"""The `init` of a document: its entries with their arguments evaluated."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final

from archspec.diagnostics.catalogue.document import UnknownKey, WrongType
from archspec.diagnostics.catalogue.initialisation import UnknownScheme, UnreachedNode
from archspec.diagnostics.remarks import Advice, suggestion
from archspec.diagnostics.wording import spoken
from archspec.elaborate import misnamed
from archspec.elaborate.arguments import Constructor
from archspec.elaborate.evaluator import Evaluator, Given
from archspec.elaborate.faults import Broken
from archspec.elaborate.scope import Scope
from archspec.language import document
from archspec.language.place import Place
from archspec.language.tree import YamlMap
from archspec.network import Origin
from archspec.ops import registry

if TYPE_CHECKING:
    from archspec.ops.initialisers import Initialiser, Start

_ENTRY: Final = 2000
"""Steps that an entry takes: what it speaks of is looked for in the whole network."""
_PARTS: Final = frozenset(("weight", "bias"))


def initialisers(
    file: document.Document, blocks: Collection[str], evaluator: Evaluator, scope: Scope
) -> tuple[Start, ...]:
    """What the weights of modules start as, entry by entry; those at fault are reported and left out."""
    found = []
    for key, place in file.init.items():
        evaluator.tally.work(_ENTRY, evaluator.report, place.name)
        target = _target(key, place, file, blocks, evaluator)
        try:
            weight, bias = _parts(place, evaluator, scope)
        except Broken:
            continue
        if target is not None:
            found.append(_start(key, *target, weight, bias))
    return tuple(found)


def _start(key: str, block: str | None, path: tuple[str, ...], weight: Any, bias: Any) -> Start:
    from archspec.ops.initialisers import Start

    op = registry.find(path[0]) if len(path) == 1 else None
    return Start(key, block, op.name if op is not None else None, path, weight, bias)


def _target(
    key: str, place: Place, file: document.Document, blocks: Collection[str], evaluator: Evaluator
) -> tuple[str | None, tuple[str, ...]] | None:
    """The block, if it names one, and the names behind it; None where it names nothing, which is reported."""
    first, *rest = key.split(".")
    if rest and first in blocks:
        return first, tuple(rest)
    if first in file.graph or (not rest and registry.find(first) is not None):
        return None, (first, *rest)
    if not rest and first in blocks:
        helps = (Advice(words=f"say what of it: `{first}.conv` is every `conv` in it, or its node of that name"),)
        evaluator.report.add(
            UnreachedNode, place.name, key=key, reason="a block has no weights of its own", helps=helps
        )
    else:
        known = [name for name in blocks if first[:1].isupper()] if rest else list(file.graph)
        misnamed.op(evaluator.report, first, place.name, known)
    return None


def _parts(place: Place, evaluator: Evaluator, scope: Scope) -> tuple[Initialiser | None, Initialiser | None]:
    """What the weight and the bias start as: both are said, or one scheme for the weight and zeros for the bias."""
    from archspec.ops.initialisers import Zeros

    written = place.here
    if not isinstance(written, YamlMap) or not written.keys() & _PARTS:
        return _scheme(place, evaluator, scope), Zeros()
    for key in written.keys() - _PARTS:
        helps = suggestion(key, _PARTS)
        evaluator.report.add(UnknownKey, written.key_span(key), key=key, where="an entry of `init`", helps=helps)
    weight, bias = (
        _scheme(Place(written, part), evaluator, scope) if part in written else None for part in ("weight", "bias")
    )
    return weight, bias


def _scheme(place: Place, evaluator: Evaluator, scope: Scope) -> Initialiser:
    from archspec.ops.initialisers import SCHEMES

    written = place.here
    if isinstance(written, YamlMap) and len(written) == 1:
        (name,) = written
        inner = Place(written, name)
    elif isinstance(written, str):
        name, inner = written, place
    else:
        expected = "a scheme, or a mapping of one scheme to its value"
        evaluator.report.add(WrongType, place.value, key=str(place.key), expected=expected, found=spoken(written))
        raise Broken
    scheme = SCHEMES.get(name)
    if scheme is None:
        span = inner.value if inner is place else inner.name
        evaluator.report.add(UnknownScheme, span, name=name, helps=suggestion(name, SCHEMES, "`init`"))
        raise Broken
    given = {} if inner is place else _given(inner, scheme, evaluator)
    return Constructor(evaluator).make(scheme, given, scope, inner)[0]


def _given(place: Place, scheme: type[Initialiser], evaluator: Evaluator) -> dict[str, Given]:
    """The arguments by name; a bare value is the scheme's main one."""
    written = place.here
    if isinstance(written, YamlMap):
        return {name: Given(value, Origin.GIVEN, Place(written, name)) for name, value in written.items()}
    if scheme.main is None:
        expected = "alone, for it has no arguments"
        evaluator.report.add(WrongType, place.value, key=scheme.name, expected=expected, found=spoken(written))
        raise Broken
    return {scheme.main: Given(written, Origin.GIVEN, place)}
