"""Feature maps that are asked for by name: what they need stays, and what only the old outputs needed is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from archspec.diagnostics.catalogue.graph import NoSuchTap, UnknownTap
from archspec.diagnostics.span import Span
from archspec.elaborate.faults import Broken, Faults
from archspec.elaborate.references import split
from archspec.elaborate.scope import Outputs, Scope
from archspec.language.tree import YamlMap
from archspec.network import Graph, Kind, Node, Ref
from archspec.types import UNKNOWN


class Taps:
    """Looks up the taps of one document."""

    def __init__(self, taps: Mapping[str, str], tree: YamlMap | None, report: Faults) -> None:
        self.taps, self.tree, self.report = taps, tree, report

    def outputs(self, asked: Sequence[str], scope: Scope, span: Span | None) -> Outputs:
        """The values of the asked taps, under their names. `span` is the place that asks."""
        for name in asked:
            if name not in self.taps:
                helps = self.report.nearest(name, lambda: self.taps, "this network")
                self.report.add(NoSuchTap, span, tap=name, helps=helps)
                raise Broken
        self._open_chains([split(self.taps[name]) for name in asked], scope)
        refs = [self._value(name, scope) for name in asked]
        return Outputs(tuple(refs), tuple(asked))

    def check(self, scope: Scope) -> None:
        """Whether each tap names something. Without faults elsewhere, what isn't there is never there."""
        for name, target in self.taps.items():
            base, path = split(target)
            node = scope.nodes[scope.index[base]] if base in scope.index else None
            if node is None or UNKNOWN in node.outputs:
                continue
            body = node.body
            copies = len(body.nodes) if isinstance(body, Graph) and body.kind is Kind.CHAIN else 0
            is_copy = len(path) == 1 and isinstance(path[0], int) and path[0] < copies
            if not is_copy and len(scope.refs(base, path)) != 1:
                with suppress(Broken):
                    self._unknown(name)

    def _value(self, name: str, scope: Scope) -> Ref:
        base, path = split(self.taps[name])
        if base not in scope.index:
            self._unknown(name)
        index = scope.index[base]
        body = scope.nodes[index].body
        if len(path) == 1 and isinstance(body, Graph) and body.kind is Kind.CHAIN:
            copies = [ref.node for ref in body.outputs]
            if path[0] in copies:
                return Ref(index, copies.index(int(path[0])))
        refs = scope.refs(base, path)
        if len(refs) != 1:
            self._unknown(name)
        return refs[0]

    def _unknown(self, tap: str) -> None:
        span = self.tree["taps"].span_of(tap) if self.tree is not None else None
        self.report.add(UnknownTap, span, tap=tap, name=self.taps[tap], where="this graph")
        raise Broken

    def _open_chains(self, asked: list[tuple[str, tuple[str | int, ...]]], scope: Scope) -> None:
        """A chain whose copies are asked for gives what they give, besides what it gave."""
        wanted: dict[str, set[int]] = {}
        for base, path in asked:
            if len(path) == 1 and isinstance(path[0], int) and base in scope.index:
                wanted.setdefault(base, set()).add(path[0])
        for base, copies in wanted.items():
            index = scope.index[base]
            node = scope.nodes[index]
            if isinstance(node.body, Graph) and node.body.kind is Kind.CHAIN and max(copies) < len(node.body.nodes):
                scope.nodes[index] = self._opened(node, node.body, copies, scope, index, asked)

    def _opened(
        self,
        node: Node,
        chain: Graph,
        copies: set[int],
        scope: Scope,
        index: int,
        asked: list[tuple[str, tuple[str | int, ...]]],
    ) -> Node:
        last = len(chain.nodes) - 1
        whole = self._read_further(scope, index, {base for base, _ in asked})
        kept = sorted(copies | ({last} if whole else set()))
        nodes = chain.nodes[: kept[-1] + 1]
        opened = replace(chain, nodes=nodes, outputs=tuple(Ref(copy) for copy in kept), size=_size(nodes), cost=None)
        for other in scope.nodes[index + 1 :]:
            other.inputs = tuple(Ref(index, len(kept) - 1) if ref == Ref(index) else ref for ref in other.inputs)
        return replace(node, body=opened, outputs=opened.output_types)

    def _read_further(self, scope: Scope, index: int, asked: set[str]) -> bool:
        """Whether a node that is still needed reads the end of the chain."""
        needed = {scope.index[base] for base in asked if base in scope.index}
        for position in range(len(scope.nodes) - 1, index, -1):
            if position in needed:
                needed.update(ref.node for ref in scope.nodes[position].inputs)
        return any(position > index and Ref(index) in scope.nodes[position].inputs for position in needed)


def _size(nodes: tuple[Node, ...]) -> int:
    return len(nodes) + sum(node.body.size for node in nodes if isinstance(node.body, Graph))
