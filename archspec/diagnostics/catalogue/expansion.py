"""E45: what a graph expands to: repeats, rows, recursion, and the limits of size."""

from __future__ import annotations

from archspec.diagnostics.catalogue.examples import IMAGE
from archspec.diagnostics.diagnostic import Error


class RepeatNegative(Error):
    """`repeat` is a count: 0 copies are the identity, fewer don't exist."""

    code = "E450"
    title_template = "`repeat` must be at least 0"
    label_template = "found {found}"
    found: str
    wrong = IMAGE + "params: {depth: 1}\ngraph: {act: {op: relu, repeat: depth - 2}}\n"
    right = IMAGE + 'params: {depth: 1}\ngraph: {act: {op: relu, repeat: "max(depth - 2, 0)"}}\n'


class BadRow(Error):
    """Each row of `each` has one value per column; with a single column the values stand without inner lists."""

    code = "E451"
    title_template = "row {number} of `each` has {found}"
    label_template = "{expected} expected: {columns}"
    number: int
    found: str  # "2 values", "the number 3 where a list belongs"
    expected: str  # "3 values"
    columns: str  # "out, kernel and stride"
    wrong = IMAGE + "graph: {conv: {op: conv, each: {columns: [out, kernel], rows: [[8, 3], [16]]}}}\n"
    right = IMAGE + "graph: {conv: {op: conv, each: {columns: [out, kernel], rows: [[8, 3], [16, 1]]}}}\n"


class BlockCycle(Error):
    """A block may use itself, as long as a `when` ends the recursion. A block that always holds itself would never
    end."""

    code = "E452"
    title_template = "`{block}` always holds itself"
    label_template = "{cycle}"
    block: str
    cycle: str  # "A uses B uses A"
    wrong = IMAGE + "blocks:\n  A: {graph: {b: B}}\n  B: {graph: {a: A}}\ngraph: {a: A}\n"
    right = IMAGE + "blocks:\n  A: {graph: {b: B}}\n  B: {graph: {a: relu}}\ngraph: {a: A}\n"


class RecursionTooDeep(Error):
    """Blocks stand inside blocks at most 64 deep. A recursion that gets there usually has a `when` that never becomes
    false."""

    code = "E453"
    title_template = "blocks nest more than {limit} deep"
    label_template = "{cycle}"
    limit: int
    cycle: str
    wrong = IMAGE + "blocks:\n  A:\n    params: {order: int}\n"
    wrong += "    graph: {a: {op: A, order: order + 1, when: order > 0}, act: relu}\ngraph: {a: {op: A, order: 3}}\n"
    right = IMAGE + "blocks:\n  A:\n    params: {order: int}\n"
    right += "    graph: {a: {op: A, order: order - 1, when: order > 0}, act: relu}\ngraph: {a: {op: A, order: 3}}\n"


class TooManyNodes(Error):
    """A network has at most 200,000 nodes once its repeats and blocks are expanded. They are counted before anything
    is expanded."""

    code = "E454"
    title_template = "the network has too many nodes"
    label_template = "{count} nodes here, and at most {limit} are allowed"
    count: int
    limit: int
    wrong = IMAGE + "graph: {act: {op: relu, repeat: 10 ** 9}}\n"
    right = IMAGE + "graph: {act: {op: relu, repeat: 10}}\n"


class TooManyElements(Error):
    """One tensor, weight or activation, has at most 2**40 elements."""

    code = "E455"
    title_template = "{what} is too large"
    label_template = "{shape} are {count} elements, and at most {limit} are allowed"
    what: str  # "the output of `conv`", "the weight of `fc`"
    shape: str  # "68719476736 x 8 x 8"
    count: int
    limit: int
    wrong = IMAGE + "graph: {conv: {op: conv, out: 2 ** 36, kernel: 1}}\n"
    right = IMAGE + "graph: {conv: {op: conv, out: 2 ** 6, kernel: 1}}\n"


class TooManyParameters(Error):
    """A network has at most 2**44 learned numbers in all."""

    code = "E456"
    title_template = "the network has too many parameters"
    label_template = "{count} in all, and at most {limit} are allowed"
    count: int
    limit: int
    wrong = "archspec: 1\nname: Net\ninput: [1048576]\n"
    wrong += "graph: {fc: {op: linear, out: 2 ** 20, bias: false, repeat: 20}}\n"
    right = "archspec: 1\nname: Net\ninput: [1024]\ngraph: {fc: {op: linear, out: 2 ** 10, bias: false, repeat: 20}}\n"


class TooManyInstances(Error):
    """Blocks have at most 2,048 distinct instances in a network, each with other parameters or other inputs."""

    code = "E457"
    title_template = "the network has too many different blocks"
    label_template = "more than {limit} of them, no two alike"
    limit: int
    wrong = IMAGE + "blocks:\n  A:\n    params: {k: 0}\n    graph: {act: {op: leaky_relu, negative_slope: k / 8}}\n"
    wrong += "graph: {a: {op: A, k: i, repeat: 5000}}\n"
    right = IMAGE + "blocks:\n  A:\n    params: {k: 0}\n    graph: {act: {op: leaky_relu, negative_slope: k / 8}}\n"
    right += "graph: {a: {op: A, k: i, repeat: 50}}\n"


class TooMuchWork(Error):
    """Working a network out takes at most 300,000 steps: one for every value, more for a long expression, ten for
    a node, and eight for a copy that is equal to others."""

    code = "E458"
    title_template = "the network takes too long to work out"
    label_template = "more than {limit} steps up to here"
    limit: int
    wrong = IMAGE + "graph: {act: {op: leaky_relu, negative_slope: i / n, repeat: 50000}}\n"
    right = IMAGE + "graph: {act: {op: leaky_relu, negative_slope: i / n, repeat: 50}}\n"
