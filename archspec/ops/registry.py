"""The primitives that there are: those of the families, of installed packages, and those that a user registered."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Final, NamedTuple

from archspec.ops.base import Op

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

FAMILIES: Final = (
    "conv",
    "norm",
    "activation",
    "pool",
    "linear",
    "arithmetic",
    "join",
    "shape",
    "shuffle",
    "tokens",
    "resize",
    "attention",
    "patches",
    "windows",
    "learned",
)
"""Modules of this package. They are imported as they are needed, and stand in the order in which networks need them."""
GROUP: Final = "archspec.ops"
"""The entry points by which installed packages give primitives, each under the primitive's name."""
_added: dict[str, type[Op]] = {}
_failures: dict[str, Failure] = {}


class Failure(NamedTuple):
    """Why the primitive of an installed package can't be used."""

    package: str
    reason: str


def find(name: str) -> type[Op] | None:
    """The primitive of that name."""
    return _own(name) or _added.get(name) or _installed(name)


def failure(name: str) -> Failure | None:
    """What went wrong where an installed package has a primitive of that name, and `find` didn't."""
    return _failures.get(name)


def names() -> list[str]:
    """Every name that `find` knows, in alphabetical order."""
    return sorted({*_added, *_entries(), *(name for family in FAMILIES for name in _members(family))})


def ops() -> list[type[Op]]:
    """Every primitive once, in order of its first name."""
    own = {op for family in FAMILIES for op in _members(family).values()}
    return sorted({*own, *_added.values()}, key=lambda op: op.name)


def register(op: type[Op]) -> type[Op]:
    """Adds a user's primitive. The names of the language stay as they are, and blocks have names in CamelCase."""
    for name in (op.name, *op.aliases):
        if not _is_snake_case(name):
            raise ValueError(f"the name of a primitive is in snake_case, and {name!r} isn't")
        if _own(name) is not None:
            raise ValueError(f"the language already has a primitive {name!r}")
    _added.update(dict.fromkeys((op.name, *op.aliases), op))
    return op


def is_extended() -> bool:
    """Whether there are primitives besides those of the language."""
    return bool(_added)


@lru_cache(maxsize=1024)
def _installed(name: str) -> type[Op] | None:
    """That of an installed package, whose module is imported only when its name is met."""
    entry = _entries().get(name) if _is_snake_case(name) else None
    if entry is None:
        return None
    package = entry.dist.name if entry.dist is not None else entry.module
    try:
        found = entry.load()
        if not (isinstance(found, type) and issubclass(found, Op)):
            raise TypeError(f"`{entry.value}` isn't a subclass of `Op`")
        if name not in (getattr(found, "name", None), *found.aliases):
            raise ValueError(f"`{entry.value}` is called `{getattr(found, 'name', 'nothing')}`")
        return register(found)
    except Exception as error:  # whatever the code of others raises
        _failures[name] = Failure(package, f"{type(error).__name__}: {error}")
        return None


@cache
def _entries() -> Mapping[str, EntryPoint]:
    """The entry points of the group by name; the first one on the path where several have one."""
    from importlib.metadata import entry_points

    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=GROUP):
        found.setdefault(entry.name, entry)
    return found


@lru_cache(maxsize=1024)
def _own(name: str) -> type[Op] | None:
    if not _is_snake_case(name):
        return None
    return next((members[name] for members in map(_members, FAMILIES) if name in members), None)


def _is_snake_case(name: str) -> bool:
    return name.isidentifier() and name == name.lower()


@cache
def _members(family: str) -> Mapping[str, type[Op]]:
    """The primitives of a family by each of their names."""
    module = import_module(f"archspec.ops.{family}")
    return {
        name: member
        for member in vars(module).values()
        if _defined_in(member, module)
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
