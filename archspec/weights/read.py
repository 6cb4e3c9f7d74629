"""Checkpoints in files: safetensors, and what `torch.save` wrote; read without running or unpacking anything."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from archspec.diagnostics.catalogue.weights import CheckpointBroken, CheckpointUnreadable, MoreThanTensors
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import Advice
from archspec.weights.pairing import Entry

MOST_ENTRIES: Final = 100_000
MOST_SIGNS: Final = 512
"""Of an entry's name, which is printed."""
MOST_PICKLED: Final = 2**26
"""Bytes of what describes the tensors of a file, which is apart from their values."""
_INSIDE: Final = ("state_dict_ema", "model_ema", "state_dict", "model_state_dict", "model", "net")
"""Where training scripts put the state dict among other things; averaged weights are those that they evaluate."""
_WRAPPERS: Final = ("module.", "_orig_mod.")
"""What parallel training and `torch.compile` put before every name."""
_MOST_WRAPPED: Final = 3
_AVERAGED: Final = "n_averaged"
"""How many steps torch's `AveragedModel` has averaged, beside the module that it wraps."""
_ALONE: Final = "save the state dict alone; or, in Python, torch.serialization.add_safe_globals allows what you trust"


@dataclass(frozen=True)
class Checkpoint:
    """Tensors by name. `ordered` is whether they stand in the order of the module that they are from."""

    called: str
    tensors: Mapping[str, Tensor]
    ordered: bool = True

    @property
    def entries(self) -> list[Entry]:
        return entries(self.tensors)

    @property
    def inner(self) -> Checkpoint | None:
        """Without the part that every name begins with, as those of a module inside another do."""
        first = next(iter(self.tensors)).partition(".")[0] + "."
        if not all(name.startswith(first) for name in self.tensors):
            return None
        return replace(self, tensors={name.removeprefix(first): tensor for name, tensor in self.tensors.items()})


def entries(tensors: Mapping[str, Tensor]) -> list[Entry]:
    """What is known of tensors without their values."""
    return [
        Entry(name, tuple(tensor.shape), str(tensor.dtype).removeprefix("torch.")) for name, tensor in tensors.items()
    ]


def read(path: Path, called: str) -> Checkpoint | Diagnostic:
    """The checkpoint in a file; `called` is what messages call it."""
    try:
        if not path.is_file():
            return CheckpointUnreadable(path=called)
        with path.open("rb"):
            pass
    except (OSError, ValueError):
        return CheckpointUnreadable(path=called)
    if path.suffix == ".safetensors":
        return _safetensors(path, called)
    reason = _bomb(path)
    return _pickled(path, called) if reason is None else CheckpointBroken(path=called, reason=reason)


def from_mapping(content: Mapping[Any, Any], called: str, ordered: bool = True) -> Checkpoint | Diagnostic:
    """The state dict in what a file or a user gives, without the wrappers that training puts around it."""
    for key in _INSIDE:
        if isinstance(content.get(key), Mapping):
            content = content[key]
            break
    if not content or len(content) > MOST_ENTRIES:
        return CheckpointBroken(path=called, reason=f"it has {len(content):,} entries")
    for name, value in content.items():
        fault = _unfit(name, value)
        if fault is not None:
            return MoreThanTensors(path=called, found=fault)
    return Checkpoint(called, {name: value.detach() for name, value in _unwrapped(content).items()}, ordered)


def _unwrapped(content: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """The state dict of the module inside those that training wraps around it."""
    bare = {name: value for name, value in content.items() if name != _AVERAGED}
    if len(bare) < len(content) and bare and all(name.startswith(_WRAPPERS[0]) for name in bare):
        content = bare
    for _ in range(_MOST_WRAPPED):
        wrapper = next((one for one in _WRAPPERS if all(name.startswith(one) for name in content)), "")
        content = {name.removeprefix(wrapper): value for name, value in content.items()} if wrapper else content
    return content


def _unfit(name: object, value: object) -> str | None:
    if not isinstance(name, str):
        return f"an entry is called by {type(name).__name__}"
    if len(name) > MOST_SIGNS:
        return f"the name of an entry has {len(name):,} signs"
    if type(value) not in (Tensor, nn.Parameter):
        return f"`{name}` is a {type(value).__name__}"
    assert isinstance(value, Tensor)
    plain = value.layout is torch.strided and not value.is_quantized and not value.is_meta and not value.is_complex()
    return None if plain else f"`{name}` is no ordinary tensor"


def _safetensors(path: Path, called: str) -> Checkpoint | Diagnostic:
    try:
        with safe_open(path, framework="pt") as file:
            names = list(file.keys())
            if len(names) > MOST_ENTRIES:
                return CheckpointBroken(path=called, reason=f"it has {len(names):,} entries")
            tensors = {name: file.get_tensor(name) for name in names}
    except (SafetensorError, OSError, ValueError, RuntimeError, KeyError, AttributeError) as error:
        return CheckpointBroken(path=called, reason=_first_line(error))
    return from_mapping(tensors, called, ordered=False)


def _bomb(path: Path) -> str | None:
    """Why an archive would be more than it seems. torch doesn't compress what it saves."""
    if not zipfile.is_zipfile(path):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        return _first_line(error)
    if any(one.compress_type != zipfile.ZIP_STORED for one in inside):
        return "it is a compressed archive"
    if len(inside) > MOST_ENTRIES or sum(one.file_size for one in inside) > path.stat().st_size:
        return "its parts are larger than the whole"
    if any(one.file_size > MOST_PICKLED for one in inside if one.filename.endswith(".pkl")):
        return f"the description of its tensors has more than {MOST_PICKLED:,} bytes"
    return None


def _pickled(path: Path, called: str) -> Checkpoint | Diagnostic:
    try:
        content = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except Exception as error:  # a broken pickle fails in as many ways as there are
        if "weights_only" in str(error) or "Weights only" in str(error):
            return MoreThanTensors(path=called, found=_reason(str(error)), helps=(Advice(words=_ALONE),))
        return CheckpointBroken(path=called, reason=_first_line(error))
    if not isinstance(content, Mapping):
        return MoreThanTensors(path=called, found=f"it is a {type(content).__name__}")
    found = from_mapping(content, called)
    if isinstance(found, Checkpoint) and zipfile.is_zipfile(path) and not _stored(path, found):
        return CheckpointBroken(path=called, reason="its tensors are larger than what is stored of them")
    return found


def _stored(path: Path, checkpoint: Checkpoint) -> bool:
    """Whether the archive has a part for every storage: torch maps one into memory without a look at its size."""
    with zipfile.ZipFile(path) as archive:
        parts = Counter(one.file_size for one in archive.infolist())
    storages = (tensor.untyped_storage() for tensor in checkpoint.tensors.values())
    needed = Counter({one.data_ptr(): one.nbytes() for one in storages}.values())
    return all(parts[size] >= count for size, count in needed.items() if size)


def _reason(told: str) -> str:
    """What torch has against a pickle, without its advice on how to run it all the same."""
    found = next((line for line in told.splitlines() if "Unsupported" in line or "GLOBAL" in line), "")
    words = found.strip().removeprefix("WeightsUnpickler error: ").split(". ")[0]
    return words.removesuffix(" by default") or "it isn't a state dict"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].partition(". ")[0].rstrip(".") if lines else f"{type(error).__name__} while it was read"
