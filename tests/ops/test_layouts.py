"""Layouts into one another: where axes and strides end up, and what the expressions read like."""

from __future__ import annotations

from fractions import Fraction

import pytest

from archspec.diagnostics.catalogue import layouts
from archspec.ops.base import Reject
from archspec.types import Layout, TensorType
from tests.ops.test_joining import image, make, refused, tokens, vector

GRID = TensorType((196, 768), Layout.TOKENS, (16, 16))
LIKE = "torch.unflatten({0}.transpose(1, 2), 2, {1}.shape[2:])"


def test_tokens_remember_the_grid_they_came_from() -> None:
    patches = image(768, 14, 14, 16, 16)
    assert make("to_tokens").infer(patches) == (GRID,)
    assert make("to_image").infer(GRID) == (patches,)


def test_heads_are_cut_and_joined() -> None:
    qkv = tokens(196, 3 * 768)
    (heads,) = make("to_heads", heads=3 * 12).infer(qkv)
    query, key, value = make("chunk", chunks=3, axis="heads").infer(heads)
    (out,) = make("scaled_dot_product_attention").infer(query, key, value)
    assert (query.shape, out.shape) == ((12, 196, 64), (12, 196, 64))
    assert make("from_heads").infer(out) == (tokens(196, 768),)


def test_attention_counts_both_products() -> None:
    query, key, value = tokens(12, 4, 64), tokens(12, 6, 64), tokens(12, 6, 32)
    assert make("scaled_dot_product_attention").macs(query, key, value) == 12 * 4 * 6 * (64 + 32)


@pytest.mark.parametrize(
    ("name", "arguments", "value", "expected"),
    [
        ("mean", {"axis": ("height", "width")}, image(8, 4, 5, 2, 2), vector(8)),
        ("mean", {"axis": ("height", "width"), "keepdim": True}, image(8, 4, 5, 2, 2), image(8, 1, 1, 8, 10)),
        ("max", {"axis": "channels", "keepdim": True}, image(8, 4, 5, 2, 2), image(1, 4, 5, 2, 2)),
        ("mean", {"axis": "tokens"}, GRID, vector(768)),
        ("select", {"axis": "tokens", "index": 0}, GRID, vector(768)),
        ("sum", {"axis": 0}, tokens(12, 6, 64), tokens(6, 64)),
        ("permute", {"order": (0, 2, 1)}, image(8, 4, 5, 1, 2), image(8, 5, 4, 2, 1)),
        ("permute", {"order": (1, 2, 0), "layout": "tokens"}, image(8, 4, 5, 1, 2), tokens(4, 5, 8)),
        ("reshape", {"shape": (-1, 4, 4), "layout": "image"}, vector(128), image(8, 4, 4)),
        ("unflatten", {"sizes": (2, -1)}, vector(8), tokens(2, 4)),
        ("pixel_shuffle", {"factor": 2}, image(8, 4, 4, 1, 1), image(2, 8, 8, Fraction(1, 2), Fraction(1, 2))),
        ("pixel_unshuffle", {"factor": 2}, image(2, 8, 8, 1, 1), image(8, 4, 4, 2, 2)),
    ],
)
def test_axes_and_strides_end_up(
    name: str, arguments: dict[str, object], value: TensorType, expected: TensorType
) -> None:
    assert make(name, **arguments).infer(value) == (expected,)


