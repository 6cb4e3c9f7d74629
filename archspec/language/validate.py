"""Plain tree -> Document: the models' complaints as diagnostics, and a repaired document so that later stages find
their own faults.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from archspec.diagnostics.catalogue import document as faults
from archspec.diagnostics.catalogue.plain import TooManyFaults
from archspec.diagnostics.diagnostic import Diagnostic, Help
from archspec.diagnostics.remarks import DidYouMean, Write, suggestion
from archspec.diagnostics.span import Span
from archspec.diagnostics.wording import spoken
from archspec.language import document
from archspec.language.form import form_faults
from archspec.language.inputs import Input
from archspec.language.limits import MOST_FAULTS
from archspec.language.model import Model
from archspec.language.repair import repair_form, repaired
from archspec.language.site import Site, locate
from archspec.language.tree import YamlMap

_MOST_REPAIRS: Final = 8
_HELPED: Final = 50
"""Faults for which the nearest name is looked for; of more than these, none is shown."""
_MODELS: Final[dict[str, tuple[str, type[Model]]]] = {
    "spec": ("a spec", document.Document),
    "library": ("a file of blocks", document.Library),
    "block": ("a block", document.Block),
    "node": ("a node", document.Node),
    "parameter": ("a parameter", document.Parameter),
    "input": ("an input", Input),
    "each": ("`each`", document.Each),
    "expect": ("`expect`", document.Expect),
    "reference": ("`reference`", document.Reference),
    "weights": ("an entry of `weights`", document.Weights),
}
_EXPECTED: Final = {
    "name": "a name",
    "doc": "a line of text",
    "source": "a line of text",
    "extends": "a file, or a network of the zoo",
    "import": "a mapping of names to files",
    "params": "a mapping of names to defaults",
    "input": "a list of sizes",
    "require": "a list of expressions",
    "defaults": "a mapping of ops to arguments",
    "init": "a mapping of ops to initialisations",
    "blocks": "a mapping of names to blocks",
    "let": "a mapping of names to values",
    "graph": "a mapping of names to nodes, or a list of nodes",
    "parallel": "a mapping of names to nodes, or a list of nodes",
    "outputs": "a node, a list of nodes, or a mapping of names to nodes",
    "taps": "a mapping of names to nodes",
    "inputs": "a mapping of names to shapes",
    "over": "a node, or a list of nodes",
    "share": "a node",
    "phase": "train or eval",
    "reference": "a mapping of facts",
    "weights": "a mapping of names to checkpoints",
    "op": "a name",
    "else": "a node",
    "from": "a node, or a list of nodes",
    "when": "a truth value or an expression",
    "repeat": "a whole number or an expression",
    "first": "a mapping of arguments",
    "last": "a mapping of arguments",
    "each": "a mapping with `columns` and `rows`",
    "columns": "a list of names",
    "rows": "a list of rows, or the list parameter that holds them",
    "expect": "a mapping of facts",
    "shape": "a list of sizes",
    "min": "a number",
    "max": "a number",
    "choices": "a list of values",
}
_ENTRY_WORDS: Final = {
    "defaults": "a mapping of arguments",
    "import": "a file, or a network of the zoo",
    "graph": "a node",
    "blocks": "a mapping with a `graph`",
    "params": "a default, a type, or a mapping of both",
    "trained": "a mapping with `from`",
}
_ITEMS: Final = {
    "require": "an expression",
    "columns": "a name",
    "inputs": "a name",
    "taps": "a name",
    "output": "a whole number",
    "at": "a whole number",
}
_SPECIAL: Final = {
    ("input", "dtype"): "float or int",
    ("parameter", "default"): "a number, a truth value, a name or a list",
    ("reference", "params"): "a whole number",
    ("reference", "macs"): "a whole number",
    ("reference", "output"): "a list of sizes",
    ("reference", "at"): "a list of sizes",
    ("expect", "channels"): "a whole number or an expression",
    ("expect", "stride"): "a number, a list of two, or an expression",
}
# Form checks say these better.
_SAID_ELSEWHERE: Final = frozenset(("archspec", "input", "link", "merge", "task"))


def document_of(tree: YamlMap, library: Collection[str] = ()) -> tuple[document.Document | None, list[Diagnostic]]:
    """The document, and all that is wrong with its form. With errors the document is a repaired one, if there can be
    one: good for finding more faults, and for nothing else.
    """
    found = form_faults(tree, library)
    if len(found) >= MOST_FAULTS:
        return None, _too_many(found)
    repair_form(tree)
    for _ in range(_MOST_REPAIRS):
        try:
            return document.Document.model_validate(tree), found
        except ValidationError as error:
            details = error.errors(include_url=False, include_context=False, include_input=False)
        found += _translated(details[:MOST_FAULTS], tree)
        if len(details) > MOST_FAULTS:
            return None, _too_many(found)
        if not repaired(details, tree):
            break
    return None, found


def library_of(tree: YamlMap, library: Collection[str] = ()) -> tuple[document.Library | None, list[Diagnostic]]:
    """A file of blocks, and all that is wrong with its form."""
    found = form_faults(tree, library, of_blocks=True)
    if found:
        return None, found
    try:
        return document.Library.model_validate(tree), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
    return None, _translated(details[:MOST_FAULTS], tree, "library")


def _too_many(found: list[Diagnostic]) -> list[Diagnostic]:
    return [*found, TooManyFaults(span=found[-1].span)]


def _translated(details: list[ErrorDetails], tree: YamlMap, kind: str = "spec") -> list[Diagnostic]:
    """One diagnostic per place, however many alternatives pydantic tried there."""
    found: dict[tuple[int, object, str], Diagnostic | None] = {}
    for detail in details:
        # Where alternatives are mappings themselves, each complains of its own keys: the whole is what is wrong.
        loc = detail["loc"]
        whole = "outputs" in loc[:-1] and loc[0] in ("outputs", "blocks")
        site = locate(tree, loc[: loc.index("outputs") + 1] if whole else loc, kind)
        if site.entry.key in ("from", "over"):
            site = site.entry
        missing = detail["type"] == "missing" and not whole
        mark = (id(site.container), site.key, str(detail["loc"][-1]) if missing else "")
        if mark not in found:
            found[mark] = _missing(site, detail) if missing else _wrong(site, detail, helped=len(found) < _HELPED)
    return _once([fault for fault in found.values() if fault is not None])


def _once(found: list[Diagnostic]) -> list[Diagnostic]:
    """A key that is there under a wrong name isn't missing as well."""
    misspelt = {
        (fault.where, one.name)
        for fault in found
        if isinstance(fault, faults.UnknownKey)
        for one in fault.helps
        if isinstance(one, DidYouMean)
    }
    return [one for one in found if not isinstance(one, faults.MissingKey) or (one.where, one.key) not in misspelt]


