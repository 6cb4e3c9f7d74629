"""What is decided about one generated class: its instances, its constructor's arguments, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from archspec.language import document
from archspec.language.expressions import Expr, Value
from archspec.network import Graph, Kind, Network, Node, Origin
from archspec.ops.base import Op
from archspec.torchgen.program import ClassDefinition

Key = Hashable


class Split(Exception):
    """The instances of a class differ in what no argument can say; `part` tells them apart."""

    def __init__(self, part: Callable[[Graph], Hashable]) -> None:
        super().__init__()
        self.part = part


class NotAModule(Exception):
    """An expression stands where nn.Sequential needs a module."""


class NeedsStatements(Exception):
    """A loop that an expression can't say stands inside one."""


@dataclass(slots=True)
class Argument:
    """One argument of a constructor: its value in each instance, by id of the graph."""

    name: str
    values: dict[int, Value]
    default: Value | None = None
    is_op: bool = False
    """Whether it is a class of modules (`nn.ReLU`) and not a value."""
    source: str = ""
    """What the spec calls it; empty for what only the generated class has."""
    leading: int = 0
    """For the channels of an input: the number of the input, from 1. Calls give these by position."""


@dataclass(slots=True)
class Plan:
    """A class, ready to be called from others."""

    name: str
    instances: list[Graph]
    arguments: list[Argument]
    definition: ClassDefinition | None
    outputs: list[Expr | None]
    """Channels of each output, over the arguments."""


@dataclass(slots=True)
class Instances:
    """All graphs that one block, or one group of a spec, has become, equal ones once."""

    title: str
    doc: str | None
    source: document.Block | document.Document | document.Node
    graphs: list[Graph] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    """Arguments that some node sets itself, and not just the file's `defaults`."""
    same: dict[int, Graph] = field(default_factory=dict)
    """Every graph by its id, to the equal one that stands for it."""
    _known: dict[Hashable, Graph] = field(default_factory=dict)

    def add(self, graph: Graph, besides: Hashable = ()) -> bool:
        """Whether the graph is new. `besides` is what it has that its parameters and inputs don't tell."""
        if id(graph) in self.same:
            return False
        key = (tuple(graph.values.items()), graph.inputs, besides)
        known = self._known.setdefault(key, graph)
        self.same[id(graph)] = known
        if known is graph:
            self.graphs.append(graph)
        return known is graph

    def note(self, node: Node) -> None:
        """Remembers what a node says of the block that it uses."""
        self.given.update(name for name, one in node.arguments.items() if one.origin is not Origin.DEFAULTS)


def key_of(node: Node) -> Key:
    """What the class of a node's graph is found by."""
    assert isinstance(node.body, Graph)
    return (node.body.name, id(node.body.definition)) if node.body.kind is Kind.BLOCK else id(node.source)


def collect(networks: list[Network]) -> dict[Key, Instances]:
    """Every block and group of the networks with its instances, in the order in which they are met."""
    found: dict[Key, Instances] = {}
    seen: set[int] = set()
    outside = _Outside()
    for network in networks:
        _collect(network.root, found, seen, outside)
    return found


@dataclass(slots=True)
class _Outside:
    """What graphs have from outside their definition and parameters, each such thing as a number."""

    _numbers: dict[Hashable, int] = field(default_factory=dict)
    _known: dict[int, int] = field(default_factory=dict)

    def of(self, graph: Graph) -> int:
        """Arguments by the `defaults` of the file, and the outputs that are asked for, inner graphs' included."""
        if id(graph) not in self._known:
            inner = tuple(self.of(node.body) for node in graph.nodes if isinstance(node.body, Graph))
            given = (
                (index, name, one.value)
                for index, node in enumerate(graph.nodes)
                for name, one in node.arguments.items()
                if one.origin is Origin.DEFAULTS
            )
            found = (len(graph.nodes), graph.outputs, graph.train_outputs, inner, *given)
            self._known[id(graph)] = self._numbers.setdefault(found, len(self._numbers))
        return self._known[id(graph)]


def _collect(graph: Graph, found: dict[Key, Instances], seen: set[int], outside: _Outside) -> None:
    for node in graph.nodes:
        body = node.body
        if not isinstance(body, Graph):
            continue
        if body.kind is Kind.BLOCK and key_of(node) in found:
            found[key_of(node)].note(node)
        if id(body) in seen:
            continue
        seen.add(id(body))
        if body.kind not in (Kind.CHAIN, Kind.LINKED, Kind.OVER):
            key = key_of(node)
            if key not in found:
                block = body.definition
                found[key] = Instances(
                    body.name if block is not None else _title(node),
                    block.doc if block is not None else node.source.doc,
                    block if block is not None else node.source,
                )
            found[key].add(body, outside.of(body))
            found[key].note(node)
        _collect(body, found, seen, outside)


def _title(node: Node) -> str:
    """What the class of a group is called: as the node, which a list doesn't name."""
    if not node.name.isdecimal():
        return node.name
    return "Branches" if node.source.parallel is not None else "Part"


def is_op(body: object) -> bool:
    return isinstance(body, Op)
