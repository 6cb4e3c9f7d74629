"""What goes wrong in an expression, as exceptions without a file: the caller knows where the text stands."""

from __future__ import annotations

from typing import Any

from archspec.diagnostics.diagnostic import Diagnostic


class ExpressionFault(Exception):
    """A fault of an expression: `kind(span=…, **fields)` is the diagnostic; offset and end mark the place in the text.

    Both are 0 where the expression didn't come from text as it stands.
    """

    def __init__(self, kind: type[Diagnostic], offset: int = 0, end: int = 0, **fields: Any) -> None:
        super().__init__(kind.code)
        self.kind, self.offset, self.end, self.fields = kind, offset, end, fields

    def __str__(self) -> str:
        diagnostic = self.kind(**self.fields)
        return f"{diagnostic.title()}: {diagnostic.label()}"


class UnknownName(Exception):
    """A name, or a dotted name, that the scope doesn't have. The caller, who has the list, says what is near."""

    def __init__(self, name: str, offset: int = 0, end: int = 0) -> None:
        super().__init__(name)
        self.name, self.offset, self.end = name, offset, end


class NotPython(Exception):
    """An expression that generated source can't say with Python's own operators and built-in functions."""
