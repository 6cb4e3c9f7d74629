"""E502 to E519: a value that one primitive can't take: its layout, its size under a window, its channels."""

from __future__ import annotations

from archspec.diagnostics.catalogue.examples import IMAGE, VECTOR
from archspec.diagnostics.diagnostic import Error, Help


class Convert(Help):
    """An op that gives the layout that is wanted."""

    template = "`{op}` before it gives {layout}"
    op: str
    layout: str


class WrongLayout(Error):
    """Every primitive says which layouts it takes, and nothing converts in silence.

    Images are (channels, height, width), tokens are (length, channels), vectors are (channels), images with channels
    last are (height, width, channels).
    """

    code = "E502"
    title_template = "`{op}` takes {takes}"
    label_template = "the input is {found}, {shape}"
    op: str
    takes: str
    found: str
    shape: str
    wrong = VECTOR + "graph: {conv: {op: conv, out: 8, kernel: 1}}\n"
    right = VECTOR + "graph: {fc: {op: linear, out: 8}}\n"


class WindowTooLarge(Error):
    """A window must fit into its padded input: it covers dilation * (kernel - 1) + 1 steps."""

    code = "E503"
    title_template = "the window of `{op}` is larger than its input"
    label_template = "the window covers {window} steps of {axis}, the input has {size} with padding"
    op: str
    window: int
    axis: str
    size: int
    wrong = IMAGE + "graph: {pool: {op: max_pool, kernel: 9}}\n"
    right = IMAGE + "graph: {pool: {op: max_pool, kernel: 8}}\n"


class NotDivisible(Error):
    """Groups and halves are equal in size, so the number of channels is a multiple of their number."""

    code = "E504"
    title_template = "channels can't be divided into {divisor} in `{op}`"
    label_template = "{what}: {size} isn't a multiple of {divisor}"
    op: str
    what: str  # "input channels", "out"
    size: int
    divisor: int
    wrong = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 1, groups: 2}}\n"
    right = IMAGE + "graph: {conv: {op: conv, out: 9, kernel: 1, groups: 3}}\n"


class PaddingTooLarge(Error):
    """A pool is padded by half of its kernel at most: with more, some windows would hold nothing but padding."""

    code = "E505"
    title_template = "the padding of `{op}` is more than half of its kernel"
    label_template = "padding {padding}, kernel {kernel}"
    op: str
    padding: int
    kernel: int
    wrong = IMAGE + "graph: {pool: {op: max_pool, kernel: 3, padding: 2}}\n"
    right = IMAGE + "graph: {pool: {op: max_pool, kernel: 3, padding: 1}}\n"


class BorderTooLarge(Error):
    """What is mirrored, wrapped or cut off at a border must be there.

    `reflect` pads by less than the size, `circular` by the size at most, `crop` leaves one step at least.
    """

    code = "E506"
    title_template = "the border of `{op}` is larger than its input allows"
    label_template = "{border} at the {side}, at most {most} here"
    op: str
    border: int
    side: str
    most: int
    wrong = IMAGE + "graph: {pad: {op: pad, padding: 8, mode: reflect}}\n"
    right = IMAGE + "graph: {pad: {op: pad, padding: 7, mode: reflect}}\n"


class OutMissing(Error):
    """A convolution needs `out`, the number of its output channels, unless every channel is a group of its own."""

    code = "E507"
    title_template = "`{op}` needs `out`"
    label_template = "groups is {groups} and the input has {channels} channels, so this isn't depthwise"
    op: str
    groups: int
    channels: int
    wrong = IMAGE + "graph: {conv: {op: conv, kernel: 3}}\n"
    right = IMAGE + "graph: {conv: {op: conv, kernel: 3, groups: channels}}\n"


class WrongDtype(Error):
    """Numbers to compute with and indices are different things.

    `embedding` takes indices, `max_unpool` values and indices, nearly everything else values. An input holds indices
    where it says `dtype: int`.
    """

    code = "E508"
    title_template = "`{op}` takes {takes}"
    label_template = "the input holds {found}"
    op: str
    takes: str
    found: str
    wrong = VECTOR + "graph: {embed: {op: embedding, num_embeddings: 10, out: 4}}\n"
    right = "archspec: 1\nname: Net\ninput: {shape: [8], dtype: int}\n"
    right += "graph: {embed: {op: embedding, num_embeddings: 10, out: 4}}\n"


class OutputPaddingTooLarge(Error):
    """`output_padding` chooses between the sizes that a convolution would have made this size of.

    So it is smaller than the stride or the dilation.
    """

    code = "E509"
    title_template = "`output_padding` is too large"
    label_template = "{output_padding} is neither less than stride {stride} nor than dilation {dilation}"
    output_padding: int
    stride: int
    dilation: int
    wrong = IMAGE + "graph: {up: {op: conv_transpose, out: 8, kernel: 3, output_padding: 1}}\n"
    right = IMAGE + "graph: {up: {op: conv_transpose, out: 8, kernel: 3, stride: 2, output_padding: 1}}\n"


