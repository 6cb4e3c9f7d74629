"""E6: promises that a spec makes about itself and doesn't keep: `expect`, `require`, `reference`."""

from __future__ import annotations

from archspec.diagnostics.catalogue.examples import IMAGE
from archspec.diagnostics.diagnostic import Error


class Promise(Error):
    """Something that a spec says of itself and that isn't so. The network is whole nevertheless."""


class ExpectFailed(Promise):
    """`expect` states facts about a node's output, which the compiler confirms: its channels, stride, or shape."""

    code = "E601"
    title_template = "`{node}` doesn't have the {fact} that `expect` says"
    label_template = "expected {expected}, found {found}"
    node: str
    fact: str  # "channels", "stride", "shape"
    expected: str
    found: str
    wrong = IMAGE + "graph: {conv: {op: conv, out: 16, kernel: 3, stride: 2, expect: {channels: 8}}}\n"
    right = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 3, stride: 2, expect: {channels: 8, stride: 2}}}\n"


class RequireFailed(Promise):
    """`require` lists conditions that must hold for the network to make sense, over its parameters and its input."""

    code = "E602"
    title_template = "a requirement of `{owner}` isn't met"
    label_template = "{found}"
    owner: str
    found: str  # "input.height % 32 == 0 is false: input.height is 200"
    wrong = IMAGE + "require: [input.height % 16 == 0]\ngraph: {act: relu}\n"
    right = IMAGE + "require: [input.height % 8 == 0]\ngraph: {act: relu}\n"


class ReferenceDiffers(Promise):
    """`reference` holds published facts (`params`, `macs`, `output`), and the network with its default parameters
    must have exactly these."""

    code = "E603"
    title_template = "the network's {fact} differ from the published ones"
    label_template = "published: {published}, computed: {computed}"
    fact: str  # "params", "macs", "output sizes"
    published: str
    computed: str
    wrong = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 1}}\nreference: {params: 24}\n"
    right = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 1}}\nreference: {params: 32}\n"
