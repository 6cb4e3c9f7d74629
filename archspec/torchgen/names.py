"""Identifiers that are safe to print, and the choice of free ones."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Container

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class Identifier(str):
    """A Python identifier in ASCII that isn't a keyword; anything else can't be made into one."""

    def __new__(cls, text: str) -> Identifier:
        if not _IDENTIFIER.fullmatch(text.lstrip("_")) or keyword.iskeyword(text):
            raise ValueError(f"not an identifier: {text!r}")
        return super().__new__(cls, text)


class ClassName(Identifier):
    """The name of a class in generated source."""


class AttributeName(Identifier):
    """The name of an attribute, argument or variable in generated source."""


CONSTRUCTOR = frozenset(
    {"self", "torch", "nn", "Tensor", "super", "range", "list", "type", "int", "float", "bool", "str", "i"}
)
"""Names that a constructor uses for itself."""
FORWARD = frozenset({"self", "torch", "nn", "Tensor", "x", "out", "tuple", "sum", "zip", "branch", "module", "level"})
"""Names that a forward uses for itself."""


def quoted(name: str) -> str:
    """A name as a text of generated source; keywords may be one."""
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f"not a name: {name!r}")
    return f'"{name}"'


def free(name: str, taken: Container[str], reserved: Container[str] = CONSTRUCTOR) -> AttributeName:
    """`name` in lower case, with underscores behind it until nothing else is called so."""
    name = name.lower()
    while name in taken or name in reserved or keyword.iskeyword(name):
        name += "_"
    return AttributeName(name)


def camel(name: str) -> ClassName:
    """`low_level` as the name of a class: `LowLevel`."""
    return ClassName("".join(part[:1].upper() + part[1:] for part in name.split("_") if part))


def numbered(name: str, taken: Collection[object]) -> ClassName:
    """`name`, or `name2`, `name3`, … where it is taken."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}{number}"
    return ClassName(found)
