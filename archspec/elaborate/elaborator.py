"""Turns a document into a network: resolves conditions, and infers every type on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from archspec.diagnostics.catalogue.arguments import BadArgument
from archspec.diagnostics.catalogue.graph import NoTaps
from archspec.diagnostics.wording import spoken
from archspec.elaborate import misnamed
from archspec.elaborate.arguments import Constructor
from archspec.elaborate.blocks import Blocks
from archspec.elaborate.counting import Counter, Tally
from archspec.elaborate.evaluator import Evaluator, Given
from archspec.elaborate.faults import Broken, Faults, Frame
from archspec.elaborate.parameters import Parameters
from archspec.elaborate.primitives import Primitives
from archspec.elaborate.promises import Promises
from archspec.elaborate.reading import NAMED, pointing
from archspec.elaborate.references import Resolver
from archspec.elaborate.repeat import Repeater
from archspec.elaborate.reuse import Reuse
from archspec.elaborate.scope import Giver, Lost, Outputs, Scope, finish, is_lost, size_of
from archspec.elaborate.taps import Taps
from archspec.elaborate.use import Body, Call, Use
from archspec.language import document
from archspec.language.expressions import Value
from archspec.language.imports import Definition, Imported, Unread
from archspec.language.place import Place
from archspec.language.tree import YamlMap
from archspec.network import NOTHING_ASKED, Argument, Asked, Graph, Kind, Node, Origin, Phase, Ref
from archspec.ops import registry
from archspec.ops.base import Op
from archspec.types import UNKNOWN, AnyType

_WHERE: Final = {Origin.COLUMN: "each", Origin.FIRST: "first", Origin.LAST: "last", Origin.DEFAULTS: "defaults"}
"""The keys that give arguments besides the node itself."""


class Elaborator:
    """One run over one document. `tree` is the document in its file, for messages; `tally` is of what imports it."""

    def __init__(
        self,
        file: document.Document,
        blocks: Mapping[str, Definition],
        report: Faults,
        tally: Tally,
        tree: YamlMap | None = None,
    ) -> None:
        self.file, self.known_blocks, self.report, self.tree = file, blocks, report, tree
        self.limits = tally.limits
        self.counter = Counter(blocks, report, tally)
        self.evaluator = Evaluator(report, tally, tree.span.source if tree is not None else None)
        self.parameters = Parameters(self.evaluator)
        self.resolver = Resolver(report)
        self.blocks = Blocks(self)
        self._constructor = Constructor(self.evaluator)
        self.primitives = Primitives(self.evaluator, tally.limits)
        self._promises = Promises(self.evaluator)
        self.repeater = Repeater(self)
        self._reuse = Reuse(self)
        self._network_scope = Scope({}, ())
        self._calls: dict[tuple[str, int], Call] = {}

    def network(
        self,
        values: Mapping[str, Value],
        inputs: tuple[AnyType, ...],
        given: Mapping[str, Argument],
        asked: Asked = NOTHING_ASKED,
        kind: Kind = Kind.NETWORK,
        name: str | None = None,
    ) -> Graph:
        """The root graph; as a block of another network under the name that it has there."""
        giver = Giver(given, None, self.tree)
        self._network_scope = scope = Scope(values, inputs, "this graph", self.file.graph, giver=giver)
        scope.input_names = tuple(self.file.inputs or ())
        if self.tree is not None:
            self._promises.requirements(self.file.require, self.tree, self.file.name, scope)
        self._fill(self.file.graph, scope)
        place = Place(self.tree, "outputs") if self.tree is not None else None
        if asked.taps is not None:
            outputs = Taps(self.file.taps, self.tree, self.report).outputs(asked.taps, scope, asked.span)
        else:
            if kind is Kind.NETWORK and self.tree is not None and not given:
                Taps(self.file.taps, self.tree, self.report).check(scope)
            outputs = self.resolver.outputs(self.file.outputs, scope, place)
            if asked.phase is not None or kind is Kind.BLOCK:
                outputs = outputs.in_phase(asked.phase or Phase.EVAL)
        if asked.phase is not None or kind is Kind.BLOCK:
            for node in scope.nodes:  # in a network of one phase, what runs in it runs always
                node.phase = None if node.phase is (asked.phase or Phase.EVAL) else node.phase
        return finish(scope, kind, name or self.file.name, outputs, self.file)

    def _call(self, source: document.Node, op: str) -> Call:
        call = self._calls.get((op, id(source)))
        if call is None:
            defaults, own = self._defaults(op), source.arguments
            written, primitive = source.place.here, registry.find(op)
            said = {**defaults, **{name: Given(one, Origin.GIVEN, Place(written, name)) for name, one in own.items()}}
            call = Call(said, primitive, pointing(primitive) if primitive is not None else ())
            self._calls[op, id(source)] = call
            known = primitive or self.known_blocks.get(op)
            if source.taps is not None and known is not None and not isinstance(known, Imported | Unread):
                self.report.add(NoTaps, source.place.inside("taps"), op=op)
        return call

    def _defaults(self, op: str) -> Mapping[str, Given]:
        """They are read in the scope of the network's own parameters."""
        tree = self.tree["defaults"].get(op) if self.tree is not None and "defaults" in self.tree else None
        return {
            name: Given(one, Origin.DEFAULTS, Place(tree, name) if tree is not None else None, self._network_scope)
            for name, one in self.file.defaults.get(op, {}).items()
        }

    def graph(
        self,
        kind: Kind,
        name: str,
        nodes: document.Graph,
        scope: Scope,
        definition: document.Block | None = None,
    ) -> Graph:
        """A graph with all of its nodes, but for those that its outputs don't need."""
        self._fill(nodes, scope)
        place = Place(scope.giver.written, "outputs") if definition and scope.giver and scope.giver.written else None
        outputs = self.resolver.outputs(definition.outputs if definition else None, scope, place)
        return finish(scope, kind, name, outputs, definition)

    def _fill(self, nodes: document.Graph, scope: Scope) -> None:
        size = 0
        for name, source in nodes.items():
            node = self.node(name, source, scope)
            self._add(node, source, scope)
            size += size_of(node)
            if size > self.limits.nodes:
                self.counter.within_limit(size, source)

    def _add(self, node: Node, source: document.Node, scope: Scope) -> None:
        scope.add(node)
        if source.expect is not None or node.source.expect is not None:
            self._promises.expectations(node, source, scope)

    def node(self, name: str, source: document.Node, scope: Scope) -> Node:
        """One node, its condition and repetition included."""
        self.counter.made(source)
        self.report.frames.append(Frame(name, source))
        used: document.Node | None = source
        refs: tuple[Ref, ...] = ()
        types: tuple[AnyType, ...] = ()
        try:
            refs = self.resolver.inputs(source, scope, name)
            types = scope.types_of(refs)
            used = self._chosen(source, scope)
            if is_lost(refs) and (used is None or used.share is not None):
                raise Broken
            if used is None:
                return Node(name, source, None, refs[:1], types[:1], types[:1])
            if used is not source and used.source is not None:
                refs = self.resolver.inputs(used, scope, name)
                types = scope.types_of(refs)
            if used.over is not None or used.share is not None:
                return self._phased(self._reuse.node(name, used, scope, refs, types), used, source)
            named = self._named(used, scope) if used.arguments else ()
            if named:
                refs += named
                types += scope.types_of(named)
            use = Use(used, scope, scope, refs, types, len(named))
            repeated = used.repeat is not None or used.each is not None
            body, outputs, arguments = self.repeater.copies(name, use) if repeated else self.body(use)
            if is_lost(refs):
                raise Broken
        except Broken:
            refs = tuple(ref for ref in refs if not isinstance(ref, Lost))
            return Node(name, used or source, None, refs, scope.types_of(refs), (UNKNOWN,))
        finally:
            self.report.frames.pop()
        return self._phased(Node(name, used, body, refs, types, outputs, arguments), used, source)

    def _phased(self, node: Node, used: document.Node, source: document.Node) -> Node:
        """An `else` is there when the node is whose place it takes, unless it says otherwise."""
        phase = used.phase or source.phase
        if phase is not None:
            node.phase = Phase(phase)
        return node

    def _chosen(self, source: document.Node, scope: Scope) -> document.Node | None:
        """The node itself, or its `else`, by their conditions; None where it is left out."""
        used: document.Node | None = source
        while used is not None and used.when is not None and not self._condition(used, scope):
            used = used.otherwise
        return used

    def _condition(self, source: document.Node, scope: Scope) -> bool:
        value = self.evaluator.expression(source.when, Place(source.place.here, "when"), scope)
        if isinstance(value, bool):
            return value
        self._not(source, "when", "true or false", value)
        raise Broken

    def _named(self, source: document.Node, scope: Scope) -> tuple[Ref, ...]:
        """The nodes that arguments such as `like` name."""
        op = registry.find(source.op or "")
        return self.resolver.named_by_arguments(op, source, scope) if op is not None else ()

    def _hold_named(self, call: Call, op: type[Op], given: Mapping[str, Given], use: Use) -> None:
        """Nodes are named by the node itself, and once: there is no other input for them."""
        known = [name for name in call.pointing if name in given and isinstance(given[name].written, str)]
        if len(known) > use.named:
            one = given[known[0]]
            span, rule = one.place.value if one.place else None, "written at a node of its own, beside its op"
            found = (
                spoken(one.written) if one.origin is Origin.GIVEN else f"it in `{_WHERE.get(one.origin, one.origin)}`"
            )
            self.report.add(BadArgument, span, op=op.name, name=known[0], rule=rule, found=found)
            raise Broken

    def body(self, use: Use) -> Body:
        """What a node, or one copy of it, is. Raises Broken once its fault is reported."""
        source = use.source
        if source.parallel is not None:
            return self._parallel(source.parallel, use)
        if source.graph is not None:
            return self._group(source.graph, use)
        name = self._op_name(use)
        call = self._call(source, name)
        primitive = call.primitive
        if primitive is not None:
            given = use.given(primitive.model_fields, call.said)
            if call.pointing:
                self._hold_named(call, primitive, given, use)
            op, arguments = self._constructor.make(primitive, given, use.scope, source.place)
            return Body(op, self.primitives.outputs(op, arguments, use), arguments)
        if name in self.known_blocks:
            return self.blocks.use(name, use, call.said)
        self._unknown_op(name, use)
        raise Broken

    def _group(self, nodes: document.Graph, use: Use) -> Body:
        with self.counter.inside(use.source):
            graph = self.graph(Kind.GROUP, "group", nodes, use.scope.inside(use.types, "this group", nodes))
        return Body(graph, graph.output_types)

    def _op_name(self, use: Use) -> str:
        source = use.source
        if source.op is None:
            raise Broken  # its fault was one of form
        if not source.op.startswith(NAMED):
            return source.op
        value = self.evaluator.expression(source.op, self._op_place(source), use.scope)
        if isinstance(value, str):
            return value
        self._not(source, "op", "a name", value)
        raise Broken

    def _op_place(self, source: document.Node) -> Place:
        written = source.place.here
        return Place(written, "op") if isinstance(written, YamlMap) else source.place

    def _not(self, source: document.Node, key: str, rule: str, value: Value) -> None:
        op = source.op or "graph"
        self.report.add(BadArgument, source.place.inside(key), op=op, name=key, rule=rule, found=spoken(value))

    def _unknown_op(self, name: str, use: Use) -> None:
        place = self._op_place(use.source)
        written = Argument(name, use.source.op, Origin.GIVEN, place)
        span, notes = self.evaluator.blame("op", written, use.scope)
        misnamed.op(self.report, name, span, self.known_blocks, notes)

    def _parallel(self, branches: document.Graph, use: Use) -> Body:
        """Branches over the same input, and what they merge to."""
        inner = use.scope.inside(use.types, "these branches", branches)
        with self.counter.inside(use.source):
            for name, branch in branches.items():
                node = self.node(name, branch, inner.inside(use.types, "this branch", ()))
                self._add(node, branch, inner)
        return self.merged("parallel", use, inner)

    def merged(self, name: str, use: Use, inner: Scope) -> Body:
        """The graph of branches that `inner` holds, with `merge` over all of their outputs."""
        refs = tuple(
            Ref(index, output) for index, node in enumerate(inner.nodes) for output in range(len(node.outputs))
        )
        graph = finish(inner, Kind.PARALLEL, name, Outputs(refs))
        if use.source.merge in (None, "none"):
            return Body(graph, graph.output_types)
        kind = registry.find(use.source.merge)
        assert kind is not None
        types = tuple(inner.type_of(ref) for ref in refs)
        graph.merge = kind()
        graph.merged = self.primitives.outputs(graph.merge, {}, Use(use.source, use.scope, inner, refs, types))
        return Body(graph, graph.merged)
