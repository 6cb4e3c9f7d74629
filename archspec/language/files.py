"""The files that a spec may lead to: beside it, below it, and in the zoo; each read once, and not too many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archspec.diagnostics.catalogue.outside import ImportCycle, ImportFaulty, ImportUnreadable, TooManyImports
from archspec.diagnostics.diagnostic import Diagnostic, Severity
from archspec.diagnostics.remarks import suggestion
from archspec.diagnostics.span import Source, Span
from archspec.language.load import TextLimits, load, read
from archspec.language.tree import YamlMap
from archspec.places import SPECS, in_zoo, zoo

MOST_FILES: Final = 64


@dataclass(frozen=True)
class Loaded:
    """Another file's tree, as it is written."""

    path: Path
    source: Source
    tree: YamlMap | None
    found: tuple[Diagnostic, ...]


@dataclass
class Files:
    """What one spec may read. `root` is the folder of the spec, None for a text that came from nowhere, and `called` is
    what messages call it."""

    root: Path | None
    limits: TextLimits = field(default_factory=TextLimits)
    called: Path | None = None
    most: int = MOST_FILES
    _loaded: dict[Path, Loaded] = field(default_factory=dict)
    _trail: list[Path] = field(default_factory=list)

    def open(self, written: str, span: Span, folder: Path | None) -> Loaded | Diagnostic:
        """The file that a reference in `folder` means. `leave` follows when the file's own references are read."""
        path = self._find(written, folder)
        if path is None:
            helps = suggestion(written, zoo()) if "/" not in written and "\\" not in written else ()
            return ImportUnreadable(span=span, path=written, helps=helps)
        if path in self._trail:
            names = [one.name for one in (*self._trail[self._trail.index(path) :], path)]
            return ImportCycle(span=span, cycle=" -> ".join(names))
        loaded = self._loaded.get(path)
        if loaded is None:
            if len(self._loaded) >= self.most:
                return TooManyImports(span=span, limit=self.most)
            source = read(path, self.limits)
            if isinstance(source, Diagnostic):
                return ImportUnreadable(span=span, path=written)
            tree, found = load(Source(self._shown(path), source.text), self.limits)
            loaded = self._loaded[path] = Loaded(path, source, tree, tuple(found))
        self._trail.append(path)
        return loaded

    def leave(self) -> None:
        """Ends what `open` began."""
        self._trail.pop()

    def enter(self, path: Path) -> None:
        """The spec itself, which no file that it leads to may lead to again."""
        self._trail.append(path.resolve())

    def _find(self, written: str, folder: Path | None) -> Path | None:
        """The file, if it is one that may be read: links are followed first, so that none leads out."""
        if (known := in_zoo(written)) is not None:
            return known.resolve()
        path = Path(written)
        if folder is None or path.is_absolute() or "\\" in written or ":" in written or "\0" in written:
            return None
        try:
            found = (folder / path).resolve(strict=True)
        except (OSError, ValueError, RuntimeError):
            return None
        allowed = [home.resolve() for home in (self.root, SPECS) if home is not None]
        return found if found.is_file() and any(found.is_relative_to(home) for home in allowed) else None

    def _shown(self, path: Path) -> str:
        """How messages call a file: from the spec's folder where it is below that."""
        if self.root is not None and path.is_relative_to(self.root.resolve()):
            return str((self.called or self.root) / path.relative_to(self.root.resolve()))
        return path.name


def first_of(found: Iterable[Diagnostic]) -> str:
    """The first error, and how many there are beside it; what makes a file unusable that another one needs."""
    first, *rest = errors_of(found)
    if isinstance(first, ImportFaulty):
        return first.found
    more = f", and {len(rest)} more" if rest else ""
    return f"error[{first.code}]: {first.title()} ({first.span}){more}"


def errors_of(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those that make a file unusable."""
    return [fault for fault in found if fault.severity is Severity.ERROR]
