"""Nodes whose number of outputs differs between the instances of a class: their outputs are one value, a tuple."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeGuard

from archspec.language.expressions import Expr
from archspec.network import INPUT, Graph, Kind, Node, Ref
from archspec.ops.base import Op
from archspec.torchgen.look import form_of, signature
from archspec.torchgen.plan import Split

ALL: Final = -1
"""In the place of an output's number: the tuple of all."""


SIGNS: Final = {"add": "+", "mul": "*"}


class Sequences:
    """Which nodes of a class give tuples. Raises Split where the instances read what no one line says."""

    def __init__(self, graphs: list[Graph]) -> None:
        self.graphs = graphs
        self.names: set[str] = set()
        """Nodes that give a tuple."""
        self.sums: set[str] = set()
        """Nodes that add or multiply values of which there are more in some instances."""
        self.counts: dict[str, Expr] = {}
        """How many copies stand side by side in a node, where an argument says it."""

    def add(self, name: str, nodes: list[Node]) -> None:
        """Looks at one node, in all instances, after those that it reads."""
        if len({len(node.outputs) for node in nodes}) > 1:
            if not all(map(_gives_tuple, nodes)):
                raise Split(signature)
            self.names.add(name)
        here = [(graph, node) for graph, node in zip(self.graphs, nodes, strict=True) if node.body is not None]
        reads = self._read((graph, node.inputs) for graph, node in here)
        if any(output == ALL for _, output in reads):
            if all(is_sum(node.body) for _, node in here) and len(reads) == 1:
                self.sums.add(name)
            elif not all(_takes_tuple(node) for _, node in here):
                raise Split(signature)
        if len({len(node.body.nodes) for _, node in here if _is_sum_of_branches(node.body)}) > 1:
            self.sums.add(name)

    def outputs(self) -> None:
        """Looks at what the class returns."""
        if any(output == ALL for _, output in self._read((graph, graph.outputs) for graph in self.graphs)):
            raise Split(signature)

    def _read(self, reads: Iterable[tuple[Graph, tuple[Ref, ...]]]) -> tuple[tuple[str, int], ...]:
        """What all instances read, by name."""
        found = [tuple(_called(graph, ref) for ref in self.refs(graph, refs)) for graph, refs in reads]
        if any(one != found[0] for one in found):
            raise Split(signature)
        return found[0] if found else ()

    def refs(self, graph: Graph, refs: tuple[Ref, ...]) -> Iterator[Ref]:
        """What is read, with one reference for all outputs of a node that gives a tuple."""
        index = 0
        while index < len(refs):
            ref = refs[index]
            node = graph.nodes[ref.node] if ref.node != INPUT else None
            count = len(node.outputs) if node is not None and node.name in self.names else 1
            if node is not None and node.name in self.names:
                if refs[index : index + count] != tuple(Ref(ref.node, number) for number in range(count)):
                    raise Split(signature)
                ref = Ref(ref.node, ALL)
            yield ref
            index += count


def is_sum(op: object) -> bool:
    """Whether it joins any number of values by an operator."""
    return isinstance(op, Op) and op.name in SIGNS and getattr(op, "value", None) is None


def _is_sum_of_branches(body: object) -> TypeGuard[Graph]:
    return isinstance(body, Graph) and body.kind is Kind.PARALLEL and is_sum(body.merge)


def _called(graph: Graph, ref: Ref) -> tuple[str, int]:
    return ("input" if ref.node == INPUT else graph.nodes[ref.node].name), ref.output


def _gives_tuple(node: Node) -> bool:
    if isinstance(node.body, Op):
        return form_of(node).several is not None
    return isinstance(node.body, Graph) and (
        node.body.kind is Kind.OVER or (node.body.kind is Kind.PARALLEL and node.body.merge is None)
    )


def _takes_tuple(node: Node) -> bool:
    if isinstance(node.body, Op):
        return "{inputs}" in form_of(node).forward or is_sum(node.body)
    return isinstance(node.body, Graph) and node.body.kind is Kind.OVER
