"""Tokens -> expression, by precedence climbing. Nesting is bounded, so that no text can exhaust the stack."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NoReturn

from archspec.diagnostics.catalogue.values import (
    ExpressionTooDeep,
    ExpressionTooLong,
    IntegerOverflow,
    MalformedExpression,
    NotFinite,
    NotInExpressions,
    UnknownFunction,
    WrongArgumentCount,
)
from archspec.diagnostics.remarks import DidYouMean, Write
from archspec.language.expressions.faults import ExpressionFault
from archspec.language.expressions.functions import FUNCTIONS, INT_MAX, nearest_function
from archspec.language.expressions.lex import TRUTHS, Token, refuse, refuse_construct, tokens
from archspec.language.expressions.nodes import (
    Attribute,
    Binary,
    Bool,
    Call,
    Compare,
    Conditional,
    Expr,
    Index,
    List,
    Logic,
    Name,
    Number,
    Unary,
    children,
)


@dataclass(frozen=True, slots=True)
class ExpressionLimits:
    """How large an expression may be, in characters and in operations inside one another."""

    max_length: int = 1000
    max_depth: int = 50


DEFAULT_LIMITS: Final = ExpressionLimits()


@lru_cache(maxsize=4096)
def parse(text: str, limits: ExpressionLimits = DEFAULT_LIMITS) -> Expr:
    """The expression that a text says. Raises ExpressionFault and nothing else."""
    if len(text) > limits.max_length:
        raise ExpressionFault(ExpressionTooLong, 0, len(text), length=len(text), limit=limits.max_length)
    try:
        expr = _Parser(text, limits).whole()
    except RecursionError:  # limits raised by the caller beyond what Python's stack holds
        raise ExpressionFault(ExpressionTooDeep, 0, len(text), limit=limits.max_depth) from None
    if depth(expr) > limits.max_depth:
        raise ExpressionFault(ExpressionTooDeep, *expr.place, limit=limits.max_depth)
    return expr


def depth(expr: Expr) -> int:
    """How many operations stand inside one another."""
    deepest, level = 0, list(children(expr))
    while level:
        deepest += 1
        level = [child for parent in level for child in children(parent)]
    return deepest


# Tighter binding is higher. `not` and the signs stand before their operand.
_RANKS: Final = {
    "or": 1, "and": 2, "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6, "**": 8,
}  # fmt: skip
_NOT, _COMPARE, _SIGN, _POWER = 3, 4, 7, 8


class _Parser:
    def __init__(self, text: str, limits: ExpressionLimits) -> None:
        self.text, self.limits = text, limits
        self.tokens = tokens(text)
        self.index = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def whole(self) -> Expr:
        expr = self.expression()
        if self.token.kind != "end":
            self.unexpected("an operator")
        return expr

    def expression(self) -> Expr:
        """`a if c else b`, or anything that binds tighter."""
        start = self.enter()
        expr = self.climb(1)
        if self.accept("if"):
            test = self.climb(1)
            self.expect("else", "`else`")
            expr = Conditional(expr, test, self.expression(), place=self.since(start))
        self.depth -= 1
        return expr

    def climb(self, least: int) -> Expr:
        """Operators that bind at least as tight as `least`, from left to right."""
        start = self.token.offset
        expr = self.operand(least)
        while self.token.kind == "op" and (rank := _RANKS.get(self.token.text, 0)) >= least:
            expr = self.operation(expr, rank, start)
        return expr

    def operation(self, left: Expr, rank: int, start: int) -> Expr:
        op = self.token.text
        if rank == _COMPARE:
            links: list[tuple[str, Expr]] = []
            while self.token.kind == "op" and _RANKS.get(self.token.text) == _COMPARE:
                links.append((self.advance().text, self.climb(_COMPARE + 1)))
            return Compare(left, tuple(links), place=self.since(start))
        if rank < _NOT:
            operands = [left]
            while self.accept(op):
                operands.append(self.climb(rank + 1))
            return Logic(op, tuple(operands), place=self.since(start))
        self.advance()
        if rank < _POWER:
            return Binary(op, left, self.climb(rank + 1), place=self.since(start))
        self.enter()
        right = self.climb(_SIGN)  # to the right of ** stand signs and further powers
        self.depth -= 1
        return Binary(op, left, right, place=self.since(start))

    def operand(self, least: int) -> Expr:
        """A value, with what stands before it and behind it."""
        op = self.token.text if self.token.kind == "op" else ""
        if op in ("-", "+") or (op == "not" and least <= _NOT):
            start = self.enter()
            self.advance()
            expr: Expr = Unary(op, self.climb(_NOT if op == "not" else _SIGN), place=self.since(start))
            self.depth -= 1
            return expr
        return self.postfix()

    def postfix(self) -> Expr:
        start = self.token.offset
        expr = self.atom()
        while self.token.kind == "op" and self.token.text in ("[", "(", "."):
            if not self.accept("["):
                self.refuse_member(start)
            index = self.expression()
            self.expect("]", "`]`")
            expr = Index(expr, index, place=self.since(start))
        return expr

    def atom(self) -> Expr:
        token = self.token
        if token.kind == "op":
            return self.bracket()
        if token.kind == "end":
            self.unexpected("a value")
        self.advance()
        place = (token.offset, token.end)
        if token.kind == "number":
            return self.number(token)
        if token.kind == "truth":
            return Bool(TRUTHS[token.text], place=place)
        if token.kind == "path":
            base, *path = token.text.split(".")
            return Attribute(base, tuple(int(part) if part.isdigit() else part for part in path), place=place)
        return self.call(token) if self.token.kind == "op" and self.token.text == "(" else Name(token.text, place=place)

    def number(self, token: Token) -> Number:
        place = (token.offset, token.end)
        if token.text.isdigit():
            value = int(token.text)
            if value > INT_MAX:
                raise ExpressionFault(IntegerOverflow, *place, found=_cut(token.text))
            return Number(value, place=place)
        real = float(token.text)
        if real in (float("inf"), float("-inf")):
            raise ExpressionFault(NotFinite, *place, found=_cut(token.text))
        return Number(real, place=place)

    def bracket(self) -> Expr:
        start = self.token.offset
        if self.accept("("):
            expr = self.expression()
            if self.token.text == ",":
                self.refuse_tuple(start)
            self.expect(")", "`)`")
            return expr
        if self.accept("["):
            return List(self.items("]"), place=self.since(start))
        self.unexpected("a value")

    def items(self, closing: str) -> tuple[Expr, ...]:
        """Expressions between commas, up to the closing bracket; the last comma may be left over."""
        found: list[Expr] = []
        while not self.accept(closing):
            found.append(self.expression())
            if not self.accept(","):
                self.expect(closing, f"`,` or `{closing}`")
                break
        return tuple(found)

    def call(self, name: Token) -> Expr:
        function = FUNCTIONS.get(name.text)
        if function is None:
            near = nearest_function(name.text)
            helps = (DidYouMean(name=near),) if near else ()
            raise ExpressionFault(UnknownFunction, name.offset, name.end, name=_cut(name.text), helps=helps)
        self.advance()
        args = self.items(")")
        place = self.since(name.offset)
        if not function.takes(len(args)):
            expected = function.arity()
            raise ExpressionFault(WrongArgumentCount, *place, function=name.text, expected=expected, found=len(args))
        return Call(name.text, args, place=place)

    def accept(self, op: str) -> bool:
        found = self.token.kind == "op" and self.token.text == op
        self.index += found
        return found

    def expect(self, op: str, expected: str) -> None:
        if not self.accept(op):
            self.unexpected(expected)

    def advance(self) -> Token:
        self.index += 1
        return self.tokens[self.index - 1]

    def enter(self) -> int:
        """One level deeper; the offset where it starts."""
        self.depth += 1
        # The whole expression is a level too, and none that its writer would count.
        if self.depth > self.limits.max_depth + 1:
            raise ExpressionFault(ExpressionTooDeep, self.token.offset, self.token.end, limit=self.limits.max_depth)
        return self.token.offset

    def since(self, start: int) -> tuple[int, int]:
        """The place from `start` to the last token that was read."""
        return start, self.tokens[self.index - 1].end

    def unexpected(self, expected: str) -> NoReturn:
        """Raise the fault for a token that can't stand where it stands."""
        token = self.token
        if token.kind == "end":
            self.refuse_end(expected)
        if token.text in ("=", ":"):
            refuse_construct(token)
        spelling = None
        if expected == "an operator" and token.text in ("AND", "OR"):
            spelling = token.text.lower()
        elif (
            expected == "an operator"
            and token.kind in ("name", "path")
            and self.index == 1
            and self.tokens[0].kind == "number"
        ):
            spelling = f"{self.tokens[0].text} * {token.text}"
        refuse(MalformedExpression, token.offset, token.end, spelling, expected=expected, found=f"`{_cut(token.text)}`")

    def refuse_end(self, expected: str) -> NoReturn:
        # Where a bracket is still open, YAML has probably cut the text at a comma of a flow mapping.
        open_ = expected.endswith((")`", "]`"))
        helps = (MalformedExpression.Quote(start=self.text.strip()),) if open_ else ()
        found = "the end of the expression" if self.index else "an empty expression"
        end = len(self.text)
        raise ExpressionFault(MalformedExpression, end, end, expected=expected, found=found, helps=helps)

    def refuse_member(self, start: int) -> NoReturn:
        """`().x`, `x[0].y`, `input.f(…)`, `2(3)`."""
        called = self.token.text == "("
        construct = "a call of a value" if called else "an attribute of a value"
        spelling = None
        before = self.tokens[self.index - 1]
        if before.kind == "path" and called:
            construct, last = "a method call", before.text.rpartition(".")[2]
            spelling = f"{last}(…)" if last in FUNCTIONS else None
        refuse(NotInExpressions, start, self.token.end, spelling, construct=construct)

    def refuse_tuple(self, start: int) -> NoReturn:
        helps = (Write(words="[a, b]"),)
        raise ExpressionFault(NotInExpressions, start, self.token.end, construct="a tuple", helps=helps)


def _cut(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
