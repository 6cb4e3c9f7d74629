"""What a small spec becomes, as lines that a test can read."""

from __future__ import annotations

from archspec.types import AnyType, TensorType
from tests.small import spec


def seen(graph: str, input: str = "[3, 16, 16]", more: str = "") -> list[str]:
    """Every node as `path op shape`, in order; `stem.conv conv 8x16x16`."""
    network = spec(graph, input, more).network
    return [f"{path} {node.op} {', '.join(map(shape, node.outputs))}" for path, node in network.root.walk()]


def shape(value: AnyType) -> str:
    return "x".join(map(str, value.shape)) if isinstance(value, TensorType) else "?"


def arguments(path: str, graph: str, input: str = "[3, 16, 16]", more: str = "") -> dict[str, object]:
    """The arguments of the primitive at a path, as they were given."""
    network = spec(graph, input, more).network
    node = dict(network.root.walk())[path]
    return {name: argument.value for name, argument in node.arguments.items()}
