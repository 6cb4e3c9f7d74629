"""A published comparison of backbones for Market-1501, row by row beside what the compiler counts.

The classifier is removed and the input is 3 x 256 x 128. Published figures are rounded, and were counted in three ways.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from pathlib import Path

import yaml

from archspec.network import Graph, Node
from archspec.ops.base import Op
from archspec.places import zoo
from archspec.spec import Spec, load
from archspec.types import TensorType

INPUT = (3, 256, 128)
COUNTED = {
    "all": "",
    "norms": "with norms and pools",
    "layers": "by layers",
}
LAYERS = ("conv", "linear", "batch_norm")
"""What has weights of its own as a layer: a count by layers leaves out tokens, positions, scales and layer norms."""


@dataclass(frozen=True)
class Row:
    """One line of the comparison, as published, with the counts of the implementation that it is of."""

    entry: Mapping[str, str]

    @cached_property
    def spec(self) -> Spec:
        settings = yaml.safe_load(f"{{{self.entry['settings']}}}")
        return load(zoo()[self.entry["spec"]]).with_params(**settings).with_input(*INPUT)

    @cached_property
    def params(self) -> dict[str, int]:
        """Parameters of the backbone, by how one may count."""
        outside = sum(
            prod(weight.shape)
            for node in self._nodes
            if isinstance(node.body, Op) and node.op not in LAYERS
            for weight in node.body.weights(*_known(node))
            if not weight.buffer
        )
        total = self._without_classifier("params")
        return {"all": total, "layers": total - outside}

    @cached_property
    def macs(self) -> dict[str, int]:
        """Multiply-accumulates of the backbone, by how one may count."""
        values = {"batch_norm": 2, "global_avg_pool": 1}
        more = sum(values.get(node.op, 0) * prod(type_.shape) for node in self._nodes for type_ in _known(node))
        products = sum(
            node.body.macs(*_known(node)) or 0
            for node in self._nodes
            if isinstance(node.body, Op) and node.op not in LAYERS
        )
        total = self._without_classifier("macs")
        return {"all": total, "norms": total + more, "layers": total - products}

    def _without_classifier(self, count: str) -> int:
        """What doesn't depend on the number of classes, of which counts are a linear function."""
        one, two = (getattr(self.spec.with_params(num_classes=classes), count) for classes in (1, 2))
        return int(2 * one - two)

    @cached_property
    def _nodes(self) -> list[Node]:
        return list(_primitives(self.spec.network.root))


def rows() -> list[Row]:
    """The whole comparison, in its order."""
    text = Path(__file__).with_suffix(".csv").read_text(encoding="utf-8")
    return [Row(entry) for entry in csv.DictReader(text.splitlines())]


def holds(published: str, count: int, unit: float) -> bool:
    """Whether a rounded figure is within one of its last digit from a count."""
    decimals = len(published.partition(".")[2])
    return abs(float(published) - count / unit) <= 10**-decimals


def _primitives(graph: Graph) -> Iterator[Node]:
    for node in graph.nodes:
        if isinstance(node.body, Graph):
            yield from _primitives(node.body)
        else:
            yield node


def _known(node: Node) -> tuple[TensorType, ...]:
    return tuple(type_ for type_ in node.input_types if isinstance(type_, TensorType))