@pytest.mark.parametrize(
    ("name", "arguments", "value", "kind", "label"),
    [
        ("mean", {"axis": "channels"}, image(8, 4, 5), layouts.LayoutLost, "height x width would be left"),
        ("mean", {"axis": "channels"}, vector(8), layouts.LayoutLost, "nothing would be left"),
        ("mean", {"axis": ("height", 1)}, image(8, 4, 5), layouts.AxisTwice, "`1` again"),
        ("split", {"sizes": (8, 8)}, vector(32), layouts.SplitSum, "they make 16, and the input has 32 channels"),
        ("narrow", {"length": 5, "start": 4}, vector(8), layouts.OutOfRange, "4 to 9 of 8 channels"),
        ("select", {"index": 6, "axis": "tokens"}, tokens(6, 8), layouts.OutOfRange, "6 of 6 tokens"),
        (
            "reshape",
            {"shape": (7, -1), "layout": "tokens"},
            vector(8),
            layouts.CannotReshape,
            "7 x -1 from 8 (8 elements)",
        ),
        ("reshape", {"shape": (8,), "layout": "image"}, vector(8), layouts.WrongRank, "the result would have 1 axis"),
        ("permute", {"order": (0, 0)}, tokens(6, 8), layouts.NotAnOrder, "0, 0 for 2 axes"),
        ("to_image", {}, tokens(6, 8), layouts.NotAGrid, "6 tokens can't be a square"),
        ("to_image", {"height": 4}, tokens(6, 8), layouts.NotAGrid, "6 tokens can't be 4 rows"),
        ("to_image", {"width": 4}, tokens(6, 8), layouts.NotAGrid, "6 tokens can't be rows of 4"),
        ("to_image", {"height": 2, "width": 4}, tokens(6, 8), layouts.NotAGrid, "6 tokens can't be 2 x 4"),
        ("expand", {"shape": (6, -1)}, tokens(2, 8), layouts.CannotExpand, "6 x -1 from 2 x 8"),
        ("pixel_unshuffle", {"factor": 2}, image(1, 4, 5), layouts.SizeNotDivisible, "width 5 can't be divided by 2"),
        ("from_heads", {}, tokens(6, 8), layouts.WrongRank, "the result would have 2 axes"),
    ],
)
def test_what_is_refused_is_told(
    name: str, arguments: dict[str, object], value: TensorType, kind: type, label: str
) -> None:
    reject: Reject = refused(make(name, **arguments), value)
    assert reject.kind is kind
    assert reject.kind(**reject.fields).label() == label


@pytest.mark.parametrize(
    ("name", "arguments", "inputs", "expression"),
    [
        ("add", {}, (vector(8), vector(8), vector(8)), "{0} + {1} + {2}"),
        ("mul", {"value": 0.5}, (vector(8),), "{0} * {value}"),
        ("narrow", {"length": 4}, (image(8, 4, 4),), "{0}[:, :{length}]"),
        ("narrow", {"length": 2, "start": 1, "axis": "width"}, (image(8, 4, 4),), "{0}[:, :, :, {start}:{stop}]"),
        ("narrow", {"length": 4}, (tokens(6, 8),), "{0}[..., :{length}]"),
        ("select", {"index": 0, "axis": "tokens"}, (tokens(6, 8),), "{0}[:, {index}]"),
        ("chunk", {"chunks": 1}, (vector(8),), "{0}"),
        ("to_heads", {"heads": 2}, (tokens(6, 8),), "torch.unflatten({0}, -1, ({heads}, -1)).transpose(-3, -2)"),
        ("to_image", {"like": "x"}, (tokens(6, 8), image(3, 2, 3)), LIKE),
        ("select", {"index": 0, "axis": "heads"}, (tokens(2, 6, 4),), "{0}[..., {index}, :, :]"),
        ("reshape", {"shape": (2, -1), "layout": "tokens"}, (tokens(2, 6, 4),), "{0}.flatten(2)"),
        (
            "reshape",
            {"shape": (-1, 2, 2), "layout": "image"},
            (vector(8),),
            "torch.unflatten({0}, 1, ({shape0}, {shape1}, {shape2}))",
        ),
        (
            "reshape",
            {"shape": (2, 2, 2), "layout": "image"},
            (vector(8),),
            "{0}.reshape(-1, {shape0}, {shape1}, {shape2})",
        ),
        ("parameter", {"shape": (1, 8), "layout": "tokens"}, (tokens(6, 8),), "{self}.expand({0}.shape[0], -1, -1)"),
    ],
)
def test_expressions_read_as_a_person_writes_them(
    name: str, arguments: dict[str, object], inputs: tuple[TensorType, ...], expression: str
) -> None:
    assert make(name, **arguments).torch(*inputs).forward == expression


def test_learned_values_start_as_they_are_told() -> None:
    value = tokens(6, 8)
    assert make("add_parameter", init={"normal": 0.02}).torch(value).make == (
        "nn.Parameter(nn.init.normal_(torch.empty({args}), std={std}))"
    )
    assert make("scale").torch(value).make == "nn.Parameter(torch.ones({args}))"
    assert make("scale", init=1e-6).torch(value).make == "nn.Parameter(torch.full(({args},), {init}))"
    assert make("scale", init=1e-6).weights(image(8, 4, 4))[0].shape == (8, 1, 1)
    assert make("scale", per="scalar").weights(value)[0].shape == (1,)
