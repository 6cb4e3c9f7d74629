"""Network -> Program: block definitions become classes, whose constructors hold the expressions of the spec."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace

from archspec.language import document
from archspec.network import INPUT, Graph, Kind, Network, Node, Ref
from archspec.ops.form import Form
from archspec.places import TEMPLATES
from archspec.torchgen.classes import ClassLowering
from archspec.torchgen.frame import Unsayable
from archspec.torchgen.names import ClassName, camel, numbered
from archspec.torchgen.plan import Instances, Key, NeedsStatements, NotAModule, Plan, Split, collect, key_of
from archspec.torchgen.program import ClassDefinition


@dataclass(slots=True)
class Lowering:
    """One run over a network and its samples: the same network with other values of what stays an argument."""

    samples: list[Network]
    elsewhere: Lowering | None = None
    """Blocks whose classes stand in another file, from which this one imports them."""
    instances: dict[Key, Instances] = field(init=False)
    facts: tuple[str, ...] = field(init=False)
    """Facts of values that some expression asks for; channels are always among them."""
    classes: list[ClassDefinition] = field(default_factory=list)
    support: dict[str, None] = field(default_factory=dict)
    templates: dict[str, None] = field(default_factory=dict)
    """The texts of the primitives that were used: the only calls that the file may make."""
    _active: dict[int, ClassLowering] = field(default_factory=dict)
    """The classes that are being lowered, by their instances: a block may hold itself."""
    _plans: dict[Key, dict[int, Plan]] = field(default_factory=dict)
    wraps: list[document.Node] = field(default_factory=list)
    """Sources of groups that no spec has written; held, since groups are told apart by them."""
    _names: dict[Hashable, ClassName] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.instances = collect(self.samples)
        documents = {id(sample.document): sample.document for sample in self.samples}
        sources = [*documents.values(), *(found.source for found in self.instances.values())]
        places = [node.place for source in sources if source.graph for node in source.graph.values()]
        asked: set[str] = set().union(*(_sizes_in(place.container[place.key]) for place in places))  # type: ignore[index]
        self.facts = ("channels", *sorted(asked))
        # Classes of fixed text, which a block may be called like.
        known = [camel(path.name.removesuffix(".py.j2")) for path in (TEMPLATES / "support").glob("*.j2")]
        self._names.update(zip(known, known, strict=True))
        if self.elsewhere is not None:
            self._import(self.elsewhere)

    def _import(self, other: Lowering) -> None:
        """Classes of another file; their names aren't free in this one."""
        for key in self.instances.keys() & other._plans.keys():
            plans, found = other._plans[key], other.instances[key]
            for graph in self.instances[key].graphs:
                name = ClassName(plans[id(found.same[id(graph)])].name)
                self._names[name] = name
            self.instances[key], self._plans[key] = found, plans

    def run(self) -> Plan:
        """The plan of the network's own class; `classes` are all of them then, callees first.

        Raises Split and Unsayable where the samples differ in what no argument can say.
        """
        network = self.samples[0]
        roots = [sample.root for sample in self.samples]
        name = ClassName(network.name)
        self._names[name] = name
        plan = ClassLowering(self, name, network.document.doc, roots, network.document.graph, Kind.NETWORK).run()
        self._keep(plan)
        return plan

    def blocks(self, keys: Iterable[Key]) -> None:
        """The classes of these blocks, and of all that they hold; `classes` are all of them then, callees first."""
        for key in keys:
            if key not in self._plans:
                self._begin(key)

    def plan_of(self, node: Node) -> Plan:
        """The class that a node's block or group has become."""
        key = key_of(node)
        graph = node.body
        assert isinstance(graph, Graph)
        found = self.instances[key]
        standing = id(found.same[id(graph)])
        if standing in self._active and standing not in self._plans.get(key, {}):
            return self._active[standing].provisional()
        if key not in self._plans:
            self._begin(key)
        return self._plans[key][standing]

    def known_plan(self, node: Node) -> Plan | None:
        """The class of a node's graph, if it is lowered already."""
        plans = self._plans.get(key_of(node))
        graph = self.represent(node)
        return plans.get(id(graph)) if plans else None

    def class_of(self, graph: Graph) -> str:
        """The name of the class that an instance of a block has become."""
        key = (graph.name, id(graph.definition))
        standing = id(self.instances[key].same[id(graph)])
        return self._plans[key][standing].name

    def needs(self, form: Form) -> None:
        """Notes what a primitive's form relies on: its texts, and the helper class if there is one."""
        self.templates.update(dict.fromkeys(filter(None, (form.make, form.module, form.plain_forward, form.several))))
        if form.support is not None:
            self.support[form.support] = None

    def represent(self, node: Node) -> Graph:
        """The instance that stands for a node's graph and all equal ones."""
        assert isinstance(node.body, Graph)
        return self.instances[key_of(node)].same[id(node.body)]

    def wrapped(self, nodes: list[Node], graphs: list[Graph]) -> list[Node]:
        """The same nodes as groups of one, for places that need a module where a primitive is an expression."""
        source = document.Node.model_validate({"place": nodes[0].source.place, "op": nodes[0].op})
        found = Instances(nodes[0].op, None, source)
        made = []
        for node, graph in zip(nodes, graphs, strict=True):
            name = node.name if not node.name.isdecimal() else "value"
            inner = replace(node, name=name, inputs=tuple(Ref(INPUT, index) for index in range(len(node.inputs))))
            outputs = tuple(Ref(0, index) for index in range(len(node.outputs)))
            values = {**graph.values, **node.row}
            group = Graph(Kind.GROUP, node.op, values, node.input_types, (inner,), outputs, size=1)
            made.append(replace(node, source=source, body=group, arguments={}))
            found.graphs.append(group)
            found.same[id(group)] = group
        self.wraps.append(source)
        self.instances[id(source)] = found
        return made

    def unwrap(self, since: int) -> None:
        """Takes back the groups that an attempt has made, which failed."""
        for source in self.wraps[since:]:
            names = {plan.name for plan in self._plans.pop(id(source), {}).values()}
            self.classes[:] = [definition for definition in self.classes if definition.name not in names]
            for name in names:
                self._names.pop(name, None)
        del self.wraps[since:]

    def _begin(self, key: Key) -> None:
        self._plans[key] = {}
        self._lower(key, self.instances[key], self.instances[key].graphs)

    def _lower(self, key: Key, found: Instances, graphs: list[Graph]) -> None:
        mark = len(self.classes)
        name = numbered(camel(found.title), self._names)
        self._names[name] = name
        try:
            nodes = nodes_of(graphs[0], found.source)
            owner = ClassLowering(self, name, found.doc, graphs, nodes, graphs[0].kind, found.given)
            self._active.update({id(graph): owner for graph in graphs})
            plan = owner.run()
        except (NeedsStatements, NotAModule, Unsayable):
            self._take_back(key, name, graphs, mark)
            del self._plans[key]
            raise
        except Split as split:
            self._take_back(key, name, graphs, mark)
            parts: dict[Hashable, list[Graph]] = {}
            for graph in graphs:
                parts.setdefault(split.part(graph), []).append(graph)
            if len(parts) == 1:
                parts = {id(graph): [graph] for graph in graphs}
            if len(parts) == 1:
                raise AssertionError(f"one instance of {found.title} can always be written out") from None
            # A block that holds itself holds smaller instances, which must be known first.
            for part in sorted(parts.values(), key=lambda part: max(graph.size for graph in part)):
                self._lower(key, found, part)
            return
        self._keep(plan)
        for graph in graphs:
            self._active.pop(id(graph), None)
        self._plans[key].update({id(graph): plan for graph in graphs})

    def _take_back(self, key: Key, name: ClassName, graphs: list[Graph], mark: int) -> None:
        """Forgets a class that can't be, and all that were made for it."""
        for graph in graphs:
            self._active.pop(id(graph), None)
        del self._names[name], self.classes[mark:]
        self._drop_plans_made_since(key)

    def _keep(self, plan: Plan) -> None:
        assert plan.definition is not None
        self.classes.append(plan.definition)

    def _drop_plans_made_since(self, key: Key) -> None:
        """Plans whose classes were taken back are made again when they are asked for."""
        alive = {definition.name for definition in self.classes}
        imported = self.elsewhere._plans.keys() if self.elsewhere is not None else ()
        for other, plans in list(self._plans.items()):
            if other != key and other not in imported and any(plan.name not in alive for plan in plans.values()):
                for plan in plans.values():
                    self._names.pop(plan.name, None)
                del self._plans[other]


def nodes_of(graph: Graph, source: document.Block | document.Document | document.Node) -> document.Graph:
    """The written nodes that a graph's class is made from."""
    if graph.kind is Kind.PARALLEL:
        assert isinstance(source, document.Node)
        return source.parallel or {node.name: node.source for node in graph.nodes}
    if source.graph is None:
        assert isinstance(source, document.Node)
        return {node.name: source for node in graph.nodes}
    return source.graph


def _sizes_in(raw: object) -> set[str]:
    """The sizes, other than channels, that the expressions of a part of a document ask for."""
    if isinstance(raw, str):
        return {size for size in ("height", "width", "length") if f".{size}" in raw}
    parts = raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else ()
    return set().union(*map(_sizes_in, parts))
