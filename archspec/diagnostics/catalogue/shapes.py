"""E5: shapes, layouts and strides that don't fit."""

from __future__ import annotations

from dataclasses import dataclass

from archspec.diagnostics.diagnostic import Error


@dataclass(frozen=True, kw_only=True)
class ChannelsDiffer(Error):
    """`add`, `sub`, `mul` and `div` work element by element, so all of their inputs have the same number of channels (1 is repeated)."""

    code = "E501"
    title_template = "channels differ in `{op}`"
    label_template = "{found}"
    op: str
    found: str  # "conv3 has 256 channels, downsample has 64": built with `listing`
    wrong = """\
archspec: 1
name: Net
input: [3, 8, 8]
graph:
  a: {op: conv, out: 8, kernel: 1}
  b: {op: conv, from: input, out: 16, kernel: 1}
  add: {op: add, from: [a, b]}
"""
    right = """\
archspec: 1
name: Net
input: [3, 8, 8]
graph:
  a: {op: conv, out: 8, kernel: 1}
  b: {op: conv, from: input, out: 8, kernel: 1}
  add: {op: add, from: [a, b]}
"""
