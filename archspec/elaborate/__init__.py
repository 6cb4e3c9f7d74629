"""Document -> Network: parameters, conditions, repetition and blocks resolved, shapes inferred on the way."""

from __future__ import annotations

from collections.abc import Mapping

from archspec.diagnostics.catalogue import expansion
from archspec.diagnostics.diagnostic import Diagnostic, Severity
from archspec.elaborate.arguments import Given
from archspec.elaborate.elaborator import Elaborator
from archspec.elaborate.faults import Broken, Faults
from archspec.elaborate.limits import Limits
from archspec.elaborate.repeat import names_in
from archspec.elaborate.scope import Scope
from archspec.language import document
from archspec.language.expressions import Value
from archspec.language.library import library_blocks
from archspec.language.place import Place
from archspec.language.tree import YamlMap
from archspec.network import Network, Origin
from archspec.types import Layout, TensorType

__all__ = ["Limits", "elaborate", "input_type", "resample"]


def elaborate(
    file: document.Document,
    place: Place,
    *,
    parameters: Mapping[str, YamlMap] | None = None,
    input: tuple[int, ...] | None = None,
    limits: Limits = Limits(),
) -> tuple[Network | None, list[Diagnostic]]:
    """The network that a document means, and all that is wrong with it; None where an error leaves no network.

    `place` is the document's graph in its file. `parameters` and `input` (a shape without batch) override the document's own;
    each parameter is the value under its own name in a small tree of its own.
    """
    report = Faults()
    elaborator = Elaborator(file, {**library_blocks(), **file.blocks}, report, limits)
    given = {name: Given(one[name], Origin.GIVEN, Place(one, name)) for name, one in (parameters or {}).items()}
    graph = None
    try:
        scope = Scope({}, ())
        entry = input_type(tuple(input or file.input))
        values, arguments = elaborator.evaluator.parameters(file.params, given, scope, (entry,), file.name, place)
        graph = elaborator.network(values, entry)
    except Broken:
        values, arguments = {}, {}
    if graph is None or any(found.severity is Severity.ERROR for found in report.found):
        return None, report.found
    return Network(graph, file, values, arguments, elaborator.instances), report.found


def input_type(shape: tuple[int, ...]) -> TensorType:
    """The type of an input of this shape: three sizes are an image, two are tokens, one is a vector."""
    if len(shape) == 3:
        return TensorType(shape, Layout.IMAGE, (1, 1))
    return TensorType(shape, Layout.TOKENS if len(shape) > 1 else Layout.VECTOR)


def resample(network: Network, values: Mapping[str, Value]) -> Network | None:
    """The same network with other values of some parameters; None where that isn't a network.

    Blocks that are what they were are the same objects.
    """
    report = Faults()
    elaborator = Elaborator(network.document, {**library_blocks(), **network.document.blocks}, report, Limits())
    if not values.keys() & names_in(network.document.defaults):
        elaborator.instances.update(network.instances)
    parameters = {**network.parameters, **values}
    entry = network.input
    assert isinstance(entry, TensorType)
    try:
        graph = elaborator.network(parameters, entry)
    except Broken:
        return None
    failed = any(found.severity is Severity.ERROR for found in report.found)
    return None if failed else Network(graph, network.document, parameters, instances=elaborator.instances)
