"""YAML events into a tree, in one pass without recursion, with the faults of each event as it comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

from yaml import events

from archspec.diagnostics.catalogue import plain
from archspec.diagnostics.catalogue import text as faults
from archspec.diagnostics.span import Source
from archspec.language.findings import Findings
from archspec.language.limits import TextLimits
from archspec.language.quoting import ExpressionSeeker
from archspec.language.syntax import UNSPACED_KEY
from archspec.language.tree import Mark, YamlList, YamlMap
from archspec.language.values import ValueReader

_DROPPED: Final = "\0"
"""Stands for a key whose value is read and left out; no key of a file is this."""


class EventReader(Protocol):
    def get_event(self) -> Any: ...


class _Frame:
    """A list or mapping that isn't finished."""

    __slots__ = ("bracket", "is_key", "is_map", "key", "key_mark", "start", "tree")

    def __init__(self, tree: YamlMap | YamlList, bracket: str, start: int) -> None:
        self.tree, self.bracket, self.start = tree, bracket, start
        self.is_map = isinstance(tree, YamlMap)
        self.key: str | None = None  # None in a mapping: a key comes next
        self.key_mark: Mark = (0, 0, 0, 0)
        self.is_key = False  # whether it is a key itself, or in one

    def key_is_due(self) -> bool:
        return self.key is None and self.is_map

    def place(self, value: object, mark: Mark) -> None:
        tree = self.tree
        if isinstance(tree, YamlList):
            tree.place(value, mark)
            return
        if self.key is not None and self.key is not _DROPPED:
            tree.place(self.key, self.key_mark, value, mark)
        self.key = None


class Builder:
    """Takes the events of one file. `root` is what stands at the top, None until that is complete."""

    def __init__(
        self, source: Source, text: str, limits: TextLimits, findings: Findings, seeker: ExpressionSeeker
    ) -> None:
        self.root: YamlMap | YamlList | None = None
        self.ended = False
        """Whether the document was ended by `...`."""
        self.count = 0
        self.value_start = 0
        """Offset of the value that was read last."""
        self._source, self._limits, self._findings = source, limits, findings
        self._values = ValueReader(source, text, limits, findings, seeker)
        self._frames: list[_Frame] = []
        self._end = (0, 0)
        self._documents = 0

    @property
    def bracket(self) -> str:
        """The bracket around the place of reading, or nothing."""
        return self._frames[-1].bracket if self._frames else ""

    def read(self, reader: EventReader) -> None:
        """All events. Raises StopReading, UnquotedExpression, and what the reader raises."""
        handlers, scalar = self._handlers(), self._scalar
        limit, get_event, is_scalar = self._limits.max_events, reader.get_event, events.ScalarEvent
        count = 0
        try:
            while (event := get_event()) is not None:
                count += 1
                if count > limit:
                    self._findings.stop(plain.TooManyEvents, _mark(event), limit=limit)
                if type(event) is is_scalar:
                    scalar(event)
                elif (handler := handlers.get(type(event))) is not None:
                    handler(event)
        finally:
            self.count = count
        if not self._documents:
            self._findings.add(plain.NothingInFile, (0, 0, 0, 0))
        elif isinstance(self.root, YamlList):
            line, column, _, _ = self.root.mark
            self._findings.add(plain.TopNotMapping, (line, column, line, column + 1), found="a list")

    def _handlers(self) -> dict[type, Callable[[Any], None]]:
        return {
            events.MappingStartEvent: self._open_map,
            events.MappingEndEvent: self._close,
            events.SequenceStartEvent: self._open_list,
            events.SequenceEndEvent: self._close,
            events.AliasEvent: self._alias,
            events.DocumentStartEvent: self._document,
            events.DocumentEndEvent: self._document_end,
        }

    def _document(self, event: Any) -> None:
        line, column, _, _ = mark = _mark(event)
        self._documents += 1
        if self._documents > 1:
            self._findings.stop(plain.SeveralDocuments, (line, column, line, column + 3))
        if event.version or event.tags:
            self._findings.add(plain.DirectiveUsed, (line, 0, line, len(self._source.lines[mark[0]].rstrip())))

    def _document_end(self, event: Any) -> None:
        self.ended = bool(event.explicit)

    def _alias(self, event: Any) -> None:
        mark = _mark(event)
        helps = (plain.AnchorUsed.Instead(),)
        meaning = "would stand for another part of the file"
        self._findings.add(plain.AnchorUsed, mark, what="aliases", meaning=meaning, helps=helps)
        self._findings.faithful = False
        self._finish(None, mark)

    def _open_map(self, event: Any) -> None:
        mark = _mark(event)
        self._open(event, mark, YamlMap(self._source, mark), "{")

    def _open_list(self, event: Any) -> None:
        mark = _mark(event)
        self._open(event, mark, YamlList(self._source, mark), "[")

    def _open(self, event: Any, mark: Mark, tree: YamlMap | YamlList, bracket: str) -> None:
        if event.tag is not None or event.anchor is not None:
            self._values.properties(event, mark)
        outer = self._frames[-1] if self._frames else None
        if outer is not None and outer.key_is_due() and not outer.is_key:
            found = "a mapping" if bracket == "{" else "a list"
            self._findings.add(plain.KeyNotText, mark, found=found)
        frame = _Frame(tree, bracket if event.flow_style else "", event.start_mark.index)
        frame.is_key = outer is not None and (outer.is_key or outer.key_is_due())
        self._frames.append(frame)
        if len(self._frames) > self._limits.max_depth:
            self._findings.stop(plain.TooDeep, mark, limit=self._limits.max_depth)
        self._end = (mark[2], mark[3])

    def _close(self, event: Any) -> None:
        frame = self._frames.pop()
        if frame.bracket:
            # A block's own end is the next token, beyond blank lines and comments.
            self._end = (event.end_mark.line, event.end_mark.column)
        self.value_start = frame.start
        tree = frame.tree
        tree.mark = (tree.mark[0], tree.mark[1], *self._end)
        if self._frames:
            self._finish(tree, tree.mark)
        else:
            self.root = tree

    def _finish(self, value: object, mark: Mark) -> None:
        """A whole value, or something that stands where a key is due and can't be one."""
        if not self._frames:
            return
        frame = self._frames[-1]
        if frame.key_is_due():
            frame.key = _DROPPED
        else:
            frame.place(value, mark)

    def _scalar(self, event: Any) -> None:
        start, end = event.start_mark, event.end_mark
        mark = (start.line, start.column, end.line, end.column)
        self._end = mark[2:]
        self.value_start = start.index
        if not self._frames:
            self._top(event, mark)
            return
        frame = self._frames[-1]
        tree = frame.tree
        if isinstance(tree, YamlList):
            tree.place(self._values.value(event, mark, frame.bracket), mark)
        elif frame.key is None:
            key = self._values.key(event, mark, frame.bracket, tree)
            frame.key, frame.key_mark = key if key is not None else _DROPPED, mark
        else:
            frame.place(self._values.value(event, mark, frame.bracket), mark)

    def _top(self, event: Any, mark: Mark) -> None:
        """A file that is one scalar."""
        line, column, _, _ = mark
        if not event.value and not event.style:
            self._findings.add(plain.NothingInFile, (0, 0, 0, 0))
        elif match := UNSPACED_KEY.match(event.value):
            self._findings.add(faults.MissingSpace, (line, column, line, column + match.end()), sign=":")
        else:
            self._findings.add(plain.TopNotMapping, (line, column, line, column + 1), found="text")


def _mark(event: Any) -> Mark:
    start, end = event.start_mark, event.end_mark
    return (start.line, start.column, end.line, end.column)
