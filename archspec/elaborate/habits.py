"""What people write who know torch: the names that things have there, and calls."""

from __future__ import annotations

import re
from collections.abc import Collection, Set
from typing import Final

from archspec.diagnostics.diagnostic import Help
from archspec.diagnostics.remarks import Advice, DidYouMean, Write
from archspec.elaborate.scope import FACTS

_INPUTS: Final = frozenset(("in", "in_channels", "in_features", "in_planes", "in_dim", "in_ch", "inplanes", "in_size"))
_ALSO: Final = {
    "out_channels": "out",
    "out_features": "out",
    "out_planes": "out",
    "filters": "out",
    "features": "out",
    "units": "out",
    "channels": "out",
    "kernel_size": "kernel",
    "strides": "stride",
    "pad": "padding",
    "group": "groups",
    "activation": "act",
    "num_heads": "heads",
    "dim": "axis",
    "probability": "p",
    "rate": "p",
    "scale_factor": "scale",
    "upscale_factor": "factor",
    "downscale_factor": "factor",
    "split_size": "sizes",
    "num_groups": "groups",
    "inputs": "from",
    "input": "from",
    "bottom": "from",
    "source": "from",
    "if": "when",
    "condition": "when",
    "times": "repeat",
    "number": "repeat",
}
_AFTER: Final[dict[str, frozenset[str]]] = {
    "act": frozenset(("act",)),
    "activation": frozenset(("act",)),
    "norm": frozenset(("norm",)),
    "bn": frozenset(("bn",)),
}
"""What other frameworks say of a layer, and a node says here; not where an op has an argument for it."""
_PADDINGS: Final = {
    "same": "`auto` is half of the kernel, as nearly every network has it; `tf_same` pads as TensorFlow does",
    "valid": "no padding is `0`",
}
_COPY: Final = {
    "i": "the number of a copy is known in its arguments, where its node has `repeat` or `each`",
    "n": "the number of copies is known in their arguments, where their node has `repeat` or `each`",
}
_CALL: Final = re.compile(r"(?:nn\.|torch\.)?([A-Za-z_]\w*)\(.*\)", re.ASCII)


def argument(name: str, known: Set[str]) -> tuple[Help, ...]:
    """For an argument that isn't known."""
    if name in _INPUTS:
        return (Advice(words="leave it out: what comes in is known"),)
    if name in _AFTER and not _AFTER[name] & known:
        return (Advice(words="that is a node of its own, behind this one; or use a block, as `ConvBNAct`"),)
    also = _ALSO.get(name, "")
    return (DidYouMean(name=also),) if also in known else ()


def choice(name: str, choices: Collection[str]) -> tuple[Help, ...]:
    """For a name that isn't among the choices of an argument."""
    return (Advice(words=_PADDINGS[name]),) if name in _PADDINGS and "auto" in choices else ()


def value(name: str, truth: bool) -> tuple[Help, ...]:
    """For a name in an expression that isn't known; `truth` where nothing but a truth value fits."""
    if name in _INPUTS:
        return (Write(words="input.channels"),)
    if name in _COPY:
        return (Advice(words=_COPY[name]),)
    if truth:
        return (Advice(words="write `true` or `false`, or declare it under `params`"),)
    return (Write(words=f"input.{name}"),) if name in FACTS else (Advice(words="declare it under `params`"),)


def op(name: str, known: Collection[str]) -> tuple[Help, ...]:
    """For an op that is written as a call."""
    call = _CALL.fullmatch(name[:200])
    return (Write(words=f"{{op: {call[1]}, …}}"),) if call is not None and call[1] in known else ()
