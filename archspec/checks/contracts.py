"""What a spec promises of itself: `expect` at nodes, `require` of parameters and input."""

from __future__ import annotations

from collections.abc import Iterator

from archspec.analysis.order import bottom_up
from archspec.checks.nearest_input import nearest_input
from archspec.diagnostics.catalogue.promises import ExpectFailed, RequireFailed
from archspec.diagnostics.diagnostic import Diagnostic, Help, Note
from archspec.diagnostics.remarks import In, NearestInput
from archspec.diagnostics.wording import listing
from archspec.elaborate.evaluator import Evaluator
from archspec.elaborate.faults import Broken, Faults
from archspec.elaborate.origins import show
from archspec.elaborate.scope import Scope
from archspec.language import document
from archspec.language.expressions import Value, attributes, names, parse
from archspec.language.place import Place
from archspec.language.tree import YamlMap
from archspec.network import Graph, Network, Node
from archspec.types import Stride, TensorType


def check(network: Network, tree: YamlMap) -> list[Diagnostic]:
    """Promises that aren't kept."""
    report = Faults()
    for graph in bottom_up(network.root):
        if any(_promises(node) for node in graph.nodes):
            _expectations(graph, network, report)
    _requirements(network, tree, report)
    return report.found


def _promises(node: Node) -> bool:
    """A copy of a repeated node has a row; what is expected there is expected of the whole repeat."""
    return node.source.expect is not None and not node.row


def _expectations(graph: Graph, network: Network, report: Faults) -> None:
    scope = Scope(graph.values, graph.inputs)
    for node in graph.nodes:
        scope.add(node)
        if _promises(node):
            for fault in _expectation(node, scope, report):
                notes = tuple(_instance(graph, network))
                report.add(type(fault), fault.span, notes=notes, **_fields(fault))


def _expectation(node: Node, scope: Scope, report: Faults) -> Iterator[ExpectFailed]:
    expect, type_ = node.source.expect, node.outputs[0]
    if expect is None or not isinstance(type_, TensorType):
        return
    facts: list[tuple[str, object, object]] = [
        ("channels", expect.channels, type_.channels),
        ("stride", expect.stride, type_.stride),
        ("shape", expect.shape, type_.shape),
    ]
    for fact, written, found in facts:
        if written is None:
            continue
        place = Place(_written(node)["expect"], fact)
        try:
            wanted = Evaluator(report).expression(written, place, scope)
        except Broken:
            continue
        if not _same(wanted, found):
            yield ExpectFailed(
                span=place.value, node=node.name, fact=fact, expected=_shown(wanted, fact), found=_shown(found, fact)
            )


def _written(node: Node) -> YamlMap:
    written = node.source.place.container[node.source.place.key]  # type: ignore[index]
    assert isinstance(written, YamlMap)
    return written


def _same(wanted: Value, found: object) -> bool:
    """One number for a stride means both axes."""
    if isinstance(found, tuple) and not isinstance(wanted, tuple | list):
        return bool(found) and all(step == wanted for step in found)
    return tuple(wanted) == found if isinstance(wanted, list | tuple) else wanted == found


def _shown(value: object, fact: str) -> str:
    if fact == "stride" and isinstance(value, tuple):
        return _stride(value)
    if fact == "shape" and isinstance(value, tuple | list):
        return " x ".join(map(str, value))
    return show(value)


def _stride(steps: tuple[Stride, ...]) -> str:
    if not steps:
        return "none"
    return str(steps[0]) if len(set(steps)) == 1 else show([str(step) for step in steps])


def _fields(fault: ExpectFailed) -> dict[str, str]:
    return {"node": fault.node, "fact": fault.fact, "expected": fault.expected, "found": fault.found}


def _instance(graph: Graph, network: Network) -> Iterator[Note]:
    """The first place in the network where a block is used."""
    if not isinstance(graph.definition, document.Block):
        return
    for path, node in network.root.walk():
        if node.body is graph:
            yield In(path=path, block=graph.name, span=node.source.place.value)
            return


def _requirements(network: Network, tree: YamlMap, report: Faults) -> None:
    scope = Scope(network.parameters, network.root.inputs)
    for index, text in enumerate(network.document.require):
        place = Place(tree["require"], index)
        try:
            value = Evaluator(report).expression(text, place, scope)
        except Broken:
            continue
        if value is not True:
            verdict = f"{text} is {show(value)}"
            known = listing(_values(text, scope))
            found = f"{verdict}: {known}" if known else verdict
            report.add(RequireFailed, place.value, owner=network.name, found=found, helps=tuple(_help(network, text)))


def _values(text: str, scope: Scope) -> Iterator[str]:
    expression = parse(text)
    for base, path in sorted(attributes(expression), key=str):
        yield f"{'.'.join(map(str, (base, *path)))} is {show(scope.attribute(base, path))}"
    for name in sorted(names(expression) & scope.values.keys()):
        yield f"{name} is {show(scope.values[name])}"


def _help(network: Network, failed: str) -> Iterator[Help]:
    """Only where it is the input's size that is wrong."""
    if any(base == "input" for base, _ in attributes(parse(failed))):
        size = nearest_input(network)
        if size is not None:
            yield NearestInput(size=" x ".join(map(str, size)))
