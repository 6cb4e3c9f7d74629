"""Counts what a network expands to, before it is expanded, and stops what would never end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, NoReturn

from archspec.diagnostics.catalogue.expansion import RecursionTooDeep, TooManyInstances, TooManyNodes, TooMuchWork
from archspec.diagnostics.remarks import Raise
from archspec.diagnostics.span import Span
from archspec.elaborate.faults import Abandoned, Faults, shortened
from archspec.elaborate.limits import Limits
from archspec.language import document
from archspec.language.imports import Definition

_NODE: Final = 10
"""Steps that a node takes, beside those of its values."""
_COPY: Final = 8
_FEW: Final = 100
"""Copies that aren't worth being counted before they are made."""


@dataclass
class Tally:
    """What was made so far of a network, those that it imports included."""

    limits: Limits
    nodes: int = 0
    instances: int = 0
    depth: int = 0
    steps: int = 0
    active: list[str] = field(default_factory=list)
    """The blocks that are being looked into."""

    def work(self, steps: int, report: Faults, span: Span | None) -> None:
        """So many more steps. Raises Abandoned where these are too many; `span` is what takes them."""
        self.steps += steps
        limit = self.limits.steps
        if self.steps > limit:
            report.add(TooMuchWork, span, limit=limit, helps=(Raise(setting="Limits(steps=...)"),))
            raise Abandoned


class Counter:
    """Holds one elaboration to its limits."""

    def __init__(self, blocks: Mapping[str, Definition], report: Faults, tally: Tally) -> None:
        self.blocks, self.report, self.limits, self.tally = blocks, report, tally.limits, tally
        self._least: dict[str, int] = {}

    def made(self, source: document.Node) -> None:
        """One more node, in a graph that is equal to no other. A network has at least as many."""
        self.tally.nodes += 1
        self._work(_NODE, source)
        if self.tally.nodes > self.limits.nodes:
            self._too_many(self.tally.nodes, source)

    def copied(self, source: document.Node) -> None:
        """One more copy of a node, whether or not it is equal to another."""
        self._work(_COPY, source)

    def _work(self, steps: int, source: document.Node) -> None:
        self.tally.steps += steps
        if self.tally.steps > self.limits.steps:
            self.tally.work(0, self.report, source.place.inside("op"))

    def found(self, nodes: int, instances: int, steps: int, source: document.Node) -> None:
        """An instance that was there already counts as if it was made."""
        self.tally.instances += instances
        self.tally.nodes += nodes
        self.tally.work(steps, self.report, source.place.inside("op"))
        self.within_limit(self.tally.nodes, source)

    def instance(self, source: document.Node) -> None:
        """One more instance of a block, equal to no other."""
        self.tally.instances += 1
        if self.tally.instances > self.limits.instances:
            limit, helps = self.limits.instances, (Raise(setting="Limits(instances=...)"),)
            self.report.add(TooManyInstances, source.place.inside("op"), limit=limit, helps=helps)
            raise Abandoned

    def within_limit(self, count: int, source: document.Node) -> None:
        """Raises Abandoned where so many nodes are too many. `source` is the node that makes them."""
        if count > self.limits.nodes:
            self._too_many(count, source)

    def _too_many(self, count: int, source: document.Node) -> NoReturn:
        limit, helps = self.limits.nodes, (Raise(setting="Limits(nodes=...)"),)
        span = source.place.inside("repeat" if source.repeat is not None else "op")
        self.report.add(TooManyNodes, span, count=count, limit=limit, helps=helps)
        raise Abandoned

    def copies(self, count: int, source: document.Node) -> None:
        """Raises Abandoned where so many copies of a node are too many, by the least that each of them can be."""
        self.within_limit(count, source)
        if count > _FEW:
            self.within_limit(count * (1 + self._least_inside(source, set())), source)

    def _least_inside(self, source: document.Node, within: set[str]) -> int:
        """The least number of nodes that a copy of a node has in it."""
        block = source.op
        if block is not None and block in self.blocks and block not in within:
            if block not in self._least:
                self._least[block] = self._least_of(self.blocks[block].graph, within | {block})
            return self._least[block]
        return self._least_of(source.graph or source.parallel or {}, within)

    def _least_of(self, nodes: document.Graph, within: set[str]) -> int:
        return sum(1 + self._least_node(node, within) for node in nodes.values())

    def _least_node(self, source: document.Node, within: set[str]) -> int:
        if source.when is not None or source.each is not None or isinstance(source.repeat, str):
            return 0
        inside = self._least_inside(source, within)
        return inside if source.repeat is None else source.repeat * (1 + inside)

    @contextmanager
    def inside(self, source: document.Node, block: str | None = None) -> Iterator[None]:
        """One graph further in. Raises Abandoned where that is too deep: what gets there rarely ends by itself."""
        if len(self.tally.active) >= self.limits.depth or self.tally.depth >= 2 * self.limits.depth:
            cycle, limit = self._cycle(block or self.tally.active[-1]), self.limits.depth
            self.report.add(RecursionTooDeep, source.place.inside("op"), cycle=cycle, limit=limit)
            raise Abandoned
        self.tally.depth += 1
        if block is not None:
            self.tally.active.append(block)
        try:
            yield
        finally:
            self.tally.depth -= 1
            if block is not None:
                self.tally.active.pop()

    def _cycle(self, block: str) -> str:
        start = len(self.tally.active) - 1 - self.tally.active[::-1].index(block) if block in self.tally.active else 0
        return " uses ".join(shortened([*self.tally.active[start:], block]))
