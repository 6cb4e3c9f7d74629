"""Rows of text as columns: aligned for a terminal, with pipes for Markdown, with commas for a spreadsheet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from archspec.diagnostics.printable import columns


def aligned(headings: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[int]) -> str:
    """Columns as wide as their widest cell, two blanks apart, those in `right` aligned to the right."""
    lines = [headings, *rows]
    widths = [max(map(columns, column)) for column in zip(*lines, strict=True)]
    rule = ["─" * width for width in widths]
    return "".join(_line(line, widths, right) for line in (headings, rule, *lines[1:], rule))


def piped(headings: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[int]) -> str:
    """A Markdown table."""
    rule = ["---:" if index in right else "---" for index in range(len(headings))]
    lines = [headings, rule, *([_escaped(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def comma_separated(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV with a line of headings; None is an empty cell."""
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return text.getvalue()


def _line(cells: Sequence[str], widths: Sequence[int], right: Collection[int]) -> str:
    padded = [
        f"{cell:>{width}}" if index in right else f"{cell:<{width}}"
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip() + "\n"


def _escaped(cell: str) -> str:
    """Nothing that Markdown or HTML would read as markup."""
    for char in "\\`*_|[]":
        cell = cell.replace(char, "\\" + char)
    return cell.replace("&", "&amp;").replace("<", "&lt;")
