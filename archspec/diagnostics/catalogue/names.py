"""E22: names: of the network, of blocks, nodes, parameters and outputs."""

from __future__ import annotations

from archspec.diagnostics.catalogue.examples import IMAGE
from archspec.diagnostics.diagnostic import Error


class BadName(Error):
    """Names become Python identifiers and parts of weight names: letters a-z and A-Z, digits and underscores, not a
    digit or underscore first, at most 64 long."""

    code = "E221"
    title_template = "`{name}` can't be {what}'s name"
    label_template = "{reason}"
    name: str
    what: str  # "a node", "a block", "the network"
    reason: str  # "a name starts with a letter", "70 characters, and at most 64 are allowed"
    wrong = IMAGE + "graph: {conv-1: relu}\n"
    right = IMAGE + "graph: {conv_1: relu}\n"


class ReservedName(Error):
    """A node becomes an attribute of its module, and a parameter an argument, so neither can have a name that Python,
    `nn.Module` or the language itself uses."""

    code = "E222"
    title_template = "the name `{name}` is taken"
    label_template = "`{name}` is {owner}"
    name: str
    owner: str  # "a keyword of Python", "an attribute of `nn.Module`", "the input of every graph"
    wrong = IMAGE + "graph: {forward: relu}\n"
    right = IMAGE + "graph: {forward_: relu}\n"


class NotCamelCase(Error):
    """Networks and blocks become classes and are written `CamelCase`; primitives are `snake_case`. So a reader tells
    one from the other."""

    code = "E223"
    title_template = "`{name}` isn't CamelCase"
    label_template = "the name of {what} starts with a capital letter and has no underscore"
    name: str
    what: str  # "a network", "a block"
    wrong = IMAGE + "blocks: {my_stem: {graph: {act: relu}}}\ngraph: {act: relu}\n"
    right = IMAGE + "blocks: {MyStem: {graph: {act: relu}}}\ngraph: {stem: MyStem}\n"


class NameTwice(Error):
    """In expressions a bare name is a parameter, a `let` or a column, so one name can't be two of these in one
    place."""

    code = "E224"
    title_template = "`{name}` is {what} and {other}"
    label_template = "a second meaning for `{name}`"
    name: str
    what: str  # "a parameter"
    other: str  # "a `let`"
    wrong = IMAGE + "blocks:\n  Stem:\n    params: {width: int}\n    let: {width: 2 * 8}\n"
    wrong += "    graph: {conv: {op: conv, out: width, kernel: 1}}\ngraph: {stem: {op: Stem, width: 8}}\n"
    right = IMAGE + "blocks:\n  Stem:\n    params: {width: int}\n    let: {hidden: 2 * width}\n"
    right += "    graph: {conv: {op: conv, out: hidden, kernel: 1}}\ngraph: {stem: {op: Stem, width: 8}}\n"


class DuplicateBlock(Error):
    """A block can't have the name of a block of the library, or of the network, whose class it would be."""

    code = "E225"
    title_template = "there is already {owner} called `{name}`"
    label_template = "a second `{name}`"
    name: str
    owner: str  # "a library block", "a network"
    wrong = IMAGE + "blocks: {Net: {graph: {act: relu}}}\ngraph: {net: Net}\n"
    right = IMAGE + "blocks: {Stem: {graph: {act: relu}}}\ngraph: {stem: Stem}\n"
