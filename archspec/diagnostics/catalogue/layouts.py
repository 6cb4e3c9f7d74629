"""E530 to E541 and W121: shapes that a value can't be cut, turned or brought to."""

from __future__ import annotations

from archspec.diagnostics.catalogue.examples import IMAGE, VECTOR
from archspec.diagnostics.diagnostic import Error, Warning

_TOKENS = "archspec: 1\nname: Net\ninput: [16, 32]\n"


class AxisTwice(Error):
    """An axis can be named once in a list of axes."""

    code = "E530"
    title_template = "`{op}` names the axis `{axis}` twice"
    label_template = "`{axis}` again"
    op: str
    axis: str
    wrong = IMAGE + "graph: {mean: {op: mean, axis: [height, height]}}\n"
    right = IMAGE + "graph: {mean: {op: mean, axis: [height, width]}}\n"


class LayoutLost(Error):
    """What is left when an axis goes must still be an image, tokens or a vector. `keepdim: true` keeps the axis with
    size 1; `narrow` does in place of `select`."""

    code = "E531"
    title_template = "`{op}` along `{axis}` leaves no layout"
    label_template = "{left} would be left"
    op: str
    axis: str
    left: str  # "height x width", "nothing"
    wrong = IMAGE + "graph: {mean: {op: mean, axis: channels}}\n"
    right = IMAGE + "graph: {mean: {op: mean, axis: channels, keepdim: true}}\n"


class SplitSum(Error):
    """The sizes that `split` is given add up to the axis it splits."""

    code = "E532"
    title_template = "`{op}` sizes don't add up"
    label_template = "they make {total}, and the input has {found}"
    op: str
    total: int
    found: str  # "32 channels"
    wrong = _TOKENS + "graph: {parts: {op: split, sizes: [8, 8]}, sum: {op: add, from: parts}}\n"
    right = _TOKENS + "graph: {parts: {op: split, sizes: [16, 16]}, sum: {op: add, from: parts}}\n"


class OutOfRange(Error):
    """`narrow` takes `length` steps from `start`, `select` one at `index` (from 0, or back from -1); all of them must
    be there."""

    code = "E533"
    title_template = "`{op}` reaches beyond its input"
    label_template = "{wanted} of {found}"
    op: str
    wanted: str  # "4 to 12"
    found: str  # "8 channels"
    wrong = IMAGE + "graph: {part: {op: narrow, axis: height, start: 4, length: 8}}\n"
    right = IMAGE + "graph: {part: {op: narrow, axis: height, start: 4, length: 4}}\n"


class CannotReshape(Error):
    """A value keeps its number of elements in `reshape` and `unflatten`. One size may be -1, which is then worked out
    from the others."""

    code = "E534"
    title_template = "`{op}` can't give this shape"
    label_template = "{wanted} from {found}"
    op: str
    wanted: str  # "7 x 7"
    found: str  # "3 x 8 x 8 (192 elements)"
    wrong = _TOKENS + "graph: {grid: {op: reshape, shape: [4, 5, 32], layout: tokens}}\n"
    right = _TOKENS + "graph: {grid: {op: reshape, shape: [4, 4, 32], layout: tokens}}\n"


class WrongRank(Error):
    """An image has three axes, with channels first or last, tokens at least two, a vector one."""

    code = "E535"
    title_template = "{wanted} can't have {found}"
    label_template = "the result would have {found}"
    wanted: str  # "an image"
    found: str  # "2 axes"
    wrong = VECTOR + "graph: {map: {op: reshape, shape: [2, 4], layout: image}}\n"
    right = VECTOR + "graph: {map: {op: reshape, shape: [2, 2, 2], layout: image}}\n"


