"""The typed graph: a document with its parameters, conditions and repeats resolved. Equal instances are one object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from archspec.diagnostics.span import Span
from archspec.language import document
from archspec.language.expressions import Value
from archspec.language.imports import Definition
from archspec.language.place import Place
from archspec.ops.base import Op
from archspec.ops.form import Form
from archspec.types import AnyType

if TYPE_CHECKING:
    from archspec.ops.initialisers import Start


class Origin(StrEnum):
    """Who gave an argument its value."""

    GIVEN = "given"
    COLUMN = "column"
    FIRST = "first"
    LAST = "last"
    DEFAULTS = "defaults"
    OWN = "own"


class Argument(NamedTuple):
    """One argument of an op: its value here, what was written for it, and by whom."""

    value: Value
    written: object
    origin: Origin
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Ref:
    """An output of a node of the same graph, by index; node -1 is the graph's own inputs."""

    node: int
    output: int = 0


INPUT = -1


class Kind(StrEnum):
    """What a graph stands for in the spec."""

    NETWORK = "network"
    BLOCK = "block"
    GROUP = "group"
    CHAIN = "chain"  # copies by `repeat` or `each`, one after the other
    LINKED = "linked"  # a chain whose end joins what its copies give, with nodes that join in it
    PARALLEL = "parallel"  # branches over the same input
    OVER = "over"  # a module applied to each of several inputs


class Phase(StrEnum):
    """When a node runs, where it doesn't run always."""

    TRAIN = "train"
    EVAL = "eval"


@dataclass(eq=False, slots=True)
class Node:
    """A node of one graph instance.

    `body` is a primitive, a graph, or None where `when` is false and the node stands for its first input. `source` is
    the part of the document that was used: the node itself or its `else`.
    """

    name: str
    source: document.Node
    body: Op | Graph | None
    inputs: tuple[Ref, ...]
    input_types: tuple[AnyType, ...]
    outputs: tuple[AnyType, ...]
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    row: Mapping[str, Value] = field(default_factory=dict)
    shared: str | None = None
    """The node of the same graph whose module this one calls again; its weights are that node's."""
    phase: Phase | None = None
    form: Form | None = None
    """How torch says its primitive, once somebody has asked."""

    @property
    def op(self) -> str:
        """How summaries call it: the primitive, the block, or the kind of graph."""
        if self.body is None:
            return "identity"
        if isinstance(self.body, Op):
            return self.body.name
        if self.body.kind is Kind.OVER:
            return self.body.nodes[0].op
        return self.body.name if self.body.kind is Kind.BLOCK else self.body.kind.value

    def output_name(self, index: int) -> str | int:
        """What references call an output: `features`, or its number."""
        return self.output_names[index] if self.output_names else index

    @property
    def output_names(self) -> tuple[str, ...]:
        """The names of its outputs, where they have names."""
        if isinstance(self.body, Op):
            return self.body.output_names if len(self.outputs) > 1 else ()
        return self.body.output_names if self.body is not None else ()


@dataclass(eq=False, slots=True)
class Graph:
    """An instance of a network, block, group, chain or set of branches, with everything known."""

    kind: Kind
    name: str
    values: Mapping[str, Value]
    inputs: tuple[AnyType, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[Ref, ...]
    definition: document.Block | document.Document | None = None
    merge: Op | None = None
    merged: tuple[AnyType, ...] = ()
    size: int = 0
    """Nodes in it, nested ones included."""
    input_names: tuple[str, ...] = ()
    """Names of several inputs; a single one is `input`."""
    output_names: tuple[str, ...] = ()
    """Names of outputs that have names."""
    train_outputs: tuple[Ref, ...] | None = None
    """What the training phase returns, where that differs."""
    train_output_names: tuple[str, ...] = ()
    init: tuple[Start, ...] = ()
    """What the weights of a network start as, its own and those of blocks in it."""
    cost: tuple[int | None, int | None, int | None] | None = None
    """What it costs, once `analysis.cost` has worked that out; a graph stays what it is."""

    @property
    def output_types(self) -> tuple[AnyType, ...]:
        return self.merged if self.merge is not None else tuple(self.type_of(ref) for ref in self.outputs)

    @property
    def called_inputs(self) -> tuple[str, ...]:
        """What references call its inputs."""
        if self.input_names or len(self.inputs) == 1:
            return self.input_names or ("input",)
        return tuple(f"input.{index}" for index in range(len(self.inputs)))

    @property
    def copies(self) -> tuple[Node, ...]:
        """The nodes of a chain but for those that join what others give."""
        return self.nodes if self.kind is not Kind.LINKED else tuple(one for one in self.nodes if one.name.isdecimal())

    def type_of(self, ref: Ref) -> AnyType:
        return self.inputs[ref.output] if ref.node == INPUT else self.nodes[ref.node].outputs[ref.output]

    def walk(self) -> Iterator[tuple[str, Node]]:
        """Every node below, with its path, in order; parents before children."""
        stack: list[tuple[str, Iterator[Node]]] = [("", iter(self.nodes))]
        while stack:
            prefix, nodes = stack[-1]
            node = next(nodes, None)
            if node is None:
                stack.pop()
                continue
            path = prefix + node.name
            yield path, node
            if isinstance(node.body, Graph):
                stack.append((path + ".", iter(node.body.nodes)))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a network, where that isn't all that it gives.

    Named feature maps in place of the outputs, or one phase alone; `span` is the place that asks.
    """

    taps: tuple[str, ...] | None = None
    phase: Phase | None = None
    span: Span | None = None


NOTHING_ASKED: Final = Asked()


@dataclass(frozen=True, eq=False, slots=True)
class Network:
    """A whole network, checked: its root graph and the document it came from."""

    root: Graph
    document: document.Document
    parameters: Mapping[str, Value]
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    """The parameters that were set from outside."""
    instances: dict[tuple[Any, ...], Graph] = field(default_factory=dict, repr=False)
    """Every distinct instance of a block, by its name, parameters and inputs."""
    blocks: Mapping[str, Definition] = field(default_factory=dict, repr=False)
    """Every block that it may use, by name."""
    asked: Asked = NOTHING_ASKED

    @property
    def name(self) -> str:
        return self.document.name

    @property
    def input(self) -> AnyType:
        return self.root.inputs[0]

    @property
    def outputs(self) -> tuple[AnyType, ...]:
        return self.root.output_types

    @property
    def phase(self) -> Phase:
        """The phase of which outputs and multiply-accumulates are told."""
        return self.asked.phase or Phase.EVAL

    @property
    def has_phases(self) -> bool:
        """Whether training runs something else than evaluation does."""
        return self.root.train_outputs is not None or any(node.phase is not None for node in self.root.nodes)
