"""A faulty document made good enough for finding its other faults: what is at fault becomes unknown, or goes."""

from __future__ import annotations

from typing import Final

from pydantic_core import ErrorDetails

from archspec.language.document import UNDECLARED
from archspec.language.inputs import UNKNOWN_INPUT
from archspec.language.names import LONGEST
from archspec.language.site import Site, locate
from archspec.language.tree import YamlMap

_NEEDED: Final = frozenset(("from", "over", "when", "else", "repeat", "first", "last"))
"""Keys of a node without which it would be another, with faults of its own."""


def repair_form(tree: YamlMap) -> None:
    """Form faults that the models would complain of once more."""
    name = tree.get("name")
    if isinstance(name, str) and not (name.isascii() and name.isalnum() and name[0].isupper() and len(name) <= LONGEST):
        tree["name"] = "Unnamed"
    if "inputs" not in tree:
        tree.setdefault("input", UNKNOWN_INPUT)
    elif tree["inputs"] == {}:
        tree.pop("inputs")
        tree["input"] = UNKNOWN_INPUT
    else:
        tree.pop("input", None)


def repaired(details: list[ErrorDetails], tree: YamlMap) -> bool:
    """Takes the parts at fault out of the way; False where nothing is left without them."""
    # All are found before any is changed.
    sites = [(detail, _site(detail, tree)) for detail in details]
    return all([_repaired(detail, site, tree) for detail, site in sites])


def _site(detail: ErrorDetails, tree: YamlMap) -> Site:
    """What is to be changed: the whole node of a table, and of a parameter all, unless it just has a key too many."""
    loc = detail["loc"]
    if "each" in loc[:-1]:
        return locate(tree, loc[: loc.index("each")])
    if "params" in loc[:-2]:
        parameter = locate(tree, loc[: loc.index("params") + 2])
        if detail["type"] != "extra_forbidden" or "default" not in parameter.value:
            return parameter
    site = locate(tree, loc if detail["type"] != "missing" else loc[:-1])
    return site if site.kind == "graph" else site.entry


def _repaired(detail: ErrorDetails, site: Site, tree: YamlMap) -> bool:
    loc = detail["loc"]
    if loc[0] in ("input", "inputs"):
        _unknown_input(tree, loc)
    elif site.kind == "params":
        site.container[site.key] = UNDECLARED  # type: ignore[index]
    elif site.key is None:
        return detail["type"] == "missing" and _stand_in(tree, str(loc[-1]))
    elif site.container is tree and site.key in ("archspec", "name", "graph"):
        return _stand_in(tree, str(site.key))
    else:
        _remove(site)
    return True


def _unknown_input(tree: YamlMap, loc: tuple[str | int, ...]) -> None:
    inputs = tree.get("inputs")
    if loc[0] == "inputs" and isinstance(inputs, YamlMap) and len(loc) > 1:
        inputs[str(loc[1])] = UNKNOWN_INPUT
    else:
        tree.pop("inputs", None)
        tree["input"] = UNKNOWN_INPUT


def _stand_in(tree: YamlMap, key: str) -> bool:
    """Puts something where a part of the whole is missing."""
    if key == "graph":
        for other in ("outputs", "taps", "reference"):
            tree.pop(other, None)
        tree["graph"] = nodes = YamlMap(tree.span.source)
        nodes["unknown"] = YamlMap(tree.span.source)
    elif key in ("archspec", "name"):
        tree[key] = 1 if key == "archspec" else "Unnamed"
    else:
        return False
    return True


def _remove(site: Site) -> None:
    """A node becomes one that says nothing, whose value stays unknown; anything else is left out."""
    if site.kind == "graph":
        site.container[site.key] = YamlMap(site.span.source)  # type: ignore[index]
    elif site.kind == "node" and site.key in _NEEDED and site.outer is not None:
        _remove(site.outer)
    elif isinstance(site.container, YamlMap):
        site.container.pop(str(site.key), None)
