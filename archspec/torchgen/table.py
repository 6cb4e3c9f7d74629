"""`each`: a loop over the rows of a table, as the paper prints it, or over the argument that holds them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from archspec.language.expressions import Expr, Name, Value, literal, names
from archspec.language.expressions.nodes import Call, Compare, Conditional, Logic, Number
from archspec.network import Graph, Kind, Node
from archspec.torchgen.code import Bracket, Code, Joined, flat
from archspec.torchgen.copies import CHANNELS, Copies
from archspec.torchgen.frame import Fact, Frame, Occurrence, Unsayable, same
from archspec.torchgen.look import read, signature
from archspec.torchgen.names import free
from archspec.torchgen.plan import NeedsStatements, Split
from archspec.torchgen.program import Line, Statement, Suite
from archspec.torchgen.rows import Rows

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering

_FITS = 76
"""Longest clause of a generator, which never breaks."""
_FEW = 4
"""Most rows that are written out rather than looped over."""


class Table:
    """`each`: a loop over rows. Whatever differs between rows, and nothing in scope says, becomes a column."""

    def __init__(self, owner: ClassLowering, frame: Frame, nodes: list[Node], entering: dict[Fact, Expr]) -> None:
        self.owner, self.frame, self.entering = owner, frame, entering
        self.nodes, self.node = nodes, nodes[0]
        self.nested = self.node.source.repeat is not None and _holds_chains(self.node.body)
        linked = isinstance(self.node.body, Graph) and self.node.body.kind is Kind.LINKED
        self._grows = linked and self.node.source.link == "dense"
        """Whether each copy reads what the one before it read, and what that one gave."""
        self.copies = Copies()
        self.counts: dict[tuple[int, int], int] = {}
        """How many copies each row is, by owner and row."""
        self._gather()
        if not self.copies.nodes:
            raise Unsayable(self.node.name)
        self.rows = Rows(owner, frame, nodes, self.copies)
        if (
            self.rows.said is None
            and len({len(node.body.copies) for node in nodes if isinstance(node.body, Graph)}) > 1
        ):
            raise Split(signature)
        self.channels, self.index = CHANNELS, "index"

    def _gather(self) -> None:
        for owner, node in enumerate(self.nodes):
            assert isinstance(node.body, Graph)
            for row, child in enumerate(node.body.copies):
                if not self.nested:
                    self.copies.add(owner, node.body, child, row, 0)
                    continue
                assert isinstance(child.body, Graph) and child.body.kind is Kind.CHAIN
                self.counts[owner, row] = len(child.body.nodes)
                for number, copy in enumerate(child.body.nodes):
                    self.copies.add(owner, child.body, copy, row, number)

    @property
    def is_short(self) -> bool:
        """Whether its rows, written out, take no more lines than a loop with a variable for what they pass on."""
        return not self.nested and self.rows.said is None and len(set(self.copies.rows)) <= _FEW

    def expression(self) -> Code | None:
        """The nn.Sequential of a chain in one expression, where its copies pass nothing on."""
        mark = self.owner.mark()
        try:
            return Bracket("nn.Sequential(", (Bracket("*(", (self._generator(),)),))
        except (Split, Unsayable):
            self.owner.back_to(mark)
            return None

    def modules(self) -> Code:
        """The nn.ModuleList of copies that stand side by side."""
        rows = len(self.node.body.nodes) if isinstance(self.node.body, Graph) else 0
        count = Call("len", (self.rows.said,)) if self.rows.said is not None else Number(rows)
        self.owner.sequences.counts[self.node.name] = count
        return Bracket("nn.ModuleList(", (self._generator(),))

    def _generator(self) -> Code:
        """`element for column in rows`."""
        owner, rows = self.owner, self.rows
        if self.nested or (rows.said is None and max(self.copies.rows, default=0) < 1):
            raise Unsayable(self.node.name)
        occurrences = [Occurrence(self.frame.occurrences[place]) for place in self.copies.owners]
        for occurrence, node, row in zip(occurrences, self.copies.nodes, self.copies.rows, strict=True):
            occurrence["i"] = node.row.get("i", row)
        there = self._frame(occurrences, {"i": Name("i")}, self.copies.steady(self.frame, owner.lowering.facts))
        item, seen = self._made(there)
        rows.leave(there, self.node.name)
        targets, table = rows.header("i" if "i" in seen else None)
        clause = f" for {targets} in {flat(table)}"
        if len(clause) > _FITS:
            raise Unsayable(self.node.name)
        return Joined((item, clause))

    def _frame(self, occurrences: list[Occurrence], symbols: dict[str, Expr], facts: dict[Fact, Expr]) -> Frame:
        """The inside of the loop."""
        totals = [node.row.get("n", 0) for node in self.copies.nodes]
        if all(same(total, totals[0]) for total in totals):
            symbols["n"] = literal(totals[0])
        elif self.rows.said is not None and not self.nested:
            symbols["n"] = Call("len", (self.rows.said,))
        there = Frame(occurrences, {**self.frame.symbols, **symbols}, facts, self._unsaid)
        self.rows.enter(there, self.node)
        return there

    def _made(self, there: Frame) -> tuple[Code, set[str]]:
        """The element, and the names in it; columns that nothing uses are dropped."""
        with self.owner.watching() as seen:
            item = self.owner.calls.element(there, self.copies.nodes, self.copies.graphs)
        self.rows.keep(seen)
        self.owner.columns.clear()
        return item, seen

    # Statements

    def statements(self) -> Code:
        """The nn.Sequential of a chain, by a loop before it."""
        owner = self.owner
        if not owner.at_top(self.frame):
            raise NeedsStatements
        self.channels, self.index = owner.loop_variable(CHANNELS), owner.loop_variable("index")
        list_name = owner.variable(self.node.name)
        row_name = owner.variable("stage" if list_name != "stage" else "copies")
        item, uses_channels, uses_index, said_channels = self._element()
        if not self.rows.columns:
            raise Unsayable(self.node.name)
        inner = row_name if self.nested else list_name
        body: list[Statement] = [Line(Bracket(f"{inner}.append(", (item,)))]
        if uses_channels and said_channels != Name(self.channels):
            sign = "+=" if self._grows else "="
            body.append(Line(owner.text(said_channels), before=f"{self.channels} {sign} "))
        if uses_index and self.nested:
            body.append(Line("1", before=f"{self.index} += "))
        if self.nested:
            body = self._rows_of_copies(row_name, list_name, body)
        if uses_channels:
            owner.statements.append(Line(owner.text(self._entering()), before=f"{self.channels} = "))
        if uses_index and self.nested:
            owner.statements.append(Line("0", before=f"{self.index} = "))
        owner.statements.append(Line("[]", before=f"{list_name}: list[nn.Module] = "))
        targets, table = self.rows.header(self.index if uses_index and not self.nested else None)
        owner.statements.append(Suite(Line(table, before=f"for {targets} in ", after=":"), tuple(body)))
        return Bracket("nn.Sequential(", (f"*{list_name}",))

    def _rows_of_copies(self, row_name: str, list_name: str, body: list[Statement]) -> list[Statement]:
        number = "i" if self.first_only else "_"
        return [
            Line("[]", before=f"{row_name}: list[nn.Module] = "),
            Suite(Line(f"range({self._count()})", before=f"for {number} in ", after=":"), tuple(body)),
            Line(Bracket(f"{list_name}.append(", (Bracket("nn.Sequential(", (f"*{row_name}",)),))),
        ]

    def _count(self) -> str:
        """How often a row repeats: by the spec's own word, where it is a column."""
        counts = list(self.counts.values())
        if len(set(counts)) == 1:
            return str(counts[0])
        written = self.node.source.repeat
        if self.rows.said is not None:
            mine = [self.counts[key] for key in zip(self.copies.owners, self.copies.rows, strict=True)]
            said = self.place.say(mine, [self.place.translate(written)], "repeat")
            self.rows.keep(names(said), also=True)
            return self.owner.text(said)
        each = self.node.source.each
        known = each.columns if each is not None else []
        name = written if isinstance(written, str) and written in known else "repeat"
        name = free(name, self.rows.columns)
        self.rows.columns[name] = {row: self.counts[0, row] for row in set(self.copies.rows)}
        return name

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
        facts = dict(self.frame.facts)
        for other in range(len(copies.nodes)):
            facts[copies.fact(other, 0, CHANNELS)] = Name(self.channels)
        self.place = there = self._frame(occurrences, {"i": Name(self.index)}, facts)
        item, seen = self._made(there)
        outputs = [read(node.outputs[0], CHANNELS) for node in copies.nodes]
        said: Expr = Name(self.channels)
        if self.channels in seen:
            known = [value for value in outputs if value is not None]
            said = there.say(known, owner.channels.output_candidates(there, copies.nodes, copies.graphs, 0), "out")
            self.rows.keep(seen | names(said))
        self.rows.leave(there, self.node.name)
        return item, self.channels in seen, self.index in seen, said

    def _unsaid(self, hint: str, values: list[Value]) -> Expr:
        if self.nested and hint in (self.node.source.first or ()):
            with suppress(Unsayable):
                return self._first(hint, values)
        try:
            return self.rows.column(hint, values)
        except Unsayable:
            if not self.nested:
                return self.copies.unsaid(self.frame)(hint, values)
        try:
            return self.copies.unsaid(self.frame)(hint, values)
        except Unsayable:
            return self._first(hint, values)

    def _first(self, hint: str, values: list[Value]) -> Expr:
        """A value that the first copy of each row has, and one that all others have."""
        keys = list(zip(self.copies.owners, self.copies.rows, strict=True))
        numbered = list(zip(keys, self.copies.numbers, values, strict=True))
        first = {key: value for key, number, value in numbered if number == 0}
        rest = [value for _, number, value in numbered if number]
        if not rest or any(not same(value, rest[0]) for value in rest):
            raise Unsayable(hint)
        values, common = [first[key] for key in keys], rest[0]
        alike = all(same(value, values[0]) for value in values)
        cells = literal(values[0]) if alike else self.rows.column(hint, values)
        self.first_only = True
        is_first = Compare(Name("i"), (("==", Number(0)),))
        if isinstance(common, bool) and not alike:
            is_later = Compare(Name("i"), ((">", Number(0)),))
            return Logic("or", (cells, is_later)) if common else Logic("and", (cells, is_first))
        return Conditional(cells, is_first, literal(common))

    def _entering(self) -> Expr:
        first = [
            index for index, node in enumerate(self.copies.nodes) if not node.row.get("i", self.copies.rows[index])
        ]
        values: list[Value] = []
        for index in first:
            channels = read(self.copies.nodes[index].input_types[0], CHANNELS)
            assert channels is not None
            values.append(channels)
        return self.frame.say(values, [self.entering.get(("chain:input", (0, CHANNELS)))], CHANNELS)


def _holds_chains(body: object) -> bool:
    """Whether the rows of a chain are chains, whose copies follow one another through all rows."""
    return (
        isinstance(body, Graph)
        and body.kind is Kind.CHAIN
        and all(isinstance(row.body, Graph) and row.body.kind is Kind.CHAIN for row in body.nodes)
    )
