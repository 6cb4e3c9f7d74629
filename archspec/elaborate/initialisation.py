"""The `init` of a document: for each primitive a scheme, with its arguments evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics.catalogue.document import WrongType
from archspec.diagnostics.catalogue.initialisation import UnknownScheme
from archspec.diagnostics.remarks import suggestion
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
    from archspec.ops.initialisers import Initialiser


def initialisers(file: document.Document, evaluator: Evaluator, scope: Scope) -> dict[str, Initialiser]:
    """What the weights of primitives start as; entries at fault are reported and left out."""
    found: dict[str, Initialiser] = {}
    for name, place in file.init.items():
        op = registry.find(name)
        if op is None:
            misnamed.op(evaluator.report, name, place.name, ())
        try:
            scheme = _scheme(place, evaluator, scope)
        except Broken:
            continue
        if op is not None:
            found[op.name] = scheme
    return found


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
