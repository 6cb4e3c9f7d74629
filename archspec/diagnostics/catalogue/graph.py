"""E4: the graph: which ops and nodes exist, what is connected to what, how often things repeat, and limits."""

from __future__ import annotations

from archspec.diagnostics.catalogue.examples import IMAGE, VECTOR
from archspec.diagnostics.diagnostic import Error


class UnknownOp(Error):
    """An op is a primitive (`snake_case`) or a block of this file, an import or the library (`CamelCase`). Nothing
    else can be called."""

    code = "E401"
    title_template = "unknown op `{name}`"
    label_template = "no {what} has this name"
    name: str
    what: str  # "primitive", "block"
    wrong = IMAGE + "graph: {act: rellu}\n"
    right = IMAGE + "graph: {act: relu}\n"


class UnknownNode(Error):
    """A reference names a node of the same graph, defined earlier, or `input`."""

    code = "E402"
    title_template = "there is no node `{name}`"
    label_template = "not a node of {where}"
    name: str
    where: str  # "this graph", "block Bottleneck"
    wrong = IMAGE + "graph: {conv: {op: conv, out: 3, kernel: 1}, add: {op: add, from: [convv, input]}}\n"
    right = IMAGE + "graph: {conv: {op: conv, out: 3, kernel: 1}, add: {op: add, from: [conv, input]}}\n"


class LaterNode(Error):
    """A reference can only point to a node defined earlier, so a graph can't have a cycle. Nodes stand in the order
    in which they run."""

    code = "E403"
    title_template = "`{name}` is defined after it is used"
    label_template = "a reference can only point to a node defined earlier"
    name: str
    wrong = IMAGE + "graph:\n  add: {op: add, from: [input, act]}\n  act: {op: relu, from: input}\n"
    right = IMAGE + "graph:\n  act: {op: relu, from: input}\n  add: {op: add, from: [input, act]}\n"


class OwnNode(Error):
    """A node can't be its own input."""

    code = "E404"
    title_template = "`{name}` reads itself"
    label_template = "a reference can only point to a node defined earlier"
    name: str
    wrong = IMAGE + "graph: {act: {op: relu, from: act}}\n"
    right = IMAGE + "graph: {act: {op: relu, from: input}}\n"


class NodeOutside(Error):
    """A block sees its own nodes, inputs and parameters; a group its own nodes, its input (as `input`) and the
    parameters of what it stands in. What else it needs comes in through `from`."""

    code = "E405"
    title_template = "`{name}` is outside {where}"
    label_template = "only nodes of {where} and its `input` can be read here"
    name: str
    where: str  # "this group", "block Bottleneck"
    wrong = IMAGE + "graph:\n  act: relu\n  group: {graph: {a: relu, add: {op: add, from: [a, act]}}}\n"
    right = IMAGE + "graph:\n  act: relu\n  group: {from: act, graph: {a: relu, add: {op: add, from: [a, input]}}}\n"


class NoSuchOutput(Error):
    """`split.1` is the second output of node `split`, `backbone.c3` the output c3 of `backbone`. A node with one
    output has no names for it."""

    code = "E406"
    title_template = "`{node}` has no output `{name}`"
    label_template = "{found}"
    node: str
    name: str
    found: str  # "its outputs are 0 and 1", "it has a single output: write `conv`"
    wrong = "archspec: 1\nname: Net\ninput: [4, 8, 8]\n"
    wrong += "graph: {split: {op: chunk, chunks: 2}, act: {op: relu, from: split.2}}\n"
    right = "archspec: 1\nname: Net\ninput: [4, 8, 8]\n"
    right += "graph: {split: {op: chunk, chunks: 2}, add: {op: add, from: [split.0, split.1]}}\n"


