"""How much text a spec may have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOST_FAULTS: Final = 1_000
"""Faults of one stage, after which it looks for no more: twenty are shown, and finding the rest takes minutes."""


@dataclass(frozen=True, slots=True)
class TextLimits:
    """Bounds on one file, held while it is read."""

    max_bytes: int = 2**20
    max_scalar: int = 2**16
    """Bytes of one piece of text."""
    max_events: int = 200_000
    """Values, and starts and ends of lists and mappings."""
    max_depth: int = 64
    max_parts: int = 6_000
    """Nodes, blocks and parameters, and whatever else has a name or stands in a list."""
    max_faults: int = MOST_FAULTS
