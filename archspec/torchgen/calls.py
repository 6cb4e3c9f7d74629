"""Constructor expressions: a primitive's torch call, a block's class, a group's nn.Sequential; each over all occurrences at once."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import TYPE_CHECKING

from archspec.language.expressions import Expr, Name, Text, Value, attributes, literal, names, parse, substitute
from archspec.language.expressions.nodes import rebuild
from archspec.network import INPUT, Graph, Kind, Node, Origin, Ref
from archspec.ops import registry
from archspec.ops.base import Op
from archspec.ops.form import REQUIRED, Arg, Form
from archspec.torchgen.code import Bracket, Code, flat
from archspec.torchgen.frame import Fact, Frame, Unsayable, plain, same, spell
from archspec.torchgen.plan import Argument, Split
from archspec.torchgen.program import keyword
from archspec.types import TensorType

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering

class Calls:
    """Builds the constructor expressions of one class."""

    def __init__(self, owner: ClassLowering) -> None:
        self.owner = owner
        self.lowering = owner.lowering
        self._known: tuple[Hashable, Frame, list[Node], dict[Fact, Expr]] | None = None
        """The facts asked for last: an op asks for them once per argument."""

    def module(self, frame: Frame, nodes: list[Node], graphs: list[Graph], *, alone: bool = False) -> Code | None:
        """What makes a node's module; None where it is an expression without one. `alone`: as an element of nn.Sequential."""
        bodies = [node.body for node in nodes]
        if all(isinstance(body, Op) for body in bodies):
            return self.primitive(frame, nodes, graphs, alone)
        if not all(isinstance(body, Graph) for body in bodies):
            raise Split(signature)
        kinds = {body.kind for body in bodies if isinstance(body, Graph)}
        if len(kinds) > 1:
            raise Split(signature)
        if kinds == {Kind.CHAIN}:
            return self.owner.loops.chain(frame, nodes, graphs)
        if kinds == {Kind.PARALLEL}:
            return self._branches(frame, nodes)
        if kinds == {Kind.GROUP} and (inline := self._inline(frame, nodes, graphs)) is not None:
            return inline
        return self._class(frame, nodes, graphs)

    # Primitives

    def primitive(self, frame: Frame, nodes: list[Node], graphs: list[Graph], alone: bool) -> Code | None:
        forms = [form_of(node) for node in nodes]
        first = forms[0]
        self.lowering.needs(first)
        inplace = all(may_overwrite(graph, node) for graph, node in zip(graphs, nodes, strict=True))
        if any(type(node.body) is not type(nodes[0].body) for node in nodes):
            return self._some_activation(frame, nodes, forms, inplace)
        if any(form.make != first.make or len(form.args) != len(first.args) for form in forms):
            raise Split(signature)
        make, args = first.make, [form.args for form in forms]
        if alone and (make is None or first.module is not None):
            make, args = first.module, [form.module_args for form in forms]
            if make is None:
                raise NotAModule
        if make is None:
            return None
        body = nodes[0].body
        items = self._arguments(frame, nodes, graphs, args)
        if inplace and isinstance(body, Op) and body.inplace:
            items.append("inplace=True")
        return self._filled(make, items, frame, nodes, graphs, forms)

    def _filled(
        self, make: str, items: list[Code], frame: Frame, nodes: list[Node], graphs: list[Graph], forms: list[Form]
    ) -> Code:
        for name, text in self.named_values(frame, nodes, graphs, forms).items():
            make = make.replace("{%s}" % name, text)
        before, _, after = make.partition("{args}")
        return Bracket(before, tuple(items), after) if _ else make

    def named_values(
        self, frame: Frame, nodes: list[Node], graphs: list[Graph], forms: list[Form]
    ) -> dict[str, str]:
        """The text of every `{name}` of a form's templates."""
        found = {}
        for index, (name, _) in enumerate(forms[0].values):
            column = [form.values[index][1] for form in forms]
            found[name] = self.owner.text(self._say(frame, nodes, graphs, column, name))
        return found

    def _arguments(
        self, frame: Frame, nodes: list[Node], graphs: list[Graph], args: list[tuple[Arg, ...]]
    ) -> list[Code]:
        items: list[Code] = []
        by_position = True
        for index, arg in enumerate(args[0]):
            column = [row[index] for row in args]
            said = self._say(frame, nodes, graphs, column, f"{nodes[0].name}_{arg.keyword or index}")
            if arg.default is not REQUIRED and said == spell(plain(arg.default)):
                by_position = by_position and arg.keyword is None
                continue
            text = self.owner.text(said)
            if arg.keyword is None or (arg.positional and by_position and text == arg.keyword):
                items.append(text)
            else:
                by_position = False
                items.append(keyword(arg.keyword, text))
        return items

    def _say(self, frame: Frame, nodes: list[Node], graphs: list[Graph], column: list[Arg], hint: str) -> Expr:
        formulas = column[0].formulas if all(one.formulas == column[0].formulas for one in column) else ()
        candidates = (self._formula(formula, frame, nodes, graphs) for formula in formulas)
        return frame.say([plain(one.value) for one in column], candidates, hint)

    def _formula(self, formula: str, frame: Frame, nodes: list[Node], graphs: list[Graph]) -> Expr | None:
        """A formula over an op's arguments and inputs, over what the spec says they are."""
        expr = parse(formula)
        symbols = {name: said for name in names(expr) if (said := self.given(name, frame, nodes))}
        if not attributes(expr):
            return frame.put(expr, symbols, {})
        sizes = {str(path[-1]) for _, path in attributes(expr)}
        return frame.put(expr, symbols, self.input_facts(frame, nodes, graphs, sizes))

    def given(self, name: str, frame: Frame, nodes: list[Node]) -> Expr | None:
        """What the spec says for an argument, where it says the same at every occurrence."""
        first = nodes[0].arguments.get(name)
        if first is None:
            values = [plain(getattr(node.body, name, None)) for node in nodes]
            known = all(name not in node.arguments for node in nodes) and values[0] is not None
            return spell(values[0]) if known and all(same(value, values[0]) for value in values) else None
        if any((one := node.arguments.get(name)) is None or one.written != first.written for node in nodes):
            return frame.symbols.get(name) if first.origin is Origin.COLUMN else None
        if first.origin is Origin.COLUMN:
            return frame.symbols.get(name)
        return frame.translate(first.written)

    def _some_activation(self, frame: Frame, nodes: list[Node], forms: list[Form], inplace: bool) -> Code:
        """`act(inplace=True)`, where the class of the module is an argument."""
        op = nodes[0].source.op or ""
        symbol = frame.symbols.get(op.removeprefix("$")) if op.startswith("$") else None
        if not isinstance(symbol, Name) or any(form.args or _class_text(form) is None for form in forms):
            raise Split(signature)
        self.owner.op_arguments.add(symbol.id)
        bodies = [node.body for node in nodes if node.op != "identity"]
        items = ("inplace=True",) if inplace and all(isinstance(body, Op) and body.inplace for body in bodies) else ()
        return Bracket(f"{self.owner.text(symbol)}(", items)

    # Blocks and groups

    def _class(self, frame: Frame, nodes: list[Node], graphs: list[Graph]) -> Code:
        plans = [self.lowering.plan_of(node) for node in nodes]
        plan = plans[0]
        if any(other is not plan for other in plans):
            raise Split(signature)
        shown = [self.lowering.represent(node) for node in nodes]
        items: list[Code] = []
        by_position = True
        for index, argument in enumerate(plan.arguments):
            values = [argument.values[id(graph)] for graph in shown]
            candidates = self._call_candidates(argument, frame, nodes, graphs)
            said = frame.say(values, candidates, argument.name)
            if argument.default is not None and said == literal(argument.default):
                by_position = False
                continue
            if argument.is_op:
                said = self.as_class(said)
            text = self.owner.text(said)
            if argument.leading or (by_position and self._obvious(index, argument, text)):
                items.append(text)
            else:
                by_position = False
                items.append(keyword(argument.name, text))
        return Bracket(f"{plan.name}(", tuple(items))

    def _obvious(self, index: int, argument: Argument, text: str) -> bool:
        """Whether a value needs no keyword: the first ones, and in a table's loop the row's own columns."""
        return (index < 2 and argument.default is None) or text in self.owner.columns or text == argument.name and argument.default is None

    def _call_candidates(
        self, argument: Argument, frame: Frame, nodes: list[Node], graphs: list[Graph]
    ) -> list[Expr | None]:
        facts = self.input_facts(frame, nodes, graphs)
        if argument.leading:
            number = argument.name.removeprefix("in_channels")
            return [facts.get(("input", (int(number) - 1 if number else 0, "channels")))]
        body = nodes[0].body
        if isinstance(body, Graph) and body.kind is Kind.GROUP:
            return [frame.symbols.get(argument.source)]
        return [self.given(argument.source, frame, nodes)]

    def as_class(self, expr: Expr) -> Expr:
        """Names of activations as the classes they are: `relu` is `nn.ReLU`."""
        if isinstance(expr, Text):
            return Name(class_text(expr.value))
        if isinstance(expr, Name):
            self.owner.op_arguments.add(expr.id)
        return rebuild(expr, self.as_class)

    def _inline(self, frame: Frame, nodes: list[Node], graphs: list[Graph]) -> Code | None:
        """A list of modules as nn.Sequential; None where the group needs a class of its own."""
        bodies = [node.body for node in nodes]
        inner = [body for body in bodies if isinstance(body, Graph)]
        if not all(is_plain_chain(graph) for graph in inner) or len({len(graph.nodes) for graph in inner}) > 1:
            return None
        facts = self.input_facts(frame, nodes, graphs)
        place = frame.inside({fact: expr for fact, expr in facts.items()})
        items: list[Code] = []
        for index in range(len(inner[0].nodes)):
            children = [graph.nodes[index] for graph in inner]
            try:
                item = self.module(place, children, inner, alone=True)
            except (NotAModule, NeedsStatements):
                return None
            assert item is not None
            items.append(item)
            self.learn(place, children, inner, item)
        return Bracket("nn.Sequential(", tuple(items))

    def _branches(self, frame: Frame, nodes: list[Node]) -> Code:
        """Branches over the same input, by name."""
        inner = [node.body for node in nodes if isinstance(node.body, Graph)]
        if len({tuple(child.name for child in graph.nodes) for graph in inner}) > 1:
            raise Split(signature)
        facts = self.input_facts(frame, nodes, self.owner.graphs_of(nodes))
        place = frame.inside(dict(facts))
        items: list[Code] = []
        digits = all(child.name.isdecimal() for child in inner[0].nodes)
        for index, child in enumerate(inner[0].nodes):
            children = [graph.nodes[index] for graph in inner]
            if any(one.body is None for one in children):
                item: Code | None = "nn.Identity()"
            else:
                item = self.module(place, children, inner, alone=True)
            assert item is not None
            items.append(item if digits else keyword_entry(child.name, item))
        return Bracket("nn.ModuleList([" if digits else "nn.ModuleDict({", tuple(items), "])" if digits else "})")

    # Channels

    def input_facts(
        self, frame: Frame, nodes: list[Node], graphs: list[Graph], sizes: Collection[str] = ()
    ) -> dict[Fact, Expr]:
        """What can be said of a node's inputs, as `input.channels` and `input.1.channels`."""
        key = (id(frame), id(nodes), frozenset(sizes))
        if self._known is not None and self._known[0] == key:
            return self._known[3]
        facts: dict[Fact, Expr] = {}
        for index, ref in enumerate(nodes[0].inputs):
            base, path = name_of(graphs[0], ref)
            for name in dict.fromkeys((*self.lowering.facts, *sizes)):
                expr = self._input_fact(frame, nodes, index, (base, (*path, name)), name)
                if expr is not None:
                    facts["input", (index, name)] = expr
                    if index == 0:
                        facts["input", (name,)] = expr
        self._known = (key, frame, nodes, facts)
        return facts

    def _input_fact(self, frame: Frame, nodes: list[Node], index: int, fact: Fact, name: str) -> Expr | None:
        values = [read(node.input_types[index], name) if index < len(node.input_types) else None for node in nodes]
        known = [value for value in values if value is not None]
        if len(known) != len(values):
            return None
        return frame.try_say(known, [frame.facts.get(fact)])

    def learn(self, frame: Frame, nodes: list[Node], graphs: list[Graph], made: Code | None) -> None:
        """Notes how the channels of a node's outputs are said, for the nodes that read them."""
        name, several = nodes[0].name, len(nodes[0].outputs) > 1
        for index in range(len(nodes[0].outputs)):
            for fact in self.lowering.facts:
                values = [read(node.outputs[index], fact) for node in nodes]
                known = [value for value in values if value is not None]
                if len(known) != len(values):
                    continue
                candidates = self.output_candidates(frame, nodes, graphs, index) if fact == "channels" else []
                said = frame.try_say(known, candidates)
                if said is not None:
                    frame.facts[name, (index, fact)] = said
                    if not several:
                        frame.facts[name, (fact,)] = said

    def output_candidates(self, frame: Frame, nodes: list[Node], graphs: list[Graph], index: int) -> list[Expr | None]:
        facts = self.input_facts(frame, nodes, graphs)
        inputs = [facts.get(("input", (number, "channels"))) for number in range(len(nodes[0].inputs))]
        candidates: list[Expr | None] = [self._called_output(frame, nodes, graphs, index), self.owner.loops.leaving.get(nodes[0].name)]
        if any("out" in node.arguments for node in nodes):
            candidates.append(self.given("out", frame, nodes))
        candidates.extend(inputs[:1])
        if len(inputs) > 1 and all(inputs):
            candidates.extend(Name(name) for name in self.owner.arguments)
            total = " + ".join(f"input.{number}.channels" for number in range(len(inputs)))
            candidates.append(frame.put(parse(total), {}, facts))
        before, after = read(nodes[0].input_types[0], "channels") if nodes[0].input_types else None, read(nodes[0].outputs[index], "channels")
        if before and after:
            ratio = f"input.channels // {before // after}" if after <= before else f"{after // before} * input.channels"
            candidates.append(frame.put(parse(ratio), {}, facts))
        return candidates

    def _called_output(self, frame: Frame, nodes: list[Node], graphs: list[Graph], index: int) -> Expr | None:
        """What a class says of its output's channels, with the arguments of this call put in."""
        bodies = [node.body for node in nodes]
        if not all(isinstance(body, Graph) and body.kind in (Kind.BLOCK, Kind.GROUP) for body in bodies):
            return None
        plan = self.lowering.known_plan(nodes[0])
        if plan is None or index >= len(plan.outputs) or (output := plan.outputs[index]) is None:
            return None
        shown = [self.lowering.represent(node) for node in nodes]
        symbols: dict[str, Expr] = {}
        for argument in plan.arguments:
            values = [argument.values[id(graph)] for graph in shown if id(graph) in argument.values]
            if len(values) != len(nodes):
                return None
            candidates = self._call_candidates(argument, frame, nodes, graphs)
            said = frame.try_say(values, candidates)
            if said is not None:
                symbols[argument.name] = said
        try:
            return substitute(output, symbols, {})
        except Unsayable:
            return None


