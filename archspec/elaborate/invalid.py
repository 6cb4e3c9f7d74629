"""Values that are wrong: what pydantic finds in the words of the language, and the faults that values share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from pydantic import ValidationError

from archspec.diagnostics.catalogue import arguments as faults
from archspec.diagnostics.diagnostic import Help, Note
from archspec.diagnostics.remarks import Round, Write
from archspec.diagnostics.span import Span
from archspec.diagnostics.wording import listing
from archspec.elaborate.faults import Faults
from archspec.elaborate.origins import show
from archspec.elaborate.reading import NAMED

Detail: TypeAlias = Mapping[str, Any]

WHOLE: Final = "a whole number"
_TYPES: Final = {
    "int_type": WHOLE,
    "int_from_float": WHOLE,
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "string_type": "a name",
    "model_type": "a mapping",
    "dict_type": "a mapping",
}
_LIMITS: Final = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
    "finite_number": ("a finite number", ""),
}
_LENGTHS: Final = ("missing", "too_long", "too_short")


def by_argument(error: ValidationError) -> dict[str, list[Detail]]:
    """The complaints about each argument; several where there were several ways to be right."""
    found: dict[str, list[Detail]] = {}
    for detail in error.errors(include_url=False, include_input=False):
        found.setdefault(str(detail["loc"][0]) if detail["loc"] else "", []).append(detail)
    return found


def is_missing(details: Sequence[Detail]) -> bool:
    """Whether the argument itself is missing, and not an item of its list."""
    return details[0]["type"] == "missing" and len(details[0]["loc"]) == 1


def rule(details: Sequence[Detail], value: object) -> str:
    """What an argument must be: its limits where the value is of a right type, else the right types."""
    if isinstance(value, tuple | list):
        # To be a list was one way to be right: what is wrong inside it says more than what else there could be.
        details = [detail for detail in details if _is_inside(detail)] or details
    limits = [detail for detail in details if detail["type"] in _LIMITS]
    phrases = list(dict.fromkeys(map(_phrase, limits or details)))
    if "a number" in phrases:
        phrases = [phrase for phrase in phrases if phrase != WHOLE]
    return phrases[-1] if limits else listing(phrases, "or")


def not_whole(
    report: Faults, name: str, value: float, written: object, span: Span | None, notes: tuple[Note, ...]
) -> None:
    """A float where channels, a size or a count belongs."""
    helps: tuple[Help, ...] = ()
    if isinstance(written, str):
        helps = (Round(expression=written.removeprefix(NAMED)),)
    elif value == int(value):
        helps = (Write(words=str(int(value))),)
    report.add(faults.NotWhole, span, name=name, found=show(value), notes=notes, helps=helps)


def not_a_choice(
    report: Faults, name: str, value: object, choices: Sequence[str], span: Span | None, notes: tuple[Note, ...]
) -> None:
    """A value that isn't one of the few that are possible."""
    found = f"`{value}`" if isinstance(value, str) else show(value)
    helps = report.nearest(value, lambda: choices) if isinstance(value, str) else ()
    expected = listing(choices, "or")
    report.add(faults.NotAChoice, span, name=name, found=found, choices=expected, notes=notes, helps=helps)


def _is_inside(detail: Detail) -> bool:
    """Whether it is about an item of a list, or about how many there are."""
    return any(isinstance(step, int) for step in detail["loc"]) or detail["type"] in _LENGTHS


def _phrase(detail: Detail) -> str:
    kind, context = str(detail["type"]), detail.get("ctx", {})
    if kind in _TYPES:
        return _TYPES[kind]
    if kind in _LIMITS:
        words, key = _LIMITS[kind]
        return f"{words} {_number(context[key])}" if key else words
    if kind in _LENGTHS:
        tag = next((step for step in detail["loc"][1:] if isinstance(step, str)), "")
        return "a longer list" if not tag or "..." in tag else f"a list of {tag.count(',') + 1}"
    if kind == "literal_error":
        return str(context["expected"]).replace("'", "").replace(" or ", ", ")
    return str(detail["msg"]).removeprefix("Value error, ")


def _number(limit: float) -> str:
    return str(int(limit)) if limit == int(limit) else str(limit)
