"""Instances of library blocks are kept between documents, and nothing but the time tells."""

from __future__ import annotations

import pytest

from archspec.elaborate import kept
from archspec.network import Graph
from tests.small import said, spec

CONV = "{conv: {op: ConvBNAct, out: %d, kernel: 3}}"


def instance(graph: str = CONV % 8, input: str = "[3, 16, 16]", more: str = "") -> Graph:
    body = spec(graph, input, more).network.root.nodes[0].body
    assert isinstance(body, Graph)
    return body


def test_equal_instances_of_two_documents_are_one() -> None:
    assert instance() is instance()


@pytest.mark.parametrize(
    ("graph", "input", "more"),
    [
        (CONV % 16, "[3, 16, 16]", ""),
        (CONV % 8, "[3, 32, 16]", ""),
        (CONV % 8, "[3, 16, 16]", "defaults: {batch_norm: {eps: 0.01}}\n"),
        ("{conv: {op: ConvBNAct, out: 8, kernel: [3, 3]}}", "[3, 16, 16]", ""),
    ],
)
def test_others_are_others(graph: str, input: str, more: str) -> None:
    assert instance() is not instance(graph, input, more)
    assert ("eps" in instance(graph, input, more).nodes[1].arguments) is bool(more)


def test_a_fault_in_an_instance_is_told_each_time() -> None:
    graph = "{conv: {op: ConvBNAct, out: 8, kernel: 30, padding: 0}}"
    first = said(graph)
    assert [line[:4] for line in first] == ["E503"]
    assert said(graph) == first


def test_what_was_not_asked_for_longest_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_kept", {})
    monkeypatch.setattr(kept, "_MOST", 2)
    first, second = instance(CONV % 1), instance(CONV % 2)
    assert instance(CONV % 1) is first
    instance(CONV % 3)
    assert instance(CONV % 1) is first
    assert instance(CONV % 2) is not second
