"""References as they are written: what can be one at all, under `from`, `outputs` and `taps`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from archspec.diagnostics.catalogue import document as faults
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import DidYouMean
from archspec.diagnostics.span import Span
from archspec.language.names import malformed_name
from archspec.language.tree import YamlList, YamlMap

BY_PHASE: Final = "`outputs` by phase"
_PHASES: Final = {"train", "eval"}
_NAMED: Final = {"taps": "a tap"}
_REFERENCE = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*", re.ASCII)


def reference_fault(name: object, span: Span) -> Diagnostic | None:
    """What isn't the name of a node, or of an output of one."""
    if not isinstance(name, str) or _REFERENCE.fullmatch(name):
        return None
    return faults.BadReference(span=span, text=name)


def named_faults(tree: YamlMap, key: str) -> Iterator[Diagnostic]:
    """What is wrong with `outputs` or `taps`, however they are written."""
    written = tree.get(key)
    if isinstance(written, YamlMap) and key == "outputs" and len(written.keys() & _PHASES) == 1:
        yield _other_phase(written)
    elif key in tree:
        yield from _inside(tree, key)


def _other_phase(written: YamlMap) -> Diagnostic:
    """Of two phases one is there, and the other is missing or has another name."""
    (missing,) = _PHASES - written.keys()
    other = next((key for key in written if key not in _PHASES), None)
    if other is None:
        return faults.MissingKey(span=written.span, key=missing, where=BY_PHASE)
    helps = (DidYouMean(name=missing),)
    return faults.UnknownKey(span=written.key_span(other), key=other, where=BY_PHASE, helps=helps)


def _inside(home: YamlMap | YamlList, key: str | int) -> Iterator[Diagnostic]:
    written = home[key]  # type: ignore[index]
    if isinstance(written, YamlMap) and not written.keys() <= _PHASES:
        for name in written:
            fault = malformed_name(name, _NAMED.get(str(key), "an output"), written.key_span(name))
            if fault is not None:
                yield fault
    if isinstance(written, YamlMap | YamlList):
        for one in list(written) if isinstance(written, YamlMap) else range(len(written)):
            yield from _inside(written, one)
        return
    fault = reference_fault(written, home.span_of(key))
    if fault is not None:
        yield fault
