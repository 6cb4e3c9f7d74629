"""What every diagnostic is: a frozen dataclass with its texts as class-level templates over its own fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from enum import StrEnum
from typing import ClassVar

from archspec.diagnostics.printable import amount, printable, shortened
from archspec.diagnostics.record import Record
from archspec.diagnostics.span import Span


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Remark(Record):
    """A line below a diagnostic; a subclass gives the template and the fields."""

    template: ClassVar[str]
    marked: ClassVar[bool] = False
    """Whether the place is shown as a marked line of its own, and not only named."""

    span: Span | None = None

    def message(self) -> str:
        return self.template.format(**_fields(self))


class Note(Remark):
    """Where a value came from, or what else is involved."""


class Help(Remark):
    """What to write instead."""


class Diagnostic(Record):
    """One fault of a spec. A subclass per code: its docstring is the rule, `wrong` and `right` are whole specs."""

    code: ClassVar[str]
    severity: ClassVar[Severity]
    title_template: ClassVar[str]
    label_template: ClassVar[str] = ""
    wrong: ClassVar[str] = ""
    right: ClassVar[str] = ""

    span: Span | None = None
    notes: tuple[Note, ...] = ()
    helps: tuple[Help, ...] = ()

    def title(self) -> str:
        """One line: what is wrong."""
        return self.title_template.format(**_fields(self))

    def label(self) -> str:
        """What stands beside the marked place: what was found on each side."""
        return self.label_template.format(**_fields(self))


class Error(Diagnostic):
    """A fault that makes the spec unusable."""

    severity = Severity.ERROR


class Warning(Diagnostic):
    """Legal, and probably not meant."""

    severity = Severity.WARNING


def catalogue() -> dict[str, type[Diagnostic]]:
    """Every diagnostic by its code, in order of code."""
    import archspec.diagnostics.catalogue  # noqa: F401  the import defines the classes

    return {kind.code: kind for kind in sorted(_leaves(Diagnostic), key=lambda kind: kind.code)}


def _leaves(kind: type[Diagnostic]) -> Iterator[type[Diagnostic]]:
    for child in kind.__subclasses__():
        if "code" in child.__dict__:
            yield child
        yield from _leaves(child)


def _fields(record: Record) -> dict[str, object]:
    return {field.name: _shown(getattr(record, field.name)) for field in fields(record)}


def _shown(value: object) -> object:
    """A field as a message shows it. Most of them hold text of the spec."""
    if isinstance(value, str):
        return printable(shortened(value))
    return amount(value) if type(value) is int else value
