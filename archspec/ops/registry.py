"""The primitives that there are: those of the families, and those that a user registered."""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Final

from archspec.ops import (
    activation,
    arithmetic,
    attention,
    conv,
    join,
    learned,
    norm,
    patches,
    pool,
    resize,
    shape,
    shuffle,
    tokens,
)
from archspec.ops.base import Op

FAMILIES: Final[tuple[ModuleType, ...]] = (
    conv,
    patches,
    norm,
    activation,
    pool,
    resize,
    arithmetic,
    join,
    shape,
    tokens,
    shuffle,
    learned,
    attention,
)
_added: dict[str, type[Op]] = {}


def find(name: str) -> type[Op] | None:
    """The primitive of that name."""
    return _own().get(name) or _added.get(name)


def names() -> list[str]:
    """Every name that `find` knows, in alphabetical order."""
    return sorted({*_own(), *_added})


def ops() -> list[type[Op]]:
    """Every primitive once, in order of its first name."""
    return sorted({*_own().values(), *_added.values()}, key=lambda op: op.name)


def register(op: type[Op]) -> type[Op]:
    """Adds a user's primitive. The names of the language stay as they are."""
    for name in (op.name, *op.aliases):
        if name in _own():
            raise ValueError(f"the language already has a primitive {name!r}")
    _added.update(dict.fromkeys((op.name, *op.aliases), op))
    return op


@cache
def _own() -> dict[str, type[Op]]:
    return {
        name: member
        for family in FAMILIES
        for member in vars(family).values()
        if _defined_in(member, family)
        for name in (member.name, *member.aliases)
    }


def _defined_in(member: object, family: ModuleType) -> bool:
    """A class of this module that has a name of its own, not an abstract one or an import."""
    return (
        isinstance(member, type)
        and issubclass(member, Op)
        and member.__module__ == family.__name__
        and "name" in member.__dict__
    )
