"""Where the checkpoints of a spec come from: those that it declares, files and state dicts that users name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archspec.diagnostics.catalogue import weights as faults
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import Advice, suggestion
from archspec.frontend import Parsed
from archspec.language.checkpoint import SUFFIXES, Address, Beside, ByHand, Published, origin_of, renames_of
from archspec.language.document import Document, Weights
from archspec.places import SPECS
from archspec.weights import libraries
from archspec.weights.download import Open, checked, downloaded, hub_folder
from archspec.weights.read import Checkpoint, from_mapping, read

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Reads the checkpoints that a spec declares, and others that a user names."""

    parsed: Parsed
    open_: Open | None = None

    @property
    def document(self) -> Document:
        assert self.parsed.document is not None
        return self.parsed.document

    def read(self, given: object) -> Checkpoint | Diagnostic:
        """The tensors that are meant, read from where they are."""
        if isinstance(given, Mapping):
            return from_mapping(given, "the state dict")
        name = str(given)
        if isinstance(given, str) and given in self.document.weights:
            return self._declared(name, self.document.weights[name])
        if isinstance(given, Path) or name.endswith(SUFFIXES):
            return read(Path(name), name)
        helps = suggestion(name, self.document.weights, "the spec")
        return faults.UnknownWeights(network=self.document.name, name=name, helps=helps)

    def names(self, to: str, entry: Weights) -> Mapping[str, Tensor] | Diagnostic:
        """The state dict as whoever published the weights makes it; its values matter where only they have an entry."""
        origin = origin_of(entry.source)
        if isinstance(origin, Published):
            device = "cpu" if any(rename.ours is None for rename in renames_of(entry.match)) else "meta"
            module = libraries.built(origin.library, origin.model, device)
            return module if isinstance(module, Diagnostic) else module.state_dict()
        checkpoint = self._declared(to, entry)
        return checkpoint if isinstance(checkpoint, Diagnostic) else checkpoint.tensors

    def _declared(self, name: str, entry: Weights) -> Checkpoint | Diagnostic:
        path = self._path(entry)
        return path if isinstance(path, Diagnostic) else read(path, name)

    def _path(self, entry: Weights) -> Path | Diagnostic:
        """The file of declared weights, downloaded if it isn't there."""
        origin = origin_of(entry.source)
        if isinstance(origin, Beside):
            found = _below(origin.path, (self.parsed.folder, SPECS))
            return found if found is not None else faults.CheckpointUnreadable(path=origin.path)
        if isinstance(origin, Address):
            name = f"{origin.sha256[:16]}-{Path(origin.url.partition('?')[0]).name[-64:]}"
            return downloaded(origin.url, name, origin.sha256, self.open_)
        if isinstance(origin, ByHand):
            return _fetched(origin)
        assert isinstance(origin, Published)
        place = libraries.place_of(origin)
        return place if isinstance(place, Diagnostic) else downloaded(*place, self.open_)


def _fetched(origin: ByHand) -> Path | Diagnostic:
    """A file that its user put into torch's folder."""
    path = hub_folder() / origin.file
    if path.is_file():
        return checked(path, origin.sha256) or path
    words = f"get it from {origin.page}, and put it there, or name it by its path"
    return faults.NotFetched(file=origin.file, folder=str(hub_folder()), helps=(Advice(words=words),))


def _below(written: str, homes: tuple[Path | None, ...]) -> Path | None:
    """A file in one of these folders, or below; links are followed first, so that none leads out."""
    for home in homes:
        try:
            found = (home / written).resolve(strict=True) if home is not None else None
        except (OSError, ValueError, RuntimeError):
            continue
        if found is not None and home is not None and found.is_relative_to(home.resolve()) and found.is_file():
            return found
    return None
