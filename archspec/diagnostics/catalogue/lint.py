"""W1: what is legal, and probably not meant."""

from __future__ import annotations

from archspec.diagnostics.catalogue.examples import IMAGE
from archspec.diagnostics.diagnostic import Warning


class BiasBeforeNorm(Warning):
    """A batch norm subtracts the mean, and with it any bias right before it: the bias costs parameters and changes
    nothing. `bias: true` says that it is meant: some published networks have it."""

    code = "W101"
    title_template = "the bias of `{node}` has no effect"
    label_template = "`{norm}` comes next and subtracts the mean"
    node: str
    norm: str
    wrong = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 3}, norm: batch_norm}\n"
    right = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 3, bias: false}, norm: batch_norm}\n"


class StrideLargerThanKernel(Warning):
    """With a stride larger than the kernel, some of the input is never read. Kernels of 1 are left alone: strided 1x1
    convolutions are common in shortcuts."""

    code = "W102"
    title_template = "`{node}` skips part of its input"
    label_template = "stride {stride} is larger than kernel {kernel}"
    node: str
    stride: str
    kernel: str
    wrong = IMAGE + "graph: {pool: {op: max_pool, kernel: 2, stride: 3}}\n"
    right = IMAGE + "graph: {pool: {op: max_pool, kernel: 2, stride: 2}}\n"


class UnusedNode(Warning):
    """A node that no output needs is left out of the network, unless a tap names it."""

    code = "W103"
    title_template = "node `{name}` is never used"
    label_template = "no output needs it, so it is left out"
    name: str
    wrong = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 1}, act: {op: relu, from: input}}\n"
    right = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 1}, act: {op: relu, from: conv}}\n"


class UnusedParameter(Warning):
    """A parameter that nothing reads changes nothing when it is set."""

    code = "W104"
    title_template = "parameter `{name}` of `{owner}` is never used"
    label_template = "nothing reads it"
    name: str
    owner: str
    wrong = IMAGE + "params: {width: 8, depth: 2}\ngraph: {conv: {op: conv, out: width, kernel: 1}}\n"
    right = IMAGE + "params: {width: 8, depth: 2}\ngraph: {conv: {op: conv, out: width, kernel: 1, repeat: depth}}\n"


class UnusedBlock(Warning):
    """A block that no graph uses."""

    code = "W105"
    title_template = "block `{name}` is never used"
    label_template = "no graph has it"
    name: str
    wrong = IMAGE + "blocks: {Stem: {graph: {act: relu}}}\ngraph: {act: relu}\n"
    right = IMAGE + "blocks: {Stem: {graph: {act: relu}}}\ngraph: {stem: Stem}\n"


class EvenKernelAutoPadding(Warning):
    """`padding: auto` keeps the size for odd kernels only. For an even one the output is smaller by one (with
    dilation 1), so say what is meant."""

    code = "W106"
    title_template = "automatic padding doesn't keep the size with an even kernel"
    label_template = "kernel {kernel} is padded by {padding} on each side"
    kernel: str
    padding: str
    wrong = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 4}}\n"
    right = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 4, padding: 1}}\n"


class UnusedInitialisation(Warning):
    """`init` speaks of a primitive that the network doesn't have."""

    code = "W107"
    title_template = "the network has no `{op}` to initialise"
    label_template = "no node is a `{op}`"
    op: str
    wrong = IMAGE + "init: {linear: {normal: 0.01}}\ngraph: {conv: {op: conv, out: 8, kernel: 1}}\n"
    right = IMAGE + "init: {conv: {normal: 0.01}}\ngraph: {conv: {op: conv, out: 8, kernel: 1}}\n"
