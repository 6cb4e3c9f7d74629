"""The way from a text to a checked network: read, validate, elaborate, check. Each step is taken once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Final

from archspec import checks
from archspec.analysis.cost import Costs
from archspec.analysis.pause import uncollected
from archspec.checks import reference, size
from archspec.diagnostics.catalogue.arguments import UnknownName
from archspec.diagnostics.catalogue.document import BadShape, MissingKey, UnknownKey, WrongType
from archspec.diagnostics.catalogue.expansion import TooManyElements, TooMuchWork
from archspec.diagnostics.catalogue.graph import UnknownNode, UnknownOp, WrongPhase
from archspec.diagnostics.catalogue.lint import UnusedNode
from archspec.diagnostics.catalogue.names import NotCamelCase
from archspec.diagnostics.catalogue.outside import FileUnreadable
from archspec.diagnostics.catalogue.promises import Promise
from archspec.diagnostics.catalogue.weights import BadTrainedParameters
from archspec.diagnostics.diagnostic import Diagnostic, Severity
from archspec.diagnostics.remarks import DidYouMean, Raise, suggestion
from archspec.diagnostics.span import Source
from archspec.elaborate import Elaborated, Limits, elaborate
from archspec.language.document import Document
from archspec.language.files import Files
from archspec.language.imports import Imports
from archspec.language.inherit import Inherited, inherited
from archspec.language.library import library_blocks
from archspec.language.load import TextLimits, load, read
from archspec.language.overrides import Setting, from_keywords, settings_tree
from archspec.language.references import BY_PHASE
from archspec.language.tree import YamlMap
from archspec.language.validate import document_of
from archspec.network import NOTHING_ASKED, Asked, Network
from archspec.places import zoo

_SUFFIXES = (".yaml", ".yml")
_TEXT = TextLimits()
_NAMED_IN: Final = {
    "params": UnknownName,
    "let": UnknownName,
    "blocks": UnknownOp,
    "import": UnknownOp,
    "inputs": UnknownNode,
    "outputs": WrongPhase,
    "train": WrongPhase,
    "eval": WrongPhase,
}
"""What would be said of names that stand in these parts of a document."""


@dataclass(frozen=True)
class Parsed:
    """A file as a document. With errors in `found`, the document is a repaired one, good for finding more faults
    only.
    """

    source: Source
    tree: YamlMap | None
    document: Document | None
    found: tuple[Diagnostic, ...]
    imports: Imports = field(default_factory=Imports)
    """The blocks that other files bring."""
    folder: Path | None = None
    """Where the file is; None for a text that came from nowhere."""

    @property
    def failed(self) -> bool:
        return any(fault.severity is Severity.ERROR for fault in self.found)

    @cached_property
    def digest(self) -> str:
        """sha256 of the text, and of the texts that it extends and imports."""
        import hashlib

        texts = "\n".join([self.source.text, *self.imports.texts])
        return hashlib.sha256(texts.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Request:
    """What a user sets from outside: parameters, the input's shape, limits, and what is asked: taps, or one phase."""

    settings: tuple[Setting, ...] = ()
    input: tuple[int, ...] | None = None
    limits: Limits = field(default_factory=Limits)
    asked: Asked = NOTHING_ASKED


@dataclass(frozen=True)
class Compiled:
    """A network, None where an error leaves none, and all that is to be said of it."""

    network: Network | None
    costs: Costs | None
    found: tuple[Diagnostic, ...]


def find(path_or_name: str | Path) -> Path | Diagnostic:
    """The file that is meant: a path, or the name of a network of the zoo."""
    path = Path(path_or_name)
    if isinstance(path_or_name, Path) or path.suffix in _SUFFIXES or path.name != path_or_name:
        return path
    networks = zoo()
    if path_or_name in networks or os.path.exists(path):  # Path.exists raises for a name that is too long
        return networks.get(path_or_name, path)
    return FileUnreadable(path=path_or_name, helps=suggestion(path_or_name, networks))


