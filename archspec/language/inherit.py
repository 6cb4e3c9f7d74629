"""`extends`: a spec as another one with some keys of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from archspec.diagnostics.catalogue.document import MissingKey, NothingToRemove
from archspec.diagnostics.catalogue.outside import ImportFaulty
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import suggestion
from archspec.diagnostics.span import Span
from archspec.language.document import TYPE_NAMES
from archspec.language.files import Files, errors_of, first_of
from archspec.language.tree import YamlMap

BY_KEY: Final = frozenset(("params", "inputs", "defaults", "graph", "blocks", "taps", "import", "init"))
"""Keys whose entries are merged one by one; `null` takes an entry away."""
OWN: Final = frozenset(("archspec", "extends", "reference", "weights"))
"""Keys that a spec doesn't take over: what is published of one network isn't true of another."""


class Merged(YamlMap):
    """Entries of several mappings; each keeps the place that it has in its own file."""

    __slots__ = ("_homes",)

    def __init__(self, first: YamlMap) -> None:
        super().__init__(first._source, first.mark)
        self._homes: dict[str, tuple[YamlMap, str]] = {}

    def take(self, key: str, home: YamlMap) -> None:
        """An entry as it stands in `home`."""
        self.hold(key, home[key], home, key)

    def hold(self, key: str, value: Any, home: YamlMap, there: str) -> None:
        """A value that stands, or comes from what stands, under another key of `home`."""
        self[key] = value
        self._homes[key] = (home, there)

    def span_of(self, key: str | int) -> Span:
        home, there = self._homes.get(str(key), (None, ""))
        return home.span_of(there) if home is not None else super().span_of(key)

    def key_span(self, key: str | int) -> Span:
        home, there = self._homes.get(str(key), (None, ""))
        return home.key_span(there) if home is not None else super().key_span(key)


@dataclass(frozen=True, slots=True)
class Inherited:
    """A tree with all that it extends, what is wrong with that, and the texts that it is made of besides its own."""

    tree: YamlMap
    found: list[Diagnostic] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    whole: bool = True
    """Whether nothing is missing that it extends."""

    def faults(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Those that aren't for want of what it extends."""
        return [one for one in found if self.whole or not isinstance(one, MissingKey) or one.where != "a spec"]


def inherited(tree: YamlMap, folder: Path | None, files: Files) -> Inherited:
    """The tree with all that it extends."""
    written = tree.get("extends")
    if not isinstance(written, str):
        return Inherited(tree)
    base = files.open(written, tree.span_of("extends"), folder)
    if isinstance(base, Diagnostic):
        return Inherited(_without(tree), [base], whole=False)
    try:
        if base.tree is None or errors_of(base.found):
            fault = ImportFaulty(span=tree.span_of("extends"), path=written, found=first_of(base.found))
            return Inherited(_without(tree), [fault], whole=False)
        outer = inherited(base.tree, base.path.parent, files)
        found = [*outer.found, *(_needless(outer.tree, tree) if outer.whole else ())]
        return Inherited(merged(outer.tree, tree), found, [*outer.texts, base.source.text], outer.whole)
    finally:
        files.leave()


def _without(tree: YamlMap) -> YamlMap:
    """The tree where nothing is known of what it extends."""
    rest = Merged(tree)
    for key in tree:
        if key != "extends":
            rest.take(key, tree)
    return rest


def _needless(base: YamlMap, own: YamlMap) -> Iterator[Diagnostic]:
    """Entries that are taken away from what doesn't have them."""
    for key in own.keys() & BY_KEY:
        known, entries = base.get(key), own[key]
        for name in entries if isinstance(entries, YamlMap) and isinstance(known, YamlMap | None) else ():
            if entries[name] is None and name not in (known or ()):
                helps = suggestion(name, known or ())
                yield NothingToRemove(span=entries.span_of(name), key=key, name=name, helps=helps)


def merged(base: YamlMap, own: YamlMap) -> YamlMap:
    """`own` over `base`."""
    whole = Merged(own)
    for key in base:
        if key not in OWN and _other_input(key) not in own:
            whole.take(key, base)
    for key in own:
        if key == "extends":
            continue
        known = base.get(key, Merged(base)) if key in BY_KEY else None
        if isinstance(known, YamlMap) and isinstance(own[key], YamlMap):
            whole.hold(key, _entries(known, own[key], key == "params"), own, key)
        else:
            whole.take(key, own)
    return whole


def _other_input(key: str) -> str:
    """`input` and `inputs` stand for each other."""
    return {"input": "inputs", "inputs": "input"}.get(key, "")


def _entries(base: YamlMap, own: YamlMap, parameters: bool) -> YamlMap:
    """A parameter's plain value is a new default; its type, bounds and description stay."""
    found = Merged(own)
    for key in base:
        if key not in own:
            found.take(key, base)
        elif parameters and isinstance(base[key], YamlMap) and _is_default(own[key]):
            declared = Merged(base[key])
            for part in base[key]:
                declared.take(part, base[key])
            declared.hold("default", own[key], own, key)
            found.hold(key, declared, own, key)
        elif own[key] is not None:
            found.take(key, own)
    for key in own:
        if key not in base and own[key] is not None:
            found.take(key, own)
    return found


def _is_default(written: Any) -> bool:
    return written is not None and not isinstance(written, YamlMap) and written not in TYPE_NAMES
