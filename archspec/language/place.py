"""Where a part of a document stands in its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archspec.diagnostics.span import Span
from archspec.language.load import YamlList, YamlMap


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of a YAML mapping or list; spans are made when a message needs them."""

    container: YamlMap | YamlList
    key: str | int

    @property
    def here(self) -> Any:
        """What is written."""
        return self.container[self.key]  # type: ignore[index]

    @property
    def value(self) -> Span:
        return self.container.span_of(self.key)

    @property
    def name(self) -> Span:
        """The key's own place; the value's in a list."""
        return self.container.key_span(self.key) if isinstance(self.container, YamlMap) else self.value

    def inside(self, *path: str | int) -> Span:
        """The place of a value further in; as near to it as the text goes."""
        container, key = self.container, self.key
        for step in path:
            inner = container[key]  # type: ignore[index]
            if (isinstance(inner, YamlMap) and step in inner) or (
                isinstance(inner, YamlList) and isinstance(step, int) and step < len(inner)
            ):
                container, key = inner, step
            else:
                break
        return container.span_of(key)
