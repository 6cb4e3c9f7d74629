"""What torchvision and timm say of their weights: addresses, read from their source, and names, from their modules."""

from __future__ import annotations

import ast
import importlib
import re
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NamedTuple

import torch
from torch import nn

from archspec.diagnostics.catalogue.weights import LibraryMissing, NotPublished
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import Advice
from archspec.language.checkpoint import Published

_OPERATORS: Final = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "googlenet": {"init_weights": False},
    "inception_v3": {"init_weights": False},
}
"""What torchvision's builders must be told so as not to spend a minute on weights that are replaced."""
_HASH = re.compile(r"-([0-9a-f]{8,64})\.\w+$")
_names: Final[dict[tuple[str, str], tuple[str, ...]]] = {}
_kept: list[object] = []  # torch forgets a library's operators when nothing holds it


class Place(NamedTuple):
    """Where published weights are: an address, the name of the file, and the start of its sha256 as far as known."""

    url: str
    name: str
    sha256: str


def place_of(weights: Published) -> Place | Diagnostic:
    """The address of published weights. The library is read, not imported: that takes no time and can't fail."""
    found = find_spec(weights.library)
    if found is None or not found.submodule_search_locations:
        return missing(weights.library, str(weights), "it isn't installed")
    folder = Path(found.submodule_search_locations[0]) / "models"
    look = _torchvision if weights.library == "torchvision" else _timm
    place = next((place for path in sorted(folder.glob("*.py")) for place in look(path, weights)), None)
    if place is None:
        name = str(weights).partition(":")[2]
        return NotPublished(library=weights.library, name=name, version=version(weights.library))
    return place


def missing(library: str, name: str, reason: str) -> Diagnostic:
    """That a library is needed and can't be had."""
    helps = (Advice(words=f"pip install --no-deps {library}"),)
    return LibraryMissing(library=library, name=name, reason=reason, helps=helps)


def _torchvision(path: Path, weights: Published) -> Iterator[Place]:
    """The `url` of a member of the enum that the builder of the model takes."""
    text = path.read_text(encoding="utf-8")
    if f"def {weights.model}(" not in text:
        return
    body = ast.parse(text).body
    builders = [one for one in body if isinstance(one, ast.FunctionDef) and one.name == weights.model]
    enums = {one.id for builder in builders for one in ast.walk(builder.args) if isinstance(one, ast.Name)}
    for enum in (one for one in body if isinstance(one, ast.ClassDef) and one.name in enums):
        for line in enum.body:
            if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == weights.tag:
                for url in _texts(line.value, "url"):
                    hashed = _HASH.search(url)
                    yield Place(url, url.rpartition("/")[2], hashed[1] if hashed else "")


def _timm(path: Path, weights: Published) -> Iterator[Place]:
    """The hub's copy under the name of the weights, or an address of its own."""
    text, name = path.read_text(encoding="utf-8"), f"{weights.model}.{weights.tag}"
    if f"'{name}'" not in text and f'"{name}"' not in text:
        return
    for entries in (one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Dict)):
        for key, value in zip(entries.keys, entries.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == name:
                hub = next(_texts(value, "hf_hub_id"), None)
                file = next(_texts(value, "hf_hub_filename"), "model.safetensors")
                if hub is not None:
                    home = f"https://huggingface.co/{hub}{name if hub.endswith('/') else ''}/resolve/main/{file}"
                    yield Place(home, f"{name}{Path(file).suffix}", "")
                yield from (Place(url, url.rpartition("/")[2], "") for url in _texts(value, "url"))


def _texts(entry: ast.expr, name: str) -> Iterator[str]:
    """The plain text that a call or a dict has under a name."""
    given: list[tuple[object, ast.expr]] = []
    if isinstance(entry, ast.Call):
        given = [(one.arg, one.value) for one in entry.keywords]
    elif isinstance(entry, ast.Dict):
        given = [(ast.literal_eval(key), value) for key, value in zip(entry.keys, entry.values, strict=True) if key]
    for key, value in given:
        if key == name and isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
            yield value.value


def built(library: str, model: str, device: str = "meta") -> nn.Module | Diagnostic:
    """A library's own module without weights of any worth, which knows what its entries are called."""
    name = f"{library}:{model}"
    try:
        return _made(library, model, device)
    except ModuleNotFoundError:
        return missing(library, name, "it isn't installed")
    except NotImplementedError:  # some work their sizes out with tensors, which need memory
        return _made(library, model, "cpu")
    except (ImportError, OSError, RuntimeError, ValueError, TypeError, AttributeError) as error:
        return missing(library, name, str(error).splitlines()[0] if str(error) else type(error).__name__)


def names(library: str, model: str) -> tuple[str, ...] | Diagnostic:
    """What the entries of a library's module are called, in its order."""
    if (library, model) not in _names:
        module = built(library, model)
        if isinstance(module, Diagnostic):
            return module
        _names[library, model] = tuple(module.state_dict())
    return _names[library, model]


def _made(library: str, model: str, device: str) -> nn.Module:
    home = torchvision() if library == "torchvision" else timm()
    with torch.device(device), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if library == "timm":
            made: nn.Module = home.create_model(model)
        else:
            made = home.models.get_model(model, weights=None, **_OPTIONS.get(model, {}))
    return made


@cache
def torchvision() -> ModuleType:
    """torchvision with its classification models.

    Its compiled operators belong to one build of torch and may not load on another; importing it then fails on
    two declarations that no network of ours calls, so they are declared here.
    """
    if find_spec("torchvision") is not None and not torch._C._dispatch_has_kernel("torchvision::nms"):
        library = torch.library.Library("torchvision", "DEF")
        for operator in _OPERATORS:
            library.define(operator)
        _kept.append(library)
    importlib.import_module("torchvision.models")
    return importlib.import_module("torchvision")


@cache
def timm() -> ModuleType:
    """timm, which imports torchvision."""
    torchvision()
    return importlib.import_module("timm")
