"""Where the files that come with archspec are: inside the package when installed, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _shipped(folder: str) -> Path:
    inside = _PACKAGE / folder
    return inside if inside.is_dir() else _PACKAGE.parent / folder


SPECS: Path = _shipped("specs")
"""The zoo: one spec per network."""
TEMPLATES: Path = _shipped("templates")
"""Layout of generated source."""
LIBRARY: Path = _PACKAGE / "library"
"""Blocks that every spec may use."""


def zoo() -> dict[str, Path]:
    """Specs by name, in order of their names."""
    return dict(sorted((path.stem, path) for path in SPECS.glob("*.yaml")))