def parse_file(path_or_name: str | Path, limits: TextLimits = _TEXT) -> Parsed:
    """A file's document and its faults."""
    path = find(path_or_name)
    source = path if isinstance(path, Diagnostic) else read(path, limits)
    if isinstance(source, Diagnostic):
        return Parsed(Source(str(path_or_name), ""), None, None, (source,))
    return parse(source, limits, path if isinstance(path, Path) else None)


@uncollected()
def parse(source: Source, limits: TextLimits = _TEXT, path: Path | None = None) -> Parsed:
    """A text's document and its faults. Without a path, only networks of the zoo can be extended and imported."""
    tree, found = load(source, limits)
    if tree is None:
        return Parsed(source, None, None, tuple(found))
    imports, inherits = Imports(), Inherited(tree)
    if "extends" in tree or "import" in tree:
        inherits = _with_files(tree, path, limits, imports)
        found = [*found, *inherits.found, *imports.found]
    document, wrong = document_of(inherits.tree, library_blocks())
    # Without all that it extends, whatever is named and not there may be in what couldn't be read.
    known = document if inherits.whole else None
    told = (*found, *_beyond(found, inherits.faults(wrong)))
    return Parsed(source, inherits.tree, known, told, imports, path.resolve().parent if path is not None else None)


def _with_files(tree: YamlMap, path: Path | None, limits: TextLimits, imports: Imports) -> Inherited:
    """The tree with what it extends, and its imports read."""
    folder = path.resolve().parent if path is not None else None
    files = Files(folder, limits, path.parent if path is not None else None)
    if path is not None:
        files.enter(path)
    inherits = inherited(tree, folder, files)
    imports.texts += inherits.texts
    imports.read(inherits.tree, folder, files)
    return inherits


def compile(parsed: Parsed, request: Request | None = None) -> Compiled:
    """The network that a document means under a request, and all that is wrong with either."""
    with uncollected():
        return _compile(parsed, request or Request())


def _compile(parsed: Parsed, request: Request) -> Compiled:
    found = list(parsed.found)
    if parsed.document is None or parsed.tree is None:
        return Compiled(None, None, tuple(found))
    overrides, wrong = settings_tree(request.settings, parsed.document.params, parsed.document.name)
    found += wrong
    if request.input is not None and parsed.document.inputs is not None:
        found.append(BadShape(key="input", found="one shape for a network of several inputs"))
        return Compiled(None, None, tuple(found))
    too_large = _too_large(parsed, request)
    if too_large is not None:
        return Compiled(None, None, (*found, too_large))
    made = _elaborated(parsed, overrides, request.input, request)
    network, graph = made.network, made.graph
    found += _independent(found, _beyond(found, made.found))
    if network is None or any(map(_is_fatal, found)):
        if graph is not None:
            found += _independent(found, checks.check_part(graph, parsed.document.init, made.init))
        # Beside a broken node, one that nothing reads may well be what the broken one was to read.
        return Compiled(None, None, tuple(fault for fault in found if not isinstance(fault, UnusedNode)))
    costs = Costs(network.root)
    found += size.check(network, costs, request.limits)
    found += checks.check(network, parsed.tree)
    as_published = not request.settings and request.input is None and request.asked == NOTHING_ASKED
    if as_published and not any(map(_is_fatal, found)):
        found += _reference(parsed, network, costs, request)
        found += _trained(parsed, request, made.steps)
    failed = any(fault.severity is Severity.ERROR for fault in found)
    return Compiled(None if failed else network, None if failed else costs, tuple(found))


def _is_fatal(fault: Diagnostic) -> bool:
    """Whether a fault leaves no network; one that doesn't keep its promises is a network."""
    return fault.severity is Severity.ERROR and not isinstance(fault, Promise)


