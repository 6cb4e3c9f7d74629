"""Receptive fields: how many input pixels, per axis, one step of an output can see."""

from __future__ import annotations

from math import ceil, inf
from typing import TypeAlias

from archspec.analysis.order import bottom_up
from archspec.network import INPUT, Graph, Node, Ref
from archspec.ops.base import Op
from archspec.types import AnyType, Stride, TensorType

Pixels: TypeAlias = Stride | float
"""A number of pixels; infinite where all of the input is seen."""
Growth: TypeAlias = tuple[Pixels, Pixels]
"""By how much a value's field is larger than that of the graph's input it comes from: (height, width)."""
Growths: TypeAlias = tuple[Growth | None, ...]
"""One per input of the graph; None where the value doesn't read it."""
Field: TypeAlias = tuple[int, int] | None
"""A receptive field in pixels; None: the whole input."""

_WHOLE: Growth = (inf, inf)
_SAME: Growth = (0, 0)


class ReceptiveFields:
    """Growths of every value of a network. Strides are part of types, so they hold for a graph object wherever it is
    used.

    The field is the theoretical one, as in the literature: the pixels that a value depends on if the image goes on
    past its edges, so it can be larger than the image. An op that sees all of its input, as a global pooling or
    attention does, has no such bound, nor has anything after it; attention within windows is taken for one.
    """

    def __init__(self, root: Graph) -> None:
        self._outputs: dict[Graph, tuple[Growths, ...]] = {}
        self._nodes: dict[Node, tuple[Growths, ...]] = {}
        for graph in bottom_up(root):
            self._outputs[graph] = self._grow(graph)

    def growths(self, node: Node) -> tuple[Growths, ...]:
        """Of each output of a node, over the inputs of the graph that it stands in."""
        return self._nodes[node]

    def _grow(self, graph: Graph) -> tuple[Growths, ...]:
        count = len(graph.inputs)
        values: list[tuple[Growths, ...]] = []

        def read(ref: Ref) -> Growths:
            if ref.node == INPUT:
                return tuple(_SAME if index == ref.output else None for index in range(count))
            return values[ref.node][ref.output]

        for node in graph.nodes:
            found = self._outputs_of(node, [read(ref) for ref in node.inputs], count)
            values.append(found)
            self._nodes[node] = found
        outputs = tuple(read(ref) for ref in graph.outputs)
        return outputs if graph.merge is None else (_widest(outputs, count),)

    def _outputs_of(self, node: Node, inputs: list[Growths], count: int) -> tuple[Growths, ...]:
        if isinstance(node.body, Graph):
            return tuple(_through(inner, inputs, count) for inner in self._outputs[node.body])
        if node.body is None:
            return tuple(inputs[:1])
        steps = tuple(window(node.body, type_) for type_ in node.input_types)
        return (_through(steps, inputs, count),) * len(node.outputs)


def window(op: Op, type_: AnyType) -> Growth:
    """Pixels that one step of the output sees beyond what a step of this input sees."""
    steps = op.window()
    if steps is None:
        return _WHOLE
    if steps == (0, 0):
        return _SAME
    if not isinstance(type_, TensorType) or len(type_.stride) != 2:
        return _WHOLE
    return (steps[0] * type_.stride[0], steps[1] * type_.stride[1])


def field(growths: Growths, inputs: tuple[Growth | None, ...]) -> Growth | None:
    """The field of a value from those of its graph's inputs; None where it reads none of the network's input."""
    if len(inputs) == 1:
        first, inner = inputs[0], growths[0]
        return None if first is None or inner is None else (first[0] + inner[0], first[1] + inner[1])
    return largest([_plus(inner, outer) for inner, outer in zip(growths, inputs, strict=True)])


def in_pixels(growth: Growth | None) -> Field:
    """As shown: whole pixels, None for the whole input, 0 by 0 for a value that doesn't depend on the input."""
    if growth is None:
        return (0, 0)
    if growth[0] == inf or growth[1] == inf:
        return None
    return (ceil(growth[0]) + 1, ceil(growth[1]) + 1)


def largest(growths: list[Growth | None]) -> Growth | None:
    """The widest field, per axis, of those that read the input at all."""
    known = [growth for growth in growths if growth is not None]
    if not known:
        return None
    return (max(growth[0] for growth in known), max(growth[1] for growth in known))


def _through(inner: Growths, inputs: list[Growths], count: int) -> Growths:
    """Growths over a graph's own inputs, of a value inside a node that reads `inputs`."""
    if count == 1 and len(inputs) == 1:
        return (_plus(inner[0], inputs[0][0]),)
    return tuple(
        largest([_plus(growth, outer[index]) for growth, outer in zip(inner, inputs, strict=True)])
        for index in range(count)
    )


def _widest(values: tuple[Growths, ...], count: int) -> Growths:
    if len(values) == 1:
        return values[0]
    return tuple(largest([value[index] for value in values]) for index in range(count))


def _plus(one: Growth | None, other: Growth | None) -> Growth | None:
    return None if one is None or other is None else (one[0] + other[0], one[1] + other[1])
