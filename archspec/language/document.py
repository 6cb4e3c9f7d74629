"""The models of a file, a block and a node: what may stand where. Values stay as written until they are elaborated."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import BeforeValidator, Field, StringConstraints

from archspec.language.inputs import UNKNOWN_INPUT, Input, OneInput
from archspec.language.load import YamlList, YamlMap
from archspec.language.model import Model
from archspec.language.place import Place

Plain: TypeAlias = int | float | bool | str | None
Written: TypeAlias = Plain | list[Any]
"""A number, truth value, name or list as written; a string may be an expression."""
Task: TypeAlias = Literal[
    "attention",
    "classification",
    "detection",
    "face",
    "instance_segmentation",
    "portrait_segmentation",
    "pose",
    "segmentation",
]
"""What a network is for. `face` finds faces; `segmentation` gives a class to each pixel; `attention` is a network that
shows an attention block."""
TASKS: tuple[str, ...] = get_args(Task)
ClassName: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*$", max_length=64)]
NodeName: TypeAlias = str


class Parameter(Model):
    """A parameter in full: its type, default, and the values it may have."""

    type: Literal["int", "float", "bool", "name", "list", "size", "padding"] | None = Field(
        None, description="defaults to the default's type"
    )
    default: Written = Field(None, description="absent: whoever uses the block has to give it")
    min: int | float | None = Field(None, description="least value; of a list, of each number in it")
    max: int | float | None = Field(None, description="greatest value; of a list, of each number in it")
    choices: list[Plain] | None = Field(None, description="the values it may have")
    doc: str | None = Field(None, description="what it is, in a line")

    @property
    def required(self) -> bool:
        return self.default is None

    @cached_property
    def is_open(self) -> bool:
        """Whether every value of its type will do."""
        return self.min is None and self.max is None and self.choices is None

    @cached_property
    def kind(self) -> str:
        """One of `TYPE_NAMES`: as declared, else the default's."""
        if self.type is not None:
            return self.type
        if isinstance(self.default, list):
            return "list"
        return "name" if isinstance(self.default, str) else type(self.default).__name__


class Undeclared(Parameter):
    """A parameter whose declaration is faulty: its value isn't known, whatever it is given."""

    @cached_property
    def kind(self) -> str:
        return "unknown"

    @property
    def required(self) -> bool:
        return False


UNDECLARED = Undeclared.model_construct()
TYPE_NAMES = ("int", "float", "bool", "name", "list", "size", "padding")
PADDINGS = frozenset(("auto", "tf_same"))
"""Names that a `padding` may be, instead of a number or list."""
SIDES = {"size": (2,), "padding": (2, 4)}
"""How long the list may be that a `size` or `padding` is where it is no single number."""


def is_sides(value: object, kind: str) -> bool:
    """Whether a value is such a list."""
    return isinstance(value, list | tuple) and len(value) in SIDES[kind] and all(type(one) is int for one in value)


def _parameter(raw: Any) -> Any:
    """`planes: int` is a required int, `stride: 1` a default; a mapping says it all."""
    if isinstance(raw, dict | Parameter):
        return raw
    if isinstance(raw, str) and raw in TYPE_NAMES:
        return {"type": raw}
    return {"default": raw}


class Each(Model):
    """A table: one copy of the node per row."""

    columns: list[str] = Field(
        description="names of the columns; one that is named like an argument sets it", min_length=1
    )
    rows: list[Any] | str = Field(description="a list of rows, or the list parameter that holds them")


class Expect(Model):
    """Facts that the compiler must confirm at a node."""

    channels: Written = Field(None, description="number of channels")
    stride: Written = Field(None, description="input pixels per step")
    shape: list[Any] | None = Field(None, description="shape without batch")


def _reference(raw: Any) -> Any:
    """A list calls its nodes 0, 1, …, which YAML reads as numbers."""
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw


NodeRef: TypeAlias = Annotated[str, BeforeValidator(_reference)]
NodeRefs: TypeAlias = NodeRef | list[NodeRef]


