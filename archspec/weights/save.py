"""State dicts of built modules, written to files."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import save as safetensors_bytes
from torch import nn

from archspec import output
from archspec.diagnostics.diagnostic import Diagnostic

SUFFIXES: Final = (".safetensors", ".pt")


def save(module: nn.Module, path: Path) -> Diagnostic | None:
    """Writes the state dict, as safetensors or, for `.pt`, as torch does."""
    state = {name: tensor.detach().cpu().contiguous() for name, tensor in module.state_dict().items()}
    if path.suffix == ".safetensors":
        return output.write(path, safetensors_bytes(state))
    content = io.BytesIO()
    torch.save(state, content)
    return output.write(path, content.getvalue())
