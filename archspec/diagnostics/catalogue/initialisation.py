"""E35: what weights start as."""

from __future__ import annotations

from archspec.diagnostics.catalogue.examples import IMAGE
from archspec.diagnostics.diagnostic import Error

_CONV = "graph: {conv: {op: conv, out: 8, kernel: 3}, act: relu}\n"


class UnknownScheme(Error):
    """`init` gives the weights of primitives, or of nodes, a scheme of `torch.nn.init`: its name alone (`ones`), with
    the value that matters (`normal: 0.01`), or with arguments (`kaiming_normal: {mode: fan_out}`). `weight` and `bias`
    may have a scheme each."""

    code = "E351"
    title_template = "unknown initialisation `{name}`"
    label_template = "not a scheme of `init`"
    name: str
    wrong = IMAGE + "init: {conv: kaimin_normal}\n" + _CONV
    right = IMAGE + "init: {conv: kaiming_normal}\n" + _CONV


class NothingToInitialise(Error):
    """`init` sets the `weight` of a primitive, and its `bias`, so the primitive has one. What `parameter`,
    `add_parameter`, `scale` and `logit_scale` start as is said at the node, by their own argument `init`."""

    code = "E352"
    title_template = "`{op}` has no {part} to initialise"
    label_template = "no such module has a `{part}`"
    op: str
    part: str  # "weight", "bias"
    wrong = IMAGE + "init: {relu: ones}\n" + _CONV
    right = IMAGE + "init: {conv: ones}\n" + _CONV


class FlatWeight(Error):
    """Xavier, Kaiming and orthogonal initialisation go by the rows and columns of a weight. The weight of a norm has
    one number per channel and no rows."""

    code = "E353"
    title_template = "`{scheme}` can't initialise `{op}`"
    label_template = "its {part} has {found}, and `{scheme}` needs {needed}"
    op: str
    part: str  # "weight", "bias"
    scheme: str
    found: str  # "one axis"
    needed: str  # "two", "three"
    wrong = IMAGE + "init: {batch_norm: xavier_uniform}\ngraph: {norm: batch_norm}\n"
    right = IMAGE + "init: {batch_norm: ones}\ngraph: {norm: batch_norm}\n"


class UnreachedNode(Error):
    """An entry of `init` names a primitive, a node of the network, or either of these in a block: `linear`, `head`,
    `MLP.linear`, `MLP.fc1`. A node is named by its path through blocks and groups. What is in a list, in copies or in
    branches has no name of its own there; it is reached by its block."""

    code = "E354"
    title_template = "`init` can't reach `{key}`"
    label_template = "{reason}"
    key: str
    reason: str  # "`Head` has no node `predct`"
    wrong = IMAGE + "init: {conv.weight: ones}\n" + _CONV
    right = IMAGE + "init: {conv: {weight: ones}}\n" + _CONV
