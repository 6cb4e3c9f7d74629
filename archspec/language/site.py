"""What a part of a document is by where it stands in the tree: a node, a block, a parameter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from archspec.diagnostics.span import Span
from archspec.language.tree import YamlList, YamlMap

_INSIDE: Final = {
    ("spec", "graph"): "graph",
    ("spec", "blocks"): "blocks",
    ("spec", "params"): "params",
    ("spec", "reference"): "reference",
    ("spec", "input"): "input",
    ("spec", "inputs"): "inputs",
    ("spec", "weights"): "trained",
    ("spec", "defaults"): "defaults",
    ("spec", "import"): "import",
    ("library", "blocks"): "blocks",
    ("block", "graph"): "graph",
    ("block", "params"): "params",
    ("node", "graph"): "graph",
    ("node", "parallel"): "graph",
    ("node", "else"): "node",
    ("node", "each"): "each",
    ("node", "expect"): "expect",
}
_ENTRIES: Final = {"graph": "node", "blocks": "block", "params": "parameter", "inputs": "input", "trained": "weights"}


@dataclass(frozen=True, slots=True)
class Site:
    """The entry `key` of `container`, which is a part of the kind `kind`; no key for the tree itself.

    `outer` is where the container stands.
    """

    kind: str
    container: YamlMap | YamlList
    key: str | int | None
    outer: Site | None = None

    @property
    def value(self) -> Any:
        return self.container if self.key is None else self.container[self.key]  # type: ignore[index]

    @property
    def name(self) -> str:
        """How messages call it: the key, or `require[0]`."""
        return f"{self.outer.name}[{self.key}]" if self.outer is not None and self.is_item else str(self.key)

    @property
    def is_item(self) -> bool:
        """Whether it is an item of a list."""
        return isinstance(self.container, YamlList)

    @property
    def entry(self) -> Site:
        """The entry of a mapping that it is, or is an item of."""
        return self.outer.entry if self.outer is not None and self.is_item else self

    @property
    def span(self) -> Span:
        return self.container.span if self.key is None else self.container.span_of(self.key)

    @property
    def inner(self) -> str:
        """The kind of the entry itself."""
        if self.key is None:
            return self.kind
        return _ENTRIES.get(self.kind) or _INSIDE.get((self.kind, str(self.key)), "")


def locate(tree: YamlMap, loc: tuple[str | int, ...], kind: str = "spec") -> Site:
    """The part of the tree that a location of pydantic means; the names of alternatives in it are passed over."""
    site = Site(kind, tree, None)
    for step in loc:
        here = site.value
        if isinstance(here, YamlMap) and step in here:
            site = Site(site.inner, here, step, site)
        elif isinstance(here, YamlList) and str(step).isdecimal() and int(step) < len(here):
            kind = "graph" if site.inner in ("node", "graph") else ""
            site = Site(kind, here, int(step), site)
    return site
