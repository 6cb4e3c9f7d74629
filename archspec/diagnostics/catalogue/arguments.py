"""E33 and E34: arguments of primitives, parameters of blocks and networks."""

from __future__ import annotations

from archspec.diagnostics.catalogue.examples import IMAGE
from archspec.diagnostics.diagnostic import Error

_BLOCK = IMAGE + "blocks:\n  Stem:\n    params: {width: int, stride: 1}\n"
_BLOCK += "    graph: {conv: {op: conv, out: width, kernel: 3, stride: stride}}\n"
_WIDTH = "graph: {conv: {op: conv, out: width, kernel: 1}}\n"


class UnknownArgument(Error):
    """A primitive takes the arguments that it has, under the names that it has for them. Input channels are never
    written: they are known."""

    code = "E330"
    title_template = "`{op}` has no argument `{name}`"
    label_template = "unknown argument"
    op: str
    name: str
    wrong = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 3, strides: 2}}\n"
    right = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 3, stride: 2}}\n"


class MissingArgument(Error):
    """Some arguments have no default and must be given."""

    code = "E331"
    title_template = "`{op}` needs `{name}`"
    label_template = "the argument `{name}` is missing"
    op: str
    name: str
    wrong = IMAGE + "graph: {conv: {op: conv, out: 8}}\n"
    right = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 3}}\n"


class BadArgument(Error):
    """An argument's value must make sense to its primitive: a kernel is at least 1, a probability is between 0 and
    1."""

    code = "E332"
    title_template = "`{name}` of `{op}` must be {rule}"
    label_template = "found {found}"
    op: str
    name: str
    rule: str  # "at least 1", "a whole number, or a list of two"
    found: str
    wrong = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 0}}\n"
    right = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 1}}\n"


class UnknownParameter(Error):
    """A block, or a network, takes the parameters that it declares under `params`."""

    code = "E333"
    title_template = "`{owner}` has no parameter `{name}`"
    label_template = "unknown parameter"
    owner: str  # the block or network
    name: str
    wrong = _BLOCK + "graph: {stem: {op: Stem, widht: 8, width: 8}}\n"
    right = _BLOCK + "graph: {stem: {op: Stem, width: 8}}\n"


class MissingParameter(Error):
    """A parameter that is declared by its type alone (`width: int`) has no default, so whoever uses the block sets
    it."""

    code = "E334"
    title_template = "`{owner}` needs its parameter `{name}`"
    label_template = "`{name}` is missing, and has no default"
    owner: str
    name: str
    wrong = _BLOCK + "graph: {stem: {op: Stem, stride: 2}}\n"
    right = _BLOCK + "graph: {stem: {op: Stem, width: 8, stride: 2}}\n"


class WrongParameterType(Error):
    """A parameter's type is its default's, or the one that it declares: int, float, bool, name, list, size (a whole
    number or [height, width]) or padding."""

    code = "E335"
    title_template = "parameter `{name}` must be {expected}"
    label_template = "found {found}"
    name: str
    expected: str  # "a whole number", "a list of whole numbers"
    found: str
    wrong = _BLOCK + 'graph: {stem: {op: Stem, width: "[8, 8]"}}\n'
    right = _BLOCK + "graph: {stem: {op: Stem, width: 8}}\n"


class ParameterOutOfRange(Error):
    """A parameter that declares `min` or `max` is held to them, its default included; a list in each of its numbers."""

    code = "E336"
    title_template = "parameter `{name}` must be {rule}"
    label_template = "found {found}"
    name: str
    rule: str  # "at least 0.1", "at most 4"
    found: str
    wrong = IMAGE + "params: {width: {type: int, default: 0, min: 1}}\n" + _WIDTH
    right = IMAGE + "params: {width: {type: int, default: 8, min: 1}}\n" + _WIDTH


class NotAChoice(Error):
    """Where only a few values are possible (`choices` of a parameter, a mode of a primitive), it must be one of
    them."""

    code = "E337"
    title_template = "`{name}` can't be {found}"
    label_template = "expected {choices}"
    name: str
    found: str  # "`bilinar`", "7"
    choices: str  # "nearest, bilinear or bicubic": listing(…, "or")
    wrong = IMAGE + "params: {width: {type: int, default: 9, choices: [8, 16]}}\n" + _WIDTH
    right = IMAGE + "params: {width: {type: int, default: 8, choices: [8, 16]}}\n" + _WIDTH


class UnknownName(Error):
    """A bare name in an expression is a parameter, a `let`, a column of `each`, or `i` and `n` in a repeat; a node
    stands before a dot."""

    code = "E338"
    title_template = "unknown name `{name}`"
    label_template = "not a parameter, `let` or column here"
    name: str
    wrong = IMAGE + "params: {width: 8}\ngraph: {conv: {op: conv, out: 2 * widht + width, kernel: 1}}\n"
    right = IMAGE + "params: {width: 8}\ngraph: {conv: {op: conv, out: 2 * width, kernel: 1}}\n"


class TruthForNumber(Error):
    """`true` and `false` aren't numbers, and numbers aren't truth values."""

    code = "E339"
    title_template = "`{name}` must be {expected}, not a truth value"
    label_template = "found {found}"
    name: str
    expected: str  # "a whole number"
    found: str  # "true"
    wrong = IMAGE + "graph: {conv: {op: conv, out: true, kernel: 1}}\n"
    right = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 1, bias: true}}\n"


class NotWhole(Error):
    """Channels, sizes and counts are whole numbers; `/` and a float factor give floats. Whether to round up or down
    is for the spec to say."""

    code = "E340"
    title_template = "`{name}` must be a whole number"
    label_template = "found {found}, a float"
    name: str
    found: str  # "12.0"
    wrong = IMAGE + "params: {width: 1.5}\ngraph: {conv: {op: conv, out: 8 * width, kernel: 1}}\n"
    right = IMAGE + "params: {width: 1.5}\ngraph: {conv: {op: conv, out: int(8 * width), kernel: 1}}\n"


class BadDeclaration(Error):
    """A parameter is declared by a default (`stride: 1`), by a type (`planes: int`), or by a mapping with `type` and
    optionally `default`, `min`, `max`, `choices` and `doc`, which agree with each other."""

    code = "E341"
    title_template = "parameter `{name}` isn't declared properly"
    label_template = "{reason}"
    name: str
    reason: str  # "`min` is larger than `max`", "`flaot` isn't a type"
    wrong = IMAGE + "params: {width: {type: int, default: 8, min: 9, max: 1}}\n" + _WIDTH
    right = IMAGE + "params: {width: {type: int, default: 8, min: 1, max: 9}}\n" + _WIDTH