class WrongNumberOfInputs(Error):
    """Most primitives take one input; `add`, `concat` and others several; `parameter` none. A block takes as many as
    it declares."""

    code = "E407"
    title_template = "`{op}` takes {expected}"
    label_template = "found {found}"
    op: str
    expected: str  # "1 input", "at least 2 inputs"
    found: str  # "2: conv and input"
    wrong = IMAGE + "graph: {a: relu, b: {op: silu, from: [a, input]}}\n"
    right = IMAGE + "graph: {a: relu, b: {op: silu, from: a}}\n"


class SeveralOutputs(Error):
    """Where one value is expected, such as in an expression (`split.channels`), a node with several outputs must say
    which of them is meant."""

    code = "E408"
    title_template = "`{node}` has {count} outputs, and one is needed here"
    label_template = "say which one, as in `{node}.{first}`"
    node: str
    count: int
    first: str
    wrong = "archspec: 1\nname: Net\ninput: [4, 8, 8]\ngraph:\n  split: {op: chunk, chunks: 2}\n"
    wrong += "  cat: {op: concat, from: split}\n  conv: {op: conv, out: split.channels, kernel: 1}\n"
    right = "archspec: 1\nname: Net\ninput: [4, 8, 8]\ngraph:\n  split: {op: chunk, chunks: 2}\n"
    right += "  cat: {op: concat, from: split}\n  conv: {op: conv, out: split.0.channels, kernel: 1}\n"


class UnknownOutput(Error):
    """`outputs` names nodes of its graph, or outputs of them."""

    code = "E409"
    title_template = "`outputs` names no node: `{name}`"
    label_template = "not a node of {where}"
    name: str
    where: str
    wrong = VECTOR + "graph: {fc: {op: linear, out: 4}}\noutputs: fcc\n"
    right = VECTOR + "graph: {fc: {op: linear, out: 4}}\noutputs: fc\n"


class UnknownTap(Error):
    """`taps` names feature maps: each is a node of the graph, a node within one (`stages.2`), or an output of one."""

    code = "E410"
    title_template = "tap `{tap}` names no node: `{name}`"
    label_template = "not a node of {where}"
    tap: str
    name: str
    where: str
    wrong = VECTOR + "graph: {fc1: {op: linear, out: 4}, fc2: {op: linear, out: 4}}\ntaps: {features: fc}\n"
    right = VECTOR + "graph: {fc1: {op: linear, out: 4}, fc2: {op: linear, out: 4}}\ntaps: {features: fc1}\n"


class NotAValue(Error):
    """A node before a dot has `.channels .height .width .length .stride .shape`, as far as its layout has them: a
    vector has no height."""

    code = "E411"
    title_template = "`{node}` has no `{name}`"
    label_template = "{found}"
    node: str
    name: str
    found: str  # "it is a vector of 8 channels"; "a value has channels, height, width, length, stride and shape"
    wrong = VECTOR + "graph: {fc: {op: linear, out: input.height}}\n"
    right = VECTOR + "graph: {fc: {op: linear, out: input.channels}}\n"


class LikeNeedsNode(Error):
    """Some arguments (`like` of `upsample`) take a node, whose size is copied: a reference as in `from`, never a
    number."""

    code = "E412"
    title_template = "`{name}` of `{op}` must be a node"
    label_template = "found {found}"
    op: str
    name: str
    found: str
    wrong = IMAGE + "graph: {up: {op: upsample, like: 16, mode: nearest}}\n"
    right = IMAGE + "graph: {up: {op: upsample, like: input, mode: nearest}}\n"


class WhenNeedsInput(Error):
    """Where `when` is false a node stands for its first input, so a node without inputs can only be left out if
    `else` says what comes instead."""

    code = "E413"
    title_template = "`{op}` has no input to stand for where its `when` is false"
    label_template = "give it an `else`, or leave out the `when`"
    op: str
    wrong = VECTOR + "graph:\n"
    wrong += "  token: {op: parameter, shape: [8], layout: vector, when: input.channels > 9}\n"
    wrong += "  add: {op: add, from: [input, token]}\n"
    right = VECTOR + "graph:\n"
    right += "  token: {op: parameter, shape: [8], layout: vector}\n  add: {op: add, from: [input, token]}\n"


