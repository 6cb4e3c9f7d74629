"""One class of generated source: its constructor, over all instances of a block at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archspec.language import document
from archspec.language.expressions import Expr, Name, Value, literal, names, substitute, to_source
from archspec.network import Graph, Kind, Node, Ref
from archspec.ops.base import Op
from archspec.torchgen.calls import Calls
from archspec.torchgen.channels import Channels
from archspec.torchgen.code import Code
from archspec.torchgen.frame import Frame, Occurrence, Unsayable, plain, same
from archspec.torchgen.look import form_of, is_stateless, name_of, read, readers_of, resolved, signature
from archspec.torchgen.loops import Loops
from archspec.torchgen.names import ClassName, free
from archspec.torchgen.plan import Argument, Plan, Split
from archspec.torchgen.program import Line, Statement, Suite

if TYPE_CHECKING:
    from archspec.torchgen.lower import Lowering

IN_CHANNELS = "in_channels"


@dataclass(frozen=True, slots=True)
class Step:
    """A node as `forward` sees it: its module, if it has one, and when it runs."""

    name: str
    source: document.Node
    nodes: tuple[Node, ...]
    graphs: tuple[Graph, ...]
    made: Code | None
    values: dict[str, str]
    flag: str | None = None
    """The attribute that says whether it runs, where that differs between instances."""
    joins: str | None = None
    """The node that alone reads it, under the same condition: both run or neither."""


class ClassLowering:
    """Lowers the instances of one definition to one class. Raises Split where they can't share one."""

    def __init__(
        self,
        lowering: Lowering,
        name: ClassName,
        doc: str | None,
        graphs: list[Graph],
        nodes: document.Graph,
        kind: Kind,
        given: Collection[str] = (),
    ) -> None:
        self.lowering, self.name, self.doc = lowering, name, doc
        self.graphs, self.nodes, self.kind, self.given = graphs, nodes, kind, given
        self.statements: list[Statement] = []
        self.steps: list[Step] = []
        self.used: set[str] = set()
        self.variables: set[str] = set()
        self.columns: set[str] = set()
        """Variables of the loop over a table that is being written."""
        self.locals: dict[str, Expr] = {}
        """Variables of the constructor that stand for a `let`, and what they are."""
        self.arguments: dict[str, Argument] = {}
        self.op_arguments: set[str] = set()
        self.calls = Calls(self)
        self.channels = Channels(self)
        self.loops = Loops(self)
        self.frame = Frame([Occurrence() for _ in graphs], {}, {}, self.unsaid)
        self._inputs()
        self._values()

    def run(self) -> Plan:
        from archspec.torchgen.forward import define

        for name, source in self.nodes.items():
            self._node(name, source)
        outputs = [self._output(ref) for ref in self.graphs[0].outputs]
        self.statements[:0] = self._used_locals()
        definition = define(self)
        for name in self.op_arguments & self.arguments.keys():
            self.arguments[name].is_op = True
        return Plan(self.name, self.graphs, self.ordered_arguments(), definition, outputs)

    def _output(self, ref: Ref) -> Expr | None:
        base, path = name_of(self.graphs[0], resolved(self.graphs[0], ref))
        said = self.frame.facts.get((base, (*path, "channels")))
        for name, expr in reversed(self.locals.items()) if said is not None else ():
            said = substitute(said, {name: expr}) if said is not None and name in names(said) else said
        return said

    def _used_locals(self) -> list[Statement]:
        """The variables that something reads, a variable that another needs before it."""
        lines: list[Statement] = []
        for name, expr in reversed(self.locals.items()):
            if name in self.used:
                lines.insert(0, Line(self.text(expr), before=f"{name} = "))
        return lines

    def ordered_arguments(self) -> list[Argument]:
        """The arguments that the class needs: what it reads first, then what must be given, then what has a default."""
        return [argument for argument in self._ordered() if argument.name in self.used]

    def _ordered(self) -> list[Argument]:
        rank = {name: index for index, name in enumerate(self.arguments)}
        return sorted(
            self.arguments.values(), key=lambda one: (not one.leading, one.default is not None, rank[one.name])
        )

    # What can be said

    def _inputs(self) -> None:
        for index in range(len(self.graphs[0].inputs)):
            for fact in self.lowering.facts:
                values = [read(graph.inputs[index], fact) for graph in self.graphs]
                known: list[Value] = [value for value in values if value is not None]
                if len(known) != len(values):
                    continue
                constant = all(value == known[0] for value in known)
                if constant and not (self.kind is Kind.BLOCK and fact == "channels"):
                    expr: Expr = literal(known[0])
                elif fact == "channels":
                    name = IN_CHANNELS if index == 0 else f"{IN_CHANNELS}{index + 1}"
                    expr = self._add_argument(name, known, leading=True)
                else:
                    continue
                self.frame.facts["input", (index, fact)] = expr
                if index == 0:
                    self.frame.facts["input", (fact,)] = expr

    def _values(self) -> None:
        definition = self.graphs[0].definition
        block = definition if isinstance(definition, document.Block) else None
        declared = definition.params if isinstance(definition, document.Block | document.Document) else {}
        for name in self.graphs[0].values:
            values = [plain(graph.values[name]) for graph in self.graphs]
            if block is not None and name in block.let:
                continue
            if all(same(value, values[0]) for value in values) and not self._stays(name, values[0], declared):
                self.frame.symbols[name] = literal(values[0])
                continue
            expr = self._add_argument(name, values)
            self.arguments[expr.id].source = name
            self.frame.symbols[name] = expr
            default = declared[name].default if name in declared else None
            if default is not None and (self.kind is Kind.NETWORK or not _is_expression(declared[name])):
                given = values[0] if self.kind is Kind.NETWORK else plain(default)
                self.arguments[expr.id].default = float(given) if isinstance(values[0], float) else given  # type: ignore[arg-type]
        for name, written in block.let.items() if block else ():
            self._let(name, written)

    def _let(self, name: str, written: object) -> None:
        """A `let` that is more than a name or a number becomes a variable of the constructor."""
        values = [plain(graph.values[name]) for graph in self.graphs]
        said = self.frame.say(values, [self.frame.translate(written)], name)
        if not names(said) or isinstance(said, Name):
            self.frame.symbols[name] = said
            return
        printed = self.variable(name)
        self.locals[printed] = said
        self.frame.symbols[name] = Name(printed)
        for occurrence, value in zip(self.frame.occurrences, values, strict=True):
            occurrence[printed] = value

    def _stays(self, name: str, value: Value, declared: document.Parameters) -> bool:
        """Whether a parameter that is the same in every instance is an argument all the same.

        One that has to be given is, and one that calls do give, for a block to read alike everywhere. An activation is not.
        """
        if self.kind is not Kind.BLOCK or name not in declared or isinstance(value, str):
            return False
        default = declared[name].default
        return declared[name].required or (name in self.given and not same(plain(default), value))

    def _add_argument(self, name: str, values: list[Value], leading: bool = False) -> Name:
        printed = name if leading else free(name, self.arguments.keys() | {IN_CHANNELS})
        by_graph = {id(graph): value for graph, value in zip(self.graphs, values, strict=True)}
        self.arguments[printed] = Argument(printed, by_graph, leading=leading)
        for occurrence, value in zip(self.frame.occurrences, values, strict=True):
            occurrence[printed] = value
        return Name(printed)

    def unsaid(self, hint: str, values: list[Value]) -> Expr:
        """One more argument, for values that nothing else gives; whoever makes an instance says them."""
        if self.kind is Kind.NETWORK:
            raise Unsayable(hint)
        for argument in self.arguments.values():
            if all(same(argument.values[id(graph)], value) for graph, value in zip(self.graphs, values, strict=True)):
                return Name(argument.name)
        return self._add_argument(hint, values)

    def text(self, expr: Expr) -> str:
        """An expression as source; the arguments in it are then ones that the constructor takes."""
        self.used |= names(expr)
        return to_source(expr)

    # Nodes

    def _node(self, name: str, source: document.Node) -> None:
        nodes = [next((node for node in graph.nodes if node.name == name), None) for graph in self.graphs]
        if all(node is None for node in nodes):
            return
        known = [node for node in nodes if node is not None]
        if len(known) != len(nodes):
            raise Split(signature)
        present = [node.body is not None for node in known]
        if not any(present):
            self._same_as_input(name, known)
            return
        indices = [index for index, here in enumerate(present) if here]
        place = self.frame.at(indices)
        here, graphs = [known[index] for index in indices], [self.graphs[index] for index in indices]
        if any(node.source is not here[0].source for node in here):
            raise Split(signature)
        self._present(name, source, place, here, graphs, present)
        if not all(present):
            self._learn_optional(name, known)

    def _present(
        self, name: str, source: document.Node, place: Frame, here: list[Node], graphs: list[Graph], present: list[bool]
    ) -> None:
        made = self.calls.module(place, here, graphs)
        self.channels.learn(place, here, graphs)
        values = self._forward_values(name, place, here, graphs)
        flag = None
        joins = None if all(present) else self._joins(name, source, made)
        if all(present) or joins is not None:
            if made is not None:
                self.statements.append(Line(made, before=f"self.{name} = "))
        else:
            flag = self._optional(name, source, made, present)
        self.steps.append(Step(name, source, tuple(here), tuple(graphs), made, values, flag, joins))

    def _joins(self, name: str, source: document.Node, made: Code | None) -> str | None:
        """The one node that reads this one, where it is left out by the same condition and has no module of its own."""
        mine = [node for graph in self.graphs for node in graph.nodes if node.name == name and node.body is not None]
        readers = {reader for graph in self.graphs for reader in readers_of(graph, name)}
        if made is None or len(readers) != 1 or source.otherwise is not None or not all(map(is_stateless, mine)):
            return None
        (reader,) = readers
        if reader is None or self.nodes[reader].when != source.when:
            return None
        theirs = [
            node for graph in self.graphs for node in graph.nodes if node.name == reader and node.body is not None
        ]
        return reader if all(isinstance(node.body, Op) and form_of(node).make is None for node in theirs) else None

    def _optional(self, name: str, source: document.Node, made: Code | None, present: list[bool]) -> str | None:
        """A node that some instances leave out: an Identity in its place, or a flag where there is no module."""
        test = self.frame.say(list(present), [self.frame.translate(source.when)], f"has_{name}")
        text = self.text(test)
        if made is None:
            self.statements.append(Line(text, before=f"self.has_{name} = "))
            return f"has_{name}"
        self.statements.append(Line("nn.Identity()", before=f"self.{name}: nn.Module = "))
        self.statements.append(Suite(Line(text, before="if ", after=":"), (Line(made, before=f"self.{name} = "),)))
        return None

    def _same_as_input(self, name: str, nodes: list[Node]) -> None:
        base, path = name_of(self.graphs[0], nodes[0].inputs[0])
        for fact in self.lowering.facts:
            if (said := self.frame.facts.get((base, (*path, fact)))) is not None:
                self.frame.facts[name, (0, fact)] = self.frame.facts[name, (fact,)] = said

    def _learn_optional(self, name: str, nodes: list[Node]) -> None:
        """What is known of a node that is there in some instances only: what holds either way."""
        base, path = name_of(self.graphs[0], nodes[0].inputs[0])
        for fact in self.lowering.facts:
            values = [read(node.outputs[0], fact) for node in nodes]
            known: list[Value] = [value for value in values if value is not None]
            either = [self.frame.facts.get((name, (fact,))), self.frame.facts.get((base, (*path, fact)))]
            said = self.frame.try_say(known, either) if len(known) == len(values) else None
            for key in ((name, (fact,)), (name, (0, fact))):
                self.frame.facts.pop(key, None)
                if said is not None:
                    self.frame.facts[key] = said

    def _forward_values(self, name: str, place: Frame, nodes: list[Node], graphs: list[Graph]) -> dict[str, str]:
        """Texts for the templates of `forward`: what differs between instances is kept as an attribute."""
        if not all(isinstance(node.body, Op) for node in nodes):
            return {}
        forms = [form_of(node) for node in nodes]
        if any(form.forward != forms[0].forward for form in forms):
            raise Split(signature)
        values = {}
        for key, text in self.calls.named_values(place, nodes, graphs, forms).items():
            varies = any(not same(_value(form, key), _value(forms[0], key)) for form in forms)
            if varies and f"{{{key}}}" in forms[0].forward:
                self.statements.append(Line(text, before=f"self.{name}_{key} = "))
                text = f"self.{name}_{key}"
            values[key] = text
        return values

    # What loops ask for

    def at_top(self, frame: Frame) -> bool:
        """Whether statements can stand here: in the constructor itself, not within an expression."""
        return frame.symbols is self.frame.symbols

    def variable(self, name: str) -> str:
        """A free name for a local variable of the constructor."""
        found = free(name, self.arguments.keys() | self.variables)
        self.variables.add(found)
        return found

    def graphs_of(self, nodes: list[Node]) -> list[Graph]:
        return self.graphs[: len(nodes)]

    def mark(self) -> tuple[int, set[str], set[str]]:
        return len(self.statements), set(self.used), set(self.variables)

    def back_to(self, mark: tuple[int, set[str], set[str]]) -> None:
        """Takes back an attempt that failed."""
        del self.statements[mark[0] :]
        self.used, self.variables = mark[1], mark[2]

    @contextmanager
    def watching(self) -> Iterator[set[str]]:
        """The names that are printed meanwhile."""
        before, self.used = self.used, set()
        seen: set[str] = set()
        try:
            yield seen
        finally:
            seen |= self.used
            self.used = before | self.used


def _value(form: object, key: str) -> Value:
    return next(plain(arg.value) for name, arg in form.values if name == key)  # type: ignore[attr-defined]


def _is_expression(parameter: document.Parameter) -> bool:
    """Whether a default is computed from other values."""
    return isinstance(parameter.default, str) and parameter.type not in (None, "name")
