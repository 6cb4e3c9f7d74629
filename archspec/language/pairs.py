"""Keys of a node that mean nothing beside each other, or nothing alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from archspec.diagnostics.catalogue import document as faults
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import Advice, suggestion
from archspec.diagnostics.wording import spoken
from archspec.language.tree import YamlMap

_COMPANIONS: Final = {
    "else": (("when",), "`when`"),
    "first": (("repeat", "each"), "`repeat` or `each`"),
    "last": (("repeat", "each"), "`repeat` or `each`"),
    "link": (("repeat", "each"), "`repeat` or `each`"),
    "merge": (("parallel", "each"), "`parallel` or `each`"),
}
_LINKS: Final = ("dense", "aggregate")
_OF_OPS: Final = ("first", "last", "taps")
"""Keys that say something of an op."""
_GROUP = "say it of a node inside: `{{over: …, graph: [{{…, {key}: …}}]}}`"
_CALLS = "the module is called as it is; give each call a node of its own"
_EXCLUDING: Final = {
    ("over", "from"): "`over` lists all inputs",
    ("over", "repeat"): _GROUP.format(key="repeat"),
    ("over", "when"): _GROUP.format(key="when"),
    ("over", "first"): "a column of `each` says what differs",
    ("over", "last"): "a column of `each` says what differs",
    ("over", "link"): _GROUP.format(key="link"),
    ("over", "merge"): "let a node after it join its outputs: `{op: add, from: …}`",
    **{("share", key): _CALLS for key in ("over", "repeat", "each", "first", "last", "link", "merge", "taps")},
}


def pair_faults(node: YamlMap) -> Iterator[Diagnostic]:
    """What is wrong with the keys of a node as a whole."""
    excluded = _excluded(node) if "over" in node or "share" in node else []
    for first, second in excluded:
        helps = (Advice(words=_EXCLUDING[first, second]),)
        yield faults.BothKeys(span=node.key_span(second), first=first, second=second, where="a node", helps=helps)
    told = {second for _, second in excluded}
    for key, (others, words) in _COMPANIONS.items():
        if key in node and key not in told and not any(other in node for other in others):
            yield faults.KeyNeedsKey(span=node.key_span(key), key=key, other=words)
            told.add(key)
    link = node.get("link")
    if "link" in node and link not in _LINKS:
        found = link if isinstance(link, str) else spoken(link)
        yield faults.BadLink(span=node.span_of("link"), found=found, helps=suggestion(found, _LINKS))
    if {"each", "merge", "link"} <= node.keys() and not {"repeat", "parallel"} & node.keys():
        helps = (Advice(words="`merge` puts the copies side by side, `link` joins a chain"),)
        yield faults.BothKeys(span=node.key_span("link"), first="merge", second="link", where="a node", helps=helps)
    for key in _OF_OPS:
        if key in node and key not in told and "op" not in node and ("graph" in node or "parallel" in node):
            yield faults.KeyNeedsKey(span=node.key_span(key), key=key, other="`op`")
    if {"parallel", "each", "merge"} <= node.keys() and not told:
        helps = (Advice(words="put the branches into a group: `{each: …, graph: {…: {parallel: …, merge: …}}}`"),)
        where = "a node with `merge`"
        yield faults.BothKeys(span=node.key_span("each"), first="parallel", second="each", where=where, helps=helps)


def _excluded(node: YamlMap) -> list[tuple[str, str]]:
    merged = "parallel" in node  # what is merged are the branches, in each call
    return [pair for pair in _EXCLUDING if pair[0] in node and pair[1] in node and not (merged and "merge" in pair)]
