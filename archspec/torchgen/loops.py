"""Repeats become comprehensions: all copies alike, the first by itself, or each written out."""

from __future__ import annotations

from functools import partial, reduce
from typing import TYPE_CHECKING

from archspec.language.expressions import Expr, Name, Value, names, simplify
from archspec.language.expressions.nodes import Binary, Number
from archspec.network import Graph, Kind, Node
from archspec.torchgen.code import INDENT, WIDTH, Bracket, Code, Joined, flat
from archspec.torchgen.copies import CHANNELS, Copies
from archspec.torchgen.frame import Fact, Frame, Occurrence, Unsayable, refuse, spell
from archspec.torchgen.look import form_of, read, signature
from archspec.torchgen.plan import Split
from archspec.torchgen.table import Table

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering

_ROW = WIDTH - 3 * len(INDENT) - len(",")
"""What a row has of a line, inside the brackets of a constructor's statement."""


class Loops:
    """Builds the chains of one class."""

    def __init__(self, owner: ClassLowering) -> None:
        self.owner = owner
        self.leaving: dict[str, Expr] = {}
        """How the channels behind a chain are said, by the chain's name."""
        self.counts: dict[str, Expr] = {}
        """How many copies a chain has."""
        self.together: dict[str, Expr] = {}
        """The channels that the copies of a chain give between them."""

    def chain(self, frame: Frame, nodes: list[Node], graphs: list[Graph]) -> Code:
        """The nn.Sequential of a repeated node; statements that it needs are put before it."""
        facts = self.owner.channels.input_facts(frame, nodes, graphs)
        entering = {(f"chain:{base}", path): expr for (base, path), expr in facts.items()}
        place = frame.inside({**frame.facts, **entering})
        if len(nodes[0].inputs) > 1:
            return as_list(self._sequence(place, nodes, entering))
        return self._sequence(place, nodes, entering)

    def linked(self, frame: Frame, nodes: list[Node], graphs: list[Graph], alone: bool) -> Code:
        """The modules of a chain that is linked; in a list, and where it may be missing, a module of its own."""
        facts, name = self.owner.channels.input_facts(frame, nodes, graphs), nodes[0].name
        entering = {(f"chain:{base}", path): expr for (base, path), expr in facts.items()}
        joins = [node.body.nodes[-1] for node in nodes if isinstance(node.body, Graph)]
        inputs = [facts.get(("input", (index, CHANNELS))) for index in range(min(len(node.inputs) for node in nodes))]
        before = _sum(inputs)
        if nodes[0].source.link == "dense" and before is not None:
            entering["chain:input", (0, CHANNELS)] = before
        elif nodes[0].source.link != "dense" and inputs[-1] is not None:
            entering["chain:input", (0, CHANNELS)] = inputs[-1]
        self.counts.pop(name, None)
        self.together.pop(name, None)
        chain = self._sequence(frame.inside({**frame.facts, **entering}), nodes, entering)
        each = self.leaving.pop(name, None)
        if each is not None and name in self.counts:
            self.together[name] = Binary("*", self.counts[name], each)
        if before is not None and name in self.together:
            self.leaving[name] = simplify(Binary("+", before, self.together[name]))
        return self._as_module(chain, nodes[0], dim_of(joins)) if alone else as_list(chain)

    def _as_module(self, chain: Code, node: Node, dim: int) -> Code:
        assert isinstance(chain, Bracket)
        kind = "DenseChain" if node.source.link == "dense" else "AggregateChain"
        self.owner.lowering.support[kind] = None
        return Bracket(f"{kind}(", (*chain.items, *([f"dim={dim}"] if dim != 1 else [])))

    def _sequence(self, place: Frame, nodes: list[Node], entering: dict[Fact, Expr]) -> Code:
        mark = self.owner.mark()
        try:
            if nodes[0].source.each is not None and not _is_row(nodes[0]):
                table = Table(self.owner, place, nodes, entering)
                return table.expression() or self._row_by_row(place, nodes, table) or table.statements()
            return self._repeat(place, nodes)
        except (Split, Unsayable):
            self.owner.back_to(mark)
            return self._written_out(place, nodes)

    def _row_by_row(self, place: Frame, nodes: list[Node], table: Table) -> Code | None:
        """The rows of a short table, each in a line of its own; None where a loop reads better."""
        if not table.is_short:
            return None
        mark = self.owner.mark()
        self.leaving.pop(nodes[0].name, None)
        try:
            code = self._written_out(place, nodes)
        except (Split, Unsayable):
            code = None
        if not isinstance(code, Bracket) or any(len(flat(item)) > _ROW for item in code.items):
            self.owner.back_to(mark)
            return None
        return code

    def _repeat(self, frame: Frame, nodes: list[Node]) -> Code:
        copies = Copies()
        for owner, node in enumerate(nodes):
            assert isinstance(node.body, Graph)
            for number, copy in enumerate(node.body.copies):
                copies.add(owner, node.body, copy, 0, number)
        self.current = nodes[0].name
        self.leaving.pop(self.current, None)
        counts: list[Value] = [len(node.body.copies) for node in nodes if isinstance(node.body, Graph)]
        count = frame.say(counts, [frame.translate(nodes[0].source.repeat)], f"{nodes[0].name}_repeat")
        self.counts[self.current] = count
        if not copies.nodes:
            return Bracket("nn.Sequential(", ())
        written = isinstance(count, Number) and count.value <= 2
        attempts = [self._listed] if written else [self._alike, self._first_then_rest, self._listed]
        for attempt in attempts:
            mark = self.owner.mark()
            try:
                return attempt(frame, copies, count)
            except (Split, Unsayable):
                self.owner.back_to(mark)
        raise Unsayable(self.current)

    def _written_out(self, frame: Frame, nodes: list[Node]) -> Code:
        """Every copy by itself: what no loop says. Copies that differ in structure have classes of their own then."""
        chains = [node.body for node in nodes if isinstance(node.body, Graph)]
        if len({len(chain.copies) for chain in chains}) > 1:
            raise Split(signature)
        items: list[Code] = []
        for number in range(len(chains[0].copies)):
            children = [chain.copies[number] for chain in chains]
            if all(isinstance(child.body, Graph) and child.body.kind is Kind.CHAIN for child in children):
                items.append(self._written_out(frame, children))
                continue
            copies = Copies(list(range(len(children))), chains, children, [0] * len(children), [number] * len(children))
            row = {name: spell(value) for name, value in children[0].row.items()}
            there = Frame(frame.occurrences, {**frame.symbols, **row}, dict(frame.facts), frame.unsaid)
            there.facts.update(self._incoming(frame, copies, frame.occurrences))
            items.append(self.owner.calls.element(there, children, chains))
        return Bracket("nn.Sequential(", tuple(items))

    def _alike(self, frame: Frame, copies: Copies, count: Expr) -> Code:
        """All copies by one expression, over their number `i`."""
        item, used = self._element(frame, copies, count, Name("i"))
        return Bracket("nn.Sequential(", (_star(item, f"range({self.owner.text(count)})", used),))

    def _first_then_rest(self, frame: Frame, copies: Copies, count: Expr) -> Code:
        """The first copy by itself: it has other channels, or arguments of its own."""
        indices = range(len(copies.nodes))
        firsts = [index for index in indices if copies.numbers[index] == 0]
        others = [index for index in indices if copies.numbers[index] > 0]
        if not others or len(firsts) != len(frame.occurrences):
            raise Unsayable("first")
        first, _ = self._element(frame, copies.only(firsts), count, Number(0))
        rest, used = self._element(frame, copies.only(others), count, Name("i"))
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
            items.append(self._element(frame, copies.only(indices), count, Number(number))[0])
        return Bracket("nn.Sequential(", tuple(items))

    def _element(self, frame: Frame, copies: Copies, count: Expr, number: Expr) -> tuple[Code, bool]:
        """One expression for these copies, and whether it uses their number."""
        owner = self.owner
        occurrences = []
        for index, place in enumerate(copies.owners):
            inner = Occurrence(frame.occurrences[place])
            inner["i"] = copies.numbers[index]
            occurrences.append(inner)
        symbols = {**frame.symbols, "i": number, "n": count}
        facts = self._incoming(frame, copies, occurrences)
        there = Frame(occurrences, symbols, facts, copies.unsaid(frame))
        with owner.watching() as seen:
            item = owner.calls.element(there, copies.nodes, copies.graphs)
        self._note_leaving(frame, there, copies)
        return item, "i" in seen

    def _note_leaving(self, frame: Frame, place: Frame, copies: Copies) -> None:
        """What the copies give, where that doesn't hang on their number."""
        for said in self.owner.channels.output_candidates(place, copies.nodes, copies.graphs, 0):
            if said is not None and not names(said) & {"i"}:
                self.leaving[self.current] = said
                return

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
                        facts[copies.fact(other, index, fact)] = said
        return facts

    def _channels(self, frame: Frame, copies: Copies, index: int) -> list[Expr | None]:
        """Ways to say the channels that copy `i` reads: as the chain does, as its copies give, or growing steadily."""
        outside = frame.facts.get(("chain:input", (index, CHANNELS)))
        given = self.owner.calls.given("out", frame, copies.nodes) if copies.nodes else None
        candidates: list[Expr | None] = [outside, *self._given_by_copies(frame, copies), given]
        if min(copies.numbers) > 0:
            candidates = [*candidates[1:], outside]
        grown = copies.growth()
        if outside is not None and grown is not None:
            steps = [*self._given_by_copies(frame, copies), *frame.symbols.values()]
            step = frame.try_say([grown[place] for place in range(len(grown))], steps) if grown else None
            if step is not None:
                candidates.append(Binary("+", outside, simplify(Binary("*", Name("i"), step))))
        return candidates

    def _given_by_copies(self, frame: Frame, copies: Copies) -> list[Expr | None]:
        """The channels that a copy gives, where they don't hang on what it reads."""
        plain = Frame([frame.occurrences[place] for place in copies.owners], frame.symbols, dict(frame.facts), refuse)
        return self.owner.channels.output_candidates(plain, copies.nodes, copies.graphs, 0)[:1]


