"""Copies of a node: `repeat`, `each`, `first` and `last`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from archspec.diagnostics.catalogue import expansion as faults
from archspec.diagnostics.catalogue.document import WrongType
from archspec.diagnostics.wording import spoken
from archspec.elaborate.evaluator import Given
from archspec.elaborate.faults import Broken, Frame
from archspec.elaborate.link import Link
from archspec.elaborate.origins import origins
from archspec.elaborate.reading import names_in
from archspec.elaborate.rows import Row, Rows, unknown
from archspec.elaborate.scope import NOTHING, UNKNOWN_VALUE, Outputs, Scope, finish, size_of
from archspec.elaborate.use import Body, Use
from archspec.language import document
from archspec.language.expressions import Value
from archspec.language.place import Place
from archspec.network import INPUT, Kind, Node, Origin, Ref
from archspec.types import UNKNOWN

if TYPE_CHECKING:
    from archspec.elaborate.elaborator import Elaborator


_NO_ROW: Final = Row(NOTHING, {})
_WHICH: Final = {"i": UNKNOWN_VALUE, "n": UNKNOWN_VALUE}
"""The number of a copy where it isn't known how many there are."""


class Repeater:
    """Expands the copies of one node. Copies that can't differ share one body."""

    def __init__(self, elaborator: Elaborator) -> None:
        self.elaborator = elaborator
        self.report = elaborator.report
        self.rows = Rows(elaborator.evaluator)
        self._names: dict[int, frozenset[str]] = {}

    def copies(self, name: str, use: Use) -> Body:
        """A chain of copies; side by side over the same input where a table has `merge`.

        Raises Broken where it isn't known how many there are. What is wrong with each of them is reported all the same.
        """
        source, scope = use.source, use.scope
        rows, counts = [unknown(source.each)], None
        try:
            rows = self.rows.of(source, source.each, scope) if source.each else [_NO_ROW]
            counts = self._counts(source, rows, scope)
        except Broken:
            self._look(name, use, rows)
            raise
        self.elaborator.counter.copies(sum(counts), source)
        run = _Run(self, use, sum(counts))
        if source.each is not None and source.merge is not None:
            return self._side_by_side(name, use, rows, counts, run)
        chain = scope.chain(name, use.types, use.refs)
        with self.elaborator.counter.inside(source):
            if source.repeat is None or source.each is None:
                link = Link(self.elaborator, use, chain) if source.link is not None else None
                for row, count in zip(rows, counts, strict=True):
                    run.add_copies(chain, row, count, link, alone=source.repeat is None)
                if link is not None:
                    graph = finish(chain, Kind.LINKED, name, Outputs((link.joined("cat"),)))
                    return Body(graph, graph.output_types)
            else:
                for row, count in zip(rows, counts, strict=True):
                    self._chain_of_row(chain, row, count, run, run.sources(chain))
        graph = finish(chain, Kind.CHAIN, name, run.ends(chain))
        return Body(graph, graph.output_types)

    def _look(self, name: str, use: Use, rows: list[Row]) -> None:
        """Reports what is wrong with a copy of a row, whichever it is and whatever it reads."""
        run = _Run(self, use, 0)
        chain = use.scope.chain(name, (UNKNOWN,) * len(use.types), use.refs)
        ends = [(False, False)]
        ends += [(True, False)] if use.source.first is not None else []
        ends += [(False, True)] if use.source.last is not None else []
        for row in rows:
            for is_first, is_last in ends:
                run.look(chain, row, is_first, is_last)

    def _chain_of_row(self, chain: Scope, row: Row, count: int, run: _Run, refs: tuple[Ref, ...]) -> None:
        number = str(len(chain.nodes))
        types = tuple(chain.type_of(ref) for ref in refs)
        inner = chain.chain(number, types, refs)
        link = Link(self.elaborator, run.use, inner) if run.source.link is not None else None
        self.report.frames.append(Frame(number, run.source))
        run.add_copies(inner, row, count, link)
        self.report.frames.pop()
        outputs = run.ends(inner) if link is None else Outputs((link.joined("cat"),))
        graph = finish(inner, Kind.CHAIN if link is None else Kind.LINKED, number, outputs)
        chain.add(Node(number, run.source, graph, refs, types, graph.output_types, {}, row.values))

    def _side_by_side(self, name: str, use: Use, rows: list[Row], counts: list[int], run: _Run) -> Body:
        inner = use.scope.chain(name, use.types, use.refs)
        inputs = tuple(Ref(INPUT, k) for k in range(len(inner.inputs)))
        for number, (row, count) in enumerate(zip(rows, counts, strict=True)):
            if use.source.repeat is not None:
                self._chain_of_row(inner, row, count, run, inputs)
            else:
                run.add(inner, row, number == 0, number == len(rows) - 1, inputs)
        return self.elaborator.merged(name, use, inner)

    def _counts(self, source: document.Node, rows: list[Row], scope: Scope) -> list[int]:
        """How many copies each row has."""
        if source.repeat is None:
            return [1] * len(rows)
        return [self._count(source, scope.with_row(row.values, row.cells)) for row in rows]

    def _count(self, source: document.Node, scope: Scope) -> int:
        place = Place(source.place.here, "repeat")
        count = self.elaborator.evaluator.expression(source.repeat, place, scope)
        if isinstance(count, int) and not isinstance(count, bool) and count >= 0:
            return count
        notes = origins(source.repeat, scope)
        if isinstance(count, int) and not isinstance(count, bool):
            self.report.add(faults.RepeatNegative, place.value, found=str(count), notes=notes)
        else:
            found = spoken(count)
            self.report.add(WrongType, place.value, key="repeat", expected="a whole number", found=found, notes=notes)
        raise Broken

    def names(self, source: document.Node) -> frozenset[str]:
        """Every bare name in the expressions of a node, nested nodes included."""
        key = id(source)
        if key not in self._names:
            self._names[key] = frozenset(names_in(source.place.here))
        return self._names[key]


