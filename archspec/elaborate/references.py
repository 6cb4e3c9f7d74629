"""What `from`, `outputs` and node-valued arguments point to."""

from __future__ import annotations

from functools import lru_cache

from archspec.diagnostics.catalogue import graph as faults
from archspec.diagnostics.span import Span
from archspec.diagnostics.wording import listing
from archspec.elaborate import misnamed
from archspec.elaborate.faults import Broken, Faults
from archspec.elaborate.reading import pointing
from archspec.elaborate.scope import Scope
from archspec.language import document
from archspec.language.place import Place
from archspec.network import Ref
from archspec.ops.base import Op
from archspec.types import Unknown


class Resolver:
    """Names to outputs of nodes defined earlier."""

    def __init__(self, report: Faults) -> None:
        self.report = report

    def inputs(self, source: document.Node, scope: Scope, reader: str) -> tuple[Ref, ...]:
        """What a node reads. A multi-output node stands for all of its outputs."""
        if source.source is None:
            return scope.default_source()
        if isinstance(source.source, str):
            return self._resolve(source.source, scope, source.place, ("from",), reader)
        refs: list[Ref] = []
        broken = False
        for index, name in enumerate(source.source):
            try:
                refs.extend(self._resolve(name, scope, source.place, ("from", index), reader))
            except Broken:
                broken = True
        if broken:
            raise Broken
        return tuple(refs)

    def _resolve(
        self, name: str, scope: Scope, place: Place, path: tuple[str | int, ...], reader: str | None = None
    ) -> tuple[Ref, ...]:
        """The outputs that one reference means. Raises Broken once the fault is reported."""
        refs = scope.refs(*split(name))
        if not refs:
            self._unresolved(name, scope, place.inside(*path), reader)
            raise Broken
        return refs

    def _unresolved(self, name: str, scope: Scope, span: Span, reader: str | None) -> None:
        base, *rest = name.split(".")
        if not is_reference(name):
            return  # its fault was one of form
        if base not in scope.index and base != "input":
            misnamed.node(self.report, base, span, scope, reader)
            return
        refs = scope.refs(base, ())
        if any(isinstance(scope.type_of(ref), Unknown) for ref in refs):
            return  # how many outputs it has isn't known
        found = f"its outputs are {listing(range(len(refs)))}"
        if len(refs) == 1:
            found = f"it has a single output: write `{base}`"
        self.report.add(faults.NoSuchOutput, span, node=base, name=".".join(rest), found=found)

    def outputs(self, written: str | None, scope: Scope, place: Place | None) -> tuple[Ref, ...]:
        """What the network returns: all outputs of its last node where nothing is said."""
        if written is None:
            return scope.default_source()
        refs = scope.refs(*split(written))
        if refs:
            return refs
        base, *rest = written.split(".")
        if rest and base in scope.index and place is not None:
            self._unresolved(written, scope, place.value, None)
        elif is_reference(written):
            helps = self.report.nearest(written, lambda: scope.index, scope.where)
            span = place.value if place else None
            self.report.add(faults.UnknownOutput, span, name=written, where=scope.where, helps=helps)
        return scope.default_source()

    def named_by_arguments(self, op: type[Op], source: document.Node, scope: Scope) -> tuple[Ref, ...]:
        """The outputs that arguments such as `like` name, in the order of the op's arguments."""
        refs: list[Ref] = []
        for argument in pointing(op):
            written = source.arguments.get(argument)
            if isinstance(written, str):
                refs.extend(self._resolve(written, scope, source.place, (argument,)))
        return tuple(refs)


@lru_cache(maxsize=1024)
def split(name: str) -> tuple[str, tuple[str | int, ...]]:
    """The node that a reference names, and the output of it."""
    base, *rest = name.split(".")
    return base, tuple(int(part) if part.isdecimal() and len(part) < 10 else part for part in rest)


def is_reference(name: str) -> bool:
    """Whether a text has the form of a reference at all."""
    return name.replace(".", "_").replace("_", "a").isalnum() and name.isascii() and not name.endswith(".")
