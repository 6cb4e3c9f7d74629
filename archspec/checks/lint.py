"""What is legal and probably not meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from archspec.diagnostics.catalogue.lint import (
    BiasBeforeNorm,
    EvenKernelAutoPadding,
    StrideLargerThanKernel,
    UnusedBlock,
    UnusedParameter,
)
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import suggestion
from archspec.diagnostics.span import Span
from archspec.elaborate.origins import show
from archspec.language.tree import YamlList, YamlMap
from archspec.network import INPUT, Graph, Node
from archspec.ops.base import Op

_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?![\w.])", re.ASCII)
_NOT_VALUES = frozenset(("doc", "source", "name", "from", "columns"))


def check(name: str, graphs: Iterable[Graph], tree: YamlMap) -> list[Diagnostic]:
    """All warnings of the network `name`, the same one at the same place once."""
    found: dict[tuple[str, Span | None], Diagnostic] = {}
    for graph in graphs:
        for node in graph.nodes:
            if isinstance(node.body, Op):
                for warning in _of_primitive(node, node.body, graph):
                    if warning.span is None or warning.span.source is tree.span.source:
                        found.setdefault((warning.code, warning.span), warning)
    return [*found.values(), *_unused_parameters(name, tree), *_unused_blocks(tree)]


def _of_primitive(node: Node, op: Op, graph: Graph) -> Iterable[Diagnostic]:
    if op.name == "batch_norm":
        return _bias_before_norm(node, graph)
    return _windows(node, op) if "kernel" in vars(op) else ()


def _bias_before_norm(node: Node, graph: Graph) -> Iterator[Diagnostic]:
    source = node.inputs[0].node
    if source == INPUT or not getattr(graph.nodes[source].body, "bias", False):
        return
    before = graph.nodes[source]
    if "bias" in before.arguments:
        return  # written out, it is meant: some published networks have it
    readers = sum(ref.node == source for other in graph.nodes for ref in other.inputs)
    if readers == 1 and isinstance(before.body, Op) and all(ref.node != source for ref in graph.outputs):
        yield BiasBeforeNorm(span=_blame(before, "bias"), node=before.name, norm=node.name)


def _windows(node: Node, op: Op) -> Iterator[Diagnostic]:
    arguments = vars(op)
    kernel, stride = arguments["kernel"], arguments.get("stride")
    kernels, strides = _both(kernel), _both(kernel if stride is None else stride)
    if op.name != "conv_transpose" and any(s > k > 1 for k, s in zip(kernels, strides, strict=True)):
        yield StrideLargerThanKernel(
            span=_blame(node, "stride"), node=node.name, stride=show(stride), kernel=show(kernel)
        )
    if arguments.get("padding") == "auto" and any(
        k % 2 == 0 and d % 2 for k, d in zip(kernels, _both(arguments.get("dilation", 1)), strict=True)
    ):
        padding = [d * (k - 1) // 2 for k, d in zip(kernels, _both(arguments.get("dilation", 1)), strict=True)]
        once = padding[0] if len(set(padding)) == 1 else padding
        yield EvenKernelAutoPadding(span=_blame(node, "kernel"), kernel=show(kernel), padding=show(once))


def _both(sizes: Any) -> tuple[int, ...]:
    return tuple(sizes) if isinstance(sizes, list | tuple) else (sizes, sizes)


def _blame(node: Node, argument: str) -> Span:
    """Where the argument is written, else the node's op."""
    given = node.arguments.get(argument)
    return given.place.value if given is not None and given.place is not None else node.source.place.inside("op")


def _unused_parameters(name: str, tree: YamlMap) -> Iterator[Diagnostic]:
    """A parameter is used where its name stands in any value beside it, as a word of its own."""
    blocks = tree.get("blocks") or {}
    own = {key: value for key, value in tree.items() if key != "blocks"}
    for owner, body in ((name, own), *blocks.items()):
        declared = body.get("params")
        if isinstance(declared, YamlMap):
            used = _words(body)
            for parameter in declared:
                if parameter not in used:
                    span = declared.key_span(parameter)
                    inherited = [one for one in declared if declared.key_span(one).source is not span.source]
                    helps = suggestion(parameter, inherited)
                    yield UnusedParameter(span=span, name=parameter, owner=owner, helps=helps)


def _unused_blocks(tree: YamlMap) -> Iterator[Diagnostic]:
    """Blocks that can't be reached from the network's graph, whatever its conditions say."""
    blocks = tree.get("blocks")
    if not isinstance(blocks, YamlMap):
        return
    reached: set[str] = set()
    waiting = [{"graph": tree.get("graph"), "params": tree.get("params")}]
    while waiting:
        for word in _words(waiting.pop()) & blocks.keys() - reached:
            reached.add(word)
            waiting.append(blocks[word])
    for name in blocks:
        if name not in reached:
            yield UnusedBlock(span=blocks.key_span(name), name=name)


def _words(part: Any) -> set[str]:
    """Every bare word in the values of a part of the file, but for remarks."""
    found: set[str] = set()
    waiting = [part]
    while waiting:
        here = waiting.pop()
        if isinstance(here, str):
            found.update(_WORD.findall(here))
        elif isinstance(here, dict):
            waiting.extend(value for key, value in here.items() if key not in _NOT_VALUES)
        elif isinstance(here, YamlList):
            waiting.extend(here)
    return found
