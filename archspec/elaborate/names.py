"""The names of a graph as it is written, before anything is known of its values."""

from __future__ import annotations

from collections.abc import Collection, Iterator


class Names:
    """The names of a graph as it is written. `reader` is the node that is looked at."""

    def __init__(
        self,
        values: Collection[str],
        where: str,
        every: Collection[str],
        outer: Names | None = None,
        inputs: Collection[str] = (),
    ) -> None:
        self.values, self.where, self.every, self.outer = values, where, every, outer
        self.inputs = inputs
        self.index: dict[str, None] = {}
        self.later: Collection[str] = ()
        self.reader: str | None = None

    def surroundings(self) -> Iterator[Names]:
        outer = self.outer
        while outer is not None:
            yield outer
            outer = outer.outer

    def has(self, name: str) -> bool:
        """Whether a node or input of this name can be read here."""
        return name in self.index or name == "input" or name in self.inputs

    def names(self) -> list[str]:
        """Everything that can be read here."""
        return [*self.index, *(self.inputs or ("input",))]

    def inside(self, where: str, every: Collection[str]) -> Names:
        return Names(self.values, where, every, self)

    def also(self, values: Collection[str]) -> Names:
        """The same graph, with more names for values."""
        inner = Names({*self.values, *values}, self.where, self.every, self.outer, self.inputs)
        inner.index, inner.reader = self.index, self.reader
        return inner
