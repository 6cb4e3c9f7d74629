"""The first lines of the catalogue's example specs, which are the same in most of them."""

from __future__ import annotations

from typing import Final

IMAGE: Final = "archspec: 1\nname: Net\ninput: [3, 8, 8]\n"
VECTOR: Final = "archspec: 1\nname: Net\ninput: [8]\n"
