"""What a generated file contains: classes, constructor lines, forward lines. Plain data, ready to be laid out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from archspec.torchgen.code import Bracket, Code, Joined, layout


@dataclass(frozen=True, slots=True)
class Line:
    """One statement; `before` and `after` never break."""

    code: Code
    before: str = ""
    after: str = ""
    comment: str = ""

    def lines(self, depth: int) -> list[str]:
        return layout(self.code, depth, self.before, self.after, self.comment)


@dataclass(frozen=True, slots=True)
class Suite:
    """A compound statement: `if`, `for`."""

    header: Line
    body: tuple[Statement, ...]

    def lines(self, depth: int) -> list[str]:
        return [*self.header.lines(depth), *(line for statement in self.body for line in statement.lines(depth + 1))]


Statement: TypeAlias = Line | Suite


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a constructor."""

    name: str
    annotation: str
    default: str | None = None

    def code(self) -> str:
        return f"{self.name}: {self.annotation}" + (f" = {self.default}" if self.default is not None else "")


@dataclass(frozen=True, slots=True)
class Function:
    """A method: its signature, and its statements."""

    name: str
    parameters: tuple[str, ...]
    returns: str
    body: tuple[Statement, ...]
    static: bool = False

    def lines(self, depth: int) -> list[str]:
        head = Line(Bracket(f"{self.name}(", self.parameters, f") -> {self.returns}:"), before="def ")
        decorator = ["    " * depth + "@staticmethod"] if self.static else []
        return [*decorator, *head.lines(depth), *(line for part in self.body for line in part.lines(depth + 1))]


@dataclass(frozen=True, slots=True)
class ClassDefinition:
    """One class of the file. A subclass of nn.Sequential has no forward of its own."""

    name: str
    base: str
    doc: str | None
    functions: tuple[Function, ...]

    def lines(self) -> list[str]:
        return [line for function in self.functions for line in ["", *function.lines(1)]]


@dataclass(frozen=True, slots=True)
class Program:
    """A generated file. `support` are the classes it carries whose text is fixed."""

    name: str
    doc: tuple[str, ...]
    classes: tuple[ClassDefinition, ...]
    support: tuple[str, ...] = ()
    functional: bool = False
    tensors: bool = False
    keywords: dict[str, object] = field(default_factory=dict)


def keyword(name: str, value: Code) -> Code:
    """`name=value`, which may break inside the value."""
    return f"{name}={value}" if isinstance(value, str) else Joined((f"{name}=", value))


def keyword_entry(name: str, item: Code) -> Code:
    """An entry of a dict display."""
    return Joined((f"{name!r}: ".replace("'", '"'), item))