class SharedDiffers(Error):
    """`share` and `over` call one module again, with the weights that it has, so whatever it is called with must need
    weights of the same shapes."""

    code = "E414"
    title_template = "the shared module would need another `{weight}`"
    label_template = "{again} here, and {first} where it is called first"
    weight: str  # "weight", "conv.weight"
    first: str  # "8 x 3 x 3 x 3"
    again: str
    wrong = IMAGE + "graph:\n  conv: {op: conv, out: 8, kernel: 3}\n  again: {share: conv, from: conv}\n"
    right = IMAGE + "graph:\n  conv: {op: conv, out: 3, kernel: 3}\n  again: {share: conv, from: conv}\n"


class RowsForInputs(Error):
    """With `over`, `each` has a row for every input: the first row's module is applied to the first input, and so
    on."""

    code = "E415"
    title_template = "`each` has {rows} for {inputs} of `over`"
    label_template = "one row for each input"
    rows: str  # "1 row"
    inputs: str  # "2 inputs"
    wrong = IMAGE + "graph:\n  a: relu\n  b: silu\n"
    wrong += "  convs: {op: conv, kernel: 1, over: [a, b], each: {columns: [out], rows: [8]}}\n"
    wrong += "  cat: {op: concat, from: convs}\n"
    right = IMAGE + "graph:\n  a: relu\n  b: silu\n"
    right += "  convs: {op: conv, kernel: 1, over: [a, b], each: {columns: [out], rows: [8, 16]}}\n"
    right += "  cat: {op: concat, from: convs}\n"


class NoSuchTap(Error):
    """A network gives the feature maps that its `taps` name, to whoever asks for them."""

    code = "E416"
    title_template = "there is no tap `{tap}`"
    label_template = "the network doesn't name a feature map so"
    tap: str
    wrong = "archspec: 1\nname: Net\ninput: [3, 64, 64]\nimport: {Backbone: resnet50}\n"
    wrong += "graph: {backbone: {op: Backbone, taps: [c9]}}\n"
    right = "archspec: 1\nname: Net\ninput: [3, 64, 64]\nimport: {Backbone: resnet50}\n"
    right += "graph: {backbone: {op: Backbone, taps: [c5]}}\n"


class NeedsName(Error):
    """A learned value (`parameter`, `add_parameter`, `scale`, `logit_scale`) is kept in `state_dict` under its node's
    name. In a list, or repeated, it has a number and no name."""

    code = "E417"
    title_template = "`{op}` needs a name of its own"
    label_template = "a list numbers its nodes"
    op: str
    wrong = IMAGE + "graph: {tail: [relu, scale]}\n"
    right = IMAGE + "graph: {tail: {graph: {act: relu, gamma: scale}}}\n"


class WrongPhase(Error):
    """A node with `phase: train` isn't there in evaluation, so nothing that evaluation gives can hang on it; and the
    other way round. Where the two give different things, `outputs` says so: `{train: …, eval: …}`.
    """

    code = "E418"
    title_template = "`{name}` is there in the {phase} phase alone"
    label_template = "what the {other} phase gives needs it"
    name: str
    phase: str
    other: str
    wrong = VECTOR + "graph: {fc: {op: linear, out: 4}, scores: {op: log_softmax, phase: train}}\n"
    right = VECTOR + "graph: {fc: {op: linear, out: 4}, scores: {op: log_softmax, phase: train}}\n"
    right += "outputs: {train: scores, eval: fc}\n"


class NoTaps(Error):
    """`taps` at a node asks an imported network for some of its feature maps, by the names that it has for them.
    Primitives and blocks have none: a block gives several values by its `outputs`."""

    code = "E419"
    title_template = "`{op}` has no taps"
    label_template = "only a network that is imported has them"
    op: str
    wrong = IMAGE + "graph: {conv: {op: ConvAct, out: 8, kernel: 3, taps: [conv]}}\n"
    right = IMAGE + "graph: {conv: {op: ConvAct, out: 8, kernel: 3}}\n"
