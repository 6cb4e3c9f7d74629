"""What a YAML parser's complaint means for the person who wrote the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from yaml.error import MarkedYAMLError

from archspec.diagnostics.catalogue import plain
from archspec.diagnostics.catalogue import text as faults
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.span import Source
from archspec.language.scalars import shown
from archspec.language.tree import mark_at, span_at

UNSPACED_KEY: Final = re.compile(r"([A-Za-z_]\w*):(?=[^\s:/])")
"""`kernel:3`, but neither `a::b` nor `https://`."""

_KEY_LINE: Final = re.compile(r"""\s*(?:- +)*(?:[\w.]+|"[^"]*"|'[^']*')\s*:(?:\s|$)""")
_NODE: Final = re.compile(r"(?:op|graph|parallel|share): ")
"""How a node starts that lacks its braces."""
_KEY_AND_VALUE: Final = re.compile(r"\s*(?:- +)*[\w.]+\s*: +(?=\S)")

_DEEPER: Final = "deeper than the line before, which has a value already"


class Complaint:
    """A YAML error with the text around it."""

    def __init__(self, source: Source, error: MarkedYAMLError, after_end: bool) -> None:
        mark = error.problem_mark or error.context_mark
        context = error.context_mark or mark
        self.source, self.after_end = source, after_end
        self.problem, self.context = error.problem or "", error.context or ""
        self.line, self.column, self.offset = (mark.line, mark.column, mark.index) if mark else (0, 0, 0)
        if not self.character:
            self.line, self.column = _last_place(source)
        self.start = (context.line, context.column, context.index) if context else (0, 0, 0)

    @property
    def character(self) -> str:
        return self.source.text[self.offset : self.offset + 1]

    @property
    def first_on_line(self) -> bool:
        return not self.text_of(self.line)[: self.column].strip()

    def text_of(self, line: int) -> str:
        return self.source.lines[line] if line < len(self.source.lines) else ""

    def here(self, kind: type[Diagnostic], length: int = 1, **fields: object) -> Diagnostic:
        """A fault at the place of the problem."""
        return self.at(kind, self.line, self.column, length, **fields)

    def at(self, kind: type[Diagnostic], line: int, column: int, length: int = 1, **fields: object) -> Diagnostic:
        return kind(span=span_at(self.source, (line, column, line, column + length)), **fields)  # type: ignore[arg-type]


def explain(source: Source, error: MarkedYAMLError, after_end: bool) -> Diagnostic:
    """The fault behind a parser's error. `after_end`: a document was ended by `...` before it."""
    complaint = Complaint(source, error, after_end)
    if "\t" in _indentation(complaint.text_of(complaint.line)):
        return complaint.at(faults.TabIndent, complaint.line, complaint.text_of(complaint.line).index("\t"))
    for words, reader in _READERS:
        if words in complaint.problem or words in complaint.context:
            return reader(complaint)
    return _other(complaint)


def unspaced(complaint: Complaint, line: int) -> Diagnostic | None:
    """The fault of a line such as `kernel:3` or `-relu`."""
    text = complaint.text_of(line)
    indent = len(_indentation(text))
    if match := UNSPACED_KEY.match(text, indent):
        fixed = f"{match[1]}: {shown(text[match.end() :].strip())}"
        helps = (faults.MissingSpace.Write(fixed=fixed),)
        return complaint.at(
            faults.MissingSpace, line, match.start(), match.end() - match.start(), sign=":", helps=helps
        )
    if re.match(r"-[^\s-]", text[indent:]):
        helps = (faults.MissingSpace.Write(fixed=f"- {shown(text[indent + 1 :].strip())}"),)
        return complaint.at(faults.MissingSpace, line, indent, 1, sign="-", helps=helps)
    return None


def _last_place(source: Source) -> tuple[int, int]:
    """After the last visible character, where what is missing at the end of a file belongs."""
    line, column, _, _ = mark_at(source.text, len(source.text.rstrip()), 0)
    return line, column


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _other(complaint: Complaint) -> Diagnostic:
    return complaint.here(faults.InvalidSyntax, problem=complaint.problem or "the parser stops here")


def _directive(complaint: Complaint) -> Diagnostic:
    line = complaint.start[0]
    return complaint.at(plain.DirectiveUsed, line, 0, max(1, len(complaint.text_of(line).rstrip())))


def _quotation(complaint: Complaint) -> Diagnostic:
    line, column, _ = complaint.start
    if "escape" in complaint.problem or "hexdecimal" in complaint.problem:
        problem = "no such escape" if "unknown" in complaint.problem else "no such character"
        return complaint.here(faults.UnknownEscape, 2, problem=problem, helps=(faults.UnknownEscape.Quote(),))
    return complaint.at(faults.UnclosedQuote, line, column)


def _tag(complaint: Complaint) -> Diagnostic:
    line, column, _ = complaint.start
    return complaint.at(plain.TagUsed, line, column)


def _anchor(complaint: Complaint) -> Diagnostic:
    line, column, _ = complaint.start
    return complaint.at(faults.ReservedStart, line, column, found="`*`" if "alias" in complaint.context else "`&`")


