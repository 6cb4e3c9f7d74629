"""What a name means at one point of a graph: parameters, lets, columns, and the nodes defined so far."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from archspec.language import document
from archspec.language.expressions import UnknownName, Value
from archspec.language.tree import YamlMap
from archspec.network import INPUT, Argument, Graph, Kind, Node, Phase, Ref
from archspec.types import UNKNOWN, AnyType, Unknown

FACTS: Final = ("channels", "height", "width", "length", "stride", "shape")
NOTHING: Final[Mapping[str, Argument]] = {}
UNKNOWN_VALUE: Final[Any] = UNKNOWN
"""A value whose own fault is reported; whatever reads it stays silent."""


@dataclass(frozen=True, slots=True)
class Lost(Ref):
    """What a node reads by a name that means nothing here. Its type isn't known, and no graph holds it."""

    name: str = ""


class NoFact(Exception):
    """A fact that is asked for can't be given."""


class UnknownFact(NoFact):
    """The value asked for hangs on a fault that is already reported."""


class NoSuchFact(NoFact):
    """A value of this type has no such fact: a vector has no height. Carries the node, the fact and the type."""


class Ambiguous(NoFact):
    """A fact is asked of a node with several outputs. Carries the node and how many there are."""


class Giver:
    """Who set the values of a scope: the arguments that were given, where they were written, and the declarations.

    `written` is the block or spec in its file. Values of the network itself are given from outside, so that there is no
    scope that they were written in.
    """

    def __init__(self, arguments: Mapping[str, Argument], scope: Scope | None, written: YamlMap | None) -> None:
        self.arguments, self.scope, self.written = arguments, scope, written


class Scope:
    """A graph while it is being built. Names are looked up in `values`, dotted names among its nodes and inputs.

    `where` is what messages call the graph, `every` its nodes, those still to come included, and `outer` the graph
    around it. `cells` are the columns of the row that is looked at.
    """

    cells: Mapping[str, Argument] = NOTHING
    prefix = ""
    """Stands before the names of nodes in messages, since copies are called `0`, `1`, …"""
    input_names: tuple[str, ...] = ()
    """Names of several inputs; a single one is `input`, which means all of them too."""
    later: Collection[str] = ()
    """Names of values that are declared behind the one that is looked at."""
    entry: tuple[Scope, tuple[Ref, ...]] | None = None
    """For copies: where their input comes from, since the text has no name for it."""

    def __init__(
        self,
        values: Mapping[str, Value],
        inputs: tuple[AnyType, ...],
        where: str = "this graph",
        every: Collection[str] = (),
        outer: Scope | None = None,
        giver: Giver | None = None,
    ) -> None:
        self.values, self.inputs = values, inputs
        self.where, self.every, self.outer, self.giver = where, every, outer, giver
        self.nodes: list[Node] = []
        self.index: dict[str, int] = {}

    def with_row(self, values: Mapping[str, Value], cells: Mapping[str, Argument]) -> Scope:
        """The same graph, seen from one copy of a repeated node."""
        inner = Scope({**self.values, **values}, self.inputs, self.where, self.every, self.outer, self.giver)
        inner.nodes, inner.index, inner.input_names = self.nodes, self.index, self.input_names
        inner.cells = {**self.cells, **cells}
        return inner

    def inside(self, inputs: tuple[AnyType, ...], where: str, every: Collection[str]) -> Scope:
        """A group in this graph: the same values, nodes of its own."""
        inner = Scope(self.values, inputs, where, every, self, self.giver)
        inner.cells = self.cells
        return inner

    def chain(self, name: str, inputs: tuple[AnyType, ...], refs: tuple[Ref, ...]) -> Scope:
        """Copies of the node `name` of this graph, which reads `refs`."""
        inner = Scope(self.values, inputs, self.where)
        inner.prefix, inner.entry = f"{self.prefix}{name}.", (self, refs)
        return inner

    def add(self, node: Node) -> None:
        self.index[node.name] = len(self.nodes)
        self.nodes.append(node)

    def name(self, id: str) -> Value:
        try:
            value = self.values[id]
        except KeyError:
            raise UnknownName(id) from None
        if value is UNKNOWN_VALUE:
            raise UnknownFact
        return value

    def attribute(self, base: str, path: tuple[str | int, ...]) -> Value:
        *output, fact = path
        refs = self.refs(base, tuple(output))
        if not refs or fact not in FACTS:
            raise UnknownName(".".join(map(str, (base, *path))))
        node = ".".join(map(str, (base, *output)))
        if len(refs) > 1:
            raise Ambiguous(node, len(refs))
        return read_fact(self.type_of(refs[0]), str(fact), node)

    def refs(self, base: str, output: tuple[str | int, ...]) -> tuple[Ref, ...]:
        """The outputs that `base` or `base.output` names; empty where there are none such."""
        if base == "input":
            every = outputs_of(INPUT, len(self.inputs))
        elif base in self.index:
            node = self.index[base]
            every = outputs_of(node, len(self.nodes[node].outputs))
        elif base in self.input_names:
            every = (Ref(INPUT, self.input_names.index(base)),)
        else:
            return ()
        if not output:
            return every
        position = self._position(base, output[0])
        return (every[position],) if len(output) == 1 and len(every) > 1 and 0 <= position < len(every) else ()

    def _position(self, base: str, output: str | int) -> int:
        """The number of an output, -1 where there is none of that name."""
        if isinstance(output, int):
            return output
        names = self.input_names if base == "input" else self.output_names(base)
        return names.index(output) if output in names else -1

    def output_names(self, node: str) -> tuple[str, ...]:
        """The names of the outputs of a node, where they have names."""
        return self.nodes[self.index[node]].output_names if node in self.index else ()

    def names(self) -> list[str]:
        """Everything that can be read here."""
        return [*self.index, *(self.input_names or ("input",))]

    def has(self, name: str) -> bool:
        """Whether a node or input of this name can be read here."""
        return name in self.index or name == "input" or name in self.input_names

    def type_of(self, ref: Ref) -> AnyType:
        return self.inputs[ref.output] if ref.node == INPUT else self.nodes[ref.node].outputs[ref.output]

    def default_source(self) -> tuple[Ref, ...]:
        """What a node without `from` reads: all outputs of the node before it, or all inputs."""
        if not self.nodes:
            return outputs_of(INPUT, len(self.inputs))
        return outputs_of(len(self.nodes) - 1, len(self.nodes[-1].outputs))

    def types_of(self, refs: tuple[Ref, ...]) -> tuple[AnyType, ...]:
        """The types of what a node reads."""
        return tuple([UNKNOWN if type(ref) is Lost else self.type_of(ref) for ref in refs])

    def label(self, ref: Ref) -> str:
        """How messages call a value."""
        if isinstance(ref, Lost):
            return ref.name
        if ref.node != INPUT:
            node = self.nodes[ref.node]
            name, count = self.prefix + node.name, len(node.outputs)
            return name if count == 1 else f"{name}.{node.output_name(ref.output)}"
        if self.entry is not None:
            outer, refs = self.entry
            return outer.label(refs[ref.output])
        if self.input_names:
            return self.input_names[ref.output]
        return "input" if len(self.inputs) == 1 else f"input.{ref.output}"

    def surroundings(self) -> Iterator[Scope]:
        """The graphs around this one, from the inside out."""
        scope = self.outer
        while scope is not None:
            yield scope
            scope = scope.outer


