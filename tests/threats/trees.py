"""Changes to a spec as a person who edits it makes them: entries go, come twice, are renamed, swapped or retyped."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any, TypeAlias

from archspec.language.document import Block, Document, Each, Expect, Node, Reference

Part: TypeAlias = dict[Any, Any] | list[Any]

PLAIN = (
    0,
    1,
    -1,
    2,
    1.5,
    True,
    False,
    None,
    "",
    "relu",
    "x",
    "input",
    "i",
    "2 * width",
    "[1, 2]",
    "$act",
    "a.1",
    2**40,
)
NESTED: tuple[Any, ...] = (
    [1, 2],
    [],
    {},
    {"op": "relu"},
    {"graph": ["relu"]},
    ["relu", {"op": "conv", "out": 8, "kernel": 3}],
    {"train": "fc", "eval": "fc"},
    {"columns": ["out"], "rows": [[1], [2]]},
)
MODELS = (Document, Block, Node, Each, Expect, Reference)
KEYS = sorted({field.alias or name for model in MODELS for name, field in model.model_fields.items()})
ARGUMENTS = ("out", "kernel", "stride", "padding", "groups", "like", "axis", "heads", "size")


def changed(tree: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """The tree with one to three changes."""
    tree = copy.deepcopy(tree)
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        parts = [part for part in _parts(tree) if part]
        if parts:
            part = dice.choice(parts)
            dice.choice(CHANGES)(part, dice.choice(_entries(part)), dice, parts)
    return tree


def _parts(tree: dict[str, Any]) -> list[Part]:
    found: list[Part] = []
    waiting: list[Part] = [tree]
    while waiting:
        part = waiting.pop()
        found.append(part)
        inner = part.values() if isinstance(part, dict) else part
        waiting += [one for one in inner if isinstance(one, dict | list)]
    return found


def _entries(part: Part) -> list[Any]:
    return list(part) if isinstance(part, dict) else list(range(len(part)))


def _delete(part: Part, entry: Any, dice: random.Random, parts: list[Part]) -> None:
    del part[entry]


def _double(part: Part, entry: Any, dice: random.Random, parts: list[Part]) -> None:
    again = copy.deepcopy(part[entry])
    if isinstance(part, dict):
        part[f"{entry}2"] = again
    else:
        part.insert(entry, again)


def _swap(part: Part, entry: Any, dice: random.Random, parts: list[Part]) -> None:
    other = dice.choice(_entries(part))
    part[entry], part[other] = part[other], part[entry]


def _retype(part: Part, entry: Any, dice: random.Random, parts: list[Part]) -> None:
    part[entry] = copy.deepcopy(dice.choice((*PLAIN, *PLAIN, *NESTED)))


def _rename(part: Part, entry: Any, dice: random.Random, parts: list[Part]) -> None:
    if isinstance(part, dict):
        new = dice.choice((dice.choice((*KEYS, *ARGUMENTS)), str(entry)[:-1], f"{entry}s"))
        entries = {new if key == entry else key: value for key, value in part.items()}
        part.clear()
        part.update(entries)


def _add(part: Part, entry: Any, dice: random.Random, parts: list[Part]) -> None:
    if isinstance(part, dict):
        part[dice.choice((*KEYS, *ARGUMENTS))] = copy.deepcopy(dice.choice((*PLAIN, *NESTED)))


def _reorder(part: Part, entry: Any, dice: random.Random, parts: list[Part]) -> None:
    if isinstance(part, dict):
        entries = list(part.items())
        dice.shuffle(entries)
        part.clear()
        part.update(entries)


def _steal(part: Part, entry: Any, dice: random.Random, parts: list[Part]) -> None:
    other = dice.choice(parts)
    part[entry] = copy.deepcopy(other[dice.choice(_entries(other))])


def _nudge(part: Part, entry: Any, dice: random.Random, parts: list[Part]) -> None:
    value = part[entry]
    if isinstance(value, bool):
        part[entry] = not value
    elif isinstance(value, int | float):
        part[entry] = value + dice.choice((1, -1, 0.5, value))
    elif isinstance(value, str):
        part[entry] = dice.choice((f"{value}x", f"{value} + 1", f"{value}.1", f"{value}.", value[1:]))


def _wrap(part: Part, entry: Any, dice: random.Random, parts: list[Part]) -> None:
    value = part[entry]
    part[entry] = dice.choice(([value], {"graph": value}, {"op": value}, [value, copy.deepcopy(value)]))


CHANGES: tuple[Callable[[Part, Any, random.Random, list[Part]], None], ...] = (
    *(_delete, _double, _swap, _retype, _retype, _rename, _add, _reorder, _steal, _nudge, _nudge, _wrap),
)
