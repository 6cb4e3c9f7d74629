"""`each`: a loop over the rows of a table, as the paper prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.language.expressions import Expr, Name, Value, literal, names
from archspec.language.expressions.nodes import Compare, Conditional, Number
from archspec.network import Graph, Kind, Node
from archspec.torchgen.code import Bracket, Code
from archspec.torchgen.copies import CHANNELS, Copies
from archspec.torchgen.frame import Fact, Frame, Occurrence, Unsayable, same
from archspec.torchgen.look import read, signature
from archspec.torchgen.names import free
from archspec.torchgen.plan import NeedsStatements, Split
from archspec.torchgen.program import Line, Statement, Suite

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering


class Table:
    """`each`: a loop over rows. Whatever differs between rows, and nothing in scope says, becomes a column."""

    def __init__(self, owner: ClassLowering, frame: Frame, nodes: list[Node], entering: dict[Fact, Expr]) -> None:
        self.owner, self.frame, self.entering = owner, frame, entering
        self.nodes = nodes
        self.node = nodes[0]
        self.nested = self.node.source.repeat is not None
        self.columns: dict[str, dict[int, Value]] = {}
        self.channels, self.index = owner.variable(CHANNELS), owner.variable("index")
        self.copies = Copies()
        self.counts: dict[int, int] = {}
        self._gather()

    def _gather(self) -> None:
        for owner, node in enumerate(self.nodes):
            assert isinstance(node.body, Graph)
            for row, child in enumerate(node.body.nodes):
                if not self.nested:
                    self.copies.add(owner, node.body, child, row, 0)
                    continue
                assert isinstance(child.body, Graph) and child.body.kind is Kind.CHAIN
                if self.counts.setdefault(row, len(child.body.nodes)) != len(child.body.nodes):
                    raise Split(signature)
                for number, copy in enumerate(child.body.nodes):
                    self.copies.add(owner, child.body, copy, row, number)

    def code(self) -> Code:
        owner = self.owner
        if not owner.at_top(self.frame):
            raise NeedsStatements
        list_name = owner.variable(self.node.name)
        row_name = owner.variable("stage" if list_name != "stage" else "copies")
        item, uses_channels, uses_index, said_channels = self._element()
        if not self.columns:
            raise Unsayable(self.node.name)
        self.enumerated = uses_index and not self.nested
        inner = row_name if self.nested else list_name
        body: list[Statement] = [Line(Bracket(f"{inner}.append(", (item,)))]
        if uses_channels and said_channels != Name(self.channels):
            body.append(Line(owner.text(said_channels), before=f"{self.channels} = "))
        if uses_index and self.nested:
            body.append(Line("1", before=f"{self.index} += "))
        if self.nested:
            body = self._rows_of_copies(row_name, list_name, body)
        if uses_channels:
            owner.statements.append(Line(owner.text(self._entering()), before=f"{self.channels} = "))
        if uses_index and self.nested:
            owner.statements.append(Line("0", before=f"{self.index} = "))
        owner.statements.append(Line("[]", before=f"{list_name}: list[nn.Module] = "))
        owner.statements.append(Suite(self._header(), tuple(body)))
        return Bracket("nn.Sequential(", (f"*{list_name}",))

    def _rows_of_copies(self, row_name: str, list_name: str, body: list[Statement]) -> list[Statement]:
        counts = [self.counts[row] for row in sorted(self.counts)]
        if len(set(counts)) == 1:
            count = str(counts[0])
        else:
            name = self._count_name()
            self.columns[name] = dict(self.counts)
            count = name
        number = "i" if self.first_only else "_"
        return [
            Line("[]", before=f"{row_name}: list[nn.Module] = "),
            Suite(Line(f"range({count})", before=f"for {number} in ", after=":"), tuple(body)),
            Line(Bracket(f"{list_name}.append(", (Bracket("nn.Sequential(", (f"*{row_name}",)),))),
        ]

    def _count_name(self) -> str:
        """The spec's own word for how often a row repeats, where it is a column."""
        written = self.node.source.repeat
        each = self.node.source.each
        known = each.columns if each is not None else []
        name = written if isinstance(written, str) and written in known else "repeat"
        return free(name, self.columns)

    def _header(self) -> Line:
        columns = [name for name in self.columns]
        rows = sorted(set(self.copies.rows))
        cells = [[self._cell(self.columns[name][row], name) for name in columns] for row in rows]
        if len(columns) == 1:
            items: tuple[Code, ...] = tuple(row[0] for row in cells)
            table = Bracket("(", items, ")" if len(items) > 1 else ",)")
        else:
            table = Bracket("(", tuple(Bracket("(", tuple(row)) for row in cells), one_per_line=True)
        names_of_row = ", ".join(columns)
        if not self.enumerated:
            return Line(table, before=f"for {names_of_row} in ", after=":")
        row = f"({names_of_row})" if len(columns) > 1 else names_of_row
        return Line(Bracket("enumerate(", (table,)), before=f"for {self.index}, {row} in ", after=":")

    def _cell(self, value: Value, name: str) -> str:
        expr = literal(value)
        return self.owner.text(self.owner.calls.as_class(expr) if name in self.owner.op_arguments else expr)

    def _element(self) -> tuple[Code, bool, bool, Expr]:
        """The copy's expression, whether it uses the running channels and number, and the channels that it gives."""
        owner, copies = self.owner, self.copies
        self.first_only = False
        occurrences = []
        for index, place in enumerate(copies.owners):
            inner = Occurrence(self.frame.occurrences[place])
            channels = read(copies.nodes[index].input_types[0], CHANNELS)
            if channels is not None:
                inner[self.channels] = channels
            inner["i"] = copies.numbers[index]
            inner[self.index] = copies.nodes[index].row.get("i", 0)
            occurrences.append(inner)
        total = literal(copies.nodes[0].row["n"])
        symbols = {name: expr for name, expr in self.frame.symbols.items()}
        symbols |= {"i": Name(self.index), "n": total}
        facts = dict(self.frame.facts)
        for other in range(len(copies.nodes)):
            facts[copies.fact(other, 0, CHANNELS)] = Name(self.channels)
        there = Frame(occurrences, symbols, facts, self._unsaid)
        self.place = there
        self._spec_columns(there)
        with owner.watching() as seen:
            item = owner.calls.module(there, copies.nodes, copies.graphs, alone=True)
        assert item is not None
        outputs = [read(node.outputs[0], CHANNELS) for node in copies.nodes]
        said: Expr = Name(self.channels)
        if self.channels in seen:
            known = [value for value in outputs if value is not None]
            said = there.say(known, owner.channels.output_candidates(there, copies.nodes, copies.graphs, 0), "out")
        self.columns = {name: cells for name, cells in self.columns.items() if name in seen | names(said)}
        owner.columns.clear()
        return item, self.channels in seen, self.index in seen, said

    def _spec_columns(self, place: Frame) -> None:
        """Columns of the spec are names in scope; those that nothing uses are dropped afterwards."""
        each = self.node.source.each
        assert each is not None
        for column in each.columns:
            values = [node.row[column] for node in self.copies.nodes]
            if all(same(value, values[0]) for value in values):
                place.symbols[column] = literal(values[0])
            else:
                place.symbols[column] = self._column(column, values)

    def _column(self, hint: str, values: list[Value]) -> Expr:
        """A column with these values, if they depend on the row alone."""
        cells: dict[int, Value] = {}
        for row, value in zip(self.copies.rows, values, strict=True):
            if not same(cells.setdefault(row, value), value):
                raise Unsayable(hint)
        for name, known in self.columns.items():
            if all(same(known[row], cells[row]) for row in cells):
                return Name(name)
        taken = {*self.columns, *self.place.occurrences[0], *self.owner.arguments, *self.owner.variables}
        name = free(hint, taken)
        self.columns[name] = cells
        self.owner.columns.add(name)
        for row, occurrence in zip(self.copies.rows, self.place.occurrences, strict=True):
            occurrence[name] = cells[row]
        return Name(name)

    def _unsaid(self, hint: str, values: list[Value]) -> Expr:
        try:
            return self._column(hint, values)
        except Unsayable:
            if not self.nested:
                raise
        # The first copy of each row differs from the others, as in `first: {stride: 2}`.
        first = {
            row: value
            for row, number, value in zip(self.copies.rows, self.copies.numbers, values, strict=True)
            if number == 0
        }
        later = [
            (row, value)
            for row, number, value in zip(self.copies.rows, self.copies.numbers, values, strict=True)
            if number
        ]
        rest = dict(later)
        if any(not same(rest[row], value) for row, value in later):
            raise Unsayable(hint)
        common = next(iter(rest.values()))
        if not all(same(value, common) for value in rest.values()):
            raise Unsayable(hint)
        cells = self._column(hint, [first[row] for row in self.copies.rows])
        self.first_only = True
        return Conditional(cells, Compare(Name("i"), (("==", Number(0)),)), literal(common))

    def _entering(self) -> Expr:
        first = [index for index, node in enumerate(self.copies.nodes) if node.row.get("i") == 0]
        values: list[Value] = []
        for index in first:
            channels = read(self.copies.nodes[index].input_types[0], CHANNELS)
            assert channels is not None
            values.append(channels)
        return self.frame.say(values, [self.entering.get(("chain:input", (0, CHANNELS)))], CHANNELS)
