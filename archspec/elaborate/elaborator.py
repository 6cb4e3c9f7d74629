"""Turns a document into a network: resolves parameters, conditions and repetition, and infers every type on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from archspec.diagnostics.catalogue import expansion, lint
from archspec.diagnostics.catalogue import graph as faults
from archspec.diagnostics.catalogue.arguments import BadArgument
from archspec.diagnostics.remarks import LeftOut, Raise, suggestion
from archspec.diagnostics.wording import listing, plural, spoken
from archspec.elaborate.arguments import Evaluator, Given
from archspec.elaborate.faults import Broken, Faults
from archspec.elaborate.limits import Limits
from archspec.elaborate.references import Resolver
from archspec.elaborate.repeat import Repeater
from archspec.elaborate.scope import Scope, finish
from archspec.language import document
from archspec.language.expressions import Value
from archspec.language.place import Place
from archspec.network import Argument, Graph, Kind, Node, Origin, Ref
from archspec.ops import registry
from archspec.ops.base import Op, Reject
from archspec.types import UNKNOWN, AnyType, TensorType, Unknown

Body = tuple[Op | Graph | None, tuple[AnyType, ...], Mapping[str, Argument]]
"""What a node became, the types of its outputs, and its arguments."""

ABSENT: Mapping[str, Argument] = {}


class Elaborator:
    """One run over one document. `defaults` are read in the scope of the network's own parameters."""

    def __init__(
        self, file: document.Document, blocks: Mapping[str, document.Block], report: Faults, limits: Limits
    ) -> None:
        self.file = file
        self.blocks = blocks
        self.report = report
        self.limits = limits
        self.evaluator = Evaluator(report)
        self.resolver = Resolver(report)
        self.repeater = Repeater(self)
        self.network_scope = Scope({}, ())
        self.used_blocks: set[str] = set()
        self.outputs_place: Place | None = None
        self.instances: dict[tuple[Any, ...], Graph] = {}
        """Every distinct instance of a block, by its name, parameters and inputs."""
        self._given_once: dict[tuple[str, int], Mapping[str, Given]] = {}
        self._active: list[str] = []

    def network(self, values: Mapping[str, Value], input_type: TensorType) -> Graph:
        """The root graph."""
        self.network_scope = Scope(values, (input_type,), "this graph", self.file.graph)
        return self.graph(Kind.NETWORK, self.file.name, self.file.graph, self.network_scope, self.file)

    def graph(
        self,
        kind: Kind,
        name: str,
        nodes: document.Graph,
        scope: Scope,
        definition: document.Block | document.Document | None = None,
    ) -> Graph:
        """A graph with all of its nodes; what no output needs is dropped, with a warning."""
        for node_name, source in nodes.items():
            scope.add(self.node(node_name, source, scope))
        written = definition.outputs if isinstance(definition, document.Document) else None
        refs = self.resolver.outputs(written, scope, self.outputs_place)
        graph, dropped = finish(scope, kind, name, refs, definition)
        for node in dropped:
            if node.body is not None:
                self.report.add(lint.UnusedNode, node.source.place.name, name=node.name)
        self._bounded(graph.size, next(iter(nodes.values())).place)
        return graph

    def node(self, name: str, source: document.Node, scope: Scope) -> Node:
        """One node, its condition and repetition included."""
        used = source
        refs: tuple[Ref, ...] = ()
        types: tuple[AnyType, ...] = ()
        try:
            refs = self.resolver.inputs(source, scope, name)
            types = tuple(scope.type_of(ref) for ref in refs)
            if source.when is not None and not self._condition(source, scope):
                if source.otherwise is None:
                    return Node(name, source, None, refs[:1], types[:1], types[:1])
                used = source.otherwise
            if used.repeat is not None or used.each is not None:
                body, outputs, arguments = self.repeater.copies(name, used, scope, types)
            else:
                refs, types = self._with_references(used, scope, refs, types)
                with self.report.inside(name, self._block_name(used, scope), source.place):
                    body, outputs, arguments = self.body(used, scope, types, {}, {})
        except Broken:
            body, outputs, arguments = None, (UNKNOWN,), ABSENT
        return Node(name, used, body, refs, types, outputs, arguments)

    def _condition(self, source: document.Node, scope: Scope) -> bool:
        value = self.evaluator.expression(source.when, Place(source.place.container[source.place.key], "when"), scope)
        if isinstance(value, bool):
            return value
        self._not(source, "when", "true or false", value)
        raise Broken

    def body(
        self,
        source: document.Node,
        scope: Scope,
        inputs: tuple[AnyType, ...],
        row: Mapping[str, Value],
        overrides: Mapping[str, Given],
    ) -> Body:
        """What a node, or one copy of it, is. Raises Broken once its fault is reported."""
        if source.parallel is not None:
            return self._parallel(source, scope, inputs)
        if source.graph is not None:
            inner = scope.inside(inputs, source.graph)
            graph = self.graph(Kind.GROUP, "group", source.graph, inner)
            return graph, graph.output_types, ABSENT
        name = self.op_name(source, scope)
        primitive = registry.find(name)
        if primitive is not None:
            return self._primitive(primitive, source, scope, inputs, row, overrides)
        if name in self.blocks:
            return self._block(name, source, scope, inputs, row, overrides)
        self._unknown_op(name, source)
        raise Broken

    def op_name(self, source: document.Node, scope: Scope) -> str:
        if source.op is None:
            raise Broken  # validation has said so
        name = source.op
        if not name.startswith("$"):
            return name
        value = self.evaluator.expression(name, source.place, scope)
        if isinstance(value, str):
            return value
        self._not(source, "op", "a name", value)
        raise Broken

    def _not(self, source: document.Node, key: str, rule: str, value: Value) -> None:
        op = source.op or "graph"
        self.report.add(BadArgument, source.place.inside(key), op=op, name=key, rule=rule, found=spoken(value))

    def _block_name(self, source: document.Node, scope: Scope) -> str | None:
        return source.op if source.op in self.blocks else None

    def _unknown_op(self, name: str, source: document.Node) -> None:
        what = "block" if name[:1].isupper() else "primitive"
        helps = suggestion(name, [*registry.names(), *self.blocks])
        self.report.add(faults.UnknownOp, source.place.inside("op"), name=name, what=what, helps=helps)

    def _given(
        self, op: str, known: Mapping[str, Any], source: document.Node, row: Mapping[str, Value], overrides: Mapping[str, Given]
    ) -> Mapping[str, Given]:
        """All that is written for an op's arguments: the file's defaults, the node's own, columns, first and last."""
        given = self._written(op, source)
        if not row and not overrides:
            return given
        columns = {
            name: Given(value, Origin.COLUMN, None)
            for name, value in row.items()
            if name in known and name not in source.arguments
        }
        return {**given, **columns, **overrides}

    def _written(self, op: str, source: document.Node) -> Mapping[str, Given]:
        """The file's defaults for an op, and what a node says itself: the same in every instance."""
        key = (op, id(source))
        given = self._given_once.get(key)
        if given is None:
            defaults = self.file.defaults.get(op, {})
            raw = source.place.container[source.place.key]  # type: ignore[index]
            given = {name: Given(written, Origin.DEFAULTS, None, self.network_scope) for name, written in defaults.items()}
            given |= {name: Given(written, Origin.GIVEN, Place(raw, name)) for name, written in source.arguments.items()}
            self._given_once[key] = given
        return given

    def _primitive(
        self,
        kind: type[Op],
        source: document.Node,
        scope: Scope,
        inputs: tuple[AnyType, ...],
        row: Mapping[str, Value],
        overrides: Mapping[str, Given],
    ) -> Body:
        given = self._given(kind.name, kind.model_fields, source, row, overrides)
        op, arguments = self.evaluator.primitive(kind, given, scope, source.place)
        return op, self.infer(op, arguments, source, scope, inputs), arguments

    def infer(
        self,
        op: Op,
        arguments: Mapping[str, Argument],
        source: document.Node,
        scope: Scope,
        inputs: tuple[AnyType, ...],
    ) -> tuple[AnyType, ...]:
        """Types of a primitive's outputs; Unknown where an input is."""
        low, high = op.arity
        if len(inputs) < low or (high is not None and len(inputs) > high):
            self._wrong_arity(op, source, scope)
            raise Broken
        known = tuple(type_ for type_ in inputs if not isinstance(type_, Unknown))
        if len(known) != len(inputs):
            raise Broken
        try:
            outputs = op.infer(*known)
        except Reject as reject:
            self._rejected(reject, op, arguments, source, scope)
            raise Broken from None
        for warning in op.warnings(*known):
            self._rejected(warning, op, arguments, source, scope)
        limit = self.limits.tensor_elements
        for output in outputs:
            if output.elements > limit:
                self._too_large(f"the output of `{op.name}`", output.shape, output.elements, source)
        for weight in op.weights(*known):
            if weight.elements > limit:
                self._too_large(f"the {weight.name} of `{op.name}`", weight.shape, weight.elements, source)
        return outputs

    def _too_large(self, what: str, shape: tuple[int, ...], count: int, source: document.Node) -> NoReturn:
        limit, size = self.limits.tensor_elements, " x ".join(map(str, shape))
        helps = (Raise(setting="Limits(tensor_elements=...)"),)
        span = source.place.inside("op")
        self.report.add(expansion.TooManyElements, span, what=what, shape=size, count=count, limit=limit, helps=helps)
        raise Broken

    def _wrong_arity(self, op: Op, source: document.Node, scope: Scope) -> None:
        low, high = op.arity
        labels = self.resolver.labels(source, scope)
        count = plural(low, "input")
        wanted = count if low == high else f"at least {count}" if high is None else f"{low} to {high} inputs"
        found = f"{len(labels)}: {listing(labels)}" if labels else "none"
        self.report.add(faults.WrongNumberOfInputs, source.place.inside("op"), op=op.name, expected=wanted, found=found)

    def _rejected(
        self, reject: Reject, op: Op, arguments: Mapping[str, Argument], source: document.Node, scope: Scope
    ) -> None:
        """A primitive's fault, with the names of its inputs, its place, and where the argument's value came from."""
        labels = self.resolver.labels(source, scope)
        fields = {
            key: _named(value, labels) if isinstance(value, str) else value for key, value in reject.fields.items()
        }
        argument = arguments.get(reject.at) if reject.at else None
        span = argument.place.value if argument and argument.place else source.place.inside("op")
        notes = tuple(self.evaluator.sources(argument, scope)) if argument else ()
        if "op" in reject.kind.__dataclass_fields__:
            fields.setdefault("op", op.name)
        self.report.add(reject.kind, span, notes=(*notes, *fields.pop("notes", ())), **fields)

    def _block(
        self,
        name: str,
        source: document.Node,
        scope: Scope,
        inputs: tuple[AnyType, ...],
        row: Mapping[str, Value],
        overrides: Mapping[str, Given],
    ) -> Body:
        definition = self.blocks[name]
        self.used_blocks.add(name)
        given = self._given(name, definition.params, source, row, overrides)
        values, arguments = self.evaluator.parameters(definition.params, given, scope, inputs, name, source.place)
        if UNKNOWN in inputs:
            raise Broken
        key = (name, tuple(values.values()), inputs)
        graph = self.instances.get(key)
        if graph is None:
            graph = self.instances[key] = self._instance(name, definition, values, inputs, source)
        return graph, graph.output_types, arguments

    def _instance(
        self,
        name: str,
        definition: document.Block,
        values: dict[str, Value],
        inputs: tuple[AnyType, ...],
        source: document.Node,
    ) -> Graph:
        if len(self._active) >= self.limits.depth:
            cycle, limit = self._cycle(name), self.limits.depth
            self.report.add(expansion.RecursionTooDeep, source.place.inside("op"), cycle=cycle, limit=limit)
            raise Broken
        scope = Scope(values, inputs, f"block {name}", definition.graph)
        for let, written in definition.let.items():
            values[let] = self.evaluator.expression(written, None, scope)
        self._active.append(name)
        try:
            return self.graph(Kind.BLOCK, name, definition.graph, scope, definition)
        finally:
            self._active.pop()

    def _cycle(self, name: str) -> str:
        start = len(self._active) - 1 - self._active[::-1].index(name) if name in self._active else 0
        return " uses ".join([*self._active[start:], name])

    def _parallel(self, source: document.Node, scope: Scope, inputs: tuple[AnyType, ...]) -> Body:
        """Branches over the same input, and what they merge to."""
        assert source.parallel is not None
        inner = scope.inside(inputs, source.parallel)
        for name, branch in source.parallel.items():
            inner.add(self.node(name, branch, scope.inside(inputs, ())))
        return self.merged("parallel", source, inner)

    def merged(self, name: str, source: document.Node, inner: Scope) -> Body:
        """The graph of branches that `inner` holds, with `merge` over all of their outputs."""
        refs = tuple(Ref(index, output) for index, node in enumerate(inner.nodes) for output in range(len(node.outputs)))
        graph, _ = finish(inner, Kind.PARALLEL, name, refs)
        if source.merge in (None, "none"):
            return graph, graph.output_types, ABSENT
        kind = registry.find(source.merge)
        assert kind is not None
        graph.merge = kind()
        types = tuple(inner.type_of(ref) for ref in refs)
        graph.merged = self.infer(graph.merge, {}, source, inner, types)
        return graph, graph.merged, ABSENT

    def _with_references(
        self, source: document.Node, scope: Scope, refs: tuple[Ref, ...], types: tuple[AnyType, ...]
    ) -> tuple[tuple[Ref, ...], tuple[AnyType, ...]]:
        """Inputs, with the nodes that arguments such as `like` name behind them."""
        op = registry.find(source.op or "")
        if op is None:
            return refs, types
        extra = self.resolver.named_by_arguments(op, source, scope)
        return refs + extra, types + tuple(scope.type_of(ref) for ref in extra)

    def _bounded(self, size: int, place: Place) -> None:
        if size > self.limits.nodes:
            helps = (Raise(setting="Limits(nodes=...)"),)
            self.report.add(expansion.TooManyNodes, place.value, count=size, limit=self.limits.nodes, helps=helps)
            raise Broken


def _named(text: str, labels: list[str]) -> str:
    """`{0} has 256 channels` with the names of the inputs."""
    for index, label in enumerate(labels):
        text = text.replace("{%d}" % index, label)
    return text
