"""Generated source -> nn.Module: compiled in memory, known to `inspect` and tracebacks, and picklable."""

from __future__ import annotations

import copyreg
import hashlib
import linecache
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from archspec.network import Network
from archspec.torchgen.source import Generated, generate
from archspec.types import AnyType, TensorType

_PACKAGE = "archspec_generated"


def build(network: Network, source_name: str, digest: str, device: str | torch.device | None = None) -> nn.Module:
    """The network as a module, its weights as `init` and torch make them, on a device (`meta` allocates nothing)."""
    generated = generate(network, source_name, digest)
    module_class = load(generated)
    with ExitStack() as modes:
        if device is not None:
            modes.enter_context(torch.device(device))
        if device is not None and torch.device(device).type == "meta":
            modes.enter_context(_Unfilled())
        return module_class()


@dataclass(frozen=True, slots=True)
class Facts:
    """What torch has of a module: counts, the shapes of its outputs without the batch axis, seconds of one pass."""

    params: int
    buffers: int
    outputs: tuple[tuple[int, ...], ...]
    seconds: float


def run_once(module: nn.Module, network: Network, device: str) -> Facts:
    """One forward pass in the eval phase, over a sample of zeros."""
    inputs = [_sample(type_, device) for type_ in network.root.inputs]
    training = module.training
    with torch.no_grad():
        module.eval()
        start = time.perf_counter()
        output = module(*inputs)
        shapes = tuple(tuple(tensor.shape[1:]) for tensor in _tensors(output))
        seconds = time.perf_counter() - start
    module.train(training)
    params = sum(tensor.numel() for tensor in module.parameters() if tensor.requires_grad)
    return Facts(params, sum(tensor.numel() for tensor in module.buffers()), shapes, seconds)


def has_device(device: str) -> bool:
    """Whether torch can build on it here."""
    return device != "cuda" or torch.cuda.is_available()


class _Unfilled(TorchFunctionMode):
    """Leaves out what would only fill tensors: on the meta device nothing is filled, and that takes torch long."""

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if function in _FILLS and (tensor := args[0] if args else kwargs["tensor"]).is_meta:
            return tensor
        return function(*args, **kwargs)


_FILLS = frozenset(
    (
        torch.Tensor.fill_,
        torch.Tensor.normal_,
        torch.Tensor.uniform_,
        torch.Tensor.zero_,
        nn.init.constant_,
        nn.init.kaiming_normal_,
        nn.init.kaiming_uniform_,
        nn.init.normal_,
        nn.init.uniform_,
    )
)


def _sample(type_: AnyType, device: str) -> torch.Tensor:
    assert isinstance(type_, TensorType)
    kind = torch.float32 if type_.dtype == "float" else torch.int64
    return torch.zeros(1, *type_.shape, dtype=kind, device=device)


def _tensors(output: Any) -> list[torch.Tensor]:
    """The outputs of a network in order: one, a tuple, or a dict of them."""
    if isinstance(output, torch.Tensor):
        return [output]
    return list(output.values() if isinstance(output, dict) else output)


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
            copyreg.pickle(member, _reducer(name, text))
    return module


def _reducer(name: str, text: str) -> Any:
    """How instances pickle: as the text of their module, and their state."""

    def reduce(instance: nn.Module) -> tuple[Any, ...]:
        return _blank, (name, text, type(instance).__name__), instance.__dict__

    return reduce


def _blank(name: str, text: str, class_name: str) -> nn.Module:
    """An instance without its state; pickle gives that next."""
    kind = getattr(_module(name, text), class_name)
    return kind.__new__(kind)


def state_of(module: nn.Module) -> Mapping[str, torch.Tensor]:
    """The state dict; tensors that live on several devices come to the CPU."""
    return {name: tensor.detach().cpu() for name, tensor in module.state_dict().items()}
