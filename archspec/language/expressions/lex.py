"""Text of an expression -> tokens. What the language has no place for is refused, with the spelling it has instead."""

from __future__ import annotations

import re
from keyword import iskeyword
from typing import Final, NamedTuple, NoReturn

from archspec.diagnostics.catalogue.values import MalformedExpression, NotInExpressions
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import Write
from archspec.language.expressions.faults import ExpressionFault


class Token(NamedTuple):
    """`kind` is number, name, path, truth, op or end; words like `and` are ops."""

    kind: str
    text: str
    offset: int

    @property
    def end(self) -> int:
        return self.offset + len(self.text)


TRUTHS: Final = {"true": True, "True": True, "false": False, "False": False}
WORDS: Final = frozenset({"and", "or", "not", "if", "else"})

_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    | (?P<name>[A-Za-z_]\w*(?:\.\w+)*)
    | (?P<path>\d+(?:\.\d+)*\.(?![eE][+-]?\d)[A-Za-z_]\w*(?:\.\w+)*)  # a node of a list is named by its number
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<foreign>===|!==|&&|\|\||<<|>>|<>|=>|=<|:=)
    | (?P<op>\*\*|//|==|!=|<=|>=|[-+*/%<>()\[\],.=:])
    | (?P<string>'[^']*'?|"[^"]*"?)
    | (?P<other>[\s\S])""",
    re.ASCII | re.VERBOSE,
)
_SPELLINGS: Final = {
    "&&": "and", "||": "or", "!": "not", "^": "**", "=": "==", "===": "==", "!==": "!=", "<>": "!=",
    "=>": ">=", "=<": "<=", "<<": "* 2 **", ">>": "// 2 **", "&": "and", "|": "or", "?": "a if condition else b",
    "\N{MULTIPLICATION SIGN}": "*", "·": "*", "÷": "/", "\N{MINUS SIGN}": "-", "\N{EN DASH}": "-",
    "≤": "<=", "≥": ">=", "≠": "!=", "²": "** 2", "is": "==", "None": "none",
}  # fmt: skip
_CONSTRUCTS: Final = {
    "{": "a set or mapping", "}": "a set or mapping", ":": "a slice", "#": "a comment", "for": "a comprehension",
    "in": "a membership test", ":=": "an assignment",
}  # fmt: skip


def tokens(text: str) -> list[Token]:
    """All tokens of a text and one `end`. Raises ExpressionFault."""
    found: list[Token] = []
    position = 0
    while match := _TOKEN.match(text, position):
        kind, token = str(match.lastgroup), Token(str(match.lastgroup), match.group(), position)
        position = match.end()
        if kind != "space":
            found.append(_CHECKS[kind](token, text) if kind in _CHECKS else token)
    found.append(Token("end", "", len(text)))
    return found


def refuse(kind: type[Diagnostic], offset: int, end: int, spelling: str | None = None, **fields: str) -> NoReturn:
    """Raise a fault, with what to write instead where that is known."""
    helps = (Write(words=spelling),) if spelling else ()
    raise ExpressionFault(kind, offset, end, helps=helps, **fields)


def refuse_construct(token: Token) -> NoReturn:
    """Raise the fault for a token that the language has no place for."""
    construct = _CONSTRUCTS.get(token.text) or f"`{token.text}`"
    refuse(NotInExpressions, token.offset, token.end, _SPELLINGS.get(token.text), construct=construct)


def _name(token: Token, text: str) -> Token:
    word = token.text
    if word in WORDS:
        return token._replace(kind="op")
    if word in TRUTHS:
        return token._replace(kind="truth")
    if "." in word:
        return _path(token, text)
    if iskeyword(word):
        refuse_construct(token)
    if word.startswith("_"):
        refuse(NotInExpressions, token.offset, token.end, construct=f"`{word}`, a name that starts with an underscore,")
    return token


def _path(token: Token, text: str) -> Token:
    offset = token.offset
    for part in token.text.split("."):
        if part.startswith("_"):
            end = offset + len(part)
            refuse(NotInExpressions, offset, end, construct=f"`{part}`, a name that starts with an underscore,")
        if iskeyword(part) or not (part.isdigit() or part.isidentifier()):
            refuse(MalformedExpression, offset, offset + len(part), expected="a name", found=f"`{part}`")
        offset += len(part) + 1
    return token._replace(kind="path")


def _number(token: Token, text: str) -> Token:
    tail = _WORD.match(text, token.end)
    if tail:
        _refuse_number(token, tail.group())
    digits = token.text
    if digits.isdigit() and digits[0] == "0" and digits.strip("0"):
        spelling = digits.lstrip("0")
        refuse(MalformedExpression, token.offset, token.end, spelling, expected="a number", found=f"`{digits}`")
    return token


def _refuse_number(token: Token, tail: str) -> NoReturn:
    whole = token.text + tail
    plain = whole.replace("_", "")
    based = token.text == "0" and re.fullmatch(r"0([xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)", plain)
    if plain.isdigit():
        spelling: str | None = plain.lstrip("0") or "0"
    elif based:
        spelling = str(int(plain, 0))
    else:
        several = re.fullmatch(r"\d+(?:x\d+)+", whole)
        named = not tail.startswith("_") and not iskeyword(tail) and tail not in ("e", "E", "j", "J", "L")
        spelling = f"{token.text} * {tail}" if named and not tail[0].isdigit() else None
        spelling = f"[{whole.replace('x', ', ')}]" if several else spelling
    refuse(MalformedExpression, token.offset, token.end + len(tail), spelling, expected="a number", found=f"`{whole}`")


def _string(token: Token, text: str) -> NoReturn:
    inner = token.text.strip("'\"")
    spelling = inner if inner.isidentifier() and inner.isascii() and not iskeyword(inner) else None
    refuse(NotInExpressions, token.offset, token.end, spelling, construct="a string")


def _other(token: Token, text: str) -> NoReturn:
    name = _WORD.match(text, token.end)
    if token.text == "$" and name:
        refuse(NotInExpressions, token.offset, name.end(), name.group(), construct=f"`${name.group()}`")
    refuse_construct(token)


def _foreign(token: Token, text: str) -> NoReturn:
    refuse_construct(token)


_WORD: Final = re.compile(r"\w+", re.ASCII)
_CHECKS: Final = {
    "name": _name, "path": _path, "number": _number, "string": _string, "other": _other, "foreign": _foreign,
}  # fmt: skip