class NothingToNormalise(Error):
    """Mean and variance need more than one value; of a single one, normalisation leaves nothing."""

    code = "E510"
    title_template = "`{op}` has one value to normalise over"
    label_template = "{found}"
    op: str
    found: str
    wrong = "archspec: 1\nname: Net\ninput: [3, 1, 1]\ngraph: {norm: instance_norm}\n"
    right = IMAGE + "graph: {norm: instance_norm}\n"


class EmptyOutput(Error):
    """An output has one step at least along every axis."""

    code = "E511"
    title_template = "`{op}` leaves nothing"
    label_template = "the output would have {axis} {size}"
    op: str
    axis: str
    size: int
    wrong = IMAGE + "graph: {up: {op: upsample, scale: 0.1}}\n"
    right = IMAGE + "graph: {up: {op: upsample, scale: 0.5}}\n"


class NoSuchAxis(Error):
    """An axis is named (`channels`, `height`, `width`, `tokens`), or counted from 0 in the shape without the batch."""

    code = "E512"
    title_template = "`{op}` names an axis that its input doesn't have"
    label_template = "no axis {axis} in {found}, {shape}"
    op: str
    axis: str | int
    found: str
    shape: str
    wrong = IMAGE + "graph: {softmax: {op: softmax, axis: tokens}}\n"
    right = IMAGE + "graph: {softmax: {op: softmax, axis: channels}}\n"


class ArgumentsExclude(Error):
    """Some arguments say the same thing in different ways, or have no meaning beside each other."""

    code = "E513"
    title_template = "the arguments of `{op}` don't go together"
    label_template = "{rule}"
    op: str
    rule: str
    wrong = IMAGE + "graph: {up: {op: upsample, scale: 2, size: 16}}\n"
    right = IMAGE + "graph: {up: {op: upsample, scale: 2}}\n"


class IndicesDiffer(Error):
    """`max_unpool` takes values and the indices that `max_pool` gave for them: one index per value."""

    code = "E514"
    title_template = "values and indices of `max_unpool` differ in shape"
    label_template = "values are {values}, indices are {indices}"
    values: str
    indices: str
    wrong = IMAGE + (
        "graph:\n  pool: {op: max_pool, kernel: 2, indices: true}\n  small: {op: max_pool, from: pool.0, kernel: 2}\n"
        "  up: {op: max_unpool, from: [small, pool.1], kernel: 2}\n"
    )
    right = IMAGE + (
        "graph:\n  pool: {op: max_pool, kernel: 2, indices: true}\n"
        "  up: {op: max_unpool, from: [pool.0, pool.1], kernel: 2}\n"
    )


class UnpoolSize(Error):
    """A size that `max_unpool` is asked for must be one that the pool could have come from: less than a stride away."""

    code = "E515"
    title_template = "`max_unpool` can't give this size"
    label_template = "{axis} {size} isn't between {least} and {most}"
    axis: str
    size: int
    least: int
    most: int
    wrong = IMAGE + (
        "graph:\n  pool: {op: max_pool, kernel: 2, indices: true}\n  big: {op: upsample, from: pool.0, scale: 4}\n"
        "  up: {op: max_unpool, from: [pool.0, pool.1], kernel: 2, like: big}\n"
    )
    right = IMAGE + (
        "graph:\n  pool: {op: max_pool, kernel: 2, indices: true}\n"
        "  up: {op: max_unpool, from: [pool.0, pool.1], kernel: 2, like: input}\n"
    )


class FoldTokens(Error):
    """`fold` puts one token at each place of its window, so the number of tokens is the number of places."""

    code = "E516"
    title_template = "`fold` has another number of places than of tokens"
    label_template = "{found} tokens, {places} places ({rows} x {columns})"
    found: int
    places: int
    rows: int
    columns: int
    wrong = "archspec: 1\nname: Net\ninput: [9, 12]\ngraph: {fold: {op: fold, size: 4, kernel: 2, stride: 2}}\n"
    right = "archspec: 1\nname: Net\ninput: [4, 12]\ngraph: {fold: {op: fold, size: 4, kernel: 2, stride: 2}}\n"


class WrongParameterCount(Error):
    """A learned slope is one for all channels or one for each."""

    code = "E517"
    title_template = "`{op}` has another number of parameters than of channels"
    label_template = "{count} parameters, {channels} channels"
    op: str
    count: int
    channels: int
    wrong = IMAGE + "graph: {act: {op: prelu, num_parameters: 2}}\n"
    right = IMAGE + "graph: {act: {op: prelu, num_parameters: channels}}\n"


class NotAnIndex(Error):
    """`padding_idx` is the index of an entry: it counts from 0, or from the end when negative."""

    code = "E518"
    title_template = "`padding_idx` is no entry of the embedding"
    label_template = "{index} isn't between {least} and {most}"
    index: int
    least: int
    most: int
    wrong = IMAGE + (
        "graph:\n  pool: {op: max_pool, kernel: 2, indices: true}\n  places: {op: flatten, from: pool.1}\n"
        "  embed: {op: embedding, num_embeddings: 64, out: 4, padding_idx: 64}\n"
    )
    right = IMAGE + (
        "graph:\n  pool: {op: max_pool, kernel: 2, indices: true}\n  places: {op: flatten, from: pool.1}\n"
        "  embed: {op: embedding, num_embeddings: 64, out: 4, padding_idx: 63}\n"
    )