class Node(Model):
    """One node of a graph. Any other key is an argument of its op."""

    place: Place = Field(exclude=True)
    op: str | None = Field(None, description="a primitive (snake_case), a block (CamelCase), or `$name` of a parameter")
    source: NodeRefs | None = Field(None, alias="from", description="what it reads; absent: the node before it")
    when: bool | str | None = Field(
        None, description="where false, the node is left out and stands for its first input"
    )
    otherwise: Node | None = Field(None, alias="else", description="the node to use where `when` is false")
    repeat: int | str | None = Field(
        None, description="a chain of so many copies; `i` is the copy's number, `n` their count"
    )
    first: dict[str, Any] | None = Field(None, description="arguments that differ in the first copy")
    last: dict[str, Any] | None = Field(None, description="arguments that differ in the last copy")
    link: Literal["dense", "aggregate"] | None = Field(
        None,
        description="which values of a chain are concatenated: before each copy and behind the last, or there alone",
    )
    each: Each | None = Field(None, description="a chain with one copy per row of a table")
    over: NodeRefs | None = Field(None, description="inputs that the same module is applied to, one after the other")
    share: NodeRef | None = Field(None, description="the node whose module is called again")
    phase: Literal["train", "eval"] | None = Field(
        None, description="the phase that the node exists in, if in one alone"
    )
    taps: list[str] | None = Field(None, description="the feature maps that are asked of an imported network")
    expect: Expect | None = Field(None, description="facts the compiler must confirm here")
    doc: str | None = Field(None, description="a short remark, carried into generated source")
    parallel: Graph | None = Field(None, description="branches over the same input")
    merge: Literal["concat", "add", "mul", "none"] | None = Field(None, description="how branches come together")
    graph: Graph | None = Field(None, description="a group with names of its own, or a chain")
    arguments: dict[str, Any] = Field(default_factory=dict, description="arguments of the op")


KEYS = {field.alias or name for name, field in Node.model_fields.items()} - {"place", "arguments"}
"""The keys of a node that aren't arguments of its op."""


def _graph(raw: Any) -> Any:
    """Names to nodes; a list names its nodes 0, 1, …"""
    if isinstance(raw, YamlMap):
        return {name: _node(value, Place(raw, name)) for name, value in raw.items()}
    if isinstance(raw, YamlList):
        return {str(index): _node(value, Place(raw, index)) for index, value in enumerate(raw)}
    return raw


def _node(raw: Any, place: Place) -> Any:
    if isinstance(raw, str):
        return {"place": place, "op": raw}
    if isinstance(raw, YamlList):
        return {"place": place, "graph": raw}
    if not isinstance(raw, YamlMap):
        return raw
    fields: dict[str, Any] = {"place": place, "arguments": {key: raw[key] for key in raw if key not in KEYS}}
    for key in raw:
        if key in KEYS:
            fields[key] = _node(raw[key], Place(raw, key)) if key == "else" else raw[key]
    return fields


Graph: TypeAlias = Annotated[dict[str, Node], BeforeValidator(_graph), Field(min_length=1)]
Parameters: TypeAlias = dict[str, Annotated[Parameter, BeforeValidator(_parameter)]]


def _outputs(raw: Any) -> Any:
    """One node, a list, or names to nodes."""
    if isinstance(raw, YamlMap):
        return {name: _reference(value) for name, value in raw.items()}
    return [_reference(value) for value in raw] if isinstance(raw, YamlList) else _reference(raw)


Outputs: TypeAlias = Annotated[str | list[str] | dict[str, str], BeforeValidator(_outputs)]


class Phases(Model):
    """Outputs that differ between training and evaluation."""

    train: Outputs = Field(description="what training returns")
    eval: Outputs = Field(description="what evaluation returns")


def _by_phase(raw: Any) -> Any:
    """`{train: …, eval: …}` are phases; any other mapping names outputs."""
    return Phases.model_validate(raw) if isinstance(raw, YamlMap) and raw.keys() == {"train", "eval"} else raw


