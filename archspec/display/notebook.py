"""How a notebook shows a spec: its diagram and its layer table as HTML. Everything is escaped, nothing is loaded,
there is no script.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from archspec.analysis.cost import Costs
from archspec.diagnostics.printable import printable
from archspec.display.summary import HEADINGS, RIGHT, Summary, summarise
from archspec.display.svg import svg
from archspec.network import Network

MOST_ROWS: Final = 1000
_LEFT_CELL: Final = "text-align:left;padding:1px 8px"
_RIGHT_CELL: Final = "text-align:right;padding:1px 8px"


def spec_html(network: Network, costs: Costs) -> str:
    """The diagram, with the layer table below it, folded."""
    summary = summarise(network, costs)
    short = summarise(network, costs, depth=1)
    doc = network.document.doc
    return "\n".join(
        [
            "<div>",
            f"<p><strong>{_text(summary.title())}</strong>{'<br>' + _text(doc) if doc else ''}</p>",
            f'<div style="overflow-x:auto">{svg(network)}</div>',
            _table(short),
            f"<details><summary>all {len(summary.rows):,} nodes</summary>{_table(summary)}</details>",
            "</div>",
        ]
    )


def summary_html(summary: Summary) -> str:
    """The layer table."""
    return f"<div><p><strong>{_text(summary.title())}</strong></p>{_table(summary)}</div>"


def faults_html(report: str) -> str:
    """What is wrong with a spec."""
    return f"<pre>{escape(report)}</pre>"


def _table(summary: Summary) -> str:
    rows = summary.cells()
    shown = [cells for cells, _ in zip(rows, range(MOST_ROWS), strict=False)]
    left_out = len(summary.rows) - len(shown)
    totals = ", ".join(f"{name} {value}" for name, value in summary.totals())
    note = f"<p>… and {left_out:,} more</p>" if left_out > 0 else ""
    head = "".join(_cells(HEADINGS, "th"))
    body = "\n".join(f"<tr>{''.join(_cells(cells, 'td'))}</tr>" for cells in shown)
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>\n{note}<p>{escape(totals)}</p>"


def _cells(cells: Iterable[str], tag: str) -> Iterator[str]:
    for index, cell in enumerate(cells):
        yield f'<{tag} style="{_RIGHT_CELL if index in RIGHT else _LEFT_CELL}">{_text(cell)}</{tag}>'


def _text(text: str) -> str:
    return escape(printable(text))