class NotAModule(Exception):
    """An expression stands where nn.Sequential needs a module."""


class NeedsStatements(Exception):
    """A loop that an expression can't say stands inside one."""


def form_of(node: Node) -> Form:
    assert isinstance(node.body, Op)
    return node.body.torch(*(type_ for type_ in node.input_types if isinstance(type_, TensorType)))


def _class_text(form: Form) -> str | None:
    """`nn.ReLU` of `nn.ReLU({args})`."""
    text, _, rest = (form.make or "").partition("(")
    return text if rest == "{args})" or rest == ")" else None


def class_text(op: str) -> str:
    """The class that an activation's name stands for."""
    kind = registry.find(op)
    assert kind is not None
    text = _class_text(kind().torch())
    assert text is not None
    return text


def keyword_entry(name: str, item: Code) -> Code:
    """An entry of a dict display."""
    from archspec.torchgen.code import Joined

    return Joined((f"{name!r}: ".replace("'", '"'), item))


def is_plain_chain(graph: Graph) -> bool:
    """Whether each node of a list reads just the one before it, and the last one is the output."""
    for index, node in enumerate(graph.nodes):
        if not node.name.isdecimal() or int(node.name) != index or node.body is None:
            return False
        if node.inputs != (Ref(index - 1),) or len(node.outputs) != 1:
            return False
    return graph.outputs == (Ref(len(graph.nodes) - 1),)


