"""The form of a document: every fault of it at its place, none twice, and more found behind them."""

from __future__ import annotations

import pytest

from archspec.spec import check_text
from tests.small import faults, said, text


def codes(graph: str, more: str = "") -> list[str]:
    return [fault.code for fault in faults(graph, more=more)]


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        ("3", "E203 `graph` must be a mapping of names to nodes, or a list of nodes | found the number 3"),
        ("{a: 3}", "E203 `a` must be a node | found the number 3"),
        ("{a: }", "E203 `a` must be a node | found nothing"),
        ("[relu, 3]", "E203 `graph[1]` must be a node | found the number 3"),
        ("{a: {op: 3}}", "E203 `op` must be a name | found the number 3"),
        ("{a: {op: relu, from: 1.5}}", "E203 `from` must be a node, or a list of nodes | found the number 1.5"),
        ("{a: {op: relu, repeat: [1]}}", "E203 `repeat` must be a whole number or an expression | found a list"),
        ("{a: {op: relu, when: 1.5}}", "E203 `when` must be a truth value or an expression | found the number 1.5"),
        ("{a: {op: relu, when: true, else: 3}}", "E203 `else` must be a node | found the number 3"),
        ("{a: {op: relu, expect: 3}}", "E203 `expect` must be a mapping of facts | found the number 3"),
        ("{a: {op: relu, expect: {chanels: 3}}}", "E202 unknown key `chanels` | `expect` has no such key"),
        ("{a: {op: relu, each: {columns: [w]}}}", "E201 `rows` is missing | `each` needs the key `rows`"),
        ("{a: {graph: {}}}", "E207 `graph` is empty | at least one node belongs here"),
        ("{a: []}", "E207 this chain is empty | at least one node belongs here"),
        ("{a: {parallel: [relu], mrge: add}}", "E202 unknown key `mrge` | a `parallel` node has no such key"),
        ("{a: {parallel: [relu], merge: cat}}", "E211 `merge` can't be `cat` | one of concat, add, mul and none"),
        (
            "{a: {out: 3}}",
            "E209 this node doesn't say what it does | has none of `op`, `graph`, `parallel` and `share`",
        ),
    ],
)
def test_each_fault_is_told_once(graph: str, expected: str) -> None:
    assert said(graph) == [expected]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("blocks: [Stem]\n", "E203 `blocks` must be a mapping of names to blocks | found a list"),
        ("blocks: {Stem: 3}\n", "E203 `Stem` must be a mapping with a `graph` | found the number 3"),
        ("blocks: {Stem: {doc: x}}\n", "E201 `graph` is missing | a block needs the key `graph`"),
        ("params: 3\n", "E203 `params` must be a mapping of names to defaults | found the number 3"),
        ("reference: {params: many}\n", "E203 `params` must be a whole number | found the text `many`"),
        ("reference: {parms: 3}\n", "E202 unknown key `parms` | `reference` has no such key"),
        ("trust: true\n", "E202 unknown key `trust` | a spec has no such key"),
        ("limits: {nodes: 1}\n", "E202 unknown key `limits` | a spec has no such key"),
        ("doc: [a]\n", "E203 `doc` must be a line of text | found a list"),
        (
            "task: [pose]\n",
            "E213 `task` can't be a list | one of attention, classification, detection, face, "
            "instance_segmentation, portrait_segmentation, pose and segmentation",
        ),
        ('doc: "a\\nb"\n', "E212 `doc` must be one line of plain text | holds a line break"),
    ],
)
def test_keys_of_a_spec(more: str, expected: str) -> None:
    assert expected in said("{a: relu}", more=more)


@pytest.mark.parametrize("key", ["archspec", "name", "input", "graph"])
def test_required_keys(key: str) -> None:
    whole = "".join(line for line in text("{a: relu}").splitlines(True) if not line.startswith(key))
    (fault,) = check_text(whole)
    assert (fault.code, fault.title()) == ("E201", f"`{key}` is missing")


def test_places_are_those_of_the_entries() -> None:
    whole = text("\n  a: relu\n  b:\n    op: relu\n    expect:\n      chanels: 3")
    (fault,) = check_text(whole)
    assert fault.span is not None and (fault.span.line, fault.span.column) == (9, 7)


def test_faults_of_all_stages_come_in_one_run() -> None:
    graph = "{a: {op: conv, out: 8, kernal: 3}, b: {op: rleu, from: a}, train: relu, d: {op: relu, from: [dd]}, e: 3}"
    assert set(codes(graph, more="sorce: x\n")) == {"E330", "E401", "E222", "E402", "E203", "E202"}


def test_a_broken_part_causes_no_other_faults() -> None:
    """What reads a broken node, block or parameter stays silent."""
    assert codes("{a: 3, b: {op: add, from: [a, input]}, c: {op: conv, from: b, out: 4, kernel: 1}}") == ["E203"]
