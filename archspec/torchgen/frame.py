"""How values are said at one place of generated source: the spec's expressions over the names in scope there.

Every expression is evaluated at every occurrence of the place, and compared with the network, before it is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from archspec.language.expressions import (
    Attribute,
    Binary,
    Call,
    Expr,
    ExpressionFault,
    Name,
    NotPython,
    Number,
    Product,
    UnknownName,
    Value,
    attributes,
    evaluate,
    literal,
    names,
    parse,
    simplify,
    substitute,
    to_source,
)
from archspec.language.expressions.nodes import List, rebuild
from archspec.language.expressions.rewrite import parts

Fact: TypeAlias = tuple[str, tuple[str | int, ...]]
"""A dotted name of a spec: `input.channels`."""


class Unsayable(Exception):
    """A value that differs between occurrences, and that no expression in scope gives."""


class Occurrence(dict[str, Value]):
    """The values of the names in scope at one occurrence of a place."""

    def name(self, id: str) -> Value:
        try:
            return self[id]
        except KeyError:
            raise UnknownName(id) from None

    def attribute(self, base: str, path: tuple[str | int, ...]) -> Value:
        raise UnknownName(base)


@dataclass(slots=True)
class Frame:
    """One place of generated source.

    `symbols` says how a name of the spec is printed, `facts` how a dotted one is; what is in neither can't be said.
    `unsaid` gives a name to values that nothing in scope says, or raises Unsayable.
    """

    occurrences: list[Occurrence]
    symbols: dict[str, Expr]
    facts: dict[Fact, Expr]
    unsaid: Callable[[str, list[Value]], Expr]

    def say(self, values: Iterable[Value], candidates: Iterable[Expr | None], hint: str) -> Expr:
        """An expression that has these values, one per occurrence."""
        wanted = list(values)
        constant = all(same(value, wanted[0]) for value in wanted)
        for candidate in candidates:
            if candidate is None:
                continue
            if constant and not isinstance(candidate, Product) and not names(candidate):
                break
            floats = {name for one in self.occurrences for name, value in one.items() if isinstance(value, float)}
            for variant in variants(simplify(candidate, floats)):
                if (not constant or names(variant) or isinstance(variant, Product)) and self.holds(variant, wanted):
                    return variant
            if constant:
                break
        return spell(wanted[0]) if constant else self.unsaid(hint, wanted)

    def holds(self, expr: Expr, wanted: list[Value]) -> bool:
        """Whether the expression prints, and has the wanted value at every occurrence."""
        try:
            to_source(expr)
            return all(
                same(evaluate(expr, occurrence), value)
                for occurrence, value in zip(self.occurrences, wanted, strict=True)
            )
        except (NotPython, UnknownName, ExpressionFault):
            return False

    def translate(self, written: object) -> Expr | None:
        """What is written in the spec, over the names in scope; None where it can't be said."""
        if isinstance(written, list | tuple):
            items = [self.translate(item) for item in written]
            return List(tuple(item for item in items if item is not None)) if None not in items else None
        if not isinstance(written, str):
            return spell(plain(written))
        if written.startswith("$"):
            return self.symbols.get(written[1:])
        try:
            expr = parse(written)
        except ExpressionFault:
            return None
        return self.put(expr, self.symbols, self.facts)

    def put(self, expr: Expr, symbols: Mapping[str, Expr], facts: Mapping[Fact, Expr]) -> Expr | None:
        """`expr` with every name replaced; None where one has no replacement, or where that is too much to read."""
        if not names(expr) <= symbols.keys() or not attributes(expr) <= facts.keys():
            return None
        try:
            return substitute(expr, symbols, facts)
        except NotPython:
            return None

    def inside(self, facts: dict[Fact, Expr]) -> Frame:
        """A group at the same place: the same names, nodes of its own."""
        return replace(self, facts=facts)

    def at(self, indices: list[int]) -> Frame:
        """The same place at some of its occurrences; what only these need may be anything at the others."""
        if len(indices) == len(self.occurrences):
            return self

        def padded(hint: str, values: list[Value]) -> Expr:
            full = [type(values[0])()] * len(self.occurrences)  # 0, 0.0, false
            for index, value in zip(indices, values, strict=True):
                full[index] = value
            return self.unsaid(hint, full)

        return replace(self, occurrences=[self.occurrences[index] for index in indices], unsaid=padded)

    def try_say(self, values: Iterable[Value], candidates: Iterable[Expr | None]) -> Expr | None:
        """Like `say`, with None for what can't be said."""
        try:
            return replace(self, unsaid=refuse).say(values, candidates, "")
        except Unsayable:
            return None


def refuse(hint: str, values: list[Value]) -> Expr:
    """For frames in which nothing may be added."""
    raise Unsayable(hint)


def same(left: Value, right: Value) -> bool:
    """Equal, and of the same type: 1 isn't 1.0 and isn't true."""
    if type(left) is tuple and type(right) is tuple:
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and left == right


def spell(value: Value | None) -> Expr:
    """A value as an expression; torch's own None included."""
    return Name("None") if value is None else literal(value)


def plain(value: object) -> Value:
    """Lists as tuples, all the way down."""
    return tuple(plain(item) for item in value) if isinstance(value, list | tuple) else value  # type: ignore[return-value]


_ROUNDINGS = {"make_divisible": 0, "ceil": 0, "floor": 0, "int": 0, "round": 0}
"""Functions that give back their first argument where there is nothing to round."""


def variants(expr: Expr) -> Iterator[Expr]:
    """The expression without roundings and bounds that may never matter here, then as it is; checked before use."""
    if not any(isinstance(part, Call) for part in parts(expr)):
        yield expr
        return
    seen = set()
    roundings = {*_ROUNDINGS}
    for dropped in (
        _drop(expr, {*roundings, "max", "min"}),
        _drop(expr, {*roundings, "max", "min"}, keep=1),
        _drop(expr, roundings),
    ):
        if dropped != expr:
            short = simplify(_whole_division(dropped))
            if short not in seen:
                seen.add(short)
                yield short
    yield expr


def _drop(expr: Expr, functions: set[str], keep: int = 0) -> Expr:
    """`expr` without these functions; of several bounds that aren't numbers, that with the number `keep` stays."""
    if isinstance(expr, Call) and expr.function in functions and expr.args:
        if expr.function in _ROUNDINGS:
            return _drop(expr.args[0], functions, keep)
        kept = [arg for arg in expr.args if not isinstance(arg, Number)]
        if kept:
            return _drop(kept[min(keep, len(kept) - 1)], functions, keep)
    return rebuild(expr, lambda child: _drop(child, functions, keep))


def _whole_division(expr: Expr) -> Expr:
    """`a / b` as `a // b`: what is rounded to a whole number is one after all."""
    changed = rebuild(expr, _whole_division)
    return replace(changed, op="//") if isinstance(changed, Binary) and changed.op == "/" else changed


def fact(base: str, *path: str | int) -> Attribute:
    return Attribute(base, path)


def variable(name: str) -> Name:
    return Name(name)
