"""The layer table of a network, and the forms in which it is asked for: table, json, csv, markdown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from archspec.analysis.cost import Cost, Costs, Count
from archspec.analysis.memory import activation_memory
from archspec.analysis.pause import uncollected
from archspec.analysis.receptive import ReceptiveFields
from archspec.analysis.rows import Row, rows
from archspec.diagnostics.printable import printable
from archspec.display import figures
from archspec.display.table import aligned, comma_separated, piped
from archspec.network import Network
from archspec.types import AnyType, Stride, TensorType

HEADINGS: Final = ("node", "op", "input", "output", "stride", "field", "params", "%", "MACs", "%")
RIGHT: Final = frozenset(range(4, 10))
_COLUMNS: Final = (
    "path op inputs input_shapes shape stride receptive_field params params_share macs macs_share".split()  # noqa: SIM905
)


@dataclass(frozen=True, repr=False)
class Summary:
    """Rows and totals of one network. Printed, it is the table."""

    network: Network
    rows: tuple[Row, ...]
    total: Cost

    @cached_property
    def activation_memory(self) -> Count:
        """Bytes of all outputs of primitives for one sample in float32; see `archspec.analysis.memory`."""
        return activation_memory(self.network.root)

    @property
    def params(self) -> Count:
        return self.total.params

    @property
    def buffers(self) -> Count:
        return self.total.buffers

    @property
    def macs(self) -> Count:
        return self.total.macs

    def cells(self) -> Iterator[tuple[str, ...]]:
        """The table's cells, a row at a time."""
        for row in self.rows:
            yield _cells(row, self.total)

    def totals(self) -> tuple[tuple[str, str], ...]:
        """What stands below the table."""
        return (
            ("parameters", figures.count(self.params)),
            ("buffers", figures.count(self.buffers)),
            (figures.macs_of(self.network), figures.count(self.macs)),
            ("activations", figures.memory(self.activation_memory)),
        )

    def title(self) -> str:
        """`ResNet50: 3 x 224 x 224 -> 1000`; which phase that is, where there is more than one."""
        root = self.network.root
        shapes = f"{figures.shapes(root.inputs)} -> {figures.shapes(root.output_types)}"
        both = "; parameters and buffers are those of both phases" if self.network.has_phases else ""
        alone = self.network.asked.phase is not None
        which = f" in the {self.network.phase} phase{both}" if both or alone else ""
        return f"{printable(self.network.name)}: {shapes}{which}"

    def table(self) -> str:
        """Aligned columns for a terminal."""
        totals = "\n".join(f"{name:<12} {value}" for name, value in self.totals())
        return f"{self.title()}\n\n{aligned(HEADINGS, self.cells(), RIGHT)}\n{totals}\n"

    def markdown(self) -> str:
        """A table of Markdown."""
        totals = "".join(f"- {name}: {value}\n" for name, value in self.totals())
        return f"## {self.title()}\n\n{piped(HEADINGS, self.cells(), RIGHT)}\n{totals}"

    def csv(self) -> str:
        """Plain numbers for a spreadsheet; empty where one isn't known."""
        return comma_separated(_COLUMNS, (_plain(row, self.total) for row in self.rows))

    def to_json(self) -> dict[str, Any]:
        """The same facts as plain data; None where a count isn't known, and for a field that is the whole input."""
        root = self.network.root
        return {
            "name": self.network.name,
            "input": _shapes(root.inputs),
            "outputs": [_shape(type_) for type_ in root.output_types],
            "phase": self.network.phase.value,
            "params": self.params,
            "buffers": self.buffers,
            "macs": self.macs,
            "nodes": [_node(row) for row in self.rows],
        }

    def json(self) -> str:
        return json.dumps(self.to_json(), indent=2) + "\n"

    def __str__(self) -> str:
        return self.table()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from archspec.display.notebook import summary_html

        return summary_html(self)


FORMATS: Final[Mapping[str, Callable[[Summary], str]]] = {
    "table": Summary.table,
    "json": Summary.json,
    "csv": Summary.csv,
    "markdown": Summary.markdown,
}


def summarise(network: Network, costs: Costs, depth: int | None = None) -> Summary:
    """The table of a network, at most `depth` names deep."""
    with uncollected():
        return Summary(network, tuple(rows(network, costs, ReceptiveFields(network.root), depth)), costs.total)


def _cells(row: Row, total: Cost) -> tuple[str, ...]:
    return (
        printable(row.path),
        printable(row.op),
        figures.shapes(row.input_types),
        figures.shapes(row.outputs),
        figures.stride(row.outputs[0]),
        figures.receptive_field(row.receptive_field),
        figures.count(row.params) if row.params != 0 else "",
        figures.share(row.params, total.params),
        figures.count(row.macs) if row.macs != 0 else "",
        figures.share(row.macs, total.macs),
    )


def _node(row: Row) -> dict[str, Any]:
    return {
        "path": row.path,
        "op": row.op,
        "inputs": list(row.inputs),
        "shape": _shapes(row.outputs),
        "stride": _steps(row.outputs[0]),
        "receptive_field": None if row.receptive_field is None else list(row.receptive_field),
        "params": row.params,
        "macs": row.macs,
    }


def _plain(row: Row, total: Cost) -> tuple[object, ...]:
    return (
        row.path,
        row.op,
        " ".join(row.inputs),
        " ".join(_times(type_) for type_ in row.input_types),
        " ".join(_times(type_) for type_ in row.outputs),
        "x".join(str(step) for step in _strides(row.outputs[0])),
        "all" if row.receptive_field is None else "x".join(map(str, row.receptive_field)),
        row.params,
        _fraction(row.params, total.params),
        row.macs,
        _fraction(row.macs, total.macs),
    )


def _fraction(part: Count, whole: Count) -> float | None:
    return None if part is None or not whole else round(part / whole, 6)


def _times(type_: AnyType) -> str:
    return "x".join(map(str, type_.shape)) if isinstance(type_, TensorType) else ""


def _shape(type_: AnyType) -> list[int] | None:
    return list(type_.shape) if isinstance(type_, TensorType) else None


def _shapes(types: tuple[AnyType, ...]) -> Any:
    """One shape, or a list of them for several values."""
    return _shape(types[0]) if len(types) == 1 else [_shape(type_) for type_ in types]


def _strides(type_: AnyType) -> tuple[Stride, ...]:
    return type_.stride if isinstance(type_, TensorType) else ()


def _steps(type_: AnyType) -> list[int | float]:
    """A whole stride as an int, a part of one as a float."""
    return [step if isinstance(step, int) else float(step) for step in _strides(type_)]
