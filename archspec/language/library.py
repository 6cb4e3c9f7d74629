"""The blocks that every spec may use, read from `archspec/library/` once per process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from archspec.diagnostics.span import Source
from archspec.language.document import Block
from archspec.language.load import load
from archspec.places import LIBRARY


@cache
def library_blocks() -> Mapping[str, Block]:
    """Blocks by name."""
    blocks: dict[str, Block] = {}
    for path in sorted(LIBRARY.glob("*.yaml")):
        tree, faults = load(Source(f"library/{path.name}", path.read_text(encoding="utf-8")))
        if tree is None or faults:
            raise ValueError(f"{path} isn't a library: {[fault.title() for fault in faults]}")
        # Each by itself: what pydantic builds for a block serves documents too.
        blocks.update({name: Block.model_validate(block) for name, block in tree["blocks"].items()})
    return MappingProxyType(blocks)
