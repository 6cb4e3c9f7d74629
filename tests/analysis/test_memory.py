"""Activation memory: four bytes for every element that a primitive gives."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from archspec.analysis.memory import activation_memory
from archspec.places import zoo
from archspec.spec import load
from tests.small import spec


def test_every_output_of_every_primitive_counts() -> None:
    network = spec("{conv: {op: conv, out: 8, kernel: 3}, act: relu, flatten: flatten}").network
    assert activation_memory(network.root) == 4 * 3 * (8 * 16 * 16)


def test_indices_take_eight_bytes() -> None:
    network = spec(
        "{pool: {op: max_pool, kernel: 2, stride: 2, indices: true}, un: {op: max_unpool, kernel: 2, stride: 2}}"
    ).network
    assert activation_memory(network.root) == (4 + 8) * 3 * 8 * 8 + 4 * 3 * 16 * 16


def test_what_a_merge_gives_counts_and_what_is_left_out_doesnt() -> None:
    network = spec("{both: {parallel: {a: relu, b: {op: relu, when: 1 > 2}}, merge: add}}").network
    assert activation_memory(network.root) == 4 * 2 * (3 * 16 * 16)


@pytest.mark.parametrize("name", ["lenet5", "alexnet", "vgg16"])
def test_networks_without_branches_against_torch(name: str) -> None:
    """Where every primitive is a module, hooks see all outputs."""
    spec_ = load(zoo()[name])
    module = spec_.build("meta").eval()
    seen = []
    for leaf in module.modules():
        if not list(leaf.children()) and not isinstance(leaf, nn.Identity):
            leaf.register_forward_hook(lambda _module, _inputs, output: seen.append(4 * output[0].numel()))
    output = module(torch.empty(1, *spec_.input, device="meta"))
    assert isinstance(output, Tensor)
    nodes = spec_.summary().to_json()["nodes"]
    functional = sum(4 * torch.Size(node["shape"]).numel() for node in nodes if node["op"] == "flatten")
    assert activation_memory(spec_.network.root) in (sum(seen), sum(seen) + functional)
