"""E501, E520 to E529 and W120: the inputs of one primitive that don't go together."""

from __future__ import annotations

from archspec.diagnostics.catalogue.examples import IMAGE
from archspec.diagnostics.diagnostic import Error, Warning

_TWO = IMAGE + "graph:\n  a: {op: conv, out: 8, kernel: 3}\n"
_TOKENS = "archspec: 1\nname: Net\ninput: [16, 32]\ngraph:\n"


class ChannelsDiffer(Error):
    """`add`, `sub`, `mul` and `div` work element by element, so all of their inputs have the same number of channels,
    or 1, which is repeated. So do the inputs of `concat` along another axis."""

    code = "E501"
    title_template = "channels differ in `{op}`"
    label_template = "{found}"
    op: str
    found: str  # "conv3 has 256 channels, downsample has 64"
    wrong = _TWO + "  b: {op: conv, from: input, out: 16, kernel: 3}\n  add: {op: add, from: [a, b]}\n"
    right = _TWO + "  b: {op: conv, from: input, out: 8, kernel: 3}\n  add: {op: add, from: [a, b]}\n"


class SizesDiffer(Error):
    """`add`, `sub`, `mul`, `div` and `stack` want equal sizes on every axis (1 is repeated, but not by `stack`);
    `concat` on every axis but its own."""

    code = "E520"
    title_template = "sizes differ in `{op}`"
    label_template = "{found}"
    op: str
    found: str
    wrong = _TWO + "  b: {op: conv, from: input, out: 8, kernel: 3, padding: 0}\n  add: {op: add, from: [a, b]}\n"
    right = _TWO + "  b: {op: conv, from: input, out: 8, kernel: 3}\n  add: {op: add, from: [a, b]}\n"


class StridesDiffer(Error):
    """Two values fit together where one step of each stands for the same number of input pixels. Here something before
    one of them shrank or grew it, and nothing did so before the other."""

    code = "E521"
    title_template = "`{op}` joins values of different resolution"
    label_template = "{found} ({sizes})"
    op: str
    found: str  # "conv3 is at 1/16, shortcut at 1/8"
    sizes: str  # "14 x 14 and 28 x 28"
    wrong = _TWO + "  b: {op: conv, from: input, out: 8, kernel: 3, stride: 2}\n  add: {op: add, from: [a, b]}\n"
    right = _TWO + "  b: {op: conv, from: input, out: 8, kernel: 3}\n  add: {op: add, from: [a, b]}\n"


class LayoutsDiffer(Error):
    """The inputs of one primitive have one layout. Nothing converts in silence: `to_tokens`, `to_image`,
    `to_channels_last`, `to_channels_first`, `flatten` and `reshape` do. A vector isn't repeated over an image; pool
    with `keepdim: true` to keep it an image of one pixel."""

    code = "E522"
    title_template = "`{op}` joins values of different layout"
    label_template = "{found}"
    op: str
    found: str  # "conv is an image, pool is a vector"
    wrong = _TWO + "  pool: global_avg_pool\n  gated: {op: mul, from: [a, pool]}\n"
    right = _TWO + "  pool: {op: global_avg_pool, keepdim: true}\n  gated: {op: mul, from: [a, pool]}\n"


class RanksDiffer(Error):
    """Tokens may have axes before their length, `(heads, length, channels)`; inputs that are joined have the same
    number of axes."""

    code = "E523"
    title_template = "`{op}` joins values with different numbers of axes"
    label_template = "{found}"
    op: str
    found: str  # "heads is 4 x 16 x 8, input 16 x 32"
    wrong = _TOKENS + "  heads: {op: to_heads, heads: 4}\n  add: {op: add, from: [heads, input]}\n"
    right = (
        _TOKENS + "  heads: {op: to_heads, heads: 4}\n  merged: from_heads\n  add: {op: add, from: [merged, input]}\n"
    )


class TooFewOperands(Error):
    """`add`, `sub`, `mul` and `div` take two inputs, or one and a constant `value`."""

    code = "E524"
    title_template = "`{op}` has only one operand"
    label_template = "`{op}` needs a second input, or `value`"
    op: str
    wrong = IMAGE + "graph: {halved: {op: mul}}\n"
    right = IMAGE + "graph: {halved: {op: mul, value: 0.5}}\n"


class InnerSizesDiffer(Error):
    """`matmul` of (n, k) and (k, m) tokens gives (n, m): the channels of the first are the length of the second."""

    code = "E525"
    title_template = "inner sizes differ in `matmul`"
    label_template = "{found}"
    found: str  # "a has 32 channels, b has 16 tokens"
    wrong = _TOKENS + "  product: {op: matmul, from: [input, input]}\n"
    right = _TOKENS + "  turned: {op: permute, order: [1, 0]}\n  product: {op: matmul, from: [input, turned]}\n"


class AttentionDiffers(Error):
    """Attention takes query (…, n, d), key (…, m, d) and value (…, m, c), and a mask that can be repeated to (…, n,
    m), which excludes `causal`."""

    code = "E526"
    title_template = "inputs of `{op}` don't fit together"
    label_template = "{rule}: {found}"
    op: str
    rule: str
    found: str
    wrong = (
        _TOKENS + "  key: {op: linear, out: 16}\n  out: {op: scaled_dot_product_attention, from: [input, key, input]}\n"
    )
    right = (
        _TOKENS + "  key: {op: linear, out: 32}\n  out: {op: scaled_dot_product_attention, from: [input, key, input]}\n"
    )


class StridesMeetByChance(Warning):
    """Sizes agree at this input size, but one step of each value stands for another number of input pixels, so at
    another size they may differ."""

    code = "W120"
    title_template = "`{op}` joins values of different resolution that agree in size by chance"
    label_template = "{found}"
    op: str
    found: str  # "a is at 1/2, b at 1/1"
    wrong = _TWO + (
        "  small: {op: conv, out: 8, kernel: 2, stride: 2, padding: 0}\n"
        "  cut: {op: conv, from: a, out: 8, kernel: 5, padding: 0}\n"
        "  add: {op: add, from: [small, cut]}\n"
    )
    right = _TWO + (
        "  small: {op: conv, out: 8, kernel: 2, stride: 2, padding: 0}\n"
        "  cut: {op: conv, from: a, out: 8, kernel: 3, stride: 2}\n"
        "  add: {op: add, from: [small, cut]}\n"
    )
