"""E30 and E31: expressions, from how they are written to what they give."""

from __future__ import annotations

from typing import Final

from archspec.diagnostics.catalogue.examples import IMAGE
from archspec.diagnostics.diagnostic import Error, Help


def _conv(out: str) -> str:
    """A network whose one convolution has this expression as its output channels, in single quotes."""
    return f"{IMAGE}graph:\n  conv: {{op: conv, out: '{out}', kernel: 1}}\n"


_WIDTHS: Final = IMAGE + "params: {widths: [8, 16]}\n"


class MalformedExpression(Error):
    """Expressions are written as in Python: an operator between two values, brackets in pairs, nothing left over."""

    code = "E301"
    title_template = "expected {expected}, found {found}"
    label_template = "expected {expected}"
    expected: str  # "a value", "an operator", "`)`"
    found: str  # "`*`", "the end of the expression"
    wrong = _conv("4 * (input.channels + 1")
    right = _conv("4 * (input.channels + 1)")

    class Quote(Help):
        template = 'between {{ and }} an expression with a comma or a bracket needs quotes: "{start}, …"'
        start: str


class UnknownFunction(Error):
    """There is a fixed list of functions, and no others.

    These are `min`, `max`, `abs`, `round`, `floor`, `ceil`, `int`, `len`, `sum`, `make_divisible(x, divisor)` and
    `even_split(total, parts)`.
    """

    code = "E302"
    title_template = "unknown function `{name}`"
    label_template = "not a function of the language"
    name: str
    wrong = _conv("maximum(8, input.channels)")
    right = _conv("max(8, input.channels)")


class NotInExpressions(Error):
    """Expressions are a small subset of Python.

    They have numbers, names, arithmetic, comparisons, `and or not`, `a if c else b`, indexing, lists, a few functions.
    Whatever else Python has (strings, methods, underscores, `lambda`, comprehensions, slices, bit operations) isn't
    part of it.
    """

    code = "E303"
    title_template = "{construct} can't be used in an expression"
    label_template = "not part of the language"
    construct: str  # "a string", "`lambda`"
    wrong = _conv("1 << 5")
    right = _conv("2 ** 5")


class ExpressionTooLong(Error):
    """An expression has at most 1,000 characters. `let` names a part of a long one."""

    code = "E304"
    title_template = "expression too long"
    label_template = "{length} characters; at most {limit} are allowed"
    length: int
    limit: int
    wrong = _conv("+".join(["1"] * 501))
    right = _conv("501")


class ExpressionTooDeep(Error):
    """At most 50 operations, brackets included, stand inside one another.

    A chain `a + b + c` counts each of its operators, `sum([a, b, c])` counts two.
    """

    code = "E305"
    title_template = "expression nested too deep"
    label_template = "more than {limit} operations stand inside one another"
    limit: int
    wrong = _conv("(" * 51 + "8" + ")" * 51)
    right = _conv("(8)")


class TooManySteps(Error):
    """Evaluating an expression takes a bounded number of steps: a list that it works on has at most 10,000 items."""

    code = "E306"
    title_template = "too many steps"
    label_template = "a list of {items} items; at most {limit} are allowed"
    items: int
    limit: int
    wrong = _conv("len(even_split(100000, 100000))")
    right = _conv("len(even_split(100, 100))")


class IntegerOverflow(Error):
    """Every whole number fits in 64 bits, those on the way to a result too."""

    code = "E307"
    title_template = "whole number too large"
    label_template = "{found} doesn't fit in 64 bits"
    found: str  # "9 ** 387420489"
    wrong = _conv("9 ** 9 ** 9")
    right = _conv("2 ** 9")


class DivisionByZero(Error):
    """The right side of `/`, `//` and `%` isn't zero, and zero has no negative power."""

    code = "E308"
    title_template = "division by zero"
    label_template = "{found} divides by zero"
    found: str  # "8 // 0"
    wrong = _conv("16 // (input.channels - 3)")
    right = _conv("16 // (input.channels - 1)")


class WrongOperand(Error):
    """Operators and functions take what they can work with.

    Arithmetic takes numbers; `and`, `or`, `not` and `if` take truth values; an index is a whole number. Truth values
    aren't numbers, and a comparison is between two of a kind.
    """

    code = "E309"
    title_template = "`{operator}` needs {expected}"
    label_template = "found {found}"
    operator: str
    expected: str  # "numbers", "a truth value"
    found: str  # "the whole number 4 and the truth value true"
    wrong = IMAGE + "params: {wide: true}\ngraph:\n  conv: {op: conv, out: 8 * wide, kernel: 1}\n"
    right = IMAGE + "params: {wide: true}\ngraph:\n  conv: {op: conv, out: 16 if wide else 8, kernel: 1}\n"


class WrongArgumentCount(Error):
    """A function is given as many arguments as it takes."""

    code = "E310"
    title_template = "`{function}` takes {expected}"
    label_template = "{found} given"
    function: str
    expected: str  # "2 arguments", "1 to 2 arguments"
    found: int
    wrong = _conv("make_divisible(input.channels)")
    right = _conv("make_divisible(input.channels, 8)")


class IndexOutOfRange(Error):
    """Items are counted from 0, and from -1 backwards from the end."""

    code = "E311"
    title_template = "no item {index} in a list of {length}"
    label_template = "the list has {length} items"
    index: int
    length: int
    wrong = _WIDTHS + "graph:\n  conv: {op: conv, out: 'widths[2]', kernel: 1}\n"
    right = _WIDTHS + "graph:\n  conv: {op: conv, out: 'widths[1]', kernel: 1}\n"


class NotFinite(Error):
    """Every result is a real, finite number: no infinity, no root of a negative number."""

    code = "E312"
    title_template = "result isn't a finite real number"
    label_template = "{found} has no finite real value"
    found: str  # "-8 ** 0.5"
    wrong = _conv("int((-16) ** 0.5)")
    right = _conv("int(16 ** 0.5)")


class ValueNotAllowed(Error):
    """Some operations can't work with every number.

    Parts and divisors are at least 1, an empty list has no `min`, and a whole number has no negative power (write
    `2.0 ** -1` or `1 / 2`).
    """

    code = "E313"
    title_template = "`{operation}` needs {expected}"
    label_template = "found {found}"
    operation: str
    expected: str  # "a divisor of at least 1"
    found: str
    wrong = _conv("make_divisible(input.channels, 0)")
    right = _conv("make_divisible(input.channels, 8)")
