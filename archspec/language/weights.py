"""The form of `weights` in a document: sources, matches and parameters that mean something."""

from __future__ import annotations

from collections.abc import Iterator

from archspec.diagnostics.catalogue.weights import BadMatch, BadOrigin, UnknownTrainedParameter
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import Advice, suggestion
from archspec.diagnostics.wording import spoken
from archspec.language.checkpoint import Rename, origin_of
from archspec.language.names import malformed_name
from archspec.language.tree import YamlMap


def weights_faults(tree: YamlMap) -> Iterator[Diagnostic]:
    """What is wrong with the `weights` of a spec, but for parts of the wrong type."""
    written = tree.get("weights")
    if not isinstance(written, YamlMap):
        return
    for name, entry in written.items():
        fault = malformed_name(name, "a checkpoint", written.key_span(name))
        if fault is not None:
            yield fault
        if isinstance(entry, YamlMap):
            yield from _origin(entry)
            yield from _match(entry)
            yield from _params(entry, tree)


def _origin(entry: YamlMap) -> Iterator[Diagnostic]:
    written = entry.get("from")
    if "from" not in entry:
        return
    reason = origin_of(written)
    if isinstance(reason, str):
        found = f"`{written}`" if isinstance(written, str) else spoken(written)
        known = Advice(
            words="write torchvision:MODEL/WEIGHTS, timm:MODEL.TAG, a file, {url: …, sha256: …} or {page: …, file: …}"
        )
        helps = () if isinstance(written, YamlMap) or ":" in found else (known,)
        yield BadOrigin(span=entry.span_of("from"), found=found, reason=reason, helps=helps)


def _match(entry: YamlMap) -> Iterator[Diagnostic]:
    match = entry.get("match")
    if isinstance(match, YamlMap):
        for theirs, ours in match.items():
            reason = Rename.of(theirs, ours)
            if isinstance(reason, str):
                yield BadMatch(span=match.span_of(theirs), name=theirs, reason=reason)
    elif "match" in entry and match != "order":
        found = match if isinstance(match, str) else spoken(match)
        reason = "it is `order`, or names of entries with their names here"
        yield BadMatch(span=entry.span_of("match"), name=found, reason=reason)


def _params(entry: YamlMap, tree: YamlMap) -> Iterator[Diagnostic]:
    params, declared = entry.get("params"), tree.get("params")
    if not isinstance(params, YamlMap):
        return
    known = declared if isinstance(declared, YamlMap) else {}
    for name in params:
        if name not in known:
            helps = suggestion(name, known)
            network = str(tree.get("name"))
            yield UnknownTrainedParameter(span=params.key_span(name), network=network, name=name, helps=helps)
