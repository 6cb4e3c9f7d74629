"""Definitions that say the same in several documents become one object, so that later stages see one block."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from archspec.language.document import Block
from archspec.language.imports import Definition, Imported
from archspec.language.library import library_blocks


@dataclass
class Same:
    """The definitions that were met so far, by their texts."""

    _known: dict[Hashable, Definition] = field(default_factory=dict)
    _inner: dict[Imported, dict[str, Definition]] = field(default_factory=dict)
    """Those of imported networks, which may be imported many times."""

    def of(self, definitions: Mapping[str, Definition]) -> dict[str, Definition]:
        """The same definitions, each the first that had its words and stands on blocks that had theirs."""
        library = library_blocks()
        own = {name: one for name, one in definitions.items() if library.get(name) is not one}
        inner = {name: self._of_imported(one) for name, one in own.items() if isinstance(one, Imported)}
        texts = {name: _text(one) for name, one in own.items()}
        found = {}
        for name, one in own.items():
            imported = tuple((block, id(same)) for block, same in inner.get(name, {}).items())
            key = (name, _whole(name, texts), imported)
            if key not in self._known:
                self._known[key] = _with(one, inner[name]) if isinstance(one, Imported) else one
            found[name] = self._known[key]
        return {**definitions, **found}

    def _of_imported(self, network: Imported) -> dict[str, Definition]:
        if network not in self._inner:
            self._inner[network] = self.of(network.blocks)
        return self._inner[network]


def _text(definition: Definition) -> str:
    if isinstance(definition, Block):
        return definition.model_dump_json()
    return json.dumps(definition.tree) if isinstance(definition, Imported) else ""


def _whole(name: str, texts: Mapping[str, str]) -> Hashable:
    """The texts that a definition is made of: its own, and those of all that it may mean by a name."""
    found: dict[str, str] = {}
    todo = [name]
    while todo:
        one = todo.pop()
        if one not in found:
            found[one] = texts[one]
            todo += texts.keys() & set(re.findall(r"\w+", texts[one]))
    return tuple(sorted(found.items()))


def _with(imported: Imported, blocks: Mapping[str, Definition]) -> Imported:
    own = {name: blocks[name] for name in imported.document.blocks}
    return Imported(imported.document.model_copy(update={"blocks": own}), imported.tree, blocks)
