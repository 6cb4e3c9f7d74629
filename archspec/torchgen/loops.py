"""Repeats become comprehensions, tables become loops over their rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archspec.language.expressions import Expr, Name, Value, literal, names, simplify
from archspec.language.expressions.nodes import Binary, Compare, Conditional, Number
from archspec.network import Graph, Kind, Node
from archspec.torchgen.calls import NeedsStatements, name_of, read, signature
from archspec.torchgen.code import Bracket, Code, Joined
from archspec.torchgen.frame import Fact, Frame, Occurrence, Unsayable, same
from archspec.torchgen.names import free
from archspec.torchgen.plan import Split
from archspec.torchgen.program import Line, Statement, Suite

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering

CHANNELS = "channels"


@dataclass(slots=True)
class Copies:
    """The copies of a repeated node, over all occurrences of the place: one entry per copy."""

    owners: list[int] = field(default_factory=list)
    graphs: list[Graph] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    """Number of the copy within its row."""

    def add(self, owner: int, graph: Graph, node: Node, row: int, number: int) -> None:
        self.owners.append(owner)
        self.graphs.append(graph)
        self.nodes.append(node)
        self.rows.append(row)
        self.numbers.append(number)

    def only(self, indices: list[int]) -> Copies:
        return Copies(*([column[index] for index in indices] for column in self._columns()))  # type: ignore[arg-type]

    def _columns(self) -> tuple[list[object], ...]:
        return (self.owners, self.graphs, self.nodes, self.rows, self.numbers)  # type: ignore[return-value]


class Loops:
    """Builds the chains of one class."""

    def __init__(self, owner: ClassLowering) -> None:
        self.owner = owner
        self.leaving: dict[str, Expr] = {}
        """How the channels behind a chain are said, by the chain's name."""

    def chain(self, frame: Frame, nodes: list[Node], graphs: list[Graph]) -> Code:
        """The nn.Sequential of a repeated node; statements that it needs are put before it."""
        facts = self.owner.calls.input_facts(frame, nodes, graphs)
        entering = {(f"chain:{base}", path): expr for (base, path), expr in facts.items()}
        if nodes[0].source.each is not None:
            return Table(self.owner, frame, nodes, entering).code()
        return self._repeat(frame.inside({**frame.facts, **entering}), nodes)

    def _repeat(self, frame: Frame, nodes: list[Node]) -> Code:
        copies = Copies()
        for owner, node in enumerate(nodes):
            assert isinstance(node.body, Graph)
            for number, copy in enumerate(node.body.nodes):
                copies.add(owner, node.body, copy, 0, number)
        self.current = nodes[0].name
        self.leaving.pop(self.current, None)
        counts: list[Value] = [len(node.body.nodes) for node in nodes if isinstance(node.body, Graph)]
        count = frame.say(counts, [frame.translate(nodes[0].source.repeat)], f"{nodes[0].name}_repeat")
        if not copies.nodes:
            return "nn.Sequential()"
        written = isinstance(count, Number) and count.value <= 2
        attempts = [self._listed] if written else [self._alike, self._first_then_rest, self._listed]
        for attempt in attempts:
            mark = self.owner.mark()
            try:
                return attempt(frame, copies, count)
            except Unsayable:
                self.owner.back_to(mark)
        raise Split(signature)

    def _alike(self, frame: Frame, copies: Copies, count: Expr) -> Code:
        """All copies by one expression, over their number `i`."""
        item, used = self._element(frame, copies, count)
        return Bracket("nn.Sequential(", (_star(item, f"range({self.owner.text(count)})", used),))

    def _first_then_rest(self, frame: Frame, copies: Copies, count: Expr) -> Code:
        """The first copy by itself: it has other channels, or arguments of its own."""
        indices = range(len(copies.nodes))
        firsts = [index for index in indices if copies.numbers[index] == 0]
        others = [index for index in indices if copies.numbers[index] > 0]
        if not others or len(firsts) != len(frame.occurrences):
            raise Unsayable("first")
        first, _ = self._element(frame, copies.only(firsts), count)
        rest, used = self._element(frame, copies.only(others), count)
        if used:
            span = f"range(1, {self.owner.text(count)})"
        else:
            span = f"range({self.owner.text(simplify(Binary('-', count, Number(1))))})"
        return Bracket("nn.Sequential(", (first, _star(rest, span, used)))

    def _listed(self, frame: Frame, copies: Copies, count: Expr) -> Code:
        """Every copy written out."""
        if not isinstance(count, Number):
            raise Unsayable("count")
        items = []
        for number in range(int(count.value)):
            indices = [index for index, found in enumerate(copies.numbers) if found == number]
            items.append(self._element(frame, copies.only(indices), count)[0])
        return Bracket("nn.Sequential(", tuple(items))

    def _element(self, frame: Frame, copies: Copies, count: Expr) -> tuple[Code, bool]:
        """One expression for these copies, and whether it uses their number."""
        owner = self.owner
        occurrences = []
        for index, place in enumerate(copies.owners):
            inner = Occurrence(frame.occurrences[place])
            inner["i"] = copies.numbers[index]
            occurrences.append(inner)
        symbols = {**frame.symbols, "i": Name("i"), "n": count}
        facts = self._incoming(frame, copies, occurrences)
        place = Frame(occurrences, symbols, facts, self._unsaid(frame, copies))
        with owner.watching() as seen:
            item = owner.calls.module(place, copies.nodes, copies.graphs, alone=True)
        assert item is not None
        self._note_leaving(frame, place, copies)
        return item, "i" in seen

    def _note_leaving(self, frame: Frame, place: Frame, copies: Copies) -> None:
        """What the copies give, where that doesn't hang on their number."""
        for said in self.owner.calls.output_candidates(place, copies.nodes, copies.graphs, 0):
            if said is not None and not names(said) & {"i"}:
                self.leaving[self.current] = said
                return

    def _unsaid(self, frame: Frame, copies: Copies) -> Callable[[str, list[Value]], Expr]:
        """A value that the copies of each occurrence share can still become an argument of the class."""

        def unsaid(hint: str, values: list[Value]) -> Expr:
            by_owner: dict[int, Value] = {}
            for place, value in zip(copies.owners, values, strict=True):
                if not same(by_owner.setdefault(place, value), value):
                    raise Unsayable(hint)
            places = sorted(by_owner)
            return frame.at(places).say([by_owner[place] for place in places], [], hint)

        return unsaid

    def _incoming(self, frame: Frame, copies: Copies, occurrences: list[Occurrence]) -> dict[Fact, Expr]:
        """What each copy reads, under the dotted names that its references have."""
        facts = dict(frame.facts)
        node = copies.nodes[0]
        for index in range(len(node.inputs)):
            for fact in self.owner.lowering.facts:
                values = [read(one.input_types[index], fact) for one in copies.nodes]
                known = [value for value in values if value is not None]
                if len(known) != len(values):
                    continue
                candidates = self._channels(frame, copies, index) if fact == "channels" else []
                said = Frame(occurrences, frame.symbols, frame.facts, frame.unsaid).try_say(known, candidates)
                if said is not None:
                    for other in range(len(copies.nodes)):
                        facts[_fact_of(copies, other, index, fact)] = said
        return facts

    def _channels(self, frame: Frame, copies: Copies, index: int) -> list[Expr | None]:
        """Ways to say the channels that copy `i` reads: as the chain does, as its copies give, or growing by the same each time."""
        outside = frame.facts.get(("chain:input", (index, CHANNELS)))
        given = self.owner.calls.given("out", frame, copies.nodes) if copies.nodes else None
        candidates: list[Expr | None] = [outside, *self._given_by_copies(frame, copies), given]
        grown = _growth(copies)
        if outside is not None and grown is not None:
            step = frame.try_say([grown[place] for place in range(len(grown))], list(frame.symbols.values())) if grown else None
            if step is not None:
                candidates.append(Binary("+", outside, simplify(Binary("*", Name("i"), step))))
        return candidates

    def _given_by_copies(self, frame: Frame, copies: Copies) -> list[Expr | None]:
        """The channels that a copy gives, where they don't hang on what it reads."""
        plain = Frame([frame.occurrences[place] for place in copies.owners], frame.symbols, dict(frame.facts), _refuse)
        return self.owner.calls.output_candidates(plain, copies.nodes, copies.graphs, 0)[:1]


