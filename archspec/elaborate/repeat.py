"""Copies of a node: `repeat`, `each`, `first` and `last`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from archspec.diagnostics.catalogue import expansion as faults
from archspec.diagnostics.catalogue.document import WrongType
from archspec.diagnostics.wording import listing, plural, spoken
from archspec.elaborate.arguments import Given
from archspec.elaborate.faults import Broken
from archspec.elaborate.scope import Scope, finish
from archspec.language import document
from archspec.language.expressions import ExpressionFault, Value, names, parse
from archspec.language.place import Place
from archspec.network import INPUT, Graph, Kind, Node, Origin, Ref
from archspec.types import AnyType

if TYPE_CHECKING:
    from archspec.elaborate.elaborator import Body, Elaborator

Row = Mapping[str, Value]


class Repeater:
    """Expands the copies of one node. Copies that can't differ share one body."""

    def __init__(self, elaborator: Elaborator) -> None:
        self.elaborator = elaborator
        self.report = elaborator.report
        self._names: dict[int, frozenset[str]] = {}

    def copies(self, name: str, source: document.Node, scope: Scope, inputs: tuple[AnyType, ...]) -> Body:
        """A chain of copies; side by side over the same input where a table has `merge`."""
        rows = self._rows(source, scope) if source.each else [{}]
        if source.each and source.merge is not None:
            return self._side_by_side(name, source, scope, inputs, rows)
        counts = [self._count(source, scope.with_row(row)) for row in rows] if source.repeat is not None else None
        total = sum(counts) if counts is not None else len(rows)
        self.elaborator._bounded(total, source.place)
        run = _Run(self, source, scope, total)
        chain = Scope(scope.values, inputs)
        if counts is None:
            for number, row in enumerate(rows):
                run.add(chain, row, number == 0, number == total - 1)
        elif source.each is None:
            run.chain(chain, {}, counts[0])
        else:
            for number, (row, count) in enumerate(zip(rows, counts, strict=True)):
                inner = Scope(scope.values, _ends(chain))
                run.chain(inner, row, count)
                graph = _chain(inner, name)
                refs, types = chain.default_source(), _ends(chain)
                chain.add(Node(str(number), source, graph, refs, types, graph.output_types, {}, row))
        graph = _chain(chain, name)
        return graph, graph.output_types, {}

    def _side_by_side(
        self, name: str, source: document.Node, scope: Scope, inputs: tuple[AnyType, ...], rows: list[Row]
    ) -> Body:
        run = _Run(self, source, scope, len(rows))
        inner = Scope(scope.values, inputs)
        for number, row in enumerate(rows):
            run.add(inner, row, number == 0, number == len(rows) - 1, side_by_side=True)
        return self.elaborator.merged(name, source, inner)

    def _count(self, source: document.Node, scope: Scope) -> int:
        place = Place(source.place.container[source.place.key], "repeat")  # type: ignore[index]
        count = self.elaborator.evaluator.expression(source.repeat, place, scope)
        if isinstance(count, int) and not isinstance(count, bool) and count >= 0:
            self.elaborator._bounded(count, place)
            return count
        self.report.add(faults.RepeatNegative, place.value, found=str(count))
        raise Broken

    def _rows(self, source: document.Node, scope: Scope) -> list[Row]:
        """Each row as a mapping from its columns to values."""
        each = source.each
        assert each is not None
        place = Place(source.place.container[source.place.key]["each"], "rows")  # type: ignore[index]
        given = Given(each.rows, Origin.GIVEN, place)
        rows = self.elaborator.evaluator.expression(each.rows, place, scope) if isinstance(each.rows, str) else each.rows
        if not isinstance(rows, list | tuple):
            self.report.add(WrongType, place.value, key="rows", expected="a list of rows", found=spoken(rows))
            raise Broken
        found = []
        for index, row in enumerate(rows):
            cells = row if isinstance(row, list | tuple) else [row]
            if len(cells) != len(each.columns):
                span = place.value if isinstance(each.rows, str) else place.inside(index)
                self.report.add(
                    faults.BadRow,
                    span,
                    number=index,
                    found=plural(len(cells), "value"),
                    expected=plural(len(each.columns), "value"),
                    columns=listing(each.columns),
                )
                raise Broken
            found.append({column: self._cell(cell, given, scope) for column, cell in zip(each.columns, cells, strict=True)})
        return found

    def _cell(self, cell: Any, given: Given, scope: Scope) -> Value:
        """A cell is plain, `$name`, an expression, or a name (of an activation, say) where it is a lone word."""
        if isinstance(cell, str) and cell.isidentifier() and cell not in scope.values:
            return cell
        return self.elaborator.evaluator.expression(cell, given.place, scope)

    def names(self, source: document.Node) -> frozenset[str]:
        """Every bare name in the expressions of a node, nested nodes included."""
        key = id(source)
        if key not in self._names:
            raw = source.place.container[source.place.key]  # type: ignore[index]
            self._names[key] = frozenset(names_in(raw))
        return self._names[key]


