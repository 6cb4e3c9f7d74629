"""How a parameter may be declared: a default, a type, or a mapping of both with bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archspec.diagnostics.catalogue.arguments import BadDeclaration
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.nearest import nearest
from archspec.diagnostics.remarks import DidYouMean
from archspec.diagnostics.wording import listing
from archspec.language.document import SIDES, TYPE_NAMES, Parameter, is_sides
from archspec.language.tree import YamlMap

_TYPES: dict[str, type | tuple[type, ...]] = {
    "int": int,
    "float": (int, float),
    "bool": bool,
    "name": str,
    "list": list,
}


def declaration_fault(name: str, written: Any, declared: YamlMap) -> Diagnostic | None:
    """The first thing wrong with a declaration."""
    if not isinstance(written, YamlMap):
        if _has_mapping(written):
            reason = "a list holds numbers, truth values, names and lists"
            return BadDeclaration(span=declared.span_of(name), name=name, reason=reason)
        if written is not None:
            return None
        reason = "a default or a type is missing"
        return BadDeclaration(span=declared.key_span(name), name=name, reason=reason)
    for key, reason in _contradictions(written):
        close = nearest(str(written.get("type")), TYPE_NAMES) if key == "type" and "type" in written else None
        helps = (DidYouMean(name=close),) if close else ()
        return BadDeclaration(span=written.span_of(key), name=name, reason=reason, helps=helps)
    return None


def _contradictions(written: YamlMap) -> Iterator[tuple[str, str]]:
    """Keys at fault, and why."""
    type_, default = written.get("type"), written.get("default")
    low, high = written.get("min"), written.get("max")
    if "type" in written and type_ not in TYPE_NAMES:
        yield "type", f"its type is one of {listing(TYPE_NAMES, 'or')}"
    if type_ is None and default is None and written.keys() <= Parameter.model_fields.keys():
        yield "type", "it has neither a type nor a default"
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        yield "min", f"`min` is {low} and `max` is {high}"
    if type_ in ("bool", "name") or (type_ is None and isinstance(default, bool | str)):
        yield from ((key, f"`{key}` is for numbers, and lists of them") for key in ("min", "max") if key in written)
    if _has_mapping(default):
        yield "default", "a list holds numbers, truth values, names and lists"
    if isinstance(default, str) and type_ in TYPE_NAMES and type_ != "name":
        return  # an expression over the parameters before it, or a padding's name
    if isinstance(type_, str) and type_ in TYPE_NAMES and default is not None and not _fits(default, type_):
        yield "default", f"its default isn't of type {type_}"


def _fits(value: object, type_: str) -> bool:
    if type_ in SIDES:
        return type(value) is int or is_sides(value, type_)
    return isinstance(value, _TYPES[type_]) and (isinstance(value, bool) is (type_ == "bool"))


def _has_mapping(value: object) -> bool:
    """Whether there is a mapping in a list. Nesting is bounded since the file was read."""
    return isinstance(value, list) and any(isinstance(one, YamlMap) or _has_mapping(one) for one in value)