def is_lost(refs: tuple[Ref, ...]) -> bool:
    """Whether one of them couldn't be found."""
    return Lost in [type(ref) for ref in refs]


@lru_cache(maxsize=1024)
def outputs_of(node: int, count: int) -> tuple[Ref, ...]:
    """All outputs of a node."""
    return tuple(Ref(node, index) for index in range(count))


def read_fact(type_: AnyType, fact: str, node: str) -> Value:
    """`channels`, `height`, … of a type. Raises UnknownFact, and NoSuchFact where the layout has no such axis."""
    if isinstance(type_, Unknown):
        raise UnknownFact
    if fact == "stride":
        plain = tuple(float(step) if isinstance(step, Fraction) else step for step in type_.stride)
        return plain[0] if plain and all(step == plain[0] for step in plain) else plain
    try:
        value: Value = getattr(type_, fact)
    except IndexError:
        raise NoSuchFact(node, fact, type_) from None
    return value


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a graph gives: values, their names if they have names, and what training gives where that differs."""

    refs: tuple[Ref, ...]
    names: tuple[str, ...] = ()
    train: Outputs | None = None

    def in_phase(self, phase: Phase) -> Outputs:
        """What one phase alone gives."""
        return self.train if phase is Phase.TRAIN and self.train is not None else Outputs(self.refs, self.names)


def finish(
    scope: Scope,
    kind: Kind,
    name: str,
    outputs: Outputs,
    definition: document.Block | document.Document | None = None,
) -> Graph:
    """The graph that a scope has become, without the nodes that no output needs."""
    refs, train = outputs.refs, outputs.train.refs if outputs.train else None
    needed = _needed(scope, (*refs, *(train or ())))
    nodes = scope.nodes
    if len(needed) < len(nodes):
        place = {old: new for new, old in enumerate(sorted(needed))}
        nodes = [scope.nodes[old] for old in place]
        for node in nodes:
            node.inputs = tuple(_moved(ref, place) for ref in node.inputs)
        refs = tuple(_moved(ref, place) for ref in refs)
        train = tuple(_moved(ref, place) for ref in train) if train is not None else None
    if outputs.train is not None:
        _derive_phases(nodes, refs, train or ())
    size = len(nodes) + sum([node.body.size for node in nodes if isinstance(node.body, Graph)])
    graph = Graph(kind, name, scope.values, scope.inputs, tuple(nodes), refs, definition, size=size)
    graph.input_names, graph.output_names = scope.input_names, outputs.names
    if outputs.train is not None:
        graph.train_outputs, graph.train_output_names = train, outputs.train.names
    return graph


def _derive_phases(nodes: list[Node], evaluation: tuple[Ref, ...], training: tuple[Ref, ...]) -> None:
    """A node that only one phase's outputs need runs in that phase alone."""
    by_phase = {}
    for phase, refs in ((Phase.EVAL, evaluation), (Phase.TRAIN, training)):
        needed = {ref.node for ref in refs}
        for index in range(len(nodes) - 1, -1, -1):
            if index in needed:
                needed.update(ref.node for ref in nodes[index].inputs)
        by_phase[phase] = needed
    for index, node in enumerate(nodes):
        runs = [phase for phase, needed in by_phase.items() if index in needed]
        if node.phase is None and len(runs) == 1:
            node.phase = runs[0]


def size_of(node: Node) -> int:
    """How many nodes a node is, with those in it."""
    return 1 + node.body.size if isinstance(node.body, Graph) else 1


def _needed(scope: Scope, outputs: tuple[Ref, ...]) -> set[int]:
    needed = {ref.node for ref in outputs}
    for index in range(len(scope.nodes) - 1, -1, -1):
        if index in needed:
            node = scope.nodes[index]
            needed.update([ref.node for ref in node.inputs])
            if node.shared is not None:
                needed.add(scope.index[node.shared])
    return needed - {INPUT}


def _moved(ref: Ref, place: Mapping[int, int]) -> Ref:
    return ref if ref.node == INPUT else Ref(place[ref.node], ref.output)