class _Run:
    """The copies of one node, numbered through."""

    def __init__(self, repeater: Repeater, source: document.Node, scope: Scope, total: int) -> None:
        self.repeater = repeater
        self.source = source
        self.scope = scope
        self.total = total
        self.number = 0
        self.used = repeater.names(source)
        self.bodies: dict[tuple[Any, ...], Body] = {}

    def chain(self, chain: Scope, row: Row, count: int) -> None:
        for copy in range(count):
            self.add(chain, row, copy == 0, copy == count - 1)

    def add(self, chain: Scope, row: Row, is_first: bool, is_last: bool, side_by_side: bool = False) -> None:
        refs = tuple(Ref(INPUT, k) for k in range(len(chain.inputs))) if side_by_side else chain.default_source()
        types = tuple(chain.type_of(ref) for ref in refs)
        full = {**row, "i": self.number, "n": self.total}
        name = str(len(chain.nodes))
        body, outputs, arguments = self._body(name, full, types, is_first, is_last)
        chain.add(Node(name, self.source, body, refs, types, outputs, arguments, full))
        self.number += 1

    def _body(self, name: str, row: Row, types: tuple[AnyType, ...], is_first: bool, is_last: bool) -> Body:
        overrides = self._overrides(is_first, is_last)
        # Columns named like an argument act without being written, so all of a row but `i` counts.
        key = (
            types,
            is_first and self.source.first is not None,
            is_last and self.source.last is not None,
            tuple(value for column, value in row.items() if column not in ("i", "n") or column in self.used),
        )
        found = self.bodies.get(key)
        if found is None:
            elaborator = self.repeater.elaborator
            block = self.source.op if self.source.op in elaborator.blocks else None
            with self.repeater.report.inside(name, block, self.source.place):
                scope = self.scope.with_row(row)
                found = elaborator.body(self.source, scope, types, row, overrides)
            self.bodies[key] = found
        return found

    def _overrides(self, is_first: bool, is_last: bool) -> dict[str, Given]:
        overrides: dict[str, Given] = {}
        raw = self.source.place.container[self.source.place.key]  # type: ignore[index]
        for active, key, origin in ((is_first, "first", Origin.FIRST), (is_last, "last", Origin.LAST)):
            written = getattr(self.source, key)
            if active and written:
                overrides.update({name: Given(one, origin, Place(raw[key], name)) for name, one in written.items()})
        return overrides


def _ends(chain: Scope) -> tuple[AnyType, ...]:
    return tuple(chain.type_of(ref) for ref in chain.default_source())


def _chain(scope: Scope, name: str) -> Graph:
    return finish(scope, Kind.CHAIN, name, scope.default_source())[0]


def names_in(raw: Any) -> set[str]:
    """Every bare name in the expressions of a part of a document."""
    if isinstance(raw, str):
        try:
            return set(names(parse(raw.removeprefix("$"))))
        except ExpressionFault:
            return set()
    if isinstance(raw, dict):
        return set().union(*(names_in(value) for value in raw.values()))
    return set().union(*(names_in(value) for value in raw)) if isinstance(raw, list) else set()
