"""The form of a document that types don't say: names, keys that belong together, references, declarations.

Works on the plain tree, so that it finds these faults beside any others; a part of the wrong type is passed over
here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import Any, Final

from archspec.diagnostics.catalogue import document as faults
from archspec.diagnostics.catalogue.names import DuplicateBlock, NameTwice
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import Write, suggestion
from archspec.diagnostics.span import Span
from archspec.diagnostics.wording import article, listing, spoken
from archspec.language.declaration import declaration_fault
from archspec.language.document import TASKS, UNDECLARED
from archspec.language.inputs import is_shape, meant_shape
from archspec.language.kinds import kind_faults
from archspec.language.limits import MOST_FAULTS
from archspec.language.names import bad_class_name, bad_name, is_free
from archspec.language.pairs import pair_faults
from archspec.language.references import named_faults, reference_fault
from archspec.language.tree import YamlList, YamlMap
from archspec.language.weights import weights_faults

_MERGES: Final = ("concat", "add", "mul", "none")


class _Enough(Exception):
    """There are so many faults that nobody looks for more."""


class FormCheck:
    """One walk over a document. `found` grows in the order of the text."""

    def __init__(self, library: Collection[str] = ()) -> None:
        self.library = library
        self.found: list[Diagnostic] = []

    def document(self, tree: YamlMap) -> None:
        """A spec file."""
        self._version(tree)
        self._texts(tree)
        self._task(tree)
        self._class_name(tree.get("name"), "a network", tree.span_of("name"))
        self._input(tree)
        known = self._parameters(tree, "the network")
        self._imports(tree.get("import"))
        self._blocks(tree)
        self._graph(tree, "graph", known)
        for key in ("outputs", "taps"):
            self._named(tree, key)
        for fault in weights_faults(tree):
            self._add(fault)

    def blocks(self, tree: YamlMap) -> None:
        """A file of blocks."""
        self._version(tree)
        self._texts(tree)
        self._blocks(tree)

    def _version(self, tree: YamlMap) -> None:
        version = tree.get("archspec")
        if "archspec" in tree and (type(version) is not int or version != 1):
            self._add(faults.UnsupportedVersion(span=tree.span_of("archspec"), found=_version(version)))

    def _texts(self, tree: YamlMap) -> None:
        for key in ("doc", "source"):
            text = tree.get(key)
            if isinstance(text, str) and not text.isprintable():
                char = next(char for char in text if not char.isprintable())
                found = "a line break" if char in "\n\r" else f"the character U+{ord(char):04X}"
                self._add(faults.ForbiddenText(span=tree.span_of(key), key=key, found=found))

    def _task(self, tree: YamlMap) -> None:
        task = tree.get("task")
        if "task" in tree and task not in TASKS:
            found = f"`{task}`" if isinstance(task, str) else spoken(task)
            helps = suggestion(task, TASKS) if isinstance(task, str) else ()
            self._add(faults.UnknownTask(span=tree.span_of("task"), found=found, known=listing(TASKS), helps=helps))

    def _input(self, tree: YamlMap) -> None:
        several = tree.get("inputs")
        if "input" not in tree and "inputs" not in tree:
            self._add(faults.MissingKey(span=_start(tree), key="input", where="a spec"))
        elif "input" in tree and "inputs" in tree:
            self._add(faults.BothKeys(span=tree.key_span("inputs"), first="input", second="inputs", where="a spec"))
        elif "input" in tree:
            self._shape(tree, "input")
        elif isinstance(several, YamlMap):
            if not several:
                expected, span = "a mapping of names to shapes", tree.span_of("inputs")
                self._add(faults.WrongType(span=span, key="inputs", expected=expected, found="an empty one"))
            for name in several:
                self._add(bad_name(name, "an input", several.key_span(name), several))
                self._shape(several, name)

    def _shape(self, tree: YamlMap, key: str) -> None:
        """A shape, or a mapping that has one."""
        if isinstance(tree[key], YamlMap):
            tree, key = tree[key], "shape"
        if key in tree and not is_shape(tree[key]):
            shape = tree[key]
            found = f"[{', '.join(map(str, shape))}]" if isinstance(shape, list) else spoken(shape)
            helps = meant_shape(found)
            self._add(faults.BadShape(span=tree.span_of(key), key=key, found=found, helps=helps))

    def _imports(self, written: object) -> None:
        if isinstance(written, YamlMap):
            for name in written:
                self._class_name(name, "an import", written.key_span(name))

    def _class_name(self, name: object, what: str, span: Span) -> None:
        if isinstance(name, str):
            self._add(bad_class_name(name, what, span))

    def _blocks(self, tree: YamlMap) -> None:
        blocks = tree.get("blocks")
        if not isinstance(blocks, YamlMap):
            return
        for name, block in blocks.items():
            self._class_name(name, "a block", blocks.key_span(name))
            if name in self.library or name == tree.get("name"):
                owner = "a library block" if name in self.library else "a network"
                self._add(DuplicateBlock(span=blocks.key_span(name), name=name, owner=owner))
            if isinstance(block, YamlMap):
                self._texts(block)
                known = self._parameters(block, article(name))
                self._lets(block, known)
                self._inputs(block)
                self._graph(block, "graph", known)
                self._named(block, "outputs")

    def _parameters(self, tree: YamlMap, owner: str) -> dict[str, str]:
        """Checks declarations; what each name means from here on."""
        declared = tree.get("params")
        if not isinstance(declared, YamlMap):
            return {}
        for name, written in declared.items():
            self._add(bad_name(name, "a parameter", declared.key_span(name), declared))
            fault = declaration_fault(name, written, declared)
            if fault is not None:
                declared[name] = UNDECLARED
            self._add(fault)
        return dict.fromkeys(declared, f"a parameter of {owner}")

    def _lets(self, block: YamlMap, known: dict[str, str]) -> None:
        lets = block.get("let")
        if isinstance(lets, YamlMap):
            for name in lets:
                self._add(bad_name(name, "a `let`", lets.key_span(name), known))
                self._meaning(name, "a `let`", known, lets.key_span(name))
            known.update(dict.fromkeys(lets, "a `let`"))

    def _inputs(self, block: YamlMap) -> None:
        inputs = block.get("inputs")
        if not isinstance(inputs, YamlList):
            return
        for index, name in enumerate(inputs):
            if isinstance(name, str):
                self._add(bad_name(name, "an input", inputs.span_of(index), inputs))
                self._meaning(name, "an input", dict.fromkeys(inputs[:index], "an input"), inputs.span_of(index))

    def _meaning(self, name: str, what: str, known: dict[str, str], span: Span) -> None:
        if name in known:
            self._add(NameTwice(span=span, name=name, what=what, other=known[name]))

    def _graph(self, tree: YamlMap, key: str, known: dict[str, str]) -> None:
        nodes = tree.get(key)
        if isinstance(nodes, YamlMap | YamlList):
            self._nodes(nodes, f"`{key}`", known)

    def _nodes(self, nodes: YamlMap | YamlList, where: str, known: dict[str, str]) -> None:
        if not nodes:
            self._add(faults.EmptyGraph(span=nodes.span, where=where))
        elif isinstance(nodes, YamlList):
            for node in nodes:
                self._node(node, known)
        else:
            for name, node in nodes.items():
                if not is_free(name):
                    self._add(bad_name(name, "a node", nodes.key_span(name), nodes))
                self._node(node, known)

    def _node(self, node: Any, known: dict[str, str]) -> None:
        if isinstance(node, YamlList):
            self._nodes(node, "this chain", known)
        elif isinstance(node, YamlMap):
            for fault in kind_faults(node, self.library):
                self._add(fault)
            self._texts(node)
            pairs = list(pair_faults(node))
            for fault in pairs:
                self._add(fault)
            excluded = any(isinstance(fault, faults.BothKeys) for fault in pairs)
            if not self._lists(node) or not self._references(node) or excluded:
                node.clear()  # a node that says nothing has an unknown value, of which nobody complains
                return
            self._merge(node)
            inner = self._columns(node, known)
            for key in ("graph", "parallel"):
                self._graph(node, key, inner)
            if "else" in node:
                self._node(node["else"], inner)

    def _lists(self, node: YamlMap) -> bool:
        """Whether no list of nodes, or names, is empty or says one thing twice."""
        before = len(self.found)
        for key in ("from", "over", "taps"):
            if node.get(key) == []:
                words = "a list of names" if key == "taps" else "a node, or a list of nodes"
                self._add(faults.WrongType(span=node.span_of(key), key=key, expected=words, found="an empty list"))
        taps = node.get("taps")
        if isinstance(taps, YamlList):
            for index, name in enumerate(taps):
                if name in taps[:index]:
                    expected, found = "a list of different names", f"{spoken(name)} twice"
                    self._add(faults.WrongType(span=taps.span_of(index), key="taps", expected=expected, found=found))
        return len(self.found) == before

    def _references(self, node: YamlMap) -> bool:
        """Whether all that the node reads can be a reference."""
        read = node.get("from")
        if isinstance(read, YamlList):
            return all([self._reference(name, read.span_of(index)) for index, name in enumerate(read)])
        return self._reference(read, node.span_of("from"))

    def _named(self, tree: YamlMap, key: str) -> None:
        """What `outputs` or `taps` name; what is faulty is taken away."""
        found = list(named_faults(tree, key))
        for fault in found:
            self._add(fault)
        if found:
            tree.pop(key)

    def _reference(self, name: object, span: Span) -> bool:
        fault = reference_fault(name, span)
        self._add(fault)
        return fault is None

    def _merge(self, node: YamlMap) -> None:
        merge = node.get("merge")
        if "merge" in node and merge not in _MERGES:
            found = merge if isinstance(merge, str) else spoken(merge)
            helps = suggestion(found, _MERGES) or ((Write(words="concat"),) if found in ("cat", "stack") else ())
            self._add(faults.BadMerge(span=node.span_of("merge"), found=found, helps=helps))

    def _columns(self, node: YamlMap, known: dict[str, str]) -> dict[str, str]:
        """Names that the node's own expressions have besides: its columns."""
        each = node.get("each")
        columns = each.get("columns") if isinstance(each, YamlMap) else None
        if not isinstance(columns, YamlList):
            return known
        inner = dict(known)
        for index, name in enumerate(columns):
            if isinstance(name, str):
                span = columns.span_of(index)
                self._add(bad_name(name, "a column", span, inner))
                if inner.get(name) == "a column":
                    self._meaning(name, "a column", inner, span)
                inner[name] = "a column"
        return inner

    def _add(self, fault: Diagnostic | None) -> None:
        if fault is not None:
            self.found.append(fault)
        if len(self.found) >= MOST_FAULTS:
            raise _Enough


def form_faults(tree: YamlMap, library: Iterable[str] = (), of_blocks: bool = False) -> list[Diagnostic]:
    """What is wrong with the form of a spec, or a file of blocks, up to `MOST_FAULTS`."""
    check = FormCheck(frozenset(library))
    with suppress(_Enough):
        (check.blocks if of_blocks else check.document)(tree)
    return check.found


def _version(written: object) -> str:
    return str(written) if type(written) in (int, float) else spoken(written)


def _start(tree: YamlMap) -> Span:
    source = tree.span.source
    return Span(source, 1, 1, 1, 2)
