"""What can be said of a document without any values: every name in it means something, and every node is of use.

So a fault is found whether or not the parameters at hand make the network go there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archspec.diagnostics.catalogue import arguments as faults
from archspec.diagnostics.catalogue.graph import LikeNeedsNode, UnknownTap, WhenNeedsInput
from archspec.elaborate import cycles, misnamed, usage
from archspec.elaborate.evaluator import item_of, unquoted, within
from archspec.elaborate.faults import Broken
from archspec.elaborate.names import Names
from archspec.elaborate.origins import show
from archspec.elaborate.parameters import Parameters, Signature
from archspec.elaborate.reading import EXPRESSION, Reading, mentions, parameter_reading, readings
from archspec.elaborate.references import Written, is_reference, listed
from archspec.elaborate.scope import FACTS, Scope
from archspec.language import document
from archspec.language.expressions import ExpressionFault, Name, reading_of
from archspec.language.imports import Definition, Unread
from archspec.language.place import Place
from archspec.language.tree import YamlMap
from archspec.ops import registry

_COPY = frozenset(("i", "n"))


class Reader:
    """One walk over the graphs of a document."""

    def __init__(
        self,
        file: document.Document,
        blocks: Mapping[str, Definition],
        tree: YamlMap,
        parameters: Parameters,
    ) -> None:
        self.file, self.blocks, self.tree = file, blocks, tree
        self.parameters, self.report = parameters, parameters.report

    def everything(self) -> frozenset[str]:
        """Everything in the document; the blocks that never end."""
        for name, block in self.file.blocks.items():
            self._block(name, block, self.tree["blocks"][name])
        inputs = tuple(self.file.inputs or ())
        names = Names(self.file.params, "this graph", self.file.graph, inputs=inputs)
        self._defaults(names)
        self._graph(self.file.graph, names)
        self._outputs(self.file.outputs, self.tree, names)
        usage.unused(self.file.graph, self._outputs_and_taps(), self.report, inputs)
        return cycles.endless(self.file.blocks, self.report)

    def _outputs_and_taps(self) -> Written:
        """What the network may be asked for."""
        taps = list(self.file.taps.values())
        for tap, name in self.file.taps.items():
            if name.split(".")[0] not in self.file.graph:
                fields = {"tap": tap, "name": name, "where": "this graph"}
                helps = self.report.nearest(name, lambda: self.file.graph)
                self.report.add(UnknownTap, self.tree["taps"].span_of(tap), helps=helps, **fields)
        if not taps:
            return self.file.outputs
        return [*taps, *(usage.named(self.file.outputs) or [next(reversed(self.file.graph))])]

    def _block(self, name: str, block: document.Block, tree: YamlMap) -> None:
        signature = Signature(name, block.params, tree)
        for parameter, declared in block.params.items():
            self._default(parameter, declared, signature)
        known = list(block.params)
        for let, written in block.let.items():
            names = Names(known, f"block {name}", (), inputs=block.inputs or ())
            names.later = block.let
            self._value(written, Place(tree["let"], let), EXPRESSION, names)
            known.append(let)
        names = Names(known, f"block {name}", block.graph, inputs=block.inputs or ())
        self._graph(block.graph, names)
        self._outputs(block.outputs, tree, names)
        usage.unused(block.graph, block.outputs, self.report, block.inputs or ())

    def _outputs(self, written: Written, tree: YamlMap, names: Names) -> None:
        for name, place in listed(written, Place(tree, "outputs")):
            if not names.has(name.split(".")[0]) and is_reference(name):
                misnamed.output(self.report, name, place, names)

    def _default(self, name: str, declared: document.Parameter, of: Signature) -> None:
        """A default that is no expression is held to its declaration, whether or not anybody needs it."""
        if declared.default is not None and not isinstance(declared.default, str | list):
            try:
                self.parameters.default(name, declared, Scope({}, ()), of.written)
            except Broken:
                return

    def _defaults(self, names: Names) -> None:
        for op, written in self.file.defaults.items():
            place = Place(self.tree["defaults"], op)
            known = self._known(op)
            if known is not None:
                self._arguments(op, known, written, place, names)
            elif op not in self.blocks:
                misnamed.op(self.report, op, place.name, self.blocks)

    def _known(self, op: str) -> Mapping[str, Reading] | None:
        """The arguments of a primitive or block, and how they are read; None where there is none that was read."""
        primitive = registry.find(op)
        if primitive is not None:
            return readings(primitive)
        if op in self.blocks and not isinstance(self.blocks[op], Unread):
            return {name: parameter_reading(one) for name, one in self.blocks[op].params.items()}
        return None

    def _graph(self, nodes: document.Graph, names: Names) -> None:
        for name, node in nodes.items():
            names.reader = name
            self._node(node, names)
            names.index[name] = None

    def _node(self, node: document.Node, names: Names) -> None:
        written = node.place.here
        if isinstance(written, YamlMap):
            self._references(node, names)
            if isinstance(node.when, str):
                self._value(node.when, Place(written, "when"), EXPRESSION, names)
            names = self._repetition(node, written, names)
            if node.otherwise is not None:
                self._node(node.otherwise, names)
        if node.op is not None:
            self._op(node, node.op, written, names)
        elif node.graph is not None:
            self._graph(node.graph, names.inside("this group", node.graph))
            usage.unused(node.graph, None, self.report)
        elif node.parallel is not None:
            inner = names.inside("these branches", node.parallel)
            for branch in node.parallel.values():
                self._node(branch, inner.inside("this branch", ()))

    def _references(self, node: document.Node, names: Names) -> None:
        for key, written in (("from", node.source), ("over", node.over), ("share", node.share)):
            if isinstance(written, str):
                self._reference(written, node.place, (key,), names)
            for index, name in enumerate(written if isinstance(written, list) else ()):
                self._reference(name, node.place, (key, index), names)

    def _reference(self, name: str, place: Place, path: tuple[str | int, ...], names: Names) -> None:
        base = name.split(".")[0]
        if not names.has(base) and is_reference(name):
            misnamed.node(self.report, base, place.inside(*path), names, names.reader)

    def _repetition(self, node: document.Node, written: YamlMap, names: Names) -> Names:
        """Checks `repeat` and `each`; the names that the node itself has besides."""
        if node.each is None and node.repeat is None:
            return names
        if node.each is not None:
            rows = Place(written["each"], "rows")
            if isinstance(node.each.rows, str):
                self._value(node.each.rows, rows, EXPRESSION, names)
            else:
                self._cells(node.each.rows, len(node.each.columns), rows, names)
            names = names.also(node.each.columns)
        if isinstance(node.repeat, str):
            self._value(node.repeat, Place(written, "repeat"), EXPRESSION, names)
        return names.also(_COPY)

    def _cells(self, rows: list[Any], columns: int, place: Place, names: Names) -> None:
        """Cells that are expressions: a lone word is a name."""
        for number, row in enumerate(rows):
            at = item_of(place, number)
            for index, cell in enumerate(row if isinstance(row, list) else [row] * (columns == 1)):
                if isinstance(cell, str) and not cell.isidentifier():
                    self._value(cell, item_of(at, index) if isinstance(row, list) else at, EXPRESSION, names)

    def _op(self, node: document.Node, op: str, written: Any, names: Names) -> None:
        place = Place(written, "op") if isinstance(written, YamlMap) else node.place
        if op.startswith("$"):
            self._value(op, place, EXPRESSION, names)
            for name, value in node.arguments.items():
                self._value(value, Place(written, name), Reading(name=True, expression=False), names)
            return
        known = self._known(op)
        if known is None:
            if op not in self.blocks:
                misnamed.op(self.report, op, place.value, self.blocks)
            return
        if all(name in known for name in node.arguments):
            self._missing(op, node, place)  # else it may be there under a wrong name
        self._arguments(op, known, node.arguments, node.place, names)
        for key, inner in (("first", node.first), ("last", node.last)):
            if inner:
                self._arguments(op, known, inner, Place(written, key), names)
        primitive = registry.find(op)
        if primitive is not None and primitive.creates and node.when is not None and node.otherwise is None:
            self.report.add(WhenNeedsInput, place.value, op=op)

    def _arguments(
        self, op: str, known: Mapping[str, Reading], given: Mapping[str, Any], place: Place, names: Names
    ) -> None:
        written = place.here
        for name, value in given.items():
            at = Place(written, name)
            if name in known:
                self._argument(op, name, known[name], value, at, names)
            elif op in self.blocks:
                misnamed.parameter(self.report, name, at.name, op, known)
            else:
                misnamed.argument(self.report, name, at.name, op, known)

    def _argument(self, op: str, name: str, reading: Reading, value: Any, at: Place, names: Names) -> None:
        if not reading.reference:
            self._value(value, at, reading, names)
        elif isinstance(value, str) and is_reference(value):
            self._reference(value, at, (), names)
        else:
            self.report.add(LikeNeedsNode, at.value, op=op, name=name, found=show(value))

    def _missing(self, op: str, node: document.Node, place: Place) -> None:
        given = {*node.arguments, *(node.each.columns if node.each else ()), *self.file.defaults.get(op, ())}
        given |= {*(node.first or ()), *(node.last or ())}
        primitive = registry.find(op)
        columns = node.each.columns if node.each else ()
        if primitive is not None:
            needed = [name for name, field in primitive.model_fields.items() if field.is_required()]
        else:
            needed = [name for name, parameter in self.blocks[op].params.items() if parameter.required]
        for name in needed:
            if name not in given:
                helps = misnamed.column(name, columns, self._known(op) or ())
                if primitive is not None:
                    self.report.add(faults.MissingArgument, place.value, op=op, name=name, helps=helps)
                else:
                    self.report.add(faults.MissingParameter, place.value, owner=op, name=name, helps=helps)

    def _value(self, written: Any, place: Place | None, reading: Reading, names: Names) -> None:
        """The names in an expression, or in the expressions of a list."""
        if isinstance(written, list):
            for index, item in enumerate(written):
                self._value(item, item_of(place, index), reading, names)
        elif isinstance(written, str) and not reading.is_plain(written):
            self._text(written, place, names, reading)

    def _text(self, text: str, place: Place | None, names: Names, reading: Reading) -> None:
        self.parameters.evaluator.tally.work(reading_of(text), self.report, place.value if place else None)
        try:
            found = mentions(text)
        except ExpressionFault as fault:
            span = within(place, text, fault.offset, fault.end)
            self.report.add(fault.kind, span, **unquoted(fault, place))
            return
        for name in found:
            if isinstance(name, Name):
                if name.id not in names.values:
                    misnamed.value(self.report, name.id, within(place, text, *name.place), names, reading)
                continue
            if not names.has(name.base):
                misnamed.node(self.report, name.base, within(place, text, *name.place), names, names.reader)
            elif name.path[-1] not in FACTS:
                node = ".".join(map(str, (name.base, *name.path[:-1])))
                misnamed.fact(self.report, str(name.path[-1]), within(place, text, *name.place), node)


def read(
    file: document.Document, blocks: Mapping[str, Definition], tree: YamlMap, parameters: Parameters
) -> frozenset[str]:
    """Reports what is wrong with a document whatever its parameters are; the blocks that never end."""
    return Reader(file, blocks, tree, parameters).everything()
