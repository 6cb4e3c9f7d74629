"""Learned values need names: torch keeps them under the node's own, and a list's numbers are no names."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from archspec.diagnostics.catalogue.graph import NeedsName
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.network import Graph, Node
from archspec.ops.base import Op
from archspec.types import TensorType


def check(graphs: Iterable[Graph]) -> list[Diagnostic]:
    """Each learned value that stands in a list, or is repeated."""
    found: dict[int, Diagnostic] = {}
    for node in chain.from_iterable(graph.nodes for graph in graphs):
        if node.name.isdecimal() and isinstance(node.body, Op) and _is_bare(node):
            found[id(node.source)] = NeedsName(span=node.source.place.inside("op"), op=node.body.name)
    return list(found.values())


def _is_bare(node: Node) -> bool:
    known = tuple(type_ for type_ in node.input_types if isinstance(type_, TensorType))
    return isinstance(node.body, Op) and any(not weight.name for weight in node.body.weights(*known))
