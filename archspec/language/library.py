"""The blocks that every spec may use, read from `archspec/library/` once per process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from archspec.diagnostics.span import Source
from archspec.language.document import Block, Library
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
        blocks.update(Library.model_validate(tree).blocks)
    return MappingProxyType(blocks)
