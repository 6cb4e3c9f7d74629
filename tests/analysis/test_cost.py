"""Parameters, buffers and multiply-accumulates: torch's own numbers, unknown where one of them is, each instance
counted once.
"""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from archspec.analysis import cost
from archspec.analysis.cost import Cost, Costs, add_up, cost_of
from archspec.analysis.memory import activation_memory
from archspec.analysis.order import bottom_up
from archspec.analysis.receptive import ReceptiveFields
from archspec.analysis.rows import rows
from archspec.network import Graph, Kind, Node, Ref
from archspec.ops.base import Op
from archspec.types import UNKNOWN, AnyType, Layout, TensorType
from tests.small import spec

UNIT = "blocks: {Unit: {graph: {a: {op: conv, out: 3, kernel: 3}, b: relu}}}\n"
IMAGE = TensorType((3, 16, 16), Layout.IMAGE, (1, 1))


class Mystery(Op):
    """An op whose multiply-accumulates nobody knows."""

    name = "mystery"

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return inputs

    def macs(self, *inputs: TensorType) -> int | None:
        return None


def graph_of(*bodies: Op | Graph | None, merge: Op | None = None) -> Graph:
    """A chain over an image whose nodes keep its type."""
    nodes = tuple(
        Node(str(index), None, body, (Ref(index - 1),), (IMAGE,), (IMAGE,))  # type: ignore[arg-type]
        for index, body in enumerate(bodies)
    )
    return Graph(Kind.CHAIN, "chain", {}, (IMAGE,), nodes, (Ref(len(nodes) - 1),), merge=merge)


def test_counts_are_those_of_torch() -> None:
    ours = spec(
        "{conv: {op: conv, out: 8, kernel: 3, stride: 2, groups: 1}, bn: batch_norm, flatten: flatten, "
        "fc: {op: linear, out: 10}}"
    )
    theirs = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8), nn.Flatten(), nn.Linear(8 * 8 * 8, 10)
    ).eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        theirs(torch.zeros(1, 3, 16, 16))
    assert ours.params == sum(parameter.numel() for parameter in theirs.parameters())
    assert ours.buffers == sum(buffer.numel() for buffer in theirs.buffers())
    assert ours.macs == counter.get_total_flops() // 2


def test_a_node_that_was_left_out_costs_nothing() -> None:
    assert Costs(graph_of(None)).total == Cost(0, 0, 0)


def test_what_isnt_known_stays_unknown_in_every_sum() -> None:
    inner = graph_of(Mystery(), None)
    costs = Costs(graph_of(inner, None))
    assert costs.total == Cost(0, 0, None)
    assert add_up([3, None, 4]) is None


def test_an_input_of_unknown_type_leaves_all_costs_unknown() -> None:
    unknown: tuple[AnyType, ...] = (UNKNOWN,)
    assert cost_of(Mystery(), unknown) == Cost(None, None, None)


def test_equal_instances_are_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    real = cost.cost_of

    def counting(op: Op | None, inputs: tuple[AnyType, ...]) -> Cost:
        calls.append(op)
        return real(op, inputs)

    network = spec(
        "{stem: {op: conv, out: 8, kernel: 3}, body: {op: Unit, repeat: 1000}}",
        more="blocks: {Unit: {graph: {a: {op: conv, out: 8, kernel: 3}, b: relu}}}\n",
    ).network
    for graph in bottom_up(network.root):
        graph.cost = None
    monkeypatch.setattr(cost, "cost_of", counting)
    costs = Costs(network.root)
    assert len(calls) == 3
    assert costs.total.params == (3 * 9 * 8 + 8) + 1000 * (8 * 9 * 8 + 8)


def test_a_module_that_is_called_again_has_its_weights_once() -> None:
    network = spec("{a: {op: Unit}, b: {share: a}}", more=UNIT).network
    costs = Costs(network.root)
    assert costs.total == Cost(3 * 9 * 3 + 3, 0, 2 * 27 * 3 * 16 * 16)
    listed = list(rows(network, costs, ReceptiveFields(network.root)))
    assert [row.params for row in listed] == [84, 0, 0, 0]
    assert sum(row.macs or 0 for row in listed) == costs.total.macs


def test_nodes_of_the_training_phase_have_weights_and_no_macs() -> None:
    more = f"{UNIT}outputs: {{train: [a, b], eval: a}}\n"
    network = spec("{a: {op: Unit}, b: {op: Unit, phase: train}}", more=more).network
    costs = Costs(network.root)
    assert costs.total == Cost(2 * 84, 0, 27 * 3 * 16 * 16)
    listed = list(rows(network, costs, ReceptiveFields(network.root)))
    assert [row.macs for row in listed] == [27 * 3 * 16 * 16, 0, 0, 0]
    assert activation_memory(network.root) == 2 * 4 * 3 * 16 * 16


def test_depth_of_nesting_costs_no_stack() -> None:
    graph = graph_of(None)
    for _ in range(5000):
        graph = graph_of(graph)
    assert Costs(graph).total == Cost(0, 0, 0)
