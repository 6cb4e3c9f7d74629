"""E10 and E11: the text of a file: its characters, and faults of YAML syntax."""

from __future__ import annotations

from archspec.diagnostics.catalogue.examples import IMAGE
from archspec.diagnostics.diagnostic import Error, Help, Note

_RIGHT = IMAGE + "graph:\n  conv: {op: conv, out: 8, kernel: 3}\n  act: relu\n"


class NotUtf8(Error):
    """A spec is UTF-8 text, with or without a byte order mark at the start."""

    code = "E101"
    title_template = "this isn't UTF-8 text"
    label_template = "{found}"
    found: str  # "byte 0xFF can't stand here", "this looks like UTF-16"
    wrong = IMAGE + "doc: caf\udce9\ngraph: {act: relu}\n"
    right = IMAGE + "doc: café\ngraph: {act: relu}\n"

    class Save(Help):
        template = "save the file as UTF-8"


class ForbiddenCharacter(Error):
    """A file is what it looks like: no control characters but tab and newline, nothing invisible.

    Escapes in quotes can't bring them in either.
    """

    code = "E102"
    title_template = "{nature} character in the text"
    label_template = "{character}"
    nature: str  # "invisible", "control"
    character: str  # "U+200B ZERO WIDTH SPACE"
    wrong = IMAGE + 'doc: "title\\e]0;pwned\\a"\ngraph: {act: relu}\n'
    right = IMAGE + "doc: title\ngraph: {act: relu}\n"

    class Delete(Help):
        template = "delete it"


class InvalidSyntax(Error):
    """A spec is YAML."""

    code = "E103"
    title_template = "this isn't YAML"
    label_template = "{problem}"
    problem: str  # the parser's own words, which hold nothing of the file
    wrong = IMAGE + "graph:\n  conv: {:conv}\n"
    right = IMAGE + "graph:\n  conv: {op: conv, out: 8, kernel: 3}\n"


class UnclosedBracket(Error):
    """Each `[` and `{` has its `]` or `}`."""

    code = "E104"
    title_template = "`{opened}` is never closed"
    label_template = "opened here"
    opened: str
    wrong = IMAGE + "graph:\n  conv: {op: conv, out: 8, kernel: 3\n  act: relu\n"
    right = _RIGHT

    class Expected(Note):
        template = "`{closing}` was expected before this"
        marked = True
        closing: str


class StrayBracket(Error):
    """Each `]` and `}` closes a bracket that was opened."""

    code = "E105"
    title_template = "`{found}` closes nothing"
    label_template = "no bracket is open here"
    found: str
    wrong = IMAGE + "graph:\n  conv: {op: conv, out: 8, kernel: 3}}\n  act: relu\n"
    right = _RIGHT


class UnclosedQuote(Error):
    """A text that starts with a quotation mark ends with the same one."""

    code = "E106"
    title_template = "this quotation is never closed"
    label_template = "opened here"
    wrong = IMAGE + 'graph:\n  conv: {op: conv, out: "max(8, 4), kernel: 3}\n'
    right = IMAGE + 'graph:\n  conv: {op: conv, out: "max(8, 4)", kernel: 3}\n'


class TabIndent(Error):
    """Lines are indented with spaces. YAML has no tabs there, because nobody knows how wide they are."""

    code = "E107"
    title_template = "a tab in the indentation"
    label_template = "YAML indents with spaces only"
    wrong = IMAGE + "graph:\n\tact: relu\n"
    right = IMAGE + "graph:\n  act: relu\n"


class WrongIndent(Error):
    """The entries of a mapping or list start in the same column. What is deeper belongs to an entry above it."""

    code = "E108"
    title_template = "this line's indentation fits nothing above it"
    label_template = "{found}"
    found: str  # "deeper than the line before, which already has a value"
    wrong = IMAGE + "graph:\n    conv: {op: conv, out: 8, kernel: 3}\n  act: relu\n"
    right = _RIGHT