def _unstartable(complaint: Complaint) -> Diagnostic:
    helps = (faults.ReservedStart.Quote(),)
    found = "a backquote" if complaint.character == "`" else f"`{complaint.character}`"
    return complaint.here(faults.ReservedStart, found=found, helps=helps)


def _unspaced_in_brackets(complaint: Complaint) -> Diagnostic:
    return complaint.here(faults.MissingSpace, sign=":")


def _bracket(complaint: Complaint) -> Diagnostic:
    """Brackets without an end, or something between two entries that isn't a comma."""
    line, column, offset = complaint.start
    opened = complaint.source.text[offset : offset + 1]
    closing = "}" if opened == "{" else "]"
    rest = complaint.source.text[complaint.offset :].lstrip()
    next_key = complaint.line > line and _KEY_LINE.match(complaint.text_of(complaint.line))
    if not rest or rest[0] in "]}" or next_key:
        at = complaint.column if not next_key else len(_indentation(complaint.text_of(complaint.line)))
        place = span_at(complaint.source, (complaint.line, at, complaint.line, at + 1))
        notes = (faults.UnclosedBracket.Expected(span=place, closing=closing),)
        return complaint.at(faults.UnclosedBracket, line, column, opened=opened, notes=notes)
    return complaint.here(faults.MissingComma, closing=closing, helps=(faults.MissingComma.Separate(),))


def _no_content(complaint: Complaint) -> Diagnostic:
    if complaint.character and complaint.character in "]}":
        return complaint.here(faults.StrayBracket, found=complaint.character)
    if complaint.source.text.startswith("...", complaint.offset):
        return complaint.here(plain.NothingInFile)
    return complaint.here(faults.InvalidSyntax, problem="a value was expected here")


def _no_colon(complaint: Complaint) -> Diagnostic:
    line, column, _ = complaint.start
    text = complaint.text_of(line)[column:].split(" #")[0].rstrip()
    return unspaced(complaint, line) or complaint.at(
        faults.MissingColon, line, column, max(1, len(text)), text=shown(text)
    )


def _second_colon(complaint: Complaint) -> Diagnostic:
    """A colon inside a value, or a key below an entry that has a value already."""
    text = complaint.text_of(complaint.line)
    key = _KEY_AND_VALUE.match(text[: complaint.column])
    if key:
        value = text[key.end() :].split(" #")[0].rstrip()
        meant = faults.ColonInText.Braces if _NODE.match(value) else faults.ColonInText.Write
        helps = (meant(value=shown(value)),) if '"' not in value else ()
        return complaint.here(faults.ColonInText, helps=helps)
    return unspaced(complaint, complaint.line - 1) or _indented(complaint, _DEEPER)


def _indented(complaint: Complaint, found: str) -> Diagnostic:
    text = complaint.text_of(complaint.line)
    indent = len(_indentation(text))
    return complaint.at(faults.WrongIndent, complaint.line, indent, max(1, len(text.rstrip()) - indent), found=found)


def _unfitting(complaint: Complaint) -> Diagnostic:
    indent, above = complaint.column, len(_indentation(complaint.text_of(complaint.line - 1)))
    if indent == complaint.start[1]:
        return _indented(complaint, "the list above has entries that start with `- `")
    return _indented(complaint, _DEEPER if indent > above else "between the columns of the entries above")


def _after_value(complaint: Complaint) -> Diagnostic:
    """Something where the next entry of a block was expected."""
    if not complaint.character and complaint.source.text.lstrip().startswith("%"):
        return complaint.at(plain.DirectiveUsed, 0, 0)
    if complaint.character and complaint.character in "]}":
        return complaint.here(faults.StrayBracket, found=complaint.character)
    if complaint.character == ":":
        return complaint.here(faults.InvalidSyntax, problem="a key is missing before the colon")
    if complaint.first_on_line and complaint.after_end:
        return complaint.here(plain.SeveralDocuments)
    if complaint.first_on_line:
        return _unfitting(complaint)
    length = len(complaint.text_of(complaint.line).rstrip()) - complaint.column
    return complaint.here(faults.StrayText, max(1, length), helps=(faults.StrayText.Quote(),))


def _list_in_line(complaint: Complaint) -> Diagnostic:
    return complaint.here(faults.InvalidSyntax, problem="a list with `-` starts on a line of its own")


_Reader: TypeAlias = Callable[[Complaint], Diagnostic]
_READERS: Final[tuple[tuple[str, _Reader], ...]] = (
    ("directive", _directive),
    ("incompatible YAML document", _directive),
    ("quoted scalar", _quotation),
    ("a tag", _tag),
    ("tag handle", _tag),
    ("scanning an anchor", _anchor),
    ("scanning an alias", _anchor),
    ("cannot start any token", _unstartable),
    ("unexpected ':'", _unspaced_in_brackets),
    ("parsing a flow mapping", _bracket),
    ("parsing a flow sequence", _bracket),
    ("expected node content", _no_content),
    ("could not find expected ':'", _no_colon),
    ("mapping values are not allowed", _second_colon),
    ("block sequence entries are not allowed", _list_in_line),
    ("did not find expected key", _after_value),
    ("did not find expected '-' indicator", _after_value),
    ("expected <document start>", _after_value),
)