class _Run:
    """The copies of one node, numbered through."""

    def __init__(self, repeater: Repeater, use: Use, total: int) -> None:
        self.elaborator, self.report = repeater.elaborator, repeater.report
        self.use, self.source, self.total = use, use.source, total
        self._number = 0
        self._size = 0
        self._used = repeater.names(use.source)
        self._bodies: dict[tuple[Any, ...], Body | None] = {}

    def look(self, chain: Scope, row: Row, is_first: bool, is_last: bool) -> None:
        """Reports what is wrong with a copy of which neither number nor input is known."""
        use = Use(self.source, self.use.scope, chain, chain.default_source(), chain.inputs, self.use.named, row.cells)
        self._made(use, "0", row, {**row.values, **_WHICH}, self._overrides(is_first, is_last))

    def add_copies(self, chain: Scope, row: Row, count: int, link: Link | None = None, alone: bool = False) -> None:
        """Copies of one row. `alone`: the rows are the copies, and first and last are those of the table."""
        for copy in range(count):
            at, last = (self._number, self.total - 1) if alone else (copy, count - 1)
            if link is None:
                self.add(chain, row, at == 0, at == last, self.sources(chain))
            else:
                self.add(chain, row, at == 0, at == last, link.sources(), str(link.copies))
                link.note(len(chain.nodes[-1].outputs))

    def add(
        self, chain: Scope, row: Row, is_first: bool, is_last: bool, refs: tuple[Ref, ...], name: str | None = None
    ) -> None:
        types = tuple([chain.type_of(ref) for ref in refs])
        values = {**row.values, "i": self._number, "n": self.total}
        name = name or str(len(chain.nodes))
        use = Use(self.source, self.use.scope, chain, refs, types, self.use.named, row.cells)
        body = self._body(use, name, row, values, is_first, is_last)
        if body is None:
            node = Node(name, self.source, None, refs, types, (UNKNOWN,), row=values)
        else:
            node = Node(name, self.source, body.body, refs, types, body.outputs, body.arguments, values)
        chain.add(node)
        self.elaborator.counter.copied(self.source)
        self._number += 1
        self._size += size_of(node)
        self.elaborator.counter.within_limit(self._size, self.source)

    def sources(self, chain: Scope) -> tuple[Ref, ...]:
        """What the next copy reads: the copy before it, and the nodes that arguments such as `like` name."""
        if not chain.nodes or not self.use.named:
            return chain.default_source()
        count = len(chain.inputs)
        return chain.default_source() + tuple(Ref(INPUT, k) for k in range(count - self.use.named, count))

    def ends(self, chain: Scope) -> Outputs:
        """What the chain gives: the outputs of its last copy, or its own inputs."""
        refs = chain.default_source()
        if not chain.nodes:
            return Outputs(refs[: len(refs) - self.use.named])
        return Outputs(refs, chain.output_names(chain.nodes[-1].name))

    def _body(
        self, use: Use, name: str, row: Row, values: Mapping[str, Value], is_first: bool, is_last: bool
    ) -> Body | None:
        """The body of one copy; None where it is broken."""
        # Columns named like an argument act without being written, so all of a row counts; `i` counts where it's read.
        key = (
            use.types,
            is_first and self.source.first is not None,
            is_last and self.source.last is not None,
            tuple(row.values.values()),
            self._number if "i" in self._used else None,
        )
        if key not in self._bodies:
            self._bodies[key] = self._made(use, name, row, values, self._overrides(is_first, is_last))
        return self._bodies[key]

    def _made(
        self, use: Use, name: str, row: Row, values: Mapping[str, Value], overrides: Mapping[str, Given]
    ) -> Body | None:
        self.elaborator.counter.made(self.source)
        self.report.frames.append(Frame(name, self.source))
        use.scope = self.use.scope.with_row(values, row.cells)
        use.overrides = overrides
        try:
            return self.elaborator.body(use)
        except Broken:
            return None
        finally:
            self.report.frames.pop()

    def _overrides(self, is_first: bool, is_last: bool) -> dict[str, Given]:
        overrides: dict[str, Given] = {}
        for active, key, written, origin in (
            (is_first, "first", self.source.first, Origin.FIRST),
            (is_last, "last", self.source.last, Origin.LAST),
        ):
            if active and written:
                place = self.source.place.here[key]
                overrides.update({name: Given(one, origin, Place(place, name)) for name, one in written.items()})
        return overrides
