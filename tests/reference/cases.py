"""The networks that torchvision or timm have too, as the specs' own `weights` name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from archspec import frontend
from archspec.language.checkpoint import Published, Rename, origin_of, renames_of
from archspec.places import zoo


@dataclass(frozen=True)
class Case:
    """A spec, the implementation that it must equal, and how their entries are matched."""

    spec: str
    library: str
    model: str
    renames: tuple[Rename, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    parameters: int = 0
    """How many the spec says that it has."""

    def __str__(self) -> str:
        return "-".join([self.spec, self.library, self.model])


IMPLEMENTED = (
    Case("ghostnet_050", "timm", "ghostnet_050"),
    Case("ghostnet_130", "timm", "ghostnet_130"),
    Case("ese_vovnet19b_slim", "timm", "ese_vovnet19b_slim"),
    Case("vovnet39", "timm", "vovnet39a"),
    Case("vovnet57", "timm", "vovnet57a"),
)
"""Implementations whose weights aren't public."""


def cases() -> tuple[Case, ...]:
    """One case per spec and implementation: checkpoints of the same implementation differ in nothing but numbers."""
    found = {str(case): case for name in zoo() for case in _cases(name)}
    return (*found.values(), *IMPLEMENTED)


def _cases(name: str) -> Iterator[Case]:
    document = frontend.parse_file(zoo()[name]).document
    assert document is not None
    for entry in document.weights.values():
        origin = origin_of(entry.source)
        if isinstance(origin, Published):
            count = (document.reference.params if document.reference else None) or 0
            yield Case(name, origin.library, origin.model, renames_of(entry.match), entry.params, count)
