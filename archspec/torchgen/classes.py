"""One class of generated source: its constructor, over all instances of a block at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from archspec.language import document
from archspec.language.expressions import Expr, Name, NotPython, Value, literal, names, substitute, to_source
from archspec.network import Graph, Kind, Ref
from archspec.torchgen.calls import Calls
from archspec.torchgen.channels import Channels
from archspec.torchgen.frame import Frame, Occurrence, Unsayable, plain, same
from archspec.torchgen.look import name_of, read, resolved
from archspec.torchgen.loops import Loops
from archspec.torchgen.members import Members
from archspec.torchgen.names import ClassName, free
from archspec.torchgen.plan import Argument, Plan, Split
from archspec.torchgen.program import Line, Statement
from archspec.torchgen.sequences import Sequences

if TYPE_CHECKING:
    from archspec.torchgen.lower import Lowering

IN_CHANNELS = "in_channels"


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
        self.used: set[str] = set()
        self.variables: set[str] = set()
        self.columns: set[str] = set()
        """Variables of the loop over a table that is being written."""
        self.locals: dict[str, Expr] = {}
        """Variables of the constructor that stand for a `let`, and what they are."""
        self.arguments: dict[str, Argument] = {}
        self.op_arguments: set[str] = set()
        self._loop_variables: dict[str, str] = {}
        self.sequences = Sequences(graphs)
        self._provisional: Plan | None = None
        """The class as its own members see it, where the block holds itself."""
        self.calls = Calls(self)
        self.channels = Channels(self)
        self.loops = Loops(self)
        self.members = Members(self)
        self.frame = Frame([Occurrence() for _ in graphs], {}, {}, self.unsaid)
        self._inputs()
        self._values()

    def run(self) -> Plan:
        from archspec.torchgen.definition import define

        for name, source in self.nodes.items():
            self.members.add(name, source)
        self.sequences.outputs()
        outputs = [self._output(ref) for ref in self.graphs[0].outputs]
        self.statements[:0] = self._used_locals()
        definition = define(self)
        for name in self.op_arguments & self.arguments.keys():
            self.arguments[name].is_op = True
        return Plan(self.name, self.graphs, self.ordered_arguments(), definition, outputs)

    def provisional(self) -> Plan:
        """The class as one of its own members sees it, with all of its arguments."""
        if self._provisional is None:
            outputs: list[Expr | None] = [None] * len(self.graphs[0].outputs)
            self._provisional = Plan(self.name, self.graphs, self._ordered(), None, outputs)
        return self._provisional

    def _output(self, ref: Ref) -> Expr | None:
        base, path = name_of(self.graphs[0], resolved(self.graphs[0], ref))
        said = self.frame.facts.get((base, (*path, "channels")))
        try:
            for name, expr in reversed(self.locals.items()):
                said = substitute(said, {name: expr}) if said is not None and name in names(said) else said
        except NotPython:
            return None  # too much to read
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
        return [argument for argument in self._ordered() if argument.name in self.used or self._provisional]

    def _ordered(self) -> list[Argument]:
        rank = {name: index for index, name in enumerate(self.arguments)}
        return sorted(
            self.arguments.values(), key=lambda one: (one.leading == 0, one.default is not None, rank[one.name])
        )

    # What can be said

    def _inputs(self) -> None:
        if len({len(graph.inputs) for graph in self.graphs}) > 1:
            raise Split(lambda graph: len(graph.inputs))
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
                    expr = self._add_argument(self._in_channels(index), known, leading=index + 1)
                else:
                    continue
                self.frame.facts["input", (index, fact)] = expr
                if index == 0:
                    self.frame.facts["input", (fact,)] = expr
                if self.graphs[0].input_names:
                    self.frame.facts[self.graphs[0].input_names[index], (fact,)] = expr

    def _in_channels(self, index: int) -> str:
        """`in_channels`, or `skip_channels` where the inputs have names."""
        named = self.graphs[0].input_names
        return f"{named[index]}_channels" if named else IN_CHANNELS

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
            computed = self._computed(declared.get(name), values)
            if computed is not None:
                self._known_as(name, computed, values)
                continue
            if len({isinstance(value, str) for value in values}) > 1:
                continue  # a mode or a number, as `padding` is: no one type has both
            expr = self._add_argument(name, values)
            self.arguments[expr.id].source = name
            self.frame.symbols[name] = expr
            default = declared[name].default if name in declared else None
            if default is not None and (self.kind is Kind.NETWORK or not _is_expression(declared[name])):
                given = values[0] if self.kind is Kind.NETWORK else plain(default)
                self.arguments[expr.id].default = float(given) if isinstance(values[0], float) else given  # type: ignore[arg-type]
        for name, written in block.let.items() if block else ():
            self._let(name, written)

    def _computed(self, parameter: document.Parameter | None, values: list[Value]) -> Expr | None:
        """A block's default that every instance has, over the arguments before it: `hidden` is `out`."""
        if self.kind is not Kind.BLOCK or parameter is None or not _is_expression(parameter):
            return None
        return self.frame.try_say(values, [self.frame.translate(parameter.default)])

    def _let(self, name: str, written: object) -> None:
        values = [plain(graph.values[name]) for graph in self.graphs]
        self._known_as(name, self.frame.say(values, [self.frame.translate(written)], name), values)

    def _known_as(self, name: str, said: Expr, values: list[Value]) -> None:
        """What is more than a name or a number becomes a variable of the constructor."""
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

        One that calls give does where it must be given or isn't its default, so that a block reads alike everywhere;
        not activations, nor what the file's `defaults` alone give.
        """
        if self.kind is not Kind.BLOCK or name not in declared or isinstance(value, str):
            return False
        default = declared[name].default
        return name in self.given and (declared[name].required or not same(plain(default), value))

    def _add_argument(self, name: str, values: list[Value], leading: int = 0) -> Name:
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

    def default(self, name: str, value: Value | None) -> None:
        """Gives an argument that only the generated class has the default of the torch argument that it is for."""
        argument = self.arguments.get(name)
        if argument is not None and not argument.source and not argument.leading and value is not None:
            argument.default = value

    def text(self, expr: Expr) -> str:
        """An expression as source; the arguments in it are then ones that the constructor takes."""
        self.used |= names(expr)
        return to_source(expr)

    # What loops ask for

    def at_top(self, frame: Frame) -> bool:
        """Whether statements can stand here: in the constructor itself, not within an expression."""
        return frame.symbols is self.frame.symbols

    def variable(self, name: str) -> str:
        """A free name for a local variable of the constructor."""
        plain_name = "layers" if name.isdecimal() else name
        found = free(plain_name, self.arguments.keys() | self.variables)
        self.variables.add(found)
        return found

    def loop_variable(self, name: str) -> str:
        """A variable that a loop starts anew: loops that follow one another have it in turn."""
        if name not in self._loop_variables:
            self._loop_variables[name] = self.variable(name)
        found = self._loop_variables[name]
        self.variables.add(found)
        return found

    def mark(self) -> tuple[int, set[str], set[str], int]:
        return len(self.statements), set(self.used), set(self.variables), len(self.lowering.wraps)

    def back_to(self, mark: tuple[int, set[str], set[str], int]) -> None:
        """Takes back an attempt that failed."""
        del self.statements[mark[0] :]
        self.used, self.variables = mark[1], mark[2]
        self.lowering.unwrap(mark[3])

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


def _is_expression(parameter: document.Parameter) -> bool:
    """Whether a default is computed from other values."""
    return isinstance(parameter.default, str) and parameter.type not in (None, "name")