def _missing(site: Site, detail: ErrorDetails) -> Diagnostic:
    words, _ = _MODELS.get(site.inner, ("this", document.Document))
    return faults.MissingKey(span=_start(site), key=str(detail["loc"][-1]), where=words)


_ALSO: Final = {
    "layers": "graph", "modules": "graph", "nodes": "graph", "network": "graph", "model": "graph",
    "parameters": "params", "args": "params", "description": "doc",
}  # fmt: skip
"""What other formats call a key."""


def _wrong(site: Site, detail: ErrorDetails, helped: bool) -> Diagnostic | None:
    key = str(site.key)
    if detail["type"] == "extra_forbidden" and site.kind in _MODELS:
        words, model = _MODELS[site.kind]
        known = [field.alias or name for name, field in model.model_fields.items()]
        span = site.container.key_span(key) if isinstance(site.container, YamlMap) else site.span
        also = _ALSO.get(key)
        helps = (DidYouMean(name=also),) if also in known else suggestion(key, known, owner=words) if helped else ()
        return faults.UnknownKey(span=span, key=key, where=words, helps=helps)
    if key in _SAID_ELSEWHERE or _said_by_form(site, detail):
        return None
    helps = _meant(site) if helped else ()
    expected = _ENTRY_WORDS.get(site.kind) or _SPECIAL.get((site.kind, key)) or _EXPECTED.get(key, "a value")
    if site.is_item and site.kind != "graph":
        expected = _ITEMS.get(str(site.entry.key), "a value")
    return faults.WrongType(span=site.span, key=site.name, expected=expected, found=spoken(site.value), helps=helps)


def _meant(site: Site) -> tuple[Help, ...]:
    """Numbers as they are printed in papers, and a single size."""
    written = site.value
    if site.key in ("require", "taps", "columns") and isinstance(written, str):
        return (Write(words=f"[{written}]"),)
    if site.kind != "reference":
        return ()
    if isinstance(written, str) and re.fullmatch(r"\d{1,3}([,_' ]\d{3})+", written):
        return (Write(words=re.sub(r"\D", "", written)),)
    return (Write(words=f"[{written}]"),) if type(written) is int and site.key in ("output", "at") else ()


def _said_by_form(site: Site, detail: ErrorDetails) -> bool:
    """Bad names, empty graphs and bad types of parameters have diagnostics of their own."""
    return (
        detail["loc"][-1] == "[key]"
        or detail["type"] in ("string_pattern_mismatch", "string_too_long", "too_short")
        or (site.kind == "parameter" and site.key == "type")
        or (site.kind == "params" and site.value is None)
        or (detail["loc"][0] in ("input", "inputs") and ("shape" in detail["loc"] or site.kind == "inputs"))
    )


def _start(site: Site) -> Span:
    """The key of a part that lacks something, or the first line of the file."""
    if site.key is not None:
        return site.container.key_span(str(site.key)) if isinstance(site.container, YamlMap) else site.span
    span = site.span
    return Span(span.source, 1, 1, 1, 2)