class MissingSpace(Error):
    """A key's `:` and a list's `-` are followed by a space. Without it YAML reads one piece of text."""

    code = "E109"
    title_template = "a space is missing after `{sign}`"
    label_template = "read as one piece of text"
    sign: str
    wrong = IMAGE + "graph:\n  conv: {op: conv, out: 8, kernel:3}\n"
    right = IMAGE + "graph:\n  conv: {op: conv, out: 8, kernel: 3}\n"

    class Write(Help):
        template = "write `{fixed}`"
        fixed: str


class ExpressionNeedsQuotes(Error):
    """Between brackets a comma or another bracket ends the value, so an expression that has one stands in quotes."""

    code = "E110"
    title_template = "this expression needs quotes"
    label_template = "inside `{brackets}` a comma or bracket ends the value"
    brackets: str  # "{ }", "[ ]"
    wrong = IMAGE + "graph:\n  conv: {op: conv, out: make_divisible(32, 8), kernel: 3}\n"
    right = IMAGE + 'graph:\n  conv: {op: conv, out: "make_divisible(32, 8)", kernel: 3}\n'

    class Write(Help):
        template = 'write `"{expression}"`'
        expression: str


class ColonInText(Error):
    """In YAML `: ` separates a key from its value, so a text that has one stands in quotes."""

    code = "E111"
    title_template = "text with a colon needs quotes"
    label_template = "`: ` starts a second value here"
    wrong = IMAGE + "doc: LeNet: the first of them\ngraph: {act: relu}\n"
    right = IMAGE + 'doc: "LeNet: the first of them"\ngraph: {act: relu}\n'

    class Write(Help):
        template = 'write `"{value}"`'
        value: str

    class Braces(Help):
        template = "write `{{{value}}}`"
        value: str  # "op: conv", which starts as a node does


class MissingColon(Error):
    """An entry of a mapping is a key, a colon, a space and a value."""

    code = "E112"
    title_template = "`{text}` is no entry of a mapping"
    label_template = "an entry is `key: value`"
    text: str
    wrong = IMAGE + "graph:\n  conv: {op: conv, out: 8, kernel: 3}\n  relu\n  drop: dropout\n"
    right = IMAGE + "graph:\n  conv: {op: conv, out: 8, kernel: 3}\n  act: relu\n  drop: dropout\n"


class MissingComma(Error):
    """Between brackets the entries are separated by commas."""

    code = "E113"
    title_template = "`,` or `{closing}` is missing"
    label_template = "the entry before this isn't finished"
    closing: str
    wrong = IMAGE + "graph:\n  conv: {op: conv, out: 8 kernel: 3}\n"
    right = IMAGE + "graph:\n  conv: {op: conv, out: 8, kernel: 3}\n"

    class Separate(Help):
        template = "put a comma between two entries, and quotes around a text that has a colon"


class StrayText(Error):
    """A quoted text, or a list or mapping in brackets, is a whole value: nothing follows it."""

    code = "E114"
    title_template = "something follows a finished value"
    label_template = "the value ends before this"
    wrong = IMAGE + "doc: 'it's a net'\ngraph: {act: relu}\n"
    right = IMAGE + 'doc: "it\'s a net"\ngraph: {act: relu}\n'

    class Quote(Help):
        template = "put quotes around the whole value"


class ReservedStart(Error):
    """Text that starts with a character which YAML keeps for itself stands in quotes."""

    code = "E115"
    title_template = "{found} can't start a value here"
    label_template = "YAML keeps this character for itself"
    found: str  # "`@`", "a backquote"
    wrong = IMAGE + "doc: @example\ngraph: {act: relu}\n"
    right = IMAGE + 'doc: "@example"\ngraph: {act: relu}\n'

    class Quote(Help):
        template = "put quotes around the value"


class UnknownEscape(Error):
    r"""In double quotes a backslash starts an escape such as `\n` or `\u00e9`. Single quotes take it as it is."""

    code = "E116"
    title_template = "unknown escape"
    label_template = "{problem}"
    problem: str
    wrong = IMAGE + 'doc: "a\\q"\ngraph: {act: relu}\n'
    right = IMAGE + "doc: 'a\\q'\ngraph: {act: relu}\n"

    class Quote(Help):
        template = "write the character itself, or use single quotes"
