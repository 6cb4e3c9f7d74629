"""Document -> Network: parameters, conditions, repetition and blocks resolved, shapes inferred on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from archspec.diagnostics.diagnostic import Diagnostic
from archspec.elaborate import written
from archspec.elaborate.counting import Tally
from archspec.elaborate.elaborator import Elaborator
from archspec.elaborate.evaluator import Given
from archspec.elaborate.faults import Abandoned, Broken, Faults
from archspec.elaborate.initialisation import initialisers
from archspec.elaborate.limits import Limits
from archspec.elaborate.parameters import Signature
from archspec.elaborate.promises import without_consequences
from archspec.elaborate.reading import names_in
from archspec.elaborate.scope import Scope
from archspec.language import document
from archspec.language.expressions import Value
from archspec.language.imports import Definition
from archspec.language.library import library_blocks
from archspec.language.place import Place
from archspec.language.tree import YamlMap
from archspec.network import NOTHING_ASKED, Asked, Graph, Network, Origin
from archspec.types import UNKNOWN, AnyType, Layout, TensorType

if TYPE_CHECKING:
    from archspec.ops.initialisers import Start

__all__ = ["Asked", "Elaborated", "Limits", "elaborate", "input_type", "resample"]

_STANDARD: Final = Limits()


@dataclass(frozen=True, slots=True)
class Elaborated:
    """What became of a document. `graph` is the network's, as far as it could be worked out, and `init` beside it;
    without errors in it, `network` is the whole of it.
    """

    network: Network | None
    graph: Graph | None
    init: tuple[Start, ...]
    found: list[Diagnostic]
    steps: int
    """How much work it was."""


def elaborate(
    file: document.Document,
    tree: YamlMap,
    *,
    parameters: Mapping[str, YamlMap] | None = None,
    input: tuple[int, ...] | None = None,
    limits: Limits = _STANDARD,
    imports: Mapping[str, Definition] | None = None,
    asked: Asked = NOTHING_ASKED,
) -> Elaborated:
    """The network that a document means, and all that is wrong with it.

    `tree` is the document in its file. `parameters` and `input` (a shape without batch) override the document's own;
    each parameter is the value under its own name in a small tree of its own. `imports` are blocks of other files.
    """
    report, blocks = Faults(), {**library_blocks(), **(imports or {}), **file.blocks}
    tally = Tally(limits)
    elaborator = Elaborator(file, blocks, report, tally, tree)
    given = {name: Given(one[name], Origin.GIVEN, Place(one, name)) for name, one in (parameters or {}).items()}
    written_inputs = list(file.every_input.values())
    shapes = [input] if input is not None else [tuple(one.shape) for one in written_inputs]
    inputs = tuple(input_type(shape, one.dtype) for shape, one in zip(shapes, written_inputs, strict=True))
    graph = None
    init: tuple[Start, ...] = ()
    try:
        elaborator.blocks.endless = written.read(file, blocks, tree, elaborator.parameters)
        signature = Signature(file.name, file.params, tree)
        values, arguments = elaborator.parameters.values(signature, given, Scope({}, ()), inputs, None)
        init = initialisers(file, blocks, elaborator.evaluator, Scope(values, inputs))
        graph = elaborator.network(values, inputs, arguments, asked)
        elaborator.blocks.look_at_unused()
    except (Broken, Abandoned):
        report.failed = True
    network = None
    if graph is not None and not report.failed:
        graph.init = init
        network = Network(graph, file, values, arguments, elaborator.blocks.instances, blocks, asked)
    return Elaborated(network, graph, init, without_consequences(report.found), tally.steps)


def input_type(shape: tuple[int, ...], dtype: str = "float") -> AnyType:
    """The type of an input of this shape: three sizes are an image, two are tokens, one is a vector."""
    if not shape:
        return UNKNOWN
    if len(shape) == 3:
        return TensorType(shape, Layout.IMAGE, (1, 1), dtype)
    return TensorType(shape, Layout.TOKENS if len(shape) > 1 else Layout.VECTOR, (), dtype)


def resample(network: Network, values: Mapping[str, Value]) -> Network | None:
    """The same network with other values of some parameters; None where that isn't a network.

    Blocks that are what they were are the same objects.
    """
    report = Faults()
    elaborator = Elaborator(network.document, network.blocks, report, Tally(_STANDARD))
    if not values.keys() & names_in(network.document.defaults):
        elaborator.blocks.instances.update(network.instances)
    parameters = {**network.parameters, **values}
    try:
        graph = elaborator.network(parameters, network.root.inputs, {}, network.asked)
    except (Broken, Abandoned):
        return None
    if report.errors:
        return None
    graph.init = network.root.init
    return replace(network, root=graph, parameters=parameters, instances=elaborator.blocks.instances)
