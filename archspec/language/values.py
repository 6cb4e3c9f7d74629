"""The scalars of a YAML file: keys and values out of events, and what is wrong with them."""

from __future__ import annotations

import re
from typing import Any, Final

from archspec.diagnostics.catalogue import plain
from archspec.diagnostics.catalogue import text as faults
from archspec.diagnostics.diagnostic import Help
from archspec.diagnostics.remarks import Write
from archspec.diagnostics.span import Source
from archspec.language.characters import cleaned, describe, forbidden_in_value
from archspec.language.findings import Findings
from archspec.language.limits import TextLimits
from archspec.language.quoting import ExpressionSeeker, Extent, unmasked
from archspec.language.scalars import Refused, Scalar, resolve, shown
from archspec.language.syntax import UNSPACED_KEY
from archspec.language.tree import Mark, YamlMap, span_at

_ENTRY_ENDS: Final = re.compile(r"\s*[,}]")
_PROPERTY: Final = re.compile(r"\s*([&!]\S*)")


class UnquotedExpression(Exception):
    """An expression without its quotes: the text is to be read again with the commas and brackets in it masked."""

    def __init__(self, extent: Extent, bracket: str) -> None:
        super().__init__(extent)
        self.extent, self.bracket = extent, bracket


class ValueReader:
    """Reads scalar events. `text` is the source's or has masked expressions; `bracket` is the one around a scalar."""

    def __init__(
        self, source: Source, text: str, limits: TextLimits, findings: Findings, seeker: ExpressionSeeker
    ) -> None:
        self._source, self._text, self._findings, self._seeker = source, text, findings, seeker
        self._max_scalar = limits.max_scalar
        self._masked = text is not source.text
        self._plain_keys: set[str] = set()
        self._plain_values: dict[str, Scalar] = {}
        """Values of unquoted texts with nothing wrong about them: a file says most of its words again and again."""

    def value(self, event: Any, mark: Mark, bracket: str) -> Scalar:
        """The value of a scalar; the likeliest one where it is faulty."""
        written = event.value
        if written in self._plain_values and not event.style and event.tag is None and event.anchor is None:
            return self._plain_values[written]
        text = self._content(event, mark)
        if event.style or event.tag is not None:
            return text
        if bracket and "(" in text and text.count("(") != text.count(")"):
            self._seek_unquoted(event, bracket)
        value = resolve(text)
        if isinstance(value, Refused):
            self._findings.add(value.kind, mark, **value.fields, helps=value.helps)
            return value.value
        if "(" not in text:
            self._plain_values[written] = value
        return value

    def key(self, event: Any, mark: Mark, bracket: str, tree: YamlMap) -> str | None:
        """The key of an entry whose value follows; None where the entry is to be left out."""
        text: str = event.value
        end = event.end_mark.index
        if text not in self._plain_keys or event.style or event.tag is not None or event.anchor is not None:
            text = self._content(event, mark)
        if bracket and not self._text.startswith(":", end) and _ENTRY_ENDS.match(self._text, end):
            self._entry_without_colon(text, mark, tree)
            return None
        if not event.style and event.tag is None:
            if text == "<<":
                self._findings.add(plain.MergeKeyUsed, mark, helps=(plain.MergeKeyUsed.Instead(),))
                return None
            if text not in self._plain_keys:
                text = self._plain_key(text, mark)
        if text in tree:
            self._duplicate(text, mark, tree)
            return None
        return text

    def properties(self, event: Any, mark: Mark) -> None:
        """Reports the tag and the anchor of any event."""
        offset = event.start_mark.index
        for _ in range((event.tag is not None) + (event.anchor is not None)):
            match = _PROPERTY.match(self._text, offset)
            if match is None:
                return
            offset = match.end()
            place = self._inside(mark, event.start_mark.index, match.start(1), match.end(1))
            if match[1][0] == "!":
                self._findings.add(plain.TagUsed, place)
            else:
                helps = (plain.AnchorUsed.Instead(),)
                meaning = "would give a name to a part of the file"
                self._findings.add(plain.AnchorUsed, place, what="anchors", meaning=meaning, helps=helps)

    def _inside(self, mark: Mark, origin: int, start: int, end: int) -> Mark:
        """The mark of offsets inside a node that begins at an origin."""
        if "\n" in self._text[origin:start]:
            return (mark[0], mark[1], mark[0], mark[1] + 1)
        return (mark[0], mark[1] + start - origin, mark[0], mark[1] + end - origin)

    def _content(self, event: Any, mark: Mark) -> str:
        text: str = event.value
        if event.tag is not None or event.anchor is not None:
            self.properties(event, mark)
        if self._masked:
            text = unmasked(text)
        # A character has at most four bytes.
        if len(text) * 4 > self._max_scalar and len(text.encode()) > self._max_scalar:
            self._findings.stop(plain.ScalarTooLong, mark, limit=self._max_scalar)
        if event.style == '"' and (found := forbidden_in_value(text)) is not None:
            nature, character = describe(found)
            helps = (faults.ForbiddenCharacter.Delete(),)
            self._findings.add(faults.ForbiddenCharacter, mark, nature=nature, character=character, helps=helps)
            return cleaned(text)
        return text

    def _seek_unquoted(self, event: Any, bracket: str) -> None:
        if self._text.startswith(",", event.end_mark.index):
            extent = self._seeker.find(self._text, event.start_mark.index)
            if extent is not None:
                raise UnquotedExpression(extent, bracket)

    def _plain_key(self, text: str, mark: Mark) -> str:
        value = resolve(text)
        if isinstance(value, Refused) and value.kind is plain.AmbiguousScalar:
            helps = (plain.AmbiguousScalar.Quote(value=shown(text)),)
            self._findings.add(value.kind, mark, **value.fields, helps=helps)
        elif not isinstance(value, str):
            self._findings.add(plain.KeyNotText, mark, found=_kind_of(value))
            return _canonical(value, text)
        elif match := UNSPACED_KEY.match(text):
            self._findings.faithful = False
            self._unspaced(match, mark)
        else:
            self._plain_keys.add(text)
        return text

    def _unspaced(self, match: re.Match[str], mark: Mark) -> None:
        fixed = f"{match[1]}: {shown(match.string[match.end() :])}"
        helps = (faults.MissingSpace.Write(fixed=fixed),)
        self._findings.add(faults.MissingSpace, mark, sign=":", helps=helps)

    def _entry_without_colon(self, text: str, mark: Mark, tree: YamlMap) -> None:
        match = UNSPACED_KEY.match(text)
        if match is None:
            self._findings.add(faults.MissingColon, mark, text=shown(text), helps=_list_meant(tree, text))
            return
        self._unspaced(match, mark)
        value = resolve(text[match.end() :])
        if match[1] not in tree:
            tree.place(match[1], mark, value.value if isinstance(value, Refused) else value, mark)

    def _duplicate(self, key: str, mark: Mark, tree: YamlMap) -> None:
        first = span_at(self._source, tree.key_mark(key))
        self._findings.add(plain.DuplicateKey, mark, key=shown(key), notes=(plain.DuplicateKey.First(span=first),))


def _list_meant(tree: YamlMap, text: str) -> tuple[Help, ...]:
    """`from: a, b` between braces is a list to everybody but YAML."""
    key = next(reversed(tree), "")
    before = tree.get(key)
    if not isinstance(before, str) or not (before + text).replace("_", "a").replace(".", "a").isalnum():
        return ()
    return (Write(words=f"{key}: [{shown(before)}, {shown(text)}]"),)


def _kind_of(value: Scalar | Refused) -> str:
    value = value.value if isinstance(value, Refused) else value
    if value is None:
        return "nothing"
    return "a truth value" if isinstance(value, bool) else "a number"


def _canonical(value: Scalar | Refused, text: str) -> str:
    """One text for all spellings of a key, so that `1` and `0x1` are the same."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else text
