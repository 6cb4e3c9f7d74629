"""Nodes that nothing uses, whatever conditions say."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from archspec.diagnostics.catalogue.lint import UnusedNode
from archspec.elaborate.faults import Faults
from archspec.elaborate.reading import pointing
from archspec.elaborate.references import Written
from archspec.language import document
from archspec.ops import registry


def unused(nodes: document.Graph, outputs: Written, report: Faults, inputs: Collection[str] = ()) -> None:
    """Warns of nodes that the outputs, else the last node, don't need. Says nothing where that can't be told."""
    reads: dict[str, set[str]] = {}
    previous = "input"
    for name, node in nodes.items():
        read = {*_read_by(node), *([previous] if node.source is None and node.over is None else [])}
        if any(other != "input" and other not in reads and other not in inputs for other in read):
            return
        reads[name] = read
        previous = name
    needed = set(_named(outputs)) or {previous}
    if not needed <= {"input", *nodes, *inputs}:
        return
    for name in reversed(nodes):
        if name in needed:
            needed |= reads[name]
    for name, node in nodes.items():
        if name not in needed:
            report.add(UnusedNode, node.place.name, name=name)


def named(outputs: Written) -> list[str]:
    """The nodes that `outputs` names."""
    return list(_named(outputs))


def _named(outputs: Written) -> Iterator[str]:
    if isinstance(outputs, document.Phases):
        yield from (*_named(outputs.train), *_named(outputs.eval))
    elif isinstance(outputs, str):
        yield outputs.split(".")[0]
    elif outputs is not None:
        yield from (name.split(".")[0] for name in (outputs.values() if isinstance(outputs, dict) else outputs))


def _read_by(node: document.Node) -> Iterator[str]:
    """The nodes that a node names as its inputs."""
    for written in (node.source, node.over, node.share):
        listed = written if isinstance(written, list) else [written] if written else []
        yield from (name.split(".")[0] for name in listed)
    op = registry.find(node.op or "") if node.arguments else None
    if op is not None:
        for argument in pointing(op):
            value = node.arguments.get(argument)
            if isinstance(value, str):
                yield value.split(".")[0]
    if node.otherwise is not None:
        yield from _read_by(node.otherwise)
