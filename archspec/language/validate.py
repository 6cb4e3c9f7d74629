"""Plain tree -> Document: the models' complaints as diagnostics, and a repaired document so that later stages find
their own faults.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from archspec.diagnostics.catalogue import document as faults
from archspec.diagnostics.catalogue.arguments import BadDeclaration
from archspec.diagnostics.catalogue.plain import TooManyFaults
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import suggestion
from archspec.diagnostics.span import Span
from archspec.diagnostics.wording import spoken
from archspec.language import document
from archspec.language.form import form_faults
from archspec.language.limits import MOST_FAULTS
from archspec.language.names import LONGEST
from archspec.language.tree import YamlList, YamlMap

_MOST_REPAIRS: Final = 8
_HELPED: Final = 50
"""Faults for which the nearest name is looked for; of more than these, none is shown."""
_MODELS: Final[dict[str, tuple[str, type[document.Model]]]] = {
    "spec": ("a spec", document.Document),
    "block": ("a block", document.Block),
    "node": ("a node", document.Node),
    "parameter": ("a parameter", document.Parameter),
    "each": ("`each`", document.Each),
    "expect": ("`expect`", document.Expect),
    "reference": ("`reference`", document.Reference),
    "weights": ("an entry of `weights`", document.Weights),
}
_INSIDE: Final = {
    ("spec", "graph"): "graph",
    ("spec", "blocks"): "blocks",
    ("spec", "params"): "params",
    ("spec", "reference"): "reference",
    ("spec", "weights"): "trained",
    ("block", "graph"): "graph",
    ("block", "params"): "params",
    ("node", "graph"): "graph",
    ("node", "parallel"): "graph",
    ("node", "else"): "node",
    ("node", "each"): "each",
    ("node", "expect"): "expect",
}
_ENTRIES: Final = {"graph": "node", "blocks": "block", "params": "parameter", "trained": "weights"}
_EXPECTED: Final = {
    "name": "a name",
    "doc": "a line of text",
    "source": "a line of text",
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
    "graph": "a node",
    "blocks": "a mapping with a `graph`",
    "params": "a default, a type, or a mapping of both",
    "trained": "a mapping with `from`",
}
_SPECIAL: Final = {
    ("reference", "params"): "a whole number",
    ("reference", "macs"): "a whole number",
    ("reference", "output"): "a list of sizes",
    ("reference", "at"): "a list of sizes",
    ("expect", "channels"): "a whole number or an expression",
    ("expect", "stride"): "a number, a list of two, or an expression",
}
# Form checks say these better.
_SAID_ELSEWHERE: Final = frozenset(("archspec", "input", "merge", "task"))


@dataclass(frozen=True, slots=True)
class Site:
    """The entry `key` of `container`, which is a part of the kind `kind`; no key for the tree itself."""

    kind: str
    container: YamlMap | YamlList
    key: str | int | None

    @property
    def value(self) -> Any:
        return self.container if self.key is None else self.container[self.key]  # type: ignore[index]

    @property
    def span(self) -> Span:
        return self.container.span if self.key is None else self.container.span_of(self.key)

    @property
    def inner(self) -> str:
        """The kind of the entry itself."""
        if self.key is None:
            return self.kind
        return _ENTRIES.get(self.kind) or _INSIDE.get((self.kind, str(self.key)), "")


def document_of(tree: YamlMap, library: Collection[str] = ()) -> tuple[document.Document | None, list[Diagnostic]]:
    """The document, and all that is wrong with its form. With errors the document is a repaired one, if there can be
    one: good for finding more faults, and for nothing else.
    """
    found = form_faults(tree, library)
    if len(found) >= MOST_FAULTS:
        return None, _too_many(found)
    _repair_form(tree)
    unusable = not {"input", "inputs"} & tree.keys() or any(isinstance(fault, BadDeclaration) for fault in found)
    for _ in range(_MOST_REPAIRS):
        try:
            return None if unusable else document.Document.model_validate(tree), found
        except ValidationError as error:
            details = error.errors(include_url=False, include_context=False, include_input=False)
        found += _translated(details[:MOST_FAULTS], tree)
        if len(details) > MOST_FAULTS:
            return None, _too_many(found)
        if not _repaired(details, tree):
            break
    return None, found


def _too_many(found: list[Diagnostic]) -> list[Diagnostic]:
    return [*found, TooManyFaults(span=found[-1].span)]


def _translated(details: list[ErrorDetails], tree: YamlMap) -> list[Diagnostic]:
    """One diagnostic per place, however many alternatives pydantic tried there."""
    found: dict[tuple[int, object, str], Diagnostic | None] = {}
    for detail in details:
        # Where alternatives are mappings themselves, each complains of its own keys: the whole is what is wrong.
        loc = detail["loc"]
        whole = "outputs" in loc[:-1] and loc[0] in ("outputs", "blocks")
        site = locate(tree, loc[: loc.index("outputs") + 1] if whole else loc)
        missing = detail["type"] == "missing" and not whole
        mark = (id(site.container), site.key, str(detail["loc"][-1]) if missing else "")
        if mark not in found:
            found[mark] = _missing(site, detail) if missing else _wrong(site, detail, helped=len(found) < _HELPED)
    return [fault for fault in found.values() if fault is not None]


def _missing(site: Site, detail: ErrorDetails) -> Diagnostic:
    words, _ = _MODELS.get(site.inner, ("this", document.Document))
    return faults.MissingKey(span=_start(site), key=str(detail["loc"][-1]), where=words)


def _wrong(site: Site, detail: ErrorDetails, helped: bool) -> Diagnostic | None:
    key = str(site.key)
    if detail["type"] == "extra_forbidden" and site.kind in _MODELS:
        words, model = _MODELS[site.kind]
        known = [field.alias or name for name, field in model.model_fields.items()]
        span = site.container.key_span(key) if isinstance(site.container, YamlMap) else site.span
        helps = suggestion(key, known, owner=words) if helped else ()
        return faults.UnknownKey(span=span, key=key, where=words, helps=helps)
    of_input = detail["loc"][0] == "input" or detail["loc"][:-2] == ("inputs",)
    if key in _SAID_ELSEWHERE or of_input or _said_by_form(site, detail):
        return None
    expected = _ENTRY_WORDS.get(site.kind) or _SPECIAL.get((site.kind, key)) or _EXPECTED.get(key, "a value")
    return faults.WrongType(span=site.span, key=key, expected=expected, found=spoken(site.value))


def _said_by_form(site: Site, detail: ErrorDetails) -> bool:
    """Bad names, empty graphs and bad types of parameters have diagnostics of their own."""
    return (
        detail["loc"][-1] == "[key]"
        or detail["type"] in ("string_pattern_mismatch", "string_too_long", "too_short")
        or (site.kind == "parameter" and site.key == "type")
        or (site.kind == "params" and site.value is None)
    )


def _start(site: Site) -> Span:
    """The key of a part that lacks something, or the first line of the file."""
    if site.key is not None:
        return site.container.key_span(str(site.key)) if isinstance(site.container, YamlMap) else site.span
    span = site.span
    return Span(span.source, 1, 1, 1, 2)


def locate(tree: YamlMap, loc: tuple[str | int, ...]) -> Site:
    """The part of the tree that a location of pydantic means; the names of alternatives in it are passed over."""
    site = Site("spec", tree, None)
    for step in loc:
        here = site.value
        if isinstance(here, YamlMap) and step in here:
            site = Site(site.inner, here, step)
        elif isinstance(here, YamlList) and str(step).isdecimal() and int(step) < len(here):
            kind = "graph" if site.inner in ("node", "graph") else ""
            site = Site(kind, here, int(step))
    return site


def _repaired(details: list[ErrorDetails], tree: YamlMap) -> bool:
    """Takes the parts at fault out of the way; False where nothing is left without them."""
    missing = [detail["loc"] for detail in details if detail["type"] == "missing"]
    sites = [locate(tree, detail["loc"]) for detail in details if detail["type"] != "missing"]
    owners = [(locate(tree, loc[:-1]), str(loc[-1])) for loc in missing]
    fine = [_stand_in(tree, key) if owner.key is None else _remove(owner) for owner, key in owners]
    for site in sites:
        whole = site.container is tree and site.key in ("archspec", "name", "input", "graph")
        fine.append(_stand_in(tree, str(site.key)) if whole else site.key is not None and _remove(site))
    return all(fine)


def _stand_in(tree: YamlMap, key: str) -> bool:
    if key not in ("archspec", "name"):
        return False
    tree[key] = 1 if key == "archspec" else "Unnamed"
    return True


def _remove(site: Site) -> bool:
    """A node becomes one that says nothing, whose value stays unknown; anything else is left out."""
    if site.kind == "graph":
        site.container[site.key] = YamlMap(site.span.source)  # type: ignore[index]
        return True
    if isinstance(site.container, YamlMap):
        site.container.pop(str(site.key), None)
        return True
    site.container[int(site.key or 0)] = 0
    return False


def _repair_form(tree: YamlMap) -> None:
    """Form faults that the models would complain of once more."""
    name = tree.get("name")
    if isinstance(name, str) and not (name.isascii() and name.isalnum() and name[0].isupper() and len(name) <= LONGEST):
        tree["name"] = "Unnamed"
