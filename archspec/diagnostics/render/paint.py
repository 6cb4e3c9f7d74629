"""Colours of a terminal, for those who asked for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_STYLES: Final = {"error": "1;31", "warning": "1;33", "title": "1", "edge": "1;34", "help": "1;36"}


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours text where `on`, and leaves it alone where not."""

    on: bool

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.on else text
