"""What a node does: it has an op, nodes of its own, branches, or the module of another."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from archspec.diagnostics.catalogue import document as faults
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import DidYouMean, Write, suggestion
from archspec.language.document import KEYS
from archspec.language.tree import YamlMap
from archspec.ops import registry

_KINDS: Final = ("op", "graph", "parallel", "share")


def kind_faults(node: YamlMap, library: Collection[str]) -> Iterator[Diagnostic]:
    """What is wrong where a node doesn't say what it does, says two things, or has arguments without an op."""
    given = [key for key in _KINDS if key in node]
    if not given:
        extra = [key for key in node if key not in KEYS]
        close = suggestion(extra[0], _KINDS) if extra else ()
        if extra and extra[0] in ("type", "module", "layer"):
            close = (DidYouMean(name="op"),)
        if extra and (registry.find(extra[0]) is not None or extra[0] in library):
            close = (Write(words=f"{{op: {extra[0]}, …}}"),)
        yield faults.NoNodeKind(span=node.span, helps=close)
    for other in given[1:]:
        yield faults.BothKeys(span=node.key_span(other), first=given[0], second=other, where="a node")
    if given and "op" not in node:
        for key in (key for key in node if key not in KEYS):
            where, helps = f"a `{given[0]}` node", suggestion(key, KEYS)
            yield faults.UnknownKey(span=node.key_span(key), key=key, where=where, helps=helps)
