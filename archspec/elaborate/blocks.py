"""Instances of blocks: equal ones are worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from archspec.diagnostics.catalogue.graph import WrongNumberOfInputs
from archspec.diagnostics.wording import listing, plural
from archspec.elaborate import kept
from archspec.elaborate.cycles import endless
from archspec.elaborate.evaluator import Given
from archspec.elaborate.faults import Broken
from archspec.elaborate.initialisation import initialisers
from archspec.elaborate.parameters import Signature
from archspec.elaborate.scope import UNKNOWN_VALUE, Giver, Scope
from archspec.elaborate.use import Body, Use
from archspec.language import document
from archspec.language.expressions import Value
from archspec.language.imports import Definition, Imported, Unread
from archspec.language.library import library_blocks
from archspec.language.place import Place
from archspec.language.tree import YamlMap
from archspec.network import Argument, Asked, Graph, Kind, Origin
from archspec.ops import registry
from archspec.types import UNKNOWN, Unknown

if TYPE_CHECKING:
    from archspec.elaborate.elaborator import Elaborator

_SHALLOW: Final = 16


class Blocks:
    """Makes instances of the blocks that a document may use."""

    def __init__(self, elaborator: Elaborator) -> None:
        self.elaborator = elaborator
        self.known = elaborator.known_blocks
        self.instances: dict[tuple[Any, ...], Graph] = {}
        """Every distinct instance of a block, by its name, parameters and inputs."""
        self.endless: frozenset[str] = frozenset()
        """Blocks that hold themselves whatever their parameters are; that is reported."""
        self._signatures: dict[str, Signature] = {}
        self._imported: dict[str, Elaborator] = {}

    def use(self, name: str, use: Use, said: Mapping[str, Given]) -> Body:
        """The instance that a node stands for. Raises Broken once a fault is reported."""
        definition, signature = self.known[name], self._signature(name)
        if isinstance(definition, Unread):
            raise Broken
        given = use.given(definition.params, said)
        fits = self._fits(name, definition, use)
        types = use.types if fits else (UNKNOWN,)
        values, arguments = self.elaborator.parameters.values(signature, given, use.scope, types, use.source.place)
        if name in self.endless or not fits:
            raise Broken
        taps = tuple(use.source.taps) if use.source.taps is not None else None
        key = (name, tuple(values.values()), use.types, taps)
        graph = self.instances.get(key)
        if graph is None:
            self.elaborator.counter.instance(use.source)
            if isinstance(definition, Imported):
                graph = self._network(name, definition, values, arguments, use)
            else:
                giver = Giver(arguments, use.scope, signature.written)
                common = self._is_common(name, definition, values, use)
                make = self._common if common else self._instance
                graph = make(name, definition, values, use, giver)
            self.instances[key] = graph
        return Body(graph, graph.output_types, arguments)

    def look_at_unused(self) -> None:
        """Reports what is wrong with the blocks of the document that nothing uses, whatever they would be given."""
        used = {str(key[0]) for key in self.instances}
        for name, definition in self.elaborator.file.blocks.items():
            if name not in used and name not in self.endless and definition.graph:
                self._look_at(name, definition)

    def _look_at(self, name: str, definition: document.Block) -> None:
        signature = self._signature(name)
        required = [parameter for parameter, declared in definition.params.items() if declared.required]
        given = dict.fromkeys(required, Given(UNKNOWN_VALUE, Origin.GIVEN, None))
        types = (UNKNOWN,) * len(definition.inputs or ["input"])
        values, arguments = self.elaborator.parameters.values(signature, given, Scope({}, ()), types, None)
        first = next(iter(definition.graph.values()))
        use = Use(first, Scope({}, ()), Scope({}, ()), (), types)
        with suppress(Broken):
            self._instance(name, definition, values, use, Giver(arguments, None, signature.written))

    def _is_common(self, name: str, definition: document.Block, values: Mapping[str, Value], use: Use) -> bool:
        """Whether an instance is the same in every document: one of the library, without defaults of the file.

        Lists may be equal and of other types. Far in, a limit may be near, which an instance that is there won't meet.
        """
        outer = self.elaborator
        if outer.file.defaults or registry.is_extended() or library_blocks().get(name) is not definition:
            return False
        if outer.counter.tally.depth > _SHALLOW or UNKNOWN in use.types:
            return False
        return not any(isinstance(one, tuple | Unknown) for one in values.values())

    def _common(self, name: str, definition: document.Block, values: dict[str, Value], use: Use, giver: Giver) -> Graph:
        outer = self.elaborator
        tally, faults = outer.counter.tally, outer.report.count
        key = (name, tuple(values.values()), use.types, outer.limits.tensor_elements)
        known = kept.find(key)
        if known is not None:
            outer.counter.found(known.nodes, known.instances, known.steps, use.source)
            return known.graph
        nodes, instances, steps = tally.nodes, tally.instances, tally.steps
        graph = self._instance(name, definition, values, use, giver)
        if outer.report.count == faults:
            kept.keep(key, kept.Kept(graph, tally.nodes - nodes, tally.instances - instances, tally.steps - steps))
        return graph

    def _network(
        self, name: str, imported: Imported, values: dict[str, Value], arguments: Mapping[str, Argument], use: Use
    ) -> Graph:
        """Another spec's network as a block: with its own blocks and defaults, and the taps that the node asks for."""
        outer = self.elaborator
        outer.report.frames[-1].block = name
        if name not in self._imported:
            inner = type(outer)(imported.document, imported.blocks, outer.report, outer.counter.tally, imported.tree)
            inner.blocks.endless = endless(imported.document.blocks, outer.report)
            self._imported[name] = inner
        taps = tuple(use.source.taps) if use.source.taps is not None else None
        span = use.source.place.inside("taps") if taps is not None else use.source.place.inside("op")
        with outer.counter.inside(use.source, name):
            asked = Asked(taps, None, span)
            inner = self._imported[name]
            graph = inner.network(values, use.types, arguments, asked, Kind.BLOCK, name)
            graph.init = initialisers(imported.document, imported.blocks, inner.evaluator, Scope(values, use.types))
            return graph

    def _fits(self, name: str, definition: Definition, use: Use) -> bool:
        """Whether a block gets as many inputs as it has names for; a faulty node may give fewer than it should."""
        names = definition.inputs
        if names is None and library_blocks().get(name) is definition:
            names = ["input"]  # a block of the library says it where it takes several
        if names is None or len(names) == len(use.types):
            return True
        if UNKNOWN in use.types:
            return False
        labels = use.labels()
        count = plural(len(names), "input")
        expected = count if names == ["input"] else f"{count}: {listing(names)}"
        found = f"{len(labels)}: {listing(labels)}"
        span = use.source.place.inside("op")
        self.elaborator.report.add(WrongNumberOfInputs, span, op=name, expected=expected, found=found)
        return False

    def _signature(self, name: str) -> Signature:
        if name not in self._signatures:
            tree = self.elaborator.tree
            blocks = tree.get("blocks") if tree is not None else None
            written = blocks.get(name) if isinstance(blocks, YamlMap) else None
            definition = self.known[name]
            if isinstance(definition, Imported):
                written = definition.tree
            self._signatures[name] = Signature(name, self.known[name].params, written)
        return self._signatures[name]

    def _instance(
        self, name: str, definition: document.Block, values: dict[str, Value], use: Use, giver: Giver
    ) -> Graph:
        elaborator = self.elaborator
        if elaborator.report.frames:
            elaborator.report.frames[-1].block = name
        scope = Scope(values, use.types, f"block {name}", definition.graph, giver=giver)
        scope.input_names = tuple(definition.inputs or ())
        with elaborator.counter.inside(use.source, name):
            for let, written in definition.let.items():
                place = Place(giver.written["let"], let) if giver.written is not None else None
                try:
                    values[let] = elaborator.evaluator.expression(written, place, scope)
                except Broken:
                    values[let] = UNKNOWN_VALUE
            return elaborator.graph(Kind.BLOCK, name, definition.graph, scope, definition)