class Block(Model):
    """A reusable graph with parameters; becomes a class in generated source."""

    doc: str | None = Field(None, description="what it is, in a line; the class's docstring")
    source: str | None = Field(None, description="the paper or page it comes from")
    params: Parameters = Field(
        default_factory=dict, description="parameters with their defaults, or their types where required"
    )
    let: dict[str, Written] = Field(default_factory=dict, description="values computed from the parameters once")
    inputs: list[str] | None = Field(None, description="names of several inputs; a single one is `input`")
    graph: Graph = Field(description="the block's nodes")
    outputs: Outputs | None = Field(None, description="what the block gives; absent: its last node")


def _entries(raw: Any) -> Any:
    """What is said of each op, by where it stands."""
    return {name: Place(raw, name) for name in raw} if isinstance(raw, YamlMap) else raw


class Reference(Model):
    """Published facts that the compiler holds the spec to."""

    params: int | None = Field(None, description="trainable parameters")
    macs: int | None = Field(None, description="multiply-accumulates for one sample")
    output: list[int] | None = Field(None, description="shape of the output without batch")
    at: list[int] | None = Field(None, description="input shape that these hold for; absent: the spec's own")


class Weights(Model):
    """Trained weights: where they are, and which of their entries is which of the network's."""

    source: object = Field(
        alias="from",
        description="torchvision:MODEL/WEIGHTS, timm:MODEL.TAG, a file, {url: https://…, sha256: …}, or, for one "
        "that is fetched by hand, {page: https://…, file: …}",
    )
    match: object = Field(
        "order", description="`order`, or names in the checkpoint with those of the network, and the rest in order"
    )
    params: dict[str, Written] = Field(
        default_factory=dict, description="the parameters they were trained with, where these aren't the defaults"
    )
    doc: str | None = Field(None, description="a remark for those who use them")


class Document(Model):
    """A spec file."""

    archspec: Literal[1] = Field(description="version of the language")
    name: ClassName = Field(description="class name of the network, CamelCase")
    doc: str | None = Field(None, description="one line on what it is")
    source: str | None = Field(None, description="the paper or page it comes from")
    task: Task | None = Field(None, description="what the network is for, which `archspec list` asks for")
    extends: str | None = Field(None, description="another spec, by path or zoo name, whose keys this one overrides")
    imports: dict[ClassName, str] = Field(
        default_factory=dict, alias="import", description="other specs, or blocks of a file of blocks, used as blocks"
    )
    params: Parameters = Field(default_factory=dict, description="parameters with their defaults")
    input: OneInput | None = Field(None, description="shape of the input without batch: [channels, height, width]")
    inputs: dict[str, OneInput] | None = Field(None, description="shapes of several inputs, by name")
    require: list[str] = Field(default_factory=list, description="conditions that must hold, as expressions")
    defaults: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="default arguments per primitive or block"
    )
    init: Annotated[dict[str, Place], BeforeValidator(_entries)] = Field(
        default_factory=dict, description="what weights start as, per primitive or node"
    )
    blocks: dict[ClassName, Block] = Field(default_factory=dict, description="block definitions")
    graph: Graph = Field(description="the network")
    outputs: Annotated[Phases | Outputs | None, BeforeValidator(_by_phase)] = Field(
        None, description="what the network returns; absent: the last node"
    )
    taps: dict[str, NodeRef] = Field(default_factory=dict, description="named feature maps that can be asked for")
    reference: Reference | None = Field(None, description="published facts that the compiler holds the spec to")
    weights: dict[str, Weights] = Field(default_factory=dict, description="trained weights by name")

    @property
    def every_input(self) -> dict[str, Input]:
        """All inputs by name; a single one is `input`."""
        return self.inputs if self.inputs is not None else {"input": self.input or UNKNOWN_INPUT}


class Library(Model):
    """A file of blocks only."""

    archspec: Literal[1]
    doc: str | None = None
    blocks: dict[ClassName, Block]
