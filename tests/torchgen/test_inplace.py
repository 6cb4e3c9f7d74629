"""Activations work in place where nobody else reads the value, and only there."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
import torch
from torch import nn

from archspec.network import Graph, Node
from archspec.ops.base import Op
from archspec.spec import load_text
from tests.torchgen.networks import CORE, built, image, spec


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        ("{a: {op: conv, out: 4, kernel: 1}, b: relu}", {"b": True}),
        ("{a: batch_norm, b: silu}", {"b": True}),
        ("{a: {op: conv, out: 4, kernel: 1}, c: {op: add, from: [a, input]}, b: relu}", {"b": True}),
        ("{a: [{op: conv, out: 4, kernel: 1}, relu]}", {"a.1": True}),
        # The input belongs to the caller.
        ("{b: relu}", {"b": False}),
        ("{a: identity, b: relu}", {"b": False}),
        ("{a: {op: dropout, p: 0.5}, b: relu}", {"b": False}),
        ("{a: {op: narrow, length: 2}, b: relu}", {"b": False}),
        # Another node reads the same value.
        ("{a: {op: conv, out: 4, kernel: 1}, b: relu, c: {op: add, from: [a, b]}}", {"b": False}),
        ("{a: {op: conv, out: 4, kernel: 1}, b: relu, c: {op: relu, from: a}, d: {op: add, from: [b, c]}}",
         {"b": False, "c": False}),
        # Its backward needs what would be overwritten.
        ("{a: {op: conv, out: 4, kernel: 1}, s: sigmoid, b: relu}", {"b": False}),
        ("{a: {op: conv, out: 4, kernel: 1}, s: relu, b: relu6}", {"s": True, "b": False}),
        # A hook on a block sees what the block gives.
        ("{a: {op: ConvBN, out: 4, kernel: 1}, b: relu}", {"b": False}),
        ("{a: {op: ConvBN, out: 4, kernel: 1}, d: {op: dropout, p: 0.5}, b: relu}", {"b": False}),
        ("{a: {op: ConvBN, out: 4, kernel: 1, repeat: 2}, b: relu}", {"b": False}),
        ("{a: {op: conv, out: 4, kernel: 1, repeat: 2}, b: relu}", {"b": False}),
        ("{a: {op: conv, out: 4, kernel: 1}, c: {op: ConvBN, out: 4, kernel: 1, when: false}, b: relu}", {"b": True}),
    ],
)  # fmt: skip
def test_works_in_place_where_nobody_else_reads(graph: str, expected: dict[str, bool]) -> None:
    text = f"archspec: 1\nname: Probe\ninput: [4, 8, 8]\ngraph: {graph}\n"
    module = load_text(text).build().train()
    activations = (nn.ReLU, nn.ReLU6, nn.SiLU)
    assert {path: one.inplace for path, one in module.named_modules() if isinstance(one, activations)} == expected
    batch = torch.randn(2, 4, 8, 8, requires_grad=True)
    module(batch * 1).sum().backward()


@pytest.mark.parametrize("name", CORE)
def test_the_zoo_works_in_place_wherever_it_may(name: str) -> None:
    """An activation behind a primitive does, in all of these; one behind a block would change what the block gave."""
    modules = dict(built(name).named_modules())
    found = {path: modules[path].inplace for path in modules if hasattr(modules[path], "inplace")}
    expected = dict(_behind_primitives(spec(name).network.root))
    assert {path: found[path] for path in expected} == expected


def _behind_primitives(graph: Graph, prefix: str = "") -> Iterator[tuple[str, bool]]:
    """Paths of the activations that can work in place, and whether each reads what a primitive beside it computed."""
    for node in graph.nodes:
        if isinstance(node.body, Graph):
            yield from _behind_primitives(node.body, f"{prefix}{node.name}.")
        elif node.body is not None and node.body.inplace:
            read = _read_by(graph, node).body
            yield prefix + node.name, isinstance(read, Op) and read.name in ("conv", "batch_norm", "linear", "add")


def _read_by(graph: Graph, node: Node) -> Node:
    """The node whose value an activation reads; one that is left out stands for what it reads itself."""
    read = graph.nodes[node.inputs[0].node]
    return read if read.body is not None else _read_by(graph, read)


def test_in_place_changes_no_number() -> None:
    torch.manual_seed(0)
    inplace = built("every_kind", "cpu").train()
    plain = copy.deepcopy(inplace)
    for one in plain.modules():
        if hasattr(one, "inplace"):
            one.inplace = False
    outputs = []
    for module in (inplace, plain):
        torch.manual_seed(7)
        outputs.append(module(image("every_kind")))
        outputs[-1].sum().backward()
    assert torch.equal(*outputs)
    for ours, theirs in zip(inplace.parameters(), plain.parameters(), strict=True):
        assert ours.grad is not None and theirs.grad is not None
        torch.testing.assert_close(ours.grad, theirs.grad)
