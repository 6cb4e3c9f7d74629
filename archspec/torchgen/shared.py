"""What stands in a package's `blocks.py`: blocks of several networks, and what came out the same in several."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from archspec.torchgen.lower import Lowering
from archspec.torchgen.program import ClassDefinition


@dataclass(frozen=True, slots=True)
class Shared:
    """The classes of `blocks.py`, callees first, and the classes of fixed text that it carries."""

    classes: tuple[ClassDefinition, ...]
    support: tuple[str, ...]
    moved: frozenset[ClassDefinition]
    """Those that the networks' own files would have otherwise."""

    @property
    def names(self) -> tuple[str, ...]:
        """All that can be imported from it."""
        return (*(one.name for one in self.classes), *self.support)


def shared(blocks: Lowering, lowerings: list[Lowering]) -> Shared:
    """What several of the lowered networks have in common, beside the blocks that they were lowered with."""
    moved = _moved(blocks, lowerings)
    own = [one for lowering in lowerings for one in lowering.classes if one not in moved]
    classes = _needed([*blocks.classes, *moved], own)
    counts: dict[str, int] = {}
    for name in (name for lowering in lowerings for name in lowering.support):
        counts[name] = counts.get(name, 0) + 1
    used = set().union(*map(_names, classes)) if classes else set()
    known = dict.fromkeys((*blocks.support, *counts))
    support = tuple(name for name in known if name in used or counts.get(name, 0) > 1)
    return Shared(tuple(classes), support, frozenset(moved))


def _moved(blocks: Lowering, lowerings: list[Lowering]) -> list[ClassDefinition]:
    """Classes that are word for word the same in several networks, and stand on nothing but shared classes."""
    files = [{one.name: one for one in lowering.classes} for lowering in lowerings]
    counts: dict[ClassDefinition, int] = {}
    for one in (one for file in files for one in file.values()):
        counts[one] = counts.get(one, 0) + 1
    taken = {one.name for one in blocks.classes}
    found: dict[str, ClassDefinition] = {}
    for one, count in counts.items():
        if count > 1 and one.name not in taken:
            found.setdefault(one.name, one)
    while leaning := [name for name, one in found.items() if any(_leans(one, file, found) for file in files)]:
        for name in leaning:
            del found[name]
    return list(found.values())


def _leans(one: ClassDefinition, file: dict[str, ClassDefinition], found: dict[str, ClassDefinition]) -> bool:
    """Whether a file has the class, and stands in it on another class that stays there."""
    return file.get(one.name) == one and any(file[name] != found.get(name) for name in _names(one) & file.keys())


def _needed(classes: list[ClassDefinition], users: Iterable[ClassDefinition]) -> list[ClassDefinition]:
    """The classes that the users name, and those that these name."""
    by_name = {one.name: one for one in classes}
    todo = list(users)
    found: set[str] = set()
    while todo:
        for name in (_names(todo.pop()) & by_name.keys()) - found:
            found.add(name)
            todo.append(by_name[name])
    return [one for one in classes if one.name in found]


@cache
def _names(definition: ClassDefinition) -> frozenset[str]:
    """All names in a class."""
    tree = ast.parse("\n".join([f"class {definition.name}({definition.base}):", *definition.lines()]))
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