def _beyond(told: Iterable[Diagnostic], found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those of other places than what the reader reported: a scalar that is `no` is no truth value as well."""
    read = [one.span for one in told if one.span and one.code.startswith("E1")]
    return [one for one in found if not any(one.span and one.span in place for place in read)]


def _independent(told: Iterable[Diagnostic], found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those that aren't for want of names that stand in a part that couldn't be read."""
    misspelt = [one for one in told if isinstance(one, UnknownKey)]
    meant = {help_.name for one in misspelt for help_ in one.helps if isinstance(help_, DidYouMean)}
    mistyped = [one for one in told if isinstance(one, WrongType) and one.expected.startswith("a mapping of names")]
    missing = [one for one in told if isinstance(one, MissingKey) and one.where == BY_PHASE]
    unread = meant | {one.key for one in mistyped} | {one.key for one in missing}
    if any(isinstance(one, NotCamelCase) and one.what == "an import" for one in told):
        unread.add("import")
    missed = tuple(kind for key, kind in _NAMED_IN.items() if key in unread)
    return [one for one in found if not isinstance(one, missed)]


def _elaborated(
    parsed: Parsed, overrides: Mapping[str, YamlMap], shape: tuple[int, ...] | None, request: Request
) -> Elaborated:
    assert parsed.document is not None and parsed.tree is not None
    return elaborate(
        parsed.document,
        parsed.tree,
        parameters=overrides,
        input=shape,
        limits=request.limits,
        imports=parsed.imports.blocks,
        asked=request.asked,
    )


def _reference(parsed: Parsed, network: Network, costs: Costs, request: Request) -> list[Diagnostic]:
    """The facts hold for the default parameters, at an input of their own if they have one."""
    assert parsed.tree is not None
    published = network.document.reference
    if published is None:
        return []
    own = tuple(network.document.input.shape if network.document.input is not None else ())
    at = tuple(published.at or own)
    if at != own:
        other = _elaborated(parsed, {}, at, request).network
        if other is None:
            return []
        network, costs = other, Costs(other.root)
    return reference.check(network, parsed.tree, costs)


def _trained(parsed: Parsed, request: Request, steps: int) -> Iterator[Diagnostic]:
    """Whether the network is right with the parameters that weights were trained with, after so many steps."""
    assert parsed.document is not None and parsed.tree is not None
    limits = replace(request.limits, steps=request.limits.steps - steps)
    for name, entry in parsed.document.weights.items():
        if entry.params:
            overrides, wrong = settings_tree(from_keywords(entry.params), parsed.document.params, parsed.document.name)
            made = _elaborated(parsed, overrides, None, Request(limits=limits))
            limits = replace(limits, steps=limits.steps - made.steps)
            if any(isinstance(fault, TooMuchWork) for fault in made.found):
                limit, span = request.limits.steps, parsed.tree["weights"][name].span_of("params")
                yield TooMuchWork(span=span, limit=limit, helps=(Raise(setting="Limits(steps=...)"),))
                return
            errors = [fault for fault in (*wrong, *made.found) if fault.severity is Severity.ERROR]
            if errors:
                found = f"error[{errors[0].code}]: {errors[0].title()}"
                yield BadTrainedParameters(span=parsed.tree["weights"][name].span_of("params"), name=name, found=found)


def _too_large(parsed: Parsed, request: Request) -> Diagnostic | None:
    assert parsed.document is not None
    own = parsed.document.every_input.values()
    shapes = [request.input] if request.input is not None else [one.shape for one in own]
    shape = max(shapes, key=prod, default=())
    count = prod(shape)
    limit = request.limits.tensor_elements
    if count <= limit:
        return None
    assert parsed.tree is not None
    span = parsed.tree.span_of("input") if request.input is None else None
    sizes = " x ".join(map(str, shape))
    return TooManyElements(span=span, what="the input", shape=sizes, count=count, limit=limit)


def with_setting(request: Request, settings: tuple[Setting, ...]) -> Request:
    """The same request with more parameters set."""
    return replace(request, settings=(*request.settings, *settings))
