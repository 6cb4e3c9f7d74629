"""Several specs as one Python package: which parameters are set, which modules there are, and what is in them."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from archspec.diagnostics.catalogue.outside import NoPlaceInPackage
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.language.overrides import Setting, from_keywords, settings_tree
from archspec.language.same import Same
from archspec.spec import Spec, SpecError, has_errors, load


def codegen_package(specs: Iterable[str | Path | Spec], **params: Any) -> dict[str, str]:
    """The files of a Python package of several networks, by name: a module each, the blocks that they share in
    `blocks.py`, and an `__init__.py` that names them. Parameters are set in the networks that have them.
    """
    loaded = [one if isinstance(one, Spec) else load(one) for one in specs]
    return files(with_settings(loaded, from_keywords(params)))


def with_settings(specs: Sequence[Spec], settings: Sequence[Setting]) -> list[Spec]:
    """The specs with each parameter set where there is one of its name; raises SpecError where none has it."""
    names = list(dict.fromkeys(name for spec in specs for name in spec.declared))
    unknown = [setting for setting in settings if setting.name not in names]
    if unknown:
        raise SpecError(tuple(settings_tree(unknown, names, "package")[1]))
    return [spec.with_settings(tuple(one for one in settings if one.name in spec.declared)) for spec in specs]


def files(specs: Sequence[Spec]) -> dict[str, str]:
    """The files by name, in order."""
    from archspec.torchgen.package import Member, package

    same = Same()
    whole = [spec.with_same(same) for spec in specs]
    found = tuple(fault for spec in whole for fault in spec.check())
    modules = [module_name(spec.file_name) for spec in whole]
    twice = _twice(whole, modules)
    if has_errors(found) or twice:
        raise SpecError((*found, *twice))
    return package(
        Member(module, spec.network, spec.file_name, spec.digest) for module, spec in zip(modules, whole, strict=True)
    )


def module_name(file_name: str) -> str:
    """What the module of a spec is called: as its file, where that is a name for a module."""
    name = re.sub(r"\W+", "_", Path(file_name).stem.lower(), flags=re.ASCII).strip("_")
    if not name or name[0].isdigit():
        name = f"net_{name}".rstrip("_")
    return f"{name}_" if keyword.iskeyword(name) or keyword.issoftkeyword(name) or name == "blocks" else name


def _twice(specs: Sequence[Spec], modules: Sequence[str]) -> list[Diagnostic]:
    """Specs whose module, or whose network, would be called as another's."""
    found: list[Diagnostic] = []
    files: dict[str, str] = {}
    classes: dict[str, str] = {}
    for spec, module in zip(specs, modules, strict=True):
        for known, name, what in ((files, module, f"{module}.py"), (classes, spec.name, spec.name)):
            if name in known:
                reason = f"its `{what}` is that of `{known[name]}` too"
                found.append(NoPlaceInPackage(path=spec.path, reason=reason))
                break
            known[name] = spec.path
    return found
