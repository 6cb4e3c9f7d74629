"""E35: what weights start as."""

from __future__ import annotations

from archspec.diagnostics.catalogue.examples import IMAGE
from archspec.diagnostics.diagnostic import Error

_CONV = "graph: {conv: {op: conv, out: 8, kernel: 3}, act: relu}\n"


class UnknownScheme(Error):
    """`init` gives each primitive a scheme of `torch.nn.init`: its name alone (`ones`), with the value that matters
    (`normal: 0.01`), or with arguments (`kaiming_normal: {mode: fan_out}`)."""

    code = "E351"
    title_template = "unknown initialisation `{name}`"
    label_template = "not a scheme of `init`"
    name: str
    wrong = IMAGE + "init: {conv: kaimin_normal}\n" + _CONV
    right = IMAGE + "init: {conv: kaiming_normal}\n" + _CONV


class NothingToInitialise(Error):
    """`init` sets the `weight` of a primitive, so the primitive has one. What `parameter`, `add_parameter`,
    `scale` and `logit_scale` start as is said at the node, by their own argument `init`."""

    code = "E352"
    title_template = "`{op}` has no weight to initialise"
    label_template = "no `{op}` of this network has a `weight`"
    op: str
    wrong = IMAGE + "init: {relu: ones}\n" + _CONV
    right = IMAGE + "init: {conv: ones}\n" + _CONV


class FlatWeight(Error):
    """Xavier, Kaiming and orthogonal initialisation go by the rows and columns of a weight. The weight of a norm has
    one number per channel and no rows."""

    code = "E353"
    title_template = "`{scheme}` can't initialise `{op}`"
    label_template = "its weight has one axis, and `{scheme}` needs two"
    op: str
    scheme: str
    wrong = IMAGE + "init: {batch_norm: xavier_uniform}\ngraph: {norm: batch_norm}\n"
    right = IMAGE + "init: {batch_norm: ones}\ngraph: {norm: batch_norm}\n"
