"""Blocks with list parameters: one class, whatever their lengths, with loops over the arguments."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from archspec.spec import load_text
from tests import small
from tests.torchgen.test_properties import verify

KERNELS = ([3], [1, 5], [3, 1, 5])
SIZES = ([4, 8], [2, 4, 8])
KERNEL = "each: {columns: [kernel], rows: values}"


@dataclass(frozen=True)
class Case:
    """A block's graph over its list `values`, the lists that it is used with, and a line that must be printed."""

    graph: str
    lists: tuple[list[int], ...]
    line: str


CASES = {
    "a chain": Case(f"{{convs: {{op: conv, out: input.channels, {KERNEL}}}}}", KERNELS, "for kernel in values"),
    "a chain whose copies read what the one before gives": Case(
        "{convs: {op: conv, kernel: 1, each: {columns: [out], rows: values}}}", SIZES, "for out in values:"
    ),
    "side by side": Case(
        f"{{convs: {{op: conv, out: 4, {KERNEL}, merge: concat}}, last: {{op: conv, out: 2, kernel: 1}}}}",
        KERNELS,
        "self.last = nn.Conv2d(len(values) * 4, 2, 1)",
    ),
    "a sum": Case(f"{{convs: {{op: conv, out: 4, {KERNEL}, merge: add}}}}", KERNELS[1:], "for conv in self.convs[1:]:"),
    "one for each part": Case(
        f"{{parts: {{op: chunk, chunks: len(values)}}, convs: {{op: conv, out: 4, over: parts, {KERNEL}}}, "
        "cat: {op: concat, from: [input, convs]}}",
        KERNELS,
        "convs = [conv(part) for conv, part in zip(self.convs, parts, strict=True)]",
    ),
    "one for all parts": Case(
        "{parts: {op: chunk, chunks: len(values)}, product: {op: mul, from: parts}}", SIZES, "for part in parts[1:]:"
    ),
    "a count": Case(
        "{convs: {op: conv, out: input.channels, kernel: 'values[i]', repeat: len(values)}}",
        KERNELS,
        "for i in range(len(values))",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_lists_of_any_length_share_a_class(name: str) -> None:
    case = CASES[name]
    nodes = [
        f"use{number}: {{op: Listed, values: {values}}}, widen{number}: {{op: ConvBN, out: 24, kernel: 1}}"
        for number, values in enumerate(case.lists)
    ]
    spec = load_text(
        "archspec: 1\nname: Probe\ninput: [12, 8, 8]\n"
        f"blocks: {{Listed: {{params: {{values: list}}, graph: {case.graph}}}}}\n"
        f"graph: {{{', '.join(nodes)}}}\n"
    )
    source = spec.codegen()
    assert source.count("class Listed") == 1
    assert "values: tuple[int, ...]" in source
    assert case.line in source, source
    verify(spec)


def test_what_is_too_much_to_read_is_said_as_its_value() -> None:
    """A long list that a network has as a parameter, and a block whose `let`s double each other."""
    values = ", ".join(map(str, range(1, 3001)))
    doubled = ", ".join(f"a{n}: 'a{n - 1} + a{n - 1} - a{n - 1} // 2 * 2'" for n in range(1, 40))
    spec = load_text(
        f"archspec: 1\nname: Probe\ninput: [3, 8, 8]\nparams: {{values: [{values}]}}\n"
        f"blocks: {{Doubled: {{params: {{out: int}}, let: {{a0: out % 2 + 1, {doubled}}}, "
        "graph: {conv: {op: conv, out: out + a39 * 0, kernel: 1}}}}\n"
        "graph:\n  conv: {op: conv, out: 'values[9]', kernel: 1}\n"
        "  one: {op: Doubled, out: 4}\n  two: {op: Doubled, out: 5}\n"
    )
    assert "self.conv = nn.Conv2d(3, 10, 1)" in spec.codegen()
    verify(spec)


@pytest.mark.parametrize(
    "node",
    [
        "{op: conv, kernel: 3, out: 8, repeat: 0}",
        "{op: conv, each: {columns: [out, kernel], rows: []}}",
        "{op: conv, kernel: 1, repeat: 0, each: {columns: [out], rows: [8, 16]}}",
        "{op: conv, kernel: 1, repeat: r, each: {columns: [out, r], rows: [[8, 0], [16, 1], [16, 0]]}}",
        "{op: conv, kernel: 1, repeat: 0, each: {columns: [out], rows: [8, 16]}, merge: concat}",
        "{op: conv, kernel: 1, out: 4, repeat: 0, link: dense}",
        "{op: conv, kernel: 1, out: 4, repeat: 0, link: aggregate}",
        "{repeat: 0, parallel: {a: relu, b: silu}, merge: add}",
    ],
)
@pytest.mark.parametrize("graph", ["{stem: {op: conv, out: 4, kernel: 1}, s: %s}", "{g: {graph: {s: %s, r: relu}}}"])
def test_chains_without_copies(graph: str, node: str) -> None:
    verify(small.spec(f"{{stem: {{op: conv, out: 4, kernel: 1}}, g: {{graph: {graph % node}}}}}"))
