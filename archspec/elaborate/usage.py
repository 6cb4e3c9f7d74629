"""Nodes that nothing uses, whatever conditions say."""

from __future__ import annotations

from collections.abc import Iterator

from archspec.diagnostics.catalogue.lint import UnusedNode
from archspec.elaborate.faults import Faults
from archspec.elaborate.reading import pointing
from archspec.language import document
from archspec.ops import registry


def unused(nodes: document.Graph, outputs: str | None, report: Faults) -> None:
    """Warns of nodes that the outputs, else the last node, don't need. Says nothing where that can't be told."""
    reads: dict[str, set[str]] = {}
    previous = "input"
    for name, node in nodes.items():
        read = {*_read_by(node), *([previous] if node.source is None else [])}
        if any(other != "input" and other not in reads for other in read):
            return
        reads[name] = read
        previous = name
    last = outputs.split(".")[0] if outputs else previous
    if last not in nodes:
        return
    needed = {last}
    for name in reversed(nodes):
        if name in needed:
            needed |= reads[name]
    for name, node in nodes.items():
        if name not in needed:
            report.add(UnusedNode, node.place.name, name=name)


def _read_by(node: document.Node) -> Iterator[str]:
    """The nodes that a node names as its inputs."""
    written = node.source if isinstance(node.source, list) else [node.source] if node.source else []
    yield from (name.split(".")[0] for name in written)
    op = registry.find(node.op or "") if node.arguments else None
    if op is not None:
        for argument in pointing(op):
            value = node.arguments.get(argument)
            if isinstance(value, str):
                yield value.split(".")[0]
    if node.otherwise is not None:
        yield from _read_by(node.otherwise)
