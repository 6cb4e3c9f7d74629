"""Constructor expressions: a primitive's torch call, a block's class, a group's nn.Sequential; over all occurrences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.language.expressions import Binary, Expr, ExpressionFault, Name, Number, attributes, literal, names, parse
from archspec.network import Graph, Kind, Node, Origin
from archspec.ops.base import Op
from archspec.ops.form import REQUIRED, Arg, Form
from archspec.torchgen.chosen import Chosen
from archspec.torchgen.code import Bracket, Code, flat, tree
from archspec.torchgen.frame import Fact, Frame, plain, same, spell
from archspec.torchgen.look import (
    form_of,
    is_plain_chain,
    may_overwrite,
    signature,
)
from archspec.torchgen.phrases import label
from archspec.torchgen.plan import Argument, NeedsStatements, NotAModule, Split
from archspec.torchgen.program import keyword
from archspec.torchgen.sides import Sides

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering

_CHANNELS = frozenset(("out", "planes"))
"""What everybody expects behind the channels that come in."""


class Calls:
    """Builds the constructor expressions of one class."""

    def __init__(self, owner: ClassLowering) -> None:
        self.owner = owner
        self.lowering = owner.lowering
        self.sides = Sides(owner)
        self.chosen = Chosen(owner)

    def module(self, frame: Frame, nodes: list[Node], graphs: list[Graph], *, alone: bool = False) -> Code | None:
        """What makes a node's module; None for an expression without one. `alone`: as an element of nn.Sequential."""
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
        if kinds == {Kind.LINKED}:
            return self.owner.loops.linked(frame, nodes, graphs, alone)
        if kinds == {Kind.OVER}:
            return self.sides.over(frame, nodes, graphs)
        if kinds == {Kind.PARALLEL} and not alone:
            return self.sides.branches(frame, nodes, graphs)
        if kinds == {Kind.GROUP} and (inline := self._inline(frame, nodes, graphs)) is not None:
            return inline
        return self._class(frame, nodes, graphs)

    def element(self, frame: Frame, nodes: list[Node], graphs: list[Graph]) -> Code:
        """What makes one of several modules; an expression becomes a class of its own."""
        try:
            item = self.module(frame, nodes, graphs, alone=True)
        except NotAModule:
            return self._class(frame, self.lowering.wrapped(nodes, graphs), graphs)
        assert item is not None
        return item

    # Primitives

    def primitive(self, frame: Frame, nodes: list[Node], graphs: list[Graph], alone: bool) -> Code | None:
        forms = [form_of(node) for node in nodes]
        first = forms[0]
        self.lowering.needs(first)
        may = any(isinstance(node.body, Op) and node.body.inplace for node in nodes)
        inplace = may and all(may_overwrite(graph, node) for graph, node in zip(graphs, nodes, strict=True))
        if any(type(node.body) is not type(nodes[0].body) for node in nodes):
            return self.chosen.activation(frame, nodes, forms, inplace)
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
        for name, said in self.named_values(frame, nodes, graphs, forms).items():
            if f"{{{name}}}" in make:
                make = make.replace(f"{{{name}}}", self.owner.text(said))
        before, found, after = make.partition("{args}")
        if not found:
            return make
        return Bracket(before, tuple(items)) if after == ")" else tree(before + ", ".join(map(flat, items)) + after)

    def named_values(self, frame: Frame, nodes: list[Node], graphs: list[Graph], forms: list[Form]) -> dict[str, Expr]:
        """What every `{name}` of a form's templates says."""
        found = {}
        for index, (name, _) in enumerate(forms[0].values):
            column = [form.values[index][1] for form in forms]
            found[name] = self._say(frame, nodes, graphs, column, name)
            if name == "chunks":
                self.owner.sequences.counts[nodes[0].name] = found[name]
        return found

    def _arguments(
        self, frame: Frame, nodes: list[Node], graphs: list[Graph], args: list[tuple[Arg, ...]]
    ) -> list[Code]:
        items: list[Code] = []
        by_position = True
        for index, arg in enumerate(args[0]):
            column = [row[index] for row in args]
            role = "channels" if "input.channels" in arg.formulas else str(index)
            hint = arg.keyword or f"{label(nodes[0].name)}_{role}"
            said = self._say(frame, nodes, graphs, column, hint)
            if isinstance(said, Name) and arg.default is not REQUIRED:
                self.owner.default(said.id, plain(arg.default))
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
        return frame.put(expr, symbols, self.owner.channels.input_facts(frame, nodes, graphs, sizes))

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

    # Blocks and groups

    def _class(self, frame: Frame, nodes: list[Node], graphs: list[Graph]) -> Code:
        plans = [self.lowering.plan_of(node) for node in nodes]
        plan = plans[0]
        if any(other is not plan for other in plans):
            return self.chosen.block(frame, nodes, graphs, plans)
        shown = [self.lowering.represent(node) for node in nodes]
        items: list[Code] = []
        by_position = True
        for index, argument in enumerate(plan.arguments):
            values = [argument.values[id(graph)] for graph in shown]
            candidates = self.candidates(argument, frame, nodes, graphs)
            said = frame.say(values, candidates, argument.name)
            if argument.default is not None and said == literal(argument.default):
                by_position = False
                continue
            if argument.is_op:
                said = self.chosen.as_class(said)
            text = self.owner.text(said)
            if argument.leading or (by_position and self._obvious(index, argument, text)):
                items.append(text)
            else:
                by_position = False
                items.append(keyword(argument.name, text))
        return Bracket(f"{plan.name}(", tuple(items))

    def _obvious(self, index: int, argument: Argument, text: str) -> bool:
        """Whether a value needs no keyword: what is called as the argument, and first how many channels come out."""
        first = index < 2 and (argument.name in _CHANNELS or text in self.owner.columns)
        return first or (text == argument.name and (argument.default is None or text in self.owner.columns))

    def candidates(self, argument: Argument, frame: Frame, nodes: list[Node], graphs: list[Graph]) -> list[Expr | None]:
        facts = self.owner.channels.input_facts(frame, nodes, graphs)
        if argument.leading:
            return [facts.get(("input", (argument.leading - 1, "channels")))]
        body = nodes[0].body
        if isinstance(body, Graph) and body.kind is not Kind.BLOCK:
            return [frame.symbols.get(argument.source)]
        if argument.name == "padding" and not argument.source:  # what `auto` comes to
            kernel = self.given("kernel", frame, nodes)
            return [Binary("//", kernel, Number(2)) if kernel is not None else None]
        if not argument.source:  # what `defaults` say in a block is over the network's parameters
            return [frame.symbols.get(argument.name)]
        if all(argument.source not in node.arguments for node in nodes):
            return [self._own_default(argument.source, frame, nodes, facts)]
        return [self.given(argument.source, frame, nodes)]

    def _own_default(self, name: str, frame: Frame, nodes: list[Node], facts: dict[Fact, Expr]) -> Expr | None:
        """A block's default that is computed, `input.channels // reduction`, over what the block is given here."""
        body = nodes[0].body
        definition = body.definition if isinstance(body, Graph) else None
        declared = definition.params.get(name) if definition is not None else None
        if declared is None or not isinstance(declared.default, str) or declared.type in (None, "name"):
            return None
        try:
            expr = parse(declared.default)
        except ExpressionFault:
            return None
        symbols = {}
        for one in names(expr):
            values = [plain(node.body.values.get(one)) for node in nodes if isinstance(node.body, Graph)]
            said = self.given(one, frame, nodes) or (
                spell(values[0]) if all(same(v, values[0]) for v in values) else None
            )
            if said is not None:
                symbols[one] = said
        return frame.put(expr, symbols, facts)

    def _inline(self, frame: Frame, nodes: list[Node], graphs: list[Graph]) -> Code | None:
        """A list of modules as nn.Sequential; None where the group needs a class of its own."""
        bodies = [node.body for node in nodes]
        inner = [body for body in bodies if isinstance(body, Graph)]
        if not all(is_plain_chain(graph) for graph in inner) or len({len(graph.nodes) for graph in inner}) > 1:
            return None
        facts = self.owner.channels.input_facts(frame, nodes, graphs)
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
            self.owner.channels.learn(place, children, inner)
        last = place.facts.get((inner[0].nodes[-1].name, ("channels",)))
        if last is not None:
            self.owner.loops.leaving[nodes[0].name] = last
        return Bracket("nn.Sequential(", tuple(items))
