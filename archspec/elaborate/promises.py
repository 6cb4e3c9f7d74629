"""What a spec promises of itself: `expect` at nodes, `require` of parameters and input."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

from archspec.diagnostics.catalogue.promises import ExpectFailed, RequireFailed
from archspec.diagnostics.diagnostic import Diagnostic, Help
from archspec.diagnostics.remarks import NearestInput
from archspec.diagnostics.wording import listing
from archspec.elaborate.evaluator import Evaluator
from archspec.elaborate.faults import Broken
from archspec.elaborate.nearest_input import nearest_input
from archspec.elaborate.origins import show
from archspec.elaborate.scope import NoFact, Scope
from archspec.language import document
from archspec.language.expressions import UnknownName, Value, attributes, names, parse
from archspec.language.place import Place
from archspec.language.tree import YamlMap
from archspec.network import Node
from archspec.types import Stride, TensorType


class Promises:
    """Holds the parts of a network to what is promised of them; of what isn't known, nothing is said."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator, self.report = evaluator, evaluator.report

    def expectations(self, node: Node, source: document.Node, scope: Scope) -> None:
        """Those of a node, and of the `else` that it may have become. What a node repeats is expected of its end."""
        for one in (source,) if node.source is source else (source, node.source):
            if one.expect is not None:
                self._expected(node, one.expect, one.place, scope)

    def _expected(self, node: Node, expect: document.Expect, place: Place, scope: Scope) -> None:
        for index, type_ in enumerate(node.outputs):
            if not isinstance(type_, TensorType):
                continue
            name = node.name if len(node.outputs) == 1 else f"{node.name}.{node.output_name(index)}"
            for fact, written, found in (
                ("channels", expect.channels, type_.channels),
                ("stride", expect.stride, type_.stride),
                ("shape", expect.shape, type_.shape),
            ):
                if written is not None:
                    self._fact(name, fact, Place(place.here["expect"], fact), found, scope)

    def _fact(self, node: str, fact: str, place: Place, found: int | tuple[Stride, ...], scope: Scope) -> None:
        try:
            wanted = self.evaluator.expression(place.here, place, scope)
        except Broken:
            return
        if not _same(wanted, found):
            expected = _shown(wanted, fact)
            self.report.add(
                ExpectFailed, place.value, node=node, fact=fact, expected=expected, found=_shown(found, fact)
            )

    def requirements(self, require: Sequence[str], tree: YamlMap, owner: str, scope: Scope) -> None:
        """Those of a network, over its parameters and inputs."""
        nearest = cache(lambda: nearest_input(require, scope))
        for index, text in enumerate(require):
            place = Place(tree["require"], index)
            try:
                value = self.evaluator.expression(text, place, scope)
            except Broken:
                continue
            if value is not True:
                verdict = f"{text} is {show(value)}"
                known = listing(_values(text, scope))
                found = f"{verdict}: {known}" if known else verdict
                helps = tuple(_help(text, nearest))
                self.report.add(RequireFailed, place.value, owner=owner, found=found, helps=helps)


def without_consequences(found: list[Diagnostic]) -> list[Diagnostic]:
    """Where a requirement isn't met, shapes that don't fit are no faults of their own."""
    if not any(isinstance(fault, RequireFailed) for fault in found):
        return found
    return [fault for fault in found if not _is_of_shapes(fault)]


def _is_of_shapes(fault: Diagnostic) -> bool:
    return fault.code.startswith("E5") or (isinstance(fault, ExpectFailed) and fault.fact == "shape")


def _same(wanted: Value, found: object) -> bool:
    """One number for a stride means both axes."""
    if isinstance(found, tuple) and not isinstance(wanted, tuple | list):
        return bool(found) and all(step == wanted for step in found)
    return tuple(wanted) == found if isinstance(wanted, list | tuple) else wanted == found


def _shown(value: object, fact: str) -> str:
    if fact == "stride" and isinstance(value, tuple):
        return _stride(value)
    if fact == "shape" and isinstance(value, tuple | list):
        return " x ".join(map(str, value))
    return show(value)


def _stride(steps: tuple[Stride, ...]) -> str:
    if not steps:
        return "none"
    return str(steps[0]) if len(set(steps)) == 1 else show([str(step) for step in steps])


def _values(text: str, scope: Scope) -> Iterator[str]:
    """What the names of a requirement are, as far as they were needed."""
    expression = parse(text)
    for base, path in sorted(attributes(expression), key=str):
        try:
            yield f"{'.'.join(map(str, (base, *path)))} is {show(scope.attribute(base, path))}"
        except (NoFact, UnknownName):
            continue
    for name in sorted(names(expression) & scope.values.keys()):
        try:
            yield f"{name} is {show(scope.name(name))}"
        except NoFact:
            continue


def _help(failed: str, nearest: Callable[[], tuple[int, ...] | None]) -> Iterator[Help]:
    """Only where it is the input's size that is wrong."""
    if any(base == "input" for base, _ in attributes(parse(failed))):
        size = nearest()
        if size is not None:
            yield NearestInput(size=" x ".join(map(str, size)))
