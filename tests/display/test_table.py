"""Columns: aligned by what a terminal shows, escaped for Markdown."""

from __future__ import annotations

from archspec.display.table import aligned, comma_separated, piped


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    text = aligned(("name", "n"), [("a", "1"), ("longer", "1,000")], {1})
    assert text.splitlines() == [
        "name        n",
        "──────  ─────",
        "a           1",
        "longer  1,000",
        "──────  ─────",
    ]


def test_no_blanks_at_the_end_of_lines() -> None:
    assert all(line == line.rstrip() for line in aligned(("a", "b"), [("x", "")], set()).splitlines())


def test_markdown_cells_are_escaped() -> None:
    text = piped(("a", "b"), [("x|y", "<b>`_*[z]")], {1})
    assert text.splitlines() == ["| a | b |", "| --- | ---: |", "| x\\|y | &lt;b>\\`\\_\\*\\[z\\] |"]


def test_csv_quotes_what_needs_it() -> None:
    assert comma_separated(("a", "b"), [("x,y", None)]) == 'a,b\n"x,y",\n'
