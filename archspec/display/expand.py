"""The network with every parameter, condition and repeat resolved, as text like a spec's; each value with where it
came from.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archspec.diagnostics.printable import printable
from archspec.diagnostics.span import Span
from archspec.display import figures
from archspec.language import document
from archspec.language.tree import YamlMap
from archspec.network import INPUT, Argument, Graph, Kind, Network, Node, Origin, Ref
from archspec.ops.base import Op
from archspec.places import SPECS
from archspec.types import AnyType, TensorType

_ORIGINS = {Origin.FIRST: "first copy", Origin.LAST: "last copy", Origin.DEFAULTS: "defaults"}
_STEP = "  "
_COMMENT = 44
"""Where comments start, on lines that are shorter."""


def expand(network: Network, tree: YamlMap) -> str:
    """The listing. It isn't a spec: copies and blocks stand as graphs, with the values that they have."""
    lines = [_line(0, f"name: {network.name}"), *_inputs(network, tree)]
    if network.parameters:
        lines.append(_line(0, "params:"))
        lines += [_parameter(1, name, value, network, tree["params"]) for name, value in network.parameters.items()]
    lines.append(_line(0, "graph:"))
    lines += _nodes(network.root, 1)
    return "".join(lines)


def _inputs(network: Network, tree: YamlMap) -> Iterator[str]:
    inputs = network.root.inputs
    if network.document.input is not None:
        own = getattr(inputs[0], "shape", ()) == tuple(network.document.input.shape)
        yield _line(0, f"input: {_input(inputs[0])}", _where(tree.span_of("input")) if own else "set from outside")
        return
    yield _line(0, "inputs:")
    for name, type_ in zip(network.root.called_inputs, inputs, strict=True):
        yield _line(1, f"{name}: {_input(type_)}", _where(tree["inputs"].span_of(name)))


def _input(type_: AnyType) -> str:
    if not isinstance(type_, TensorType):
        return ""
    shape = _list(type_.shape)
    return shape if type_.dtype == "float" else f"{{shape: {shape}, dtype: {type_.dtype}}}"


def _parameter(depth: int, name: str, value: object, network: Network, declared: YamlMap) -> str:
    given = network.arguments.get(name)
    default = f"default of {network.name}, {_where(declared.key_span(name))}"
    origin = _origin(name, given) if given is not None else default
    return _line(depth, f"{name}: {written(value)}", origin)


def _nodes(root: Graph, depth: int) -> Iterator[str]:
    """All nodes below, parents before children, without recursion."""
    stack = [(root, iter(enumerate(root.nodes)))]
    while stack:
        graph, rest = stack[-1]
        step = next(rest, None)
        if step is None:
            stack.pop()
            if graph.merge is not None:
                yield _line(depth + 2 * len(stack) - 1, f"merge: {graph.merge.name}")
            continue
        index, node = step
        level = depth + 2 * (len(stack) - 1)
        yield from _node(graph, index, node, level)
        if isinstance(node.body, Graph):
            yield _line(level + 1, "parallel:" if node.body.kind is Kind.PARALLEL else "graph:")
            stack.append((node.body, iter(enumerate(node.body.nodes))))


def _node(graph: Graph, index: int, node: Node, level: int) -> Iterator[str]:
    """A node's own lines: what it is, what it reads, its arguments."""
    place = node.source.place
    yield _line(level, f"{node.name}:", f"{figures.shapes(node.outputs)}; {_where(place.value)}")
    if node.body is None:
        yield _line(level + 1, "op: identity", f"left out: {printable(_condition(node))} is false")
    elif node.shared is not None:
        yield _line(level + 1, f"share: {node.shared}")
    elif isinstance(node.body, Op) or node.body.kind is Kind.BLOCK:
        chosen = node.source.op if node.source.op and node.source.op.startswith("$") else ""
        yield _line(level + 1, f"op: {node.op}", printable(chosen))
    if node.body is not None and node.source.when is not None and not node.row:
        yield _line(level + 1, "when: true", printable(_condition(node)))
    if not _reads_the_node_before(graph, index, node):
        yield _line(level + 1, f"from: {_sources(graph, node.inputs)}")
    if node.source.repeat is not None and isinstance(node.body, Graph) and node.source.each is None and not node.row:
        repeat = written(node.source.repeat) if isinstance(node.source.repeat, str) else ""
        yield _line(level + 1, f"repeat: {len(node.body.copies)}", repeat)
    for column, value in node.row.items():
        if column not in node.arguments:
            yield _line(level + 1, f"{column}: {written(value)}", _of_copy(column))
    yield from _arguments(node, level + 1)


def _arguments(node: Node, level: int) -> Iterator[str]:
    """What was given, then what has its default."""
    for name, argument in node.arguments.items():
        yield _line(level, f"{name}: {written(argument.value)}", _origin(name, argument))
    if isinstance(node.body, Op):
        for name in type(node.body).model_fields:
            if name not in node.arguments:
                value = getattr(node.body, name)
                yield _line(level, f"{name}: {written(value)}", f"default of {node.op}")
    elif isinstance(node.body, Graph) and isinstance(node.body.definition, document.Block):
        definition = node.body.definition
        for name, value in node.body.values.items():
            if name in definition.let:
                yield _line(level, f"{name}: {written(value)}", f"let of {node.op}: {written(definition.let[name])}")
            elif name not in node.arguments:
                yield _line(level, f"{name}: {written(value)}", f"default of {node.op}")


def _origin(name: str, argument: Argument) -> str:
    """`4 * planes, resnet50.yaml:22`."""
    expression = argument.written if isinstance(argument.written, str) and argument.written != argument.value else None
    where = _where(argument.place.value) if argument.place is not None else ""
    words = {
        Origin.FIRST: "in the first copy",
        Origin.LAST: "in the last copy",
        Origin.DEFAULTS: "of the file's defaults",
    }
    if argument.origin is Origin.COLUMN:
        words[Origin.COLUMN] = f"column {name}"
    parts = (printable(expression) if expression else "", words.get(argument.origin, ""), where)
    return ", ".join(part for part in parts if part)


def _of_copy(column: str) -> str:
    return {"i": "number of this copy", "n": "number of copies"}.get(column, f"column {column}")


def _condition(node: Node) -> str:
    when = node.source.when
    return str(when).lower() if isinstance(when, bool) else str(when)


def _where(span: Span) -> str:
    """File and line; the file's folder is left out where it is the zoo's."""
    path = Path(span.source.name)
    name = path.name if path.parent == SPECS else span.source.name
    return f"{printable(name)}:{span.line}"


def _reads_the_node_before(graph: Graph, index: int, node: Node) -> bool:
    if graph.kind is Kind.PARALLEL:
        return True
    before = index - 1 if index else INPUT
    count = len(graph.nodes[before].outputs) if index else len(graph.inputs)
    return node.inputs == tuple(Ref(before, output) for output in range(count))


def _sources(graph: Graph, refs: tuple[Ref, ...]) -> str:
    names = []
    for ref in refs:
        if ref.node == INPUT:
            names.append(graph.called_inputs[ref.output])
            continue
        node = graph.nodes[ref.node]
        names.append(f"{node.name}.{node.output_name(ref.output)}" if len(node.outputs) > 1 else node.name)
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def written(value: object) -> str:
    """A value as a spec has it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return _list(value)
    return printable(str(value))


def _list(values: tuple[object, ...] | list[object]) -> str:
    return f"[{', '.join(map(written, values))}]"


def _line(depth: int, text: str, comment: str = "") -> str:
    line = _STEP * depth + text
    return f"{line:<{_COMMENT}}  # {comment}\n" if comment else line + "\n"
