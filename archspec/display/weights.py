"""Trained weights as a person looks at them: those that a spec names, and what becomes of a checkpoint's entries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from archspec.diagnostics.printable import printable
from archspec.display.table import aligned
from archspec.language.checkpoint import origin_of
from archspec.language.document import Weights
from archspec.weights.pairing import Entry, Pairing, Verdict


def declared(weights: Mapping[str, Weights]) -> str:
    """The weights that a spec names, a line each."""
    rows = [
        (name, printable(str(origin_of(entry.source))), _settings(entry.params), printable(entry.doc or ""))
        for name, entry in weights.items()
    ]
    return aligned(("weights", "from", "parameters", ""), rows, set())


def declared_json(weights: Mapping[str, Weights]) -> str:
    """The same for programs."""
    found = {
        name: {"from": str(origin_of(entry.source)), "params": dict(entry.params), "doc": entry.doc}
        for name, entry in weights.items()
    }
    return json.dumps(found, indent=2) + "\n"


def pairs(pairing: Pairing) -> str:
    """What goes where, entry by entry, and how many there are of each kind."""
    rows = [
        (_name(theirs), _shape(theirs), _name(ours), _shape(ours), "" if verdict is Verdict.FITS else verdict.value)
        for theirs, ours, verdict in pairing.pairs
    ]
    counts = {verdict: sum(pair.verdict is verdict for pair in pairing.pairs) for verdict in Verdict}
    told = "\n".join(f"{count:6,}  {verdict}" for verdict, count in counts.items() if count)
    return f"{aligned(('checkpoint', 'shape', 'network', 'shape', ''), rows, set())}\n{told}\n"


def pairs_json(pairing: Pairing) -> str:
    """The same for programs."""
    rows = [
        {"checkpoint": _entry(one.theirs), "network": _entry(one.ours), "verdict": one.verdict.value}
        for one in pairing.pairs
    ]
    return json.dumps({"fits": not pairing.faults, "entries": rows}, indent=2) + "\n"


def _settings(params: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={printable(json.dumps(value))}" for name, value in params.items())


def _name(entry: Entry | None) -> str:
    return "" if entry is None else printable(entry.name)


def _shape(entry: Entry | None) -> str:
    return "" if entry is None else " x ".join(map(str, entry.shape))


def _entry(entry: Entry | None) -> dict[str, Any] | None:
    return None if entry is None else {"name": entry.name, "shape": list(entry.shape), "dtype": entry.dtype}
