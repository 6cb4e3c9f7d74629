"""State dicts written to files."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Mapping
from copy import copy
from pathlib import Path

import torch
from safetensors.torch import save as safetensors_bytes
from torch import Tensor

from archspec import output
from archspec.diagnostics.diagnostic import Diagnostic


def save(state: Mapping[str, Tensor], path: Path) -> Diagnostic | None:
    """As safetensors or, for `.pt` and `.pth`, as torch does."""
    own = copy(OrderedDict(state) if not isinstance(state, OrderedDict) else state)
    for name, tensor in state.items():
        own[name] = tensor.detach().cpu().contiguous().clone()
    if path.suffix == ".safetensors":
        return output.write(path, safetensors_bytes(own))
    content = io.BytesIO()
    torch.save(own, content)
    return output.write(path, content.getvalue())
