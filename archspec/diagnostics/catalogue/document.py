"""E20 and E21: the form of a document: which keys it has, and what stands under them."""

from __future__ import annotations

from archspec.diagnostics.catalogue.examples import IMAGE
from archspec.diagnostics.diagnostic import Error


class MissingKey(Error):
    """A spec has `archspec` (the language version), `name`, `input` or `inputs`, and `graph`; other parts have
    required keys of their own."""

    code = "E201"
    title_template = "`{key}` is missing"
    label_template = "{where} needs the key `{key}`"
    key: str
    where: str  # "a spec", "an import"
    wrong = "archspec: 1\ninput: [3, 8, 8]\ngraph: {act: relu}\n"
    right = "archspec: 1\nname: Net\ninput: [3, 8, 8]\ngraph: {act: relu}\n"


class UnknownKey(Error):
    """Only the keys of the language can stand in a spec. What isn't known is never ignored, because it is most often
    a typo."""

    code = "E202"
    title_template = "unknown key `{key}`"
    label_template = "{where} has no such key"
    key: str
    where: str  # "a spec", "a node", "a block", "`expect`"
    wrong = IMAGE + "params: {width: {type: int, default: 8, minimum: 1}}\n"
    wrong += "graph: {conv: {op: conv, out: width, kernel: 1}}\n"
    right = IMAGE + "params: {width: {type: int, default: 8, min: 1}}\n"
    right += "graph: {conv: {op: conv, out: width, kernel: 1}}\n"


class WrongType(Error):
    """Each key takes one kind of value: a mapping, a list, a name, a number, a truth value."""

    code = "E203"
    title_template = "`{key}` must be {expected}"
    label_template = "found {found}"
    key: str
    expected: str  # "a mapping of names to nodes, or a list of nodes"
    found: str  # "a list", "the number 3", "nothing"
    wrong = IMAGE + "blocks: [Stem]\ngraph: {act: relu}\n"
    right = IMAGE + "blocks: {Stem: {graph: {act: relu}}}\ngraph: {stem: Stem}\n"


class UnsupportedVersion(Error):
    """`archspec: 1` names the version of the language that a file is written in. This release reads version 1."""

    code = "E204"
    title_template = "language version {found} isn't supported"
    label_template = "this release reads version 1"
    found: str
    wrong = "archspec: 2\nname: Net\ninput: [3, 8, 8]\ngraph: {act: relu}\n"
    right = "archspec: 1\nname: Net\ninput: [3, 8, 8]\ngraph: {act: relu}\n"


class BothKeys(Error):
    """Some keys say the same thing in two ways, or contradict each other, and exclude each other: `op`, `graph`,
    `parallel` and `share` in a node, `input` and `inputs` in a spec."""

    code = "E205"
    title_template = "`{first}` and `{second}` exclude each other"
    label_template = "{where} has one of them, not both"
    first: str
    second: str
    where: str  # "a node", "a spec"
    wrong = IMAGE + "graph: {act: {op: relu, graph: {a: relu}}}\n"
    right = IMAGE + "graph: {act: {graph: {a: relu}}}\n"


class KeyNeedsKey(Error):
    """Some keys mean something only beside another: `else` beside `when`, `first` and `last` beside `repeat` or
    `each`, so does `link`, `merge` beside `parallel` or `each`."""

    code = "E206"
    title_template = "`{key}` needs {other}"
    label_template = "nothing for `{key}` to go with"
    key: str
    other: str  # "`when`", "`repeat` or `each`"
    wrong = IMAGE + "graph: {act: {op: relu, else: silu}}\n"
    right = IMAGE + "graph: {act: {op: relu, when: input.height > 4, else: silu}}\n"


class EmptyGraph(Error):
    """A graph has at least one node; so does a chain, and `parallel` at least one branch. For a node that does
    nothing there is `identity`."""

    code = "E207"
    title_template = "{where} is empty"
    label_template = "at least one node belongs here"
    where: str  # "`graph`", "`parallel`", "this chain"
    wrong = IMAGE + "graph: {}\n"
    right = IMAGE + "graph: {same: identity}\n"


