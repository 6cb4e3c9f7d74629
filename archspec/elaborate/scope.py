"""What a name means at one point of a graph: parameters, lets, columns, and the nodes defined so far."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from functools import lru_cache

from archspec.language import document
from archspec.language.expressions import UnknownName, Value
from archspec.network import INPUT, Graph, Kind, Node, Ref
from archspec.types import AnyType, Unknown

FACTS = ("channels", "height", "width", "length", "stride", "shape")


class UnknownFact(Exception):
    """The value asked for hangs on a fault that is already reported."""


class Scope:
    """A graph while it is being built. Names are looked up in `values`, dotted names among its nodes and inputs.

    `where` is what messages call the graph, `every` its nodes, those still to come included, and `outer` the nodes around it.
    """

    def __init__(
        self,
        values: Mapping[str, Value],
        inputs: tuple[AnyType, ...],
        where: str = "this graph",
        every: Collection[str] = (),
        outer: Collection[str] = (),
    ) -> None:
        self.values = values
        self.inputs = inputs
        self.where, self.every, self.outer = where, every, outer
        self.nodes: list[Node] = []
        self.index: dict[str, int] = {}

    def with_row(self, row: Mapping[str, Value]) -> Scope:
        """The same graph, seen from one copy of a repeated node."""
        inner = Scope({**self.values, **row}, self.inputs, self.where, self.every, self.outer)
        inner.nodes, inner.index = self.nodes, self.index
        return inner

    def add(self, node: Node) -> None:
        self.index[node.name] = len(self.nodes)
        self.nodes.append(node)

    def name(self, id: str) -> Value:
        try:
            return self.values[id]
        except KeyError:
            raise UnknownName(id) from None

    def attribute(self, base: str, path: tuple[str | int, ...]) -> Value:
        *output, fact = path
        if fact not in FACTS:
            raise UnknownName(".".join(map(str, (base, *path))))
        refs = self.refs(base, tuple(output))
        if not refs:
            raise UnknownName(".".join(map(str, (base, *path))))
        return read_fact(self.type_of(refs[0]), str(fact))

    def inside(self, inputs: tuple[AnyType, ...], every: Collection[str]) -> Scope:
        """A group in this graph: the same values, nodes of its own."""
        return Scope(self.values, inputs, "this group", every, [*self.every, *self.outer])

    def refs(self, base: str, output: tuple[str | int, ...]) -> tuple[Ref, ...]:
        """The outputs that `base` or `base.output` names; empty where there are none such."""
        if base == "input":
            every = _outputs(INPUT, len(self.inputs))
        elif base in self.index:
            node = self.index[base]
            every = _outputs(node, len(self.nodes[node].outputs))
        else:
            return ()
        if not output:
            return every
        position = output[0]
        if len(output) == 1 and isinstance(position, int) and position < len(every):
            return (every[position],)
        return ()

    def type_of(self, ref: Ref) -> AnyType:
        return self.inputs[ref.output] if ref.node == INPUT else self.nodes[ref.node].outputs[ref.output]

    def default_source(self) -> tuple[Ref, ...]:
        """What a node without `from` reads: all outputs of the node before it, or all inputs."""
        if not self.nodes:
            return _outputs(INPUT, len(self.inputs))
        return _outputs(len(self.nodes) - 1, len(self.nodes[-1].outputs))


@lru_cache(maxsize=1024)
def _outputs(node: int, count: int) -> tuple[Ref, ...]:
    """All outputs of a node."""
    return tuple(Ref(node, index) for index in range(count))


def read_fact(type_: AnyType, fact: str) -> Value:
    """`channels`, `height`, … of a type. Raises UnknownFact, and UnknownName where the layout has no such axis."""
    if isinstance(type_, Unknown):
        raise UnknownFact
    if fact == "stride":
        plain = tuple(float(step) if isinstance(step, Fraction) else step for step in type_.stride)
        return plain[0] if plain and all(step == plain[0] for step in plain) else plain
    try:
        value: Value = getattr(type_, fact)
    except IndexError:
        raise UnknownName(fact) from None
    return value


def finish(
    scope: Scope,
    kind: Kind,
    name: str,
    outputs: tuple[Ref, ...],
    definition: document.Block | document.Document | None = None,
) -> tuple[Graph, list[Node]]:
    """The graph that a scope has become, without the nodes that no output needs, and those nodes."""
    needed = _needed(scope, outputs)
    nodes, dropped = scope.nodes, list[Node]()
    if len(needed) < len(nodes):
        place = {old: new for new, old in enumerate(sorted(needed))}
        nodes = [scope.nodes[old] for old in place]
        dropped = [node for old, node in enumerate(scope.nodes) if old not in place]
        for node in nodes:
            node.inputs = tuple(_moved(ref, place) for ref in node.inputs)
        outputs = tuple(_moved(ref, place) for ref in outputs)
    size = len(nodes) + sum([node.body.size for node in nodes if isinstance(node.body, Graph)])
    graph = Graph(kind, name, scope.values, scope.inputs, tuple(nodes), outputs, definition, size=size)
    return graph, dropped


def _needed(scope: Scope, outputs: tuple[Ref, ...]) -> set[int]:
    needed = {ref.node for ref in outputs}
    for index in range(len(scope.nodes) - 1, -1, -1):
        if index in needed:
            needed.update([ref.node for ref in scope.nodes[index].inputs])
    return needed - {INPUT}


def _moved(ref: Ref, place: Mapping[int, int]) -> Ref:
    return ref if ref.node == INPUT else Ref(place[ref.node], ref.output)

