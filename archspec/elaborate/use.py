"""One use of a node: where it stands, what it reads, and what is written for its arguments there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from archspec.elaborate.evaluator import Given
from archspec.elaborate.scope import NOTHING, Scope
from archspec.language import document
from archspec.network import Argument, Graph, Origin, Ref
from archspec.ops.base import Op
from archspec.types import UNKNOWN, AnyType


class Body(NamedTuple):
    """What a node became, the types of its outputs, and its arguments."""

    body: Op | Graph | None
    outputs: tuple[AnyType, ...]
    arguments: Mapping[str, Argument] = NOTHING


class Call(NamedTuple):
    """What a node says of an op, the same in every instance: its arguments, the file's defaults among them.

    `primitive` is the op, where it is no block; `pointing` are its arguments that name nodes.
    """

    said: Mapping[str, Given]
    primitive: type[Op] | None
    pointing: tuple[str, ...]


@dataclass(slots=True)
class Use:
    """A node, or one copy of it.

    Its expressions are read in `scope`; its inputs are `refs` of the graph `feed`, and the last `named` of these are
    nodes that arguments such as `like` name. `row` are the cells of its own table, in a copy by `each`.
    """

    source: document.Node
    scope: Scope
    feed: Scope
    refs: tuple[Ref, ...]
    types: tuple[AnyType, ...]
    named: int = 0
    row: Mapping[str, Argument] = field(default_factory=dict)
    overrides: Mapping[str, Given] | None = None
    key: str = "op"
    """The key that faults of the op point at; they call it by its value there, where that isn't the op itself."""

    def labels(self) -> list[str]:
        """How messages call the inputs."""
        return [self.feed.label(ref) for ref in self.refs]

    def among_known(self) -> Use:
        """The same with those inputs alone whose types are known."""
        at = [index for index, value in enumerate(self.types) if value is not UNKNOWN]
        refs, types = tuple(self.refs[index] for index in at), tuple(self.types[index] for index in at)
        return replace(self, refs=refs, types=types)

    def given(self, known: Iterable[str], said: Mapping[str, Given]) -> Mapping[str, Given]:
        """All that is written for an op's arguments: what is `said` in every use, columns, first and last."""
        if not self.row and not self.overrides:
            return said
        given = dict(said)
        for name, cell in self.row.items():
            if name in known and name not in self.source.arguments:
                given[name] = Given(cell.value, Origin.COLUMN, cell.place)
        return {**given, **(self.overrides or {})}