def name_of(graph: Graph, ref: Ref) -> tuple[str, tuple[int, ...]]:
    """How facts call an output. What copies read isn't called `input`: in their arguments that is the input of the graph around."""
    base = "input" if ref.node == INPUT else graph.nodes[ref.node].name
    return (f"chain:{base}" if graph.kind is Kind.CHAIN else base), (ref.output,)


def read(type_: object, name: str) -> int | None:
    """A size of a type; None where there is no such axis."""
    if not isinstance(type_, TensorType):
        return None
    try:
        value: int = getattr(type_, name)
    except IndexError:
        return None
    return value


def resolved(graph: Graph, ref: Ref) -> Ref:
    """The output that a reference means, past nodes that are left out."""
    while ref.node != INPUT and graph.nodes[ref.node].body is None:
        ref = graph.nodes[ref.node].inputs[0]
    return ref


def may_overwrite(graph: Graph, node: Node) -> bool:
    """Whether a node may work in place: its input is fresh memory of a primitive beside it, and nobody else reads it."""
    if len(node.inputs) != 1:
        return False
    ref = resolved(graph, node.inputs[0])
    if ref.node == INPUT:
        return False
    body = graph.nodes[ref.node].body
    if not isinstance(body, Op) or not body.fresh:
        return False
    readers = [*(one for other in graph.nodes if other.body is not None for one in other.inputs), *graph.outputs]
    return sum(resolved(graph, one) == ref for one in readers) == 1


def signature(graph: Graph) -> Hashable:
    """What two instances must share to be one class: the same nodes, of the same kinds."""
    return tuple((node.name, _kind(node.body)) for node in graph.nodes)


def is_stateless(node: Node) -> bool:
    """Whether a node's module has nothing in `state_dict`, so that it may stand where it isn't used."""
    return isinstance(node.body, Op) and not node.body.weights(*(type_ for type_ in node.input_types if isinstance(type_, TensorType)))


def _kind(body: Op | Graph | None) -> Hashable:
    if body is None:
        return None
    if isinstance(body, Op):
        return type(body).__name__
    return (body.kind, body.name, signature(body) if body.kind is not Kind.BLOCK else None)

