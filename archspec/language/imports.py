"""`import`: other networks as blocks, and blocks from files that hold nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from pydantic import ValidationError

from archspec.diagnostics.catalogue.outside import ImportFaulty, NothingToImport
from archspec.diagnostics.diagnostic import Diagnostic, Severity
from archspec.diagnostics.remarks import suggestion
from archspec.diagnostics.span import Span
from archspec.diagnostics.wording import listing
from archspec.language.document import Block, Document, Graph, Library, Parameters
from archspec.language.files import Files, Loaded
from archspec.language.inherit import inherited
from archspec.language.library import library_blocks
from archspec.language.tree import YamlMap
from archspec.language.validate import document_of


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


Definition: TypeAlias = Block | Imported


@dataclass
class Imports:
    """What the imports of one document bring, what is wrong with them, and the texts that were read."""

    blocks: dict[str, Definition] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def read(self, tree: YamlMap, folder: Path | None, files: Files) -> None:
        """All that `import` of a tree names; what is faulty is reported and left out."""
        written = tree.get("import")
        for name, path in written.items() if isinstance(written, YamlMap) else ():
            if isinstance(path, str) and isinstance(written, YamlMap):
                self._one(name, path, written.span_of(name), folder, files)

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
        self.texts.append(loaded.source.text)
        tree = loaded.tree
        if tree is None or _errors(loaded.found):
            self._faulty(written, span, loaded.found)
        elif "graph" in tree or "extends" in tree:
            self._network(name, written, span, tree, loaded, files)
        else:
            self._block(name, written, span, tree)

    def _network(self, name: str, written: str, span: Span, tree: YamlMap, loaded: Loaded, files: Files) -> None:
        whole, wrong, texts = inherited(tree, loaded.path.parent, files)
        inner = Imports()
        inner.read(whole, loaded.path.parent, files)
        document, found = document_of(whole, library_blocks())
        self.texts += [*texts, *inner.texts]
        faults = [*wrong, *inner.found, *found]
        if document is None or _errors(faults):
            self._faulty(written, span, faults)
            return
        blocks = {**library_blocks(), **inner.blocks, **document.blocks}
        self.blocks[name] = Imported(document, whole, blocks)

    def _block(self, name: str, written: str, span: Span, tree: YamlMap) -> None:
        try:
            blocks = Library.model_validate(tree).blocks
        except ValidationError as error:
            detail = error.errors(include_url=False)[0]
            found = f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}"
            self.found.append(ImportFaulty(span=span, path=written, found=found))
            return
        if name in blocks:
            self.blocks[name] = blocks[name]
            self.blocks |= {other: block for other, block in blocks.items() if other not in self.blocks}
            return
        known = listing(blocks)
        helps = suggestion(name, blocks)
        self.found.append(NothingToImport(span=span, path=written, name=name, known=known, helps=helps))

    def _faulty(self, written: str, span: Span, faults: list[Diagnostic] | tuple[Diagnostic, ...]) -> None:
        first = _errors(faults)[0]
        found = f"error[{first.code}]: {first.title()} ({first.span})"
        self.found.append(ImportFaulty(span=span, path=written, found=found))


def _errors(found: list[Diagnostic] | tuple[Diagnostic, ...]) -> list[Diagnostic]:
    return [fault for fault in found if fault.severity is Severity.ERROR]
