"""The rows of a table that `each` gives: one copy each, with a name for every column's value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archspec.diagnostics.catalogue import expansion as faults
from archspec.diagnostics.catalogue.document import WrongType
from archspec.diagnostics.remarks import Write
from archspec.diagnostics.wording import listing, plural, spoken
from archspec.elaborate.evaluator import Evaluator, item_of
from archspec.elaborate.faults import Broken
from archspec.elaborate.scope import UNKNOWN_VALUE, Scope
from archspec.language import document
from archspec.language.expressions import Value
from archspec.language.place import Place
from archspec.network import Argument, Origin


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: the cells, and their values."""

    cells: Mapping[str, Argument]
    values: Mapping[str, Value]


class Rows:
    """Evaluates tables."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator, self.report = evaluator, evaluator.report

    def of(self, source: document.Node, each: document.Each, scope: Scope) -> list[Row]:
        """The rows of a table, evaluated."""
        place = Place(source.place.here["each"], "rows")
        written: Any = each.rows
        if isinstance(written, str):
            written = self.evaluator.expression(written, place, scope)
        if not isinstance(written, list | tuple):
            self.report.add(WrongType, place.value, key="rows", expected="a list of rows", found=spoken(written))
            raise Broken
        self.evaluator.tally.work(len(written) * (2 + len(each.columns)), self.report, place.value)
        return [self._row(number, row, each, item_of(place, number), scope) for number, row in enumerate(written)]

    def _row(self, number: int, row: Any, each: document.Each, place: Place | None, scope: Scope) -> Row:
        cells = row if isinstance(row, list | tuple) else [row]
        if len(cells) != len(each.columns):
            found = plural(len(cells), "value") if cells is row else f"{spoken(row)} where a list belongs"
            expected, columns = plural(len(each.columns), "value"), listing(each.columns)
            span = place.value if place else None
            helps = (Write(words=f"[{row}]"),) if isinstance(row, str) and "," in row else ()
            fields = {"number": number, "found": found, "expected": expected, "columns": columns}
            self.report.add(faults.BadRow, span, helps=helps, **fields)
            return unknown(each)
        made = {}
        for at, (column, cell) in enumerate(zip(each.columns, cells, strict=True)):
            at_cell = item_of(place, at) if cells is row else place
            made[column] = Argument(self._cell(cell, at_cell, scope), cell, Origin.COLUMN, at_cell)
        return Row(made, {column: cell.value for column, cell in made.items()})

    def _cell(self, cell: Any, place: Place | None, scope: Scope) -> Any:
        """A cell is plain, `$name`, an expression, or a name (of an activation, say) where it is a lone word.

        It is unknown once its fault is reported.
        """
        if isinstance(cell, str) and cell.isidentifier() and cell not in scope.values:
            return cell
        if isinstance(cell, dict):
            span = place.value if place is not None else None
            self.report.add(WrongType, span, key="rows", expected="rows of values", found="a mapping in one")
            return UNKNOWN_VALUE
        try:
            return self.evaluator.expression(cell, place, scope)
        except Broken:
            return UNKNOWN_VALUE


def unknown(each: document.Each | None) -> Row:
    """A row whose fault is reported."""
    columns = each.columns if each is not None else ()
    cells = {column: Argument(UNKNOWN_VALUE, None, Origin.COLUMN, None) for column in columns}
    return Row(cells, dict.fromkeys(columns, UNKNOWN_VALUE))
