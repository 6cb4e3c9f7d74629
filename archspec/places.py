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


def in_zoo(name: str) -> Path | None:
    """The spec of this name, without a look at all the others."""
    path = SPECS / f"{name}.yaml"
    return path if len(name) < 65 and name.isidentifier() and path.is_file() else None
