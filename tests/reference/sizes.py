"""How much there is to read of each network: lines of its source here, and of what torchvision and timm need for it."""

from __future__ import annotations

import ast
import importlib.metadata
import io
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import torch
from torch import nn

from archspec.places import zoo
from archspec.weights import libraries
from tests.reference.cases import Case, cases
from tests.torchgen.networks import NAMES, PARENTS, printed, spec

PAGE = Path(__file__).resolve().parents[2] / "docs" / "generated-source.md"
LIBRARIES = ("torchvision", "timm")
ALSO = (
    Case("convnext_tiny", "timm", "convnext_tiny"),
    Case("densenet121", "timm", "densenet121"),
    Case("efficientnet_b0", "timm", "efficientnet_b0"),
    Case("efficientnet_v2_s", "timm", "efficientnetv2_s"),
    Case("mobilenet_v2", "timm", "mobilenetv2_100"),
    Case("resnet50", "timm", "resnet50"),
    Case("vit_b16", "timm", "vit_base_patch16_224"),
)
"""Networks that timm has as well as torchvision, whose weights ours take."""
_TABLE = re.compile(r"(?<=<!-- sizes: made by `make docs` -->\n\n).*(?=\n<!-- end -->)", re.DOTALL)
_HEAD = ("network", "lines", "classes", "longest function", "there", "lines", "classes", "longest function")
_MACHINERY = re.compile(
    r"/(utils|config|__init__|_(api|builder|factory|helpers|hub|input|manipulate|pretrained|registry))\.py$"
)
"""Files that find, configure and download models; none of it is counted."""
_OWN = re.compile(r"^(blocks|graph):", re.MULTILINE)

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


@dataclass(frozen=True, slots=True)
class Size:
    """What a network takes of a reader: lines of code, classes, and the lines of the longest function."""

    lines: int
    classes: int
    longest: int

    @property
    def cells(self) -> tuple[str, ...]:
        return str(self.lines), str(self.classes), str(self.longest)


def ours(name: str) -> Size:
    """All classes of the printed file."""
    source = Source(printed(name))
    kinds = [node for node in source.tree.body if isinstance(node, ast.ClassDef)]
    longest = max(len(source.code & span(node)) for node in ast.walk(source.tree) if isinstance(node, _Function))
    return Size(sum(len(source.code & span(kind)) for kind in kinds), len(kinds), longest)


def compared() -> tuple[Case, ...]:
    """The implementations of networks with a graph or blocks of their own, in the order of networks."""
    own = {name for name in NAMES if name not in PARENTS or _OWN.search(zoo()[name].read_text(encoding="utf-8"))}
    return tuple(sorted((case for case in (*cases(), *ALSO) if case.spec in own), key=lambda case: case.spec))


def needed(case: Case) -> Size:
    """What an implementation enters when it is made and runs in training, with the heads of its classes."""
    entered: set[CodeType] = set()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            entered.add(frame.f_code)

    libraries.timm()
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        module = libraries.built(case.library, case.model)
        assert isinstance(module, nn.Module)
        device = next(module.parameters()).device
        with torch.no_grad():
            module.train()(torch.empty(2, *spec(case.spec).input, device=device))
    finally:
        sys.setprofile(before)
    return _size([code for code in entered if _counts(code.co_filename) and "wrapper" not in code.co_qualname], module)


def _size(codes: Iterable[CodeType], module: nn.Module) -> Size:
    lines: set[tuple[str, int]] = set()
    longest = 0
    for code in codes:
        source = source_of(code.co_filename)
        if code.co_firstlineno in source.functions:
            found = source.code & span(source.functions[code.co_firstlineno])
            longest = max(longest, len(found))
            lines |= {(code.co_filename, line) for line in found}
    kinds = {kind for one in module.modules() for kind in type(one).__mro__ if _counts(_file(kind))}
    for kind in kinds:
        lines |= {(_file(kind), line) for line in source_of(_file(kind)).head(kind.__name__)}
    return Size(len(lines), len(kinds), longest)


def _counts(file: str) -> bool:
    inside = any(f"/{library}/" in file for library in LIBRARIES)
    return inside and _MACHINERY.search(file) is None


def _file(kind: type) -> str:
    return str(getattr(sys.modules[kind.__module__], "__file__", ""))


class Source:
    """A file's text with what stands on which line."""

    def __init__(self, text: str) -> None:
        self.tree = ast.parse(text)
        nodes = list(ast.walk(self.tree))
        self.functions = {min(span(node)): node for node in nodes if isinstance(node, _Function)}
        self.code = frozenset(_spoken(text) - {line for node in nodes for line in _docstring(node)})
        """The lines that hold code: none that are blank, and no comments or docstrings."""

    def head(self, name: str) -> set[int]:
        """The lines of a class without its methods: how it begins, and what it declares."""
        kind = next(node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef) and node.name == name)
        return (self.code & span(kind)).difference(*(span(one) for one in kind.body if isinstance(one, _Function)))


@cache
def source_of(file: str) -> Source:
    return Source(Path(file).read_text(encoding="utf-8"))


def span(node: ast.stmt) -> set[int]:
    """The lines of a statement, decorators included."""
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    return set(range(first, (node.end_lineno or first) + 1))


def _spoken(text: str) -> set[int]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    found = (token for token in tokens if token.type not in _SILENT)
    return {line for token in found for line in range(token.start[0], token.end[0] + 1)}


def _docstring(node: ast.AST) -> Iterator[int]:
    if isinstance(node, ast.Module | ast.ClassDef | _Function) and ast.get_docstring(node, clean=False) is not None:
        yield from span(node.body[0])


# The page -----------------------------------------------------------------------------------------------------------


def versions() -> str:
    return " and ".join(f"{library} {importlib.metadata.version(library)}" for library in LIBRARIES)


def rows(page: str) -> dict[str, tuple[str, ...]]:
    """The rows of the page's table, by what is compared."""
    lines = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in page.splitlines() if "|" in line]
    return {f"{cells[0]}, {cells[4]}": cells for cells in lines[2:] if len(cells) == len(_HEAD)}


def row(case: Case) -> str:
    """The key of its row."""
    return f"{case.spec}, {case.library} `{case.model}`"


def refreshed(page: str) -> str:
    """The page with what is true of our source; theirs is counted again where it is another, or of another version."""
    known = rows(page) if versions() in page else {}
    lines = ["| " + " | ".join(_HEAD) + " |", "|" + " --- |" * len(_HEAD)]
    for case in compared():
        theirs = known[row(case)][5:] if row(case) in known else needed(case).cells
        cells = (case.spec, *ours(case.spec).cells, f"{case.library} `{case.model}`", *theirs)
        lines.append("| " + " | ".join(cells) + " |")
    table = f"Counted with {versions()}.\n\n" + "\n".join(lines) + "\n"
    return _TABLE.sub(lambda found: table, page)
