"""`import`: other networks as blocks, and blocks from files that hold nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from archspec.diagnostics.catalogue.outside import ImportCycle, ImportFaulty, NothingToImport, TooManyImports
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import suggestion
from archspec.diagnostics.span import Span
from archspec.diagnostics.wording import listing
from archspec.language.document import Block, Document, Graph, Parameters
from archspec.language.files import Files, Loaded, errors_of, first_of
from archspec.language.inherit import inherited
from archspec.language.library import library_blocks
from archspec.language.tree import YamlMap
from archspec.language.validate import document_of, library_of

_OF_NETWORKS: Final = {"graph", "extends", "name", "input", "inputs"}
"""Keys that a file of blocks doesn't have."""


@dataclass(frozen=True, eq=False)
class Imported:
    """A network that another spec uses as a block: its document, and the blocks that it may use itself."""

    document: Document
    tree: YamlMap
    blocks: Mapping[str, Definition]

    @property
    def params(self) -> Parameters:
        return self.document.params

    @property
    def inputs(self) -> list[str] | None:
        """Names of several inputs."""
        return list(self.document.inputs) if self.document.inputs is not None else None

    @property
    def graph(self) -> Graph:
        return self.document.graph


@dataclass(frozen=True, eq=False)
class Unread:
    """What an import should have brought, and its fault is reported: nothing is known of it."""

    params: Parameters = field(default_factory=dict)
    inputs: list[str] | None = None
    graph: Graph = field(default_factory=dict)


Definition: TypeAlias = Block | Imported | Unread


@dataclass
class Imports:
    """What the imports of one document bring, what is wrong with them, and the texts that were read."""

    blocks: dict[str, Definition] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    networks: dict[Path, Imported | list[Diagnostic]] = field(default_factory=dict)
    """Networks that were imported before, or their faults, by file: each is made once, however often it is named."""

    def read(self, tree: YamlMap, folder: Path | None, files: Files) -> None:
        """All that `import` of a tree names; of what is faulty nothing is known then."""
        written = tree.get("import")
        for name, path in written.items() if isinstance(written, YamlMap) else ():
            if isinstance(path, str) and isinstance(written, YamlMap):
                self._one(name, path, written.span_of(name), folder, files)
            self.blocks.setdefault(name, Unread())

    def _one(self, name: str, written: str, span: Span, folder: Path | None, files: Files) -> None:
        loaded = files.open(written, span, folder)
        if isinstance(loaded, Diagnostic):
            self.found.append(loaded)
            return
        try:
            self._file(name, written, span, loaded, files)
        finally:
            files.leave()

    def _file(self, name: str, written: str, span: Span, loaded: Loaded, files: Files) -> None:
        tree = loaded.tree
        if tree is None or errors_of(loaded.found):
            self._faulty(written, span, loaded.found)
        elif _OF_NETWORKS & tree.keys():
            self._network(name, written, span, tree, loaded, files)
        else:
            self._block(name, written, span, tree, loaded)

    def _network(self, name: str, written: str, span: Span, tree: YamlMap, loaded: Loaded, files: Files) -> None:
        if loaded.path not in self.networks:
            self.networks[loaded.path] = self._made(tree, loaded, files)
        made = self.networks[loaded.path]
        if isinstance(made, Imported):
            self.blocks[name] = made
            return
        leading = [fault for fault in made if isinstance(fault, ImportCycle | TooManyImports)]
        if not leading:
            self._faulty(written, span, made)
        self.found += [fault for fault in leading if fault not in self.found]

    def _made(self, tree: YamlMap, loaded: Loaded, files: Files) -> Imported | list[Diagnostic]:
        """A file's network, or what is wrong with it."""
        self.texts.append(loaded.source.text)
        inherits = inherited(tree, loaded.path.parent, files)
        inner, whole = Imports(networks=self.networks), inherits.tree
        inner.read(whole, loaded.path.parent, files)
        document, found = document_of(whole, library_blocks())
        self.texts += [*inherits.texts, *inner.texts]
        faults = errors_of([*inherits.found, *inner.found, *inherits.faults(found)])
        if document is None or faults:
            return faults
        return Imported(document, whole, {**library_blocks(), **inner.blocks, **document.blocks})

    def _block(self, name: str, written: str, span: Span, tree: YamlMap, loaded: Loaded) -> None:
        self.texts.append(loaded.source.text)
        read, found = library_of(tree, library_blocks())
        if read is None:
            self._faulty(written, span, found)
            return
        blocks = read.blocks
        if name in blocks:
            self.blocks[name] = blocks[name]
            self.blocks |= {other: block for other, block in blocks.items() if other not in self.blocks}
            return
        known = listing(blocks)
        helps = suggestion(name, blocks)
        self.found.append(NothingToImport(span=span, path=written, name=name, known=known, helps=helps))

    def _faulty(self, written: str, span: Span, faults: Iterable[Diagnostic]) -> None:
        self.found.append(ImportFaulty(span=span, path=written, found=first_of(faults)))
