"""What an unquoted YAML scalar is: a number, a truth value, nothing, or text; and which spellings are refused."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TypeAlias

from archspec.diagnostics.catalogue.plain import AmbiguousScalar, NumberOutOfRange, OneSpelling
from archspec.diagnostics.diagnostic import Diagnostic, Help

Scalar: TypeAlias = int | float | bool | str | None

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Refused:
    """A scalar that is reported; `value` is what it most likely means, for the stages that follow."""

    kind: type[Diagnostic]
    value: Scalar
    fields: dict[str, str]
    helps: tuple[Help, ...] = field(default=())


def resolve(text: str) -> Scalar | Refused:
    """The value of an unquoted scalar."""
    if text[:1] in _NUMBER_START:
        return _number(text)
    return _WORDS.get(text, text)


def shown(text: str) -> str:
    """Text short enough for a message."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


_NUMBER_START = frozenset("0123456789+-.")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?|\.?[0-9]+[eE][-+]?[0-9]+)")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_OTHER_BASE = re.compile(r"([-+]?)0(o[0-7]+|b[01_]+|x[0-9a-fA-F_]+)")
_UNDERSCORED = re.compile(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_TIME = r"(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?[ \t]*(?:Z|[-+][0-9:]+)?"
_DATE = re.compile(rf"[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}(?:{_TIME})?")


def _number(text: str) -> Scalar | Refused:
    if _DECIMAL.fullmatch(text):
        return _integer(text, 10)
    if _FLOAT.fullmatch(text):
        return _finite(text, float(text))
    if _HEXADECIMAL.fullmatch(text):
        return _integer(text, 16)
    if _NOT_FINITE.fullmatch(text):
        return _out_of_range(text, 1.0)
    return _refused_number(text)


def _integer(text: str, base: int) -> int | Refused:
    # int() refuses thousands of digits with a ValueError of its own.
    if len(text.lstrip("+-0x")) > 20:
        return _out_of_range(text, 1)
    value = int(text, base)
    return value if INT_MIN <= value <= INT_MAX else _out_of_range(text, 1)


def _finite(text: str, value: float) -> float | Refused:
    return value if math.isfinite(value) else _out_of_range(text, 1.0)


def _out_of_range(text: str, value: Scalar) -> Refused:
    rule = "whole numbers are from -2**63 to 2**63 - 1" if isinstance(value, int) else "numbers are finite"
    return Refused(NumberOutOfRange, value, {"text": shown(text), "rule": rule})


def _refused_number(text: str) -> str | Refused:
    """Spellings of numbers and dates that YAML 1.1 and 1.2 don't agree on; anything else is text."""
    if _LEADING_ZERO.fullmatch(text):
        return _leading_zero(text)
    if match := _OTHER_BASE.fullmatch(text):
        return _other_base(text, match[1], match[2])
    if "_" in text and _UNDERSCORED.fullmatch(text):
        return _old_number(text, resolve(text.replace("_", "")))
    if _BASE_60.fullmatch(text):
        return _old_number(text, _base_60(text.replace("_", "")))
    if _DATE.fullmatch(text):
        return _ambiguous(text, text, "a date", "text")
    return text


def _leading_zero(text: str) -> Refused:
    sign, digits = ("-", text[1:]) if text[0] == "-" else ("", text.lstrip("+"))
    decimal = resolve(sign + (digits.lstrip("0") or "0"))
    if isinstance(decimal, Refused):
        return decimal
    if set(digits) & set("89"):
        return _ambiguous(text, decimal, "text", f"the number {decimal}", _number_help(decimal))
    octal = int(sign + digits, 8)
    helps = (_number_help(decimal), AmbiguousScalar.Meant(value=str(octal), kind="the octal number"))
    return _ambiguous(text, decimal, f"the number {octal}", f"the number {decimal}", *helps)


def _other_base(text: str, sign: str, digits: str) -> str | Refused:
    base = {"o": 8, "b": 2, "x": 16}[digits[0]]
    digits = digits[1:].replace("_", "")
    if not digits:
        return text
    value = _integer(text, 10) if len(digits.lstrip("0")) > 64 else int(sign + digits, base)
    if isinstance(value, Refused) or not INT_MIN <= value <= INT_MAX:
        return _out_of_range(text, 1)
    if base == 8:
        return _ambiguous(text, value, "text", f"the number {value}", _number_help(value))
    return _old_number(text, value)


def _base_60(text: str) -> Scalar | Refused:
    value: float = 0
    whole, _, fraction = text.lstrip("+-").partition(".")
    if len(whole) > 20:
        return _out_of_range(text, 1)
    for part in whole.split(":"):
        value = value * 60 + int(part)
    if "." in text:
        value += float(f"0.{fraction or 0}")
    return -value if text[0] == "-" else value


def _old_number(text: str, value: Scalar | Refused) -> Refused:
    """Only YAML 1.1 reads a number."""
    if isinstance(value, Refused):
        return Refused(value.kind, value.value, {**value.fields, "text": shown(text)})
    return _ambiguous(text, value, f"the number {value}", "text", _number_help(value))


def _number_help(value: Scalar) -> Help:
    return AmbiguousScalar.Meant(value=str(value), kind="the number")


def _ambiguous(text: str, value: Scalar, old: str, new: str, *helps: Help) -> Refused:
    fields = {"text": shown(text), "old": old, "new": new}
    quote = () if "text" not in (old, new) else (AmbiguousScalar.Quote(value=shown(text)),)
    return Refused(AmbiguousScalar, value, fields, (*helps, *quote))


def _old_truth(text: str, value: bool) -> Refused:
    spelling = "true" if value else "false"
    helps = AmbiguousScalar.Meant(value=spelling, kind="the truth value")
    # A single letter is more likely a name.
    return _ambiguous(text, value if len(text) > 1 else text, f"the truth value {spelling}", "text", helps)


def _misspelt(text: str, spelling: str, value: Scalar) -> Refused:
    return Refused(OneSpelling, value, {"text": text, "spelling": spelling}, (OneSpelling.Write(spelling=spelling),))


def _words() -> dict[str, Scalar | Refused]:
    words: dict[str, Scalar | Refused] = {"true": True, "false": False, "null": None, "": None}
    for word in ("y", "yes", "on", "n", "no", "off"):
        for text in {word, word.capitalize(), word.upper()}:
            words[text] = _old_truth(text, word in ("y", "yes", "on"))
    for spelling, value in (("true", True), ("false", False), ("null", None)):
        for text in (spelling.capitalize(), spelling.upper()):
            words[text] = _misspelt(text, spelling, value)
    words["~"] = _misspelt("~", "null", None)
    words["="] = _ambiguous("=", "=", "a default value", "text")
    return words


_WORDS = _words()
