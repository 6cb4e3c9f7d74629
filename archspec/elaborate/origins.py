"""Where the values in a fault came from, as notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from archspec.diagnostics.diagnostic import Note
from archspec.diagnostics.remarks import From, FromDefault, FromUser
from archspec.diagnostics.span import Span
from archspec.elaborate.reading import mentions
from archspec.elaborate.scope import UNKNOWN_VALUE, NoFact, Scope
from archspec.language.expressions import Attribute, ExpressionFault, Name, UnknownName
from archspec.language.place import Place
from archspec.language.tree import YamlMap
from archspec.network import Argument

_MOST: Final = 4
"""Notes on one fault."""


def origins(written: object, scope: Scope) -> tuple[Note, ...]:
    """What the names of an expression are here and who set them, then the same of the expressions that they were set
    by.
    """
    notes: dict[tuple[str, Span | None], Note] = {}
    waiting: list[tuple[object, Scope | None]] = [(written, scope)]
    while waiting and len(notes) < _MOST:
        text, where = waiting.pop(0)
        if where is None:
            continue
        for name, note, cause in _named(text, where):
            if (name, note.span) not in notes:  # a parameter may hold its own name, as a word
                notes[name, note.span] = note
                waiting.append(cause)
    return tuple(notes.values())[:_MOST]


def giver_of(written: object, scope: Scope) -> Argument | None:
    """The argument that a text with the name of a single parameter in it took its value from."""
    if not isinstance(written, str) or scope.giver is None:
        return None
    try:
        found = {name.id if isinstance(name, Name) else "" for name in mentions(written)}
    except ExpressionFault:
        return None
    return scope.giver.arguments.get(found.pop()) if len(found) == 1 else None


def _named(text: object, scope: Scope) -> Iterator[tuple[str, Note, tuple[object, Scope | None]]]:
    """Each name of an expression with its note, and with the text and scope that it has its value from."""
    if not isinstance(text, str):
        return
    try:
        found = mentions(text)
    except ExpressionFault:
        return
    for name in found:
        if isinstance(name, Attribute):
            yield from _fact(name, scope)
        elif scope.values.get(name.id, UNKNOWN_VALUE) is not UNKNOWN_VALUE:
            yield name.id, *_value(name.id, scope)


def _fact(name: Attribute, scope: Scope) -> Iterator[tuple[str, Note, tuple[object, Scope | None]]]:
    text = ".".join(map(str, (name.base, *name.path)))
    try:
        value = show(scope.attribute(name.base, name.path))
    except (UnknownName, NoFact):
        return
    node = scope.nodes[scope.index[name.base]].source.place.name if name.base in scope.index else None
    yield text, From(name=text, value=value, span=node), (None, None)


def _value(name: str, scope: Scope) -> tuple[Note, tuple[object, Scope | None]]:
    value, giver = show(scope.values[name]), scope.giver
    if name in scope.cells:
        return From(name=name, value=value, span=_span(scope.cells[name].place)), (None, None)
    if giver is None:
        return From(name=name, value=value), (None, None)
    given = giver.arguments.get(name)
    if given is not None and giver.scope is None:
        origin = given.place.container.span.source.name if given.place else ""
        return FromUser(name=name, value=value, origin=origin), (None, None)
    if given is not None:
        return From(name=name, value=value, span=_span(given.place)), (given.written, giver.scope)
    for key, kind in (("params", FromDefault), ("let", From)):
        declared = giver.written.get(key) if giver.written is not None else None
        if isinstance(declared, YamlMap) and name in declared:
            written = declared[name]
            text = written.get("default") if isinstance(written, dict) else written
            return kind(name=name, value=value, span=declared.span_of(name)), (text, scope)
    return From(name=name, value=value), (None, None)


def _span(place: Place | None) -> Span | None:
    return place.value if place is not None else None


def show(value: object) -> str:
    """A value as it would be written in a spec."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(show(item) for item in value) + "]"
    if isinstance(value, dict):
        return "a mapping"
    return "nothing" if value is None else str(value)
