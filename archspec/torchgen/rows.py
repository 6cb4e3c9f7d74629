"""The rows that a loop goes through: a table of cells, or an argument that holds them."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from archspec.language.expressions import Expr, ExpressionFault, Name, UnknownName, Value, evaluate, literal, names
from archspec.language.expressions import substitute as put
from archspec.language.expressions.nodes import Call, Index, Number
from archspec.network import Graph, Node
from archspec.torchgen.code import Bracket, Code
from archspec.torchgen.copies import Copies
from archspec.torchgen.frame import Frame, Unsayable, plain, same
from archspec.torchgen.names import free

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering


class Rows:
    """The loop's variables, and what they have in each row."""

    def __init__(self, owner: ClassLowering, frame: Frame, nodes: list[Node], copies: Copies) -> None:
        self.owner, self.frame, self.nodes, self.copies = owner, frame, nodes, copies
        self.columns: dict[str, dict[int, Value]] = {}
        """Variables that the element uses, with their cells by row; no cells where an argument holds the rows."""
        self.bare = False
        """Whether a row is its one cell: `3, 5` and not `(3,), (5,)`."""
        self.said = self._said()
        """The expression of the rows, where one over the class's arguments has them in each instance."""
        self._place: Frame = frame
        self._every: list[str] = []

    def _said(self) -> Expr | None:
        each = self.nodes[0].source.each
        said = self.frame.translate(each.rows) if each is not None and isinstance(each.rows, str) else None
        if each is None or said is None or not names(said):
            return None
        bare = set()
        for node, occurrence in zip(self.nodes, self.frame.occurrences, strict=True):
            try:
                rows = plain(evaluate(said, occurrence))
            except (UnknownName, ExpressionFault):
                return None
            found = node.body.copies if isinstance(node.body, Graph) else ()
            if not isinstance(rows, tuple) or len(rows) != len(found):
                return None
            bare |= {not isinstance(row, tuple) for row in rows}
            cells = [row if isinstance(row, tuple) else (row,) for row in rows]
            if not all(
                same(tuple(plain(one.row[name]) for name in each.columns), row)
                for one, row in zip(found, cells, strict=True)
            ):
                return None
        # Names are classes in generated source, which an argument that holds rows doesn't hold.
        texts = any(isinstance(value, str) for node in self.copies.nodes for value in node.row.values())
        self.bare = bare == {True}
        return said if len(bare) == 1 and not texts else None

    def enter(self, place: Frame, node: Node) -> None:
        """The columns of the spec are names in scope; those that nothing uses are dropped afterwards."""
        each = node.source.each
        assert each is not None
        self._place, self.columns, self._every = place, {}, []
        for column in each.columns:
            values = [plain(one.row[column]) for one in self.copies.nodes]
            if self.said is None and all(same(value, values[0]) for value in values):
                place.symbols[column] = literal(values[0])
            else:
                place.symbols[column] = self._bound(column, values) if self.said else self.column(column, values)

    def _bound(self, column: str, values: list[Value]) -> Expr:
        """A variable for a column of the argument's."""
        name = self._new(column)
        self.columns[name] = {}
        self._every.append(name)
        for occurrence, value in zip(self._place.occurrences, values, strict=True):
            occurrence[name] = value
        return Name(name)

    def column(self, hint: str, values: list[Value]) -> Expr:
        """A column with these values, if they depend on the row alone."""
        if self.said is not None:
            return self._known(hint, values)
        cells: dict[int, Value] = {}
        for row, value in zip(self.copies.rows, values, strict=True):
            if not same(cells.setdefault(row, value), value):
                raise Unsayable(hint)
        for name, known in self.columns.items():
            if all(same(known[row], cells[row]) for row in cells):
                return Name(name)
        name = self._new(hint)
        self.columns[name] = cells
        for row, occurrence in zip(self.copies.rows, self._place.occurrences, strict=True):
            occurrence[name] = cells[row]
        return Name(name)

    def _known(self, hint: str, values: list[Value]) -> Expr:
        """The argument's own column with these values."""
        for name in self._every:
            if all(same(one[name], value) for one, value in zip(self._place.occurrences, values, strict=True)):
                return Name(name)
        raise Unsayable(hint)

    def _new(self, hint: str) -> str:
        taken = {*self.columns, *self._place.occurrences[0], *self.owner.arguments, *self.owner.variables}
        name = free(hint, taken)
        self.owner.columns.add(name)
        return name

    def keep(self, seen: Container[str], also: bool = False) -> None:
        """Drops the columns that nothing uses. `also`: keeps those in use already."""
        known = set(self.columns) if also else set()
        if self.said is None:
            self.columns = {name: cells for name, cells in self.columns.items() if name in seen}
        else:
            self.columns = {name: {} for name in self._every if name in seen or name in known}

    def leave(self, place: Frame, name: str) -> None:
        """What the last row gives, where that is said without the loop's own variables."""
        leaving, inside = self.owner.loops.leaving, set(place.occurrences[0]) - set(self.frame.occurrences[0])
        leaving.pop(name, None)
        for said in self.owner.channels.output_candidates(place, self.copies.nodes, self.copies.graphs, 0):
            if self.bare and self.said is not None and said == Name(self._every[0]):
                self.owner.loops.together[name] = Call("sum", (self.said,))
            last = put(said, self._last()) if said is not None else None
            if last is not None and not names(last) & inside:
                leaving[name] = last
                return

    def _last(self) -> dict[str, Expr]:
        """The cells of the last row, where an argument holds the rows."""
        if self.said is None:
            return {}
        row = Index(self.said, Number(-1))
        return {name: row if self.bare else Index(row, Number(at)) for at, name in enumerate(self._every)}

    def header(self, number: str | None) -> tuple[str, Code]:
        """The variables of the loop, with the row's number if it is used, and what the loop goes through."""
        if not self.columns and (self.said is None or number is not None):
            count = f"len({self.owner.text(self.said)})" if self.said else str(len(set(self.copies.rows)))
            return number or "_", f"range({count})"
        if self.said is None:
            variables, table = ", ".join(self.columns), self._table()
        else:
            variables, table = self._variables(), self.owner.text(self.said)
        if number is None:
            return variables, table
        together = f"({variables})" if ", " in variables else variables
        return f"{number}, {together}", Bracket("enumerate(", (table,))

    def _variables(self) -> str:
        listed = [name if name in self.columns else "_" for name in self._every]
        if not self.columns:
            return "_"
        return f"({listed[0]},)" if len(listed) == 1 and not self.bare else ", ".join(listed)

    def _table(self) -> Code:
        columns = list(self.columns)
        rows = sorted(set(self.copies.rows))
        cells = [[self._cell(self.columns[name][row], name) for name in columns] for row in rows]
        if len(columns) == 1:
            items: tuple[Code, ...] = tuple(row[0] for row in cells)
            return Bracket("(", items, ")" if len(items) > 1 else ",)")
        return Bracket("(", tuple(Bracket("(", tuple(row)) for row in cells), one_per_line=len(columns) > 2)

    def _cell(self, value: Value, name: str) -> str:
        expr = literal(value)
        return self.owner.text(self.owner.calls.chosen.as_class(expr) if name in self.owner.op_arguments else expr)