class BadShape(Error):
    """An input's shape is a list of one to four positive whole numbers, without the batch axis: `[3, 224, 224]` for
    an image (channels, height, width), `[196, 768]` for tokens (length, channels), `[768]` for a vector."""

    code = "E208"
    title_template = "`{key}` isn't a shape"
    label_template = "expected one to four positive whole numbers, found {found}"
    key: str
    found: str
    wrong = "archspec: 1\nname: Net\ninput: [3, 0, 8]\ngraph: {act: relu}\n"
    right = "archspec: 1\nname: Net\ninput: [3, 8, 8]\ngraph: {act: relu}\n"


class NoNodeKind(Error):
    """A node says what it does by exactly one of `op`, `graph`, `parallel` and `share`."""

    code = "E209"
    title_template = "this node doesn't say what it does"
    label_template = "has none of `op`, `graph`, `parallel` and `share`"
    wrong = IMAGE + "graph: {conv: {out: 8, kernel: 1}}\n"
    right = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 1}}\n"


class BadReference(Error):
    """A reference is `input`, the name of a node, or one of its outputs behind a dot: `conv1`, `split.1`,
    `backbone.c3`."""

    code = "E210"
    title_template = "`{text}` isn't a reference"
    label_template = "expected `input`, a node, or an output of one (`split.1`)"
    text: str
    wrong = IMAGE + 'graph: {a: relu, b: {op: relu, from: "a + 1"}}\n'
    right = IMAGE + "graph: {a: relu, b: {op: relu, from: a}}\n"


class BadMerge(Error):
    """`merge` says how the branches of `parallel` come together: `concat`, `add`, `mul`, or `none` for several
    outputs."""

    code = "E211"
    title_template = "`merge` can't be `{found}`"
    label_template = "one of concat, add, mul and none"
    found: str
    wrong = IMAGE + "graph: {both: {parallel: {a: relu, b: silu}, merge: cat}}\n"
    right = IMAGE + "graph: {both: {parallel: {a: relu, b: silu}, merge: concat}}\n"


class ForbiddenText(Error):
    """`doc` and `source` go into generated files and on screens, so they are a single line of printable
    characters."""

    code = "E212"
    title_template = "`{key}` must be one line of plain text"
    label_template = "holds {found}"
    key: str
    found: str  # "a line break", "the character U+202E"
    wrong = IMAGE + 'doc: "one line\\nand another"\ngraph: {act: relu}\n'
    right = IMAGE + "doc: one line, and another\ngraph: {act: relu}\n"


class UnknownTask(Error):
    """`task` says what a network is for, in one of a few words, so that `archspec list --task` finds it. A network that
    is for something else leaves it out."""

    code = "E213"
    title_template = "`task` can't be {found}"
    label_template = "one of {known}"
    found: str  # "`clasification`", "a list"
    known: str  # "attention, classification and detection"
    wrong = IMAGE + "task: clasification\ngraph: {act: relu}\n"
    right = IMAGE + "task: classification\ngraph: {act: relu}\n"


class BadLink(Error):
    """`link` says what a chain of copies joins: `dense`, where each copy reads the input and all copies before it, or
    `aggregate`, where each reads the one before it. Either way the chain gives the input and all copies."""

    code = "E214"
    title_template = "`link` can't be `{found}`"
    label_template = "dense or aggregate"
    found: str
    wrong = IMAGE + "graph: {convs: {op: conv, out: 8, kernel: 3, repeat: 3, link: danse}}\n"
    right = IMAGE + "graph: {convs: {op: conv, out: 8, kernel: 3, repeat: 3, link: dense}}\n"


class NothingToRemove(Error):
    """Where a spec extends another one, `null` takes an entry of that one away, and there has to be one."""

    code = "E215"
    title_template = "`{key}` has no `{name}` to take away"
    label_template = "what is extended doesn't have it"
    key: str
    name: str
    wrong = "archspec: 1\nextends: lenet5\nname: Net\ngraph: {f7: null}\n"
    right = "archspec: 1\nextends: lenet5\nname: Net\ngraph: {f6: null}\n"