class Table:
    """`each`: a loop over rows. Whatever differs between rows, and nothing in scope says, becomes a column."""

    def __init__(self, owner: ClassLowering, frame: Frame, nodes: list[Node], entering: dict[Fact, Expr]) -> None:
        self.owner, self.frame, self.entering = owner, frame, entering
        self.nodes = nodes
        self.node = nodes[0]
        self.nested = self.node.source.repeat is not None
        self.columns: dict[str, dict[int, Value]] = {}
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
        inner = row_name if self.nested else list_name
        body: list[Statement] = [Line(Bracket(f"{inner}.append(", (item,)))]
        if uses_channels and said_channels != Name(CHANNELS):
            body.append(Line(owner.text(said_channels), before=f"{CHANNELS} = "))
        if uses_index:
            body.append(Line("1", before="index += "))
        if self.nested:
            body = self._rows_of_copies(row_name, list_name, body)
        if uses_channels:
            owner.statements.append(Line(owner.text(self._entering()), before=f"{CHANNELS} = "))
        if uses_index:
            owner.statements.append(Line("0", before="index = "))
        owner.statements.append(Line("[]", before=f"{list_name}: list[nn.Module] = "))
        owner.statements.append(Suite(self._header(), tuple(body)))
        return Bracket("nn.Sequential(", (f"*{list_name}",))

    def _rows_of_copies(self, row_name: str, list_name: str, body: list[Statement]) -> list[Statement]:
        counts = [self.counts[row] for row in sorted(self.counts)]
        if len(set(counts)) == 1:
            count = str(counts[0])
        else:
            name = self._count_name()
            self.columns[name] = dict(self.counts)  # type: ignore[arg-type]
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
        owner = self.owner
        cells = [[self._cell(self.columns[name][row], name) for name in columns] for row in rows]
        if len(columns) == 1:
            items: tuple[Code, ...] = tuple(row[0] for row in cells)
            return Line(Bracket("(", items), before=f"for {columns[0]} in ", after=":")
        table = tuple(Bracket("(", tuple(row)) for row in cells)
        return Line(Bracket("(", table, one_per_line=True), before=f"for {', '.join(columns)} in ", after=":")

    def _cell(self, value: Value, name: str) -> str:
        expr = literal(value)
        return self.owner.text(self.owner.calls.as_class(expr) if name in self.owner.op_arguments else expr)

    def _element(self) -> tuple[Code, bool, bool, Expr]:
        """The copy's expression, whether it uses the running channels and the running number, and the channels that it gives."""
        owner, copies = self.owner, self.copies
        self.first_only = False
        occurrences = []
        for index, place in enumerate(copies.owners):
            inner = Occurrence(self.frame.occurrences[place])
            channels = read(copies.nodes[index].input_types[0], CHANNELS)
            if channels is not None:
                inner[CHANNELS] = channels
            inner["i"] = copies.numbers[index]
            inner["index"] = copies.nodes[index].row.get("i", 0)
            occurrences.append(inner)
        total = literal(copies.nodes[0].row["n"])
        symbols = {name: expr for name, expr in self.frame.symbols.items()}
        symbols |= {"i": Name("index"), "n": total}
        facts = dict(self.frame.facts)
        for other in range(len(copies.nodes)):
            facts[_fact_of(copies, other, 0, CHANNELS)] = Name(CHANNELS)
        place = Frame(occurrences, symbols, facts, self._unsaid)
        self.place = place
        self._spec_columns(place)
        with owner.watching() as seen:
            item = owner.calls.module(place, copies.nodes, copies.graphs, alone=True)
        assert item is not None
        outputs = [read(node.outputs[0], CHANNELS) for node in copies.nodes]
        said: Expr = Name(CHANNELS)
        if CHANNELS in seen:
            known = [value for value in outputs if value is not None]
            said = place.say(known, owner.calls.output_candidates(place, copies.nodes, copies.graphs, 0), "out")
        self.columns = {name: cells for name, cells in self.columns.items() if name in seen | names(said)}
        owner.columns.clear()
        return item, CHANNELS in seen, "index" in seen, said

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
        name = free(hint, {*self.columns, *self.place.occurrences[0], *self.owner.arguments})
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
        first = {row: value for row, number, value in zip(self.copies.rows, self.copies.numbers, values, strict=True) if number == 0}
        later = [(row, value) for row, number, value in zip(self.copies.rows, self.copies.numbers, values, strict=True) if number]
        rest = {row: value for row, value in later}
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


def _fact_of(copies: Copies, which: int, index: int, fact: str) -> Fact:
    node, graph = copies.nodes[which], copies.graphs[which]
    ref = node.inputs[index]
    base, path = name_of(graph, ref)
    return base, (*path, fact)


def _growth(copies: Copies) -> list[Value] | None:
    """By how much the channels grow from copy to copy, per occurrence, where it is always the same."""
    grown: dict[int, int] = {}
    last: dict[int, int] = {}
    for place, node in zip(copies.owners, copies.nodes, strict=True):
        channels = read(node.input_types[0], CHANNELS)
        if channels is None:
            return None
        if place in last and grown.setdefault(place, channels - last[place]) != channels - last[place]:
            return None
        last[place] = channels
    places = sorted(last)
    return [grown.get(place, 0) for place in places] if grown else None


def _star(item: Code, span: str, numbered: bool) -> Code:
    return Bracket("*(", (Joined((item, f" for {'i' if numbered else '_'} in {span}")),), ")")


def _refuse(hint: str, values: list[Value]) -> Expr:
    raise Unsayable(hint)