def dim_of(joins: list[Node]) -> int:
    """The axis along which chains are joined."""
    found = {dict(form_of(node).values)["dim"].value for node in joins}
    if len(found) > 1:
        raise Split(signature)
    dim = found.pop()
    assert isinstance(dim, int)
    return dim


def _sum(values: list[Expr | None]) -> Expr | None:
    known = [value for value in values if value is not None]
    return reduce(partial(Binary, "+"), known) if len(known) == len(values) else None


def as_list(chain: Code) -> Code:
    """`nn.ModuleList([…])` for `nn.Sequential(…)`: copies that take several values are called one by one."""
    assert isinstance(chain, Bracket)
    items = chain.items
    if len(items) == 1 and isinstance(items[0], Bracket) and items[0].before == "*(":
        return Bracket("nn.ModuleList(", items[0].items)
    if len(items) == 1 and isinstance(items[0], str) and items[0].startswith("*"):
        return f"nn.ModuleList({items[0][1:]})"
    return Bracket("nn.ModuleList(", (Bracket("[", items, "]"),))


def _star(item: Code, span: str, numbered: bool) -> Code:
    return Bracket("*(", (Joined((item, f" for {'i' if numbered else '_'} in {span}")),), ")")


def _is_row(node: Node) -> bool:
    """Whether a chain is one row of a table whose rows stand side by side."""
    copies = node.body.copies if isinstance(node.body, Graph) else ()
    return node.source.repeat is not None and not any(
        isinstance(copy.body, Graph) and copy.body.kind in (Kind.CHAIN, Kind.LINKED) for copy in copies
    )
