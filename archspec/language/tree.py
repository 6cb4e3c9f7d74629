"""A YAML file as plain dicts and lists that know where each of their parts stands."""

from __future__ import annotations

from typing import Any, TypeAlias

from archspec.diagnostics.span import Source, Span

Mark: TypeAlias = tuple[int, int, int, int]
"""First line and column, last line and column, from 0; the end is exclusive. Spans are made of it on demand."""

NOWHERE: Mark = (0, 0, 0, 0)


class YamlMap(dict[str, Any]):
    """A mapping. `place` fills it; apart from that it is a dict."""

    __slots__ = ("_marks", "_source", "mark")

    def __init__(self, source: Source, mark: Mark = NOWHERE) -> None:
        super().__init__()
        self._source, self.mark = source, mark
        self._marks: dict[str, tuple[int, ...]] = {}  # the key's mark, then the value's: one object, for there are many

    @property
    def span(self) -> Span:
        """The whole mapping."""
        return span_at(self._source, self.mark)

    def span_of(self, key: str | int) -> Span:
        """The value under a key; the whole mapping where there is no such key."""
        marks = self._marks.get(str(key))
        return span_at(self._source, self.mark if marks is None else (marks[4], marks[5], marks[6], marks[7]))

    def key_span(self, key: str | int) -> Span:
        """The key itself; the whole mapping where there is no such key."""
        return span_at(self._source, self.key_mark(str(key)))

    def key_mark(self, key: str) -> Mark:
        marks = self._marks.get(key)
        return self.mark if marks is None else (marks[0], marks[1], marks[2], marks[3])

    def place(self, key: str, key_mark: Mark, value: object, mark: Mark) -> None:
        self[key] = value
        self._marks[key] = key_mark + mark


class YamlList(list[Any]):
    """A list. `place` fills it; apart from that it is a list."""

    __slots__ = ("_marks", "_source", "mark")

    def __init__(self, source: Source, mark: Mark = NOWHERE) -> None:
        super().__init__()
        self._source, self.mark = source, mark
        self._marks: list[Mark] = []

    @property
    def span(self) -> Span:
        """The whole list."""
        return span_at(self._source, self.mark)

    def span_of(self, index: str | int) -> Span:
        """The value at an index; the whole list where there is none."""
        if isinstance(index, int) and -len(self._marks) <= index < len(self._marks):
            return span_at(self._source, self._marks[index])
        return self.span

    def place(self, value: object, mark: Mark) -> None:
        self.append(value)
        self._marks.append(mark)


def span_at(source: Source, mark: Mark) -> Span:
    """The span of a mark, without the blank lines that a block of text ends with."""
    line, column, end_line, end_column = mark
    end_line = min(end_line, len(source.lines))
    while end_column == 0 and end_line > line:
        end_line -= 1
        end_column = len(source.lines[end_line].rstrip())
    return Span(source, line + 1, column + 1, end_line + 1, end_column + 1)


def mark_at(text: str, start: int, end: int) -> Mark:
    """The mark of a range of offsets within one line."""
    line = text.count("\n", 0, start)
    column = start - (text.rfind("\n", 0, start) + 1)
    return (line, column, line, column + end - start)
