"""E70: what a spec says of its trained weights. E71 to E73: weights when they are read and given to a network."""

from __future__ import annotations

from archspec.diagnostics.catalogue.examples import IMAGE
from archspec.diagnostics.diagnostic import Error

_GRAPH = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 1}}\n"


class BadOrigin(Error):
    """`from` says where trained weights are: `torchvision:MODEL/WEIGHTS`, `timm:MODEL.TAG`, a file below the spec's own
    folder, or an https address with the sha256 of what is there, `{url: …, sha256: …}`."""

    code = "E701"
    title_template = "{found} names no weights"
    label_template = "{reason}"
    found: str  # "`http://…`", "a list"
    reason: str
    wrong = _GRAPH + "weights: {trained: {from: 'https://example.org/net.pth'}}\n"
    right = _GRAPH + "weights: {trained: {from: {url: 'https://example.org/net.pth', sha256: " + "0" * 63 + "a}}}\n"


class BadMatch(Error):
    """`match` is `order`, which pairs the checkpoint's entries with the network's in their order, or names entries of
    the checkpoint with those of the network, the rest in order. In a name, `*` stands for a part between dots or for a
    piece of one, and `**` for all that follows; both sides have the same wildcards, so that the way back is known too.
    `null` is for entries that the network has no use for."""

    code = "E702"
    title_template = "`{name}` can't be matched so"
    label_template = "{reason}"
    name: str
    reason: str
    wrong = _GRAPH + "weights: {trained: {from: net.pth, match: {'features.*.weight': 'conv.weight'}}}\n"
    right = _GRAPH + "weights: {trained: {from: net.pth, match: {'features.*': 'conv.*'}}}\n"


class UnknownTrainedParameter(Error):
    """`params` of weights are the parameters that they were trained with, where these aren't the network's defaults."""

    code = "E703"
    title_template = "`{network}` has no parameter `{name}`"
    label_template = "weights can't be trained with it"
    network: str
    name: str
    wrong = _GRAPH + "weights: {trained: {from: net.pth, params: {width: 2}}}\n"
    right = IMAGE + "params: {width: 1}\ngraph: {conv: {op: conv, out: 8 * width, kernel: 1}}\n"
    right += "weights: {trained: {from: net.pth, params: {width: 2}}}\n"