class NotAnOrder(Error):
    """`order` has the number of every axis once, from 0, without the batch."""

    code = "E536"
    title_template = "`order` doesn't name every axis once"
    label_template = "{order} for {axes}"
    order: str  # "0, 1, 1"
    axes: str  # "2 axes"
    wrong = _TOKENS + "graph: {turn: {op: permute, order: [0, 1, 2]}}\n"
    right = _TOKENS + "graph: {turn: {op: permute, order: [1, 0]}}\n"


class NotAGrid(Error):
    """`to_image` lays tokens out as `height` rows of `width`, or as the image `like`; where nothing is given, as a
    square."""

    code = "E537"
    title_template = "these tokens don't fill an image"
    label_template = "{length} tokens can't be {wanted}"
    length: int
    wanted: str  # "a square", "3 rows", "3 x 5"
    wrong = "archspec: 1\nname: Net\ninput: [17, 32]\ngraph: {image: to_image}\n"
    right = "archspec: 1\nname: Net\ninput: [16, 32]\ngraph: {image: to_image}\n"


class SizeNotDivisible(Error):
    """`pixel_unshuffle` moves squares of `factor` x `factor` pixels into channels, so height and width are multiples
    of `factor`."""

    code = "E538"
    title_template = "`{op}` can't divide evenly"
    label_template = "{found} can't be divided by {divisor}"
    op: str
    found: str  # "height 9"
    divisor: int
    wrong = IMAGE + "graph: {down: {op: pixel_unshuffle, factor: 3}}\n"
    right = IMAGE + "graph: {down: {op: pixel_unshuffle, factor: 2}}\n"


class CannotExpand(Error):
    """`expand` repeats axes of size 1; -1 and the axis's own size leave an axis as it is."""

    code = "E539"
    title_template = "`expand` can't give this shape"
    label_template = "{wanted} from {found}"
    wanted: str
    found: str
    wrong = IMAGE + "graph: {wide: {op: expand, shape: [6, 8, 8]}}\n"
    right = IMAGE + "graph: {mean: {op: mean, axis: channels, keepdim: true}, wide: {op: expand, shape: [6, -1, -1]}}\n"


class ShiftsDiffer(Error):
    """`roll` takes one shift for all of its axes, or one for each."""

    code = "E540"
    title_template = "`roll` has {shifts} for {axes}"
    label_template = "one shift, or one for each axis"
    shifts: str  # "3 shifts"
    axes: str  # "2 axes"
    wrong = IMAGE + "graph: {roll: {op: roll, shift: [1, 2, 3], axis: [height, width]}}\n"
    right = IMAGE + "graph: {roll: {op: roll, shift: [1, 2], axis: [height, width]}}\n"


class NotWindows(Error):
    """Windows lie side by side: as many as fill a map, each as large as `size` says, and shifted by less than one."""

    code = "E541"
    title_template = "`{op}` needs {wanted}"
    label_template = "found {found}"
    op: str
    wanted: str  # "4 windows of 7 x 7"
    found: str  # "4 x 36 x 96"
    wrong = IMAGE + (
        "graph:\n  map: to_channels_last\n  windows: {op: to_windows, size: 4}\n"
        "  back: {op: from_windows, size: 2, like: map}\n"
    )
    right = IMAGE + (
        "graph:\n  map: to_channels_last\n  windows: {op: to_windows, size: 4}\n"
        "  back: {op: from_windows, size: 4, like: map}\n"
    )


class UnevenChunks(Warning):
    """`chunk` does as torch does: all chunks but the last have ceil(size / chunks) steps, so the last may be smaller,
    and there may be fewer than asked for."""

    code = "W121"
    title_template = "`{op}` doesn't divide evenly"
    label_template = "{found} give chunks of {sizes}"
    op: str
    found: str  # "7 channels"
    sizes: str  # "3, 3 and 1"
    wrong = IMAGE + "graph: {parts: {op: chunk, chunks: 2}, cat: {op: concat, from: parts}}\n"
    right = IMAGE + "graph: {parts: {op: chunk, chunks: 3}, cat: {op: concat, from: parts}}\n"
