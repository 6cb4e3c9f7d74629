"""Generated source -> nn.Module: compiled in memory, known to `inspect` and tracebacks, and picklable."""

from __future__ import annotations

import copyreg
import hashlib
import linecache
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import torch
from torch import nn

from archspec.network import Network
from archspec.torchgen.source import Generated, generate

_PACKAGE = "archspec_generated"


def build(network: Network, source_name: str, digest: str, device: str | torch.device = "cpu") -> nn.Module:
    """The network as a module, with torch's own initialisation, on a device (`meta` allocates nothing)."""
    generated = generate(network, source_name, digest)
    module_class = load(generated)
    with torch.device(device):
        return module_class()


def load(generated: Generated) -> type[nn.Module]:
    """The network's class, from a module of its own that holds exactly the generated text."""
    found: type[nn.Module] = getattr(_module(generated.name, generated.text), generated.name)
    return found


def _module(name: str, text: str) -> ModuleType:
    """The module of a generated text, made once per process."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    full = f"{_PACKAGE}.{name}_{digest}"
    if full in sys.modules:
        return sys.modules[full]
    module = ModuleType(full)
    filename = f"<{full}>"
    module.__file__ = filename
    # Without a time of change, linecache keeps the lines for good.
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(text, filename, "exec", dont_inherit=True), module.__dict__)
    sys.modules[full] = module
    for member in vars(module).values():
        if isinstance(member, type) and member.__module__ == full:
            copyreg.pickle(member, _reducer(name, text))  # type: ignore[arg-type]
    return module


def _reducer(name: str, text: str) -> Any:
    """How instances pickle: as the text of their module, and their state."""

    def reduce(instance: nn.Module) -> tuple[Any, ...]:
        return _blank, (name, text, type(instance).__name__), instance.__dict__

    return reduce


def _blank(name: str, text: str, class_name: str) -> nn.Module:
    """An instance without its state; pickle gives that next."""
    kind = getattr(_module(name, text), class_name)
    return kind.__new__(kind)  # type: ignore[no-any-return]


def state_of(module: nn.Module) -> Mapping[str, torch.Tensor]:
    """The state dict; tensors that live on several devices come to the CPU."""
    return {name: tensor.detach().cpu() for name, tensor in module.state_dict().items()}
