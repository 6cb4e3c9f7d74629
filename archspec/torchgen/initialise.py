"""`init` as a method of the network's class: calls of `torch.nn.init` over the modules of each primitive and block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from archspec.analysis import starts
from archspec.analysis.order import bottom_up
from archspec.language.expressions import literal, to_source
from archspec.network import Graph, Kind
from archspec.torchgen.code import Bracket, Code, Joined
from archspec.torchgen.look import form_of
from archspec.torchgen.plan import Split
from archspec.torchgen.program import Function, Line, Statement, Suite, keyword

if TYPE_CHECKING:
    from archspec.ops.initialisers import Initialiser, Start
    from archspec.torchgen.classes import ClassLowering
    from archspec.torchgen.lower import Lowering

METHOD: Final = "_initialise"
GROUPED: Final = "group_kaiming_normal"
_CALL: Final = Line(f"self.apply(self.{METHOD})")
"""Visits what a module holds before the module itself, so what blocks say of their modules comes last."""
_ROOTS: Final[dict[object, str]] = {number**0.5: f"{number}**0.5" for number in (2, 3, 5)}
"""Numbers that people write as roots: torch's own linear layers start with a slope of sqrt(5)."""
_LARGEST: Final = 10_000
"""Numbers up to this are written as `768**-0.5` where their roots divide."""
_LONG: Final = 12
"""Digits of a number that nobody has written so."""
_MAYBE_WITHOUT_BIAS: Final = {"nn.Conv2d", "nn.ConvTranspose2d"}
"""Classes whose bias torch declares as one that may be None, so that type checkers want a look at it."""


@dataclass(slots=True)
class _Modules:
    """Modules that start alike: their classes, and for each of their attributes whether it is there."""

    classes: dict[str, None] = field(default_factory=dict)
    has: dict[str, set[bool]] = field(default_factory=lambda: {"weight": set(), "bias": set(), "padding_idx": set()})

    def may_share_with(self, other: _Modules) -> bool:
        """Whether one branch can start both: it asks the same of their modules, but for a bias."""
        return self._asked() == other._asked()

    def _asked(self) -> tuple[bool, ...]:
        return False in self.has["weight"], True in self.has["padding_idx"]

    def add(self, module: starts.Module) -> None:
        op, inputs = module.op, module.inputs
        form = form_of(module.node) if module.node is not None else op.torch(*inputs)
        self.classes[form.base or (form.make or "").partition("(")[0]] = None
        weights = {one.name for one in op.weights(*inputs)}
        self.has["weight"].add("weight" in weights)
        if "weight" in weights:
            self.has["bias"].add("bias" in weights)
            self.has["padding_idx"].add(getattr(op, "padding_idx", None) is not None)

    def take(self, other: _Modules) -> None:
        self.classes.update(other.classes)
        for name, has in other.has.items():
            self.has[name] |= has


def initialise(owner: ClassLowering) -> tuple[Function | None, tuple[Statement, ...]]:
    """The method, if there is one, and the last lines of the constructor; none where all is left to torch."""
    if any(graph.init != owner.graphs[0].init for graph in owner.graphs):
        raise Split(lambda graph: graph.init)
    return _Initialise(owner).method() if owner.graphs[0].init else (None, ())


class _Initialise:
    """Writes what one network's `init` says: of primitives, then of blocks, then of its own nodes."""

    def __init__(self, owner: ClassLowering) -> None:
        self.owner = owner
        self.lowering: Lowering = owner.lowering
        self.init: tuple[Start, ...] = owner.graphs[0].init
        self.graphs = list(dict.fromkeys(graph for root in owner.graphs for graph in bottom_up(root)))

    def method(self) -> tuple[Function | None, tuple[Statement, ...]]:
        general = self._of_primitives()
        branches = [*general, *self._of_blocks()]
        own = tuple(self._of_nodes("self" if self.owner.kind is Kind.NETWORK else "module", self.owner.graphs, None))
        if own and self.owner.kind is not Kind.NETWORK:
            branches.append((_instance((self.owner.name,)), "", own))  # where it is imported, its importer goes first
            own = ()
        if general:
            branches += self._of_imports()
        if not branches:
            return None, own
        body = tuple(
            Suite(Line(test, before="elif " if index else "if ", after=f"{more}:"), statements)
            for index, (test, more, statements) in enumerate(branches)
        )
        return Function(METHOD, ("module: nn.Module",), "None", body, static=True), (_CALL, *own)

    def _of_primitives(self) -> list[tuple[Code, str, tuple[Statement, ...]]]:
        """A branch for each primitive; primitives that start alike share one."""
        shared: list[tuple[Start, _Modules]] = []
        for start in self.init:
            if start.block is None and start.op is not None:
                found = self._gathered(starts.of_primitive(start.op, self.graphs))
                alike = (one for other, one in shared if _same(other, start) and one.may_share_with(found))
                if (known := next(alike, None)) is not None:
                    known.take(found)
                elif found.classes:
                    shared.append((start, found))
        branches: dict[tuple[str, tuple[Statement, ...]], dict[str, None]] = {}
        for start, found in shared:
            more = " and module.weight is not None" if False in found.has["weight"] else ""
            lines = tuple(self._lines("module", start, found))
            branches.setdefault((more, lines), {}).update(found.classes)
        return [(_instance(sorted(classes)), more, lines) for (more, lines), classes in branches.items() if lines]

    def _of_blocks(self) -> list[tuple[Code, str, tuple[Statement, ...]]]:
        """A branch for the classes of each block: first all modules of a primitive in it, then its nodes."""
        found: dict[tuple[Statement, ...], list[str]] = {}
        for block in dict.fromkeys(start.block for start in self.init if start.block is not None):
            for name, graphs in self._classes_of(block).items():
                statements = (*self._within(block, graphs), *self._of_nodes("module", graphs, block))
                if statements:
                    found.setdefault(statements, []).append(name)
        return [(_instance(names), "", statements) for statements, names in found.items()]

    def _classes_of(self, block: str) -> dict[str, list[Graph]]:
        """The classes that a block has become, with the instances that each stands for."""
        found: dict[str, list[Graph]] = {}
        for graph in starts.instances(block, self.graphs):
            found.setdefault(self.lowering.class_of(graph), []).append(graph)
        return found

    def _within(self, block: str, graphs: list[Graph]) -> Iterator[Statement]:
        """A loop over what an instance of the block holds."""
        within = list(dict.fromkeys(one for graph in graphs for one in bottom_up(graph)))
        tests: list[Statement] = []
        for start in self.init:
            if start.block == block and start.op is not None:
                found = self._gathered(starts.of_primitive(start.op, within))
                if found.classes:
                    test = _instance(sorted(found.classes), "layer")
                    header = Line(test, before="elif " if tests else "if ", after=":")
                    tests.append(Suite(header, tuple(self._lines("layer", start, found))))
        if tests:
            yield Suite(Line("module.modules()", before="for layer in ", after=":"), tuple(tests))

    def _of_nodes(self, module: str, graphs: list[Graph], block: str | None) -> Iterator[Statement]:
        """The nodes that entries name; one that some instances leave out is looked at first."""
        for start in self.init:
            if start.block == block and start.op is None:
                found = [starts.at(graph, start.path) for graph in graphs]
                there = [one for one in found if isinstance(one, starts.Module)]
                gathered, text = self._gathered(there), ".".join((module, *start.path))
                lines = tuple(self._lines(text, self._beyond(start, there), gathered))
                if there and len(there) < len(found):
                    yield _if(_instance(sorted(gathered.classes), text), lines)
                elif there:
                    yield from lines

    def _beyond(self, start: Start, modules: list[starts.Module]) -> Start:
        """An entry of a node without a bias that starts as all biases of its primitive do."""
        ops = {module.op.name for module in modules}
        before = [one for one in self.init if one.op in ops]
        same = len(before) == 1 and before[0].block is None and before[0].bias == start.bias
        return replace(start, bias=None) if same and start.weight is not None else start

    def _of_imports(self) -> Iterator[tuple[Code, str, tuple[Statement, ...]]]:
        """Imported networks start as their own files say."""
        known = {one.name for one in self.lowering.classes if any(each.name == METHOD for each in one.functions)}
        mine = self.owner.graphs
        imported = (one for one in self.graphs if one.init and one.kind is Kind.BLOCK and one not in mine)
        for name in dict.fromkeys(map(self.lowering.class_of, imported)):
            if name in known:
                yield _instance((name,)), "", (Line(f"module.apply({name}.{METHOD})"),)

    def _gathered(self, modules: Iterable[starts.Module]) -> _Modules:
        found = _Modules()
        for module in modules:
            found.add(module)
        self.lowering.templates.update(found.classes)
        return found

    def _lines(self, module: str, start: Start, found: _Modules) -> Iterator[Statement]:
        """The calls for one module, which `module` is the text of."""
        for part, scheme in start.parts:
            if scheme.name == GROUPED:
                self.lowering.templates.update(dict.fromkeys(("nn.init.normal_()", "x.numel()")))
                yield from _by_groups(module)
                continue
            self.lowering.templates.update(dict.fromkeys((f"nn.init.{scheme.name}_()", "nn.init.zeros_()")))
            fill = Line(Bracket(f"nn.init.{scheme.name}_(", (f"{module}.{part}", *_arguments(scheme))))
            if part == "weight":
                yield fill
                padding = Line(f"nn.init.zeros_({module}.weight[{module}.padding_idx])")
                yield from _where(f"{module}.padding_idx", found.has["padding_idx"], padding)
            else:
                maybe = {False for _ in found.classes.keys() & _MAYBE_WITHOUT_BIAS}
                yield from _where(f"{module}.bias", found.has["bias"] | maybe, fill)


def _if(test: Code, lines: tuple[Statement, ...]) -> Statement:
    """A suite under one test; with a lone test inside, under both."""
    (first, *others) = lines
    if not others and isinstance(first, Suite) and isinstance(first.header.code, str) and first.header.before == "if ":
        return Suite(Line(Joined((test, f" and {first.header.code}")), before="if ", after=":"), first.body)
    return Suite(Line(test, before="if ", after=":"), lines)


def _by_groups(module: str) -> Iterator[Statement]:
    """What torch has no function for."""
    fan_out = f"{module}.out_channels // {module}.groups * {module}.weight[0, 0].numel()"
    yield Line(fan_out, before="fan_out = ")
    yield Line(Bracket("nn.init.normal_(", (f"{module}.weight", "std=(2 / fan_out) ** 0.5")))


def _same(one: Start, other: Start) -> bool:
    return (one.weight, one.bias) == (other.weight, other.bias)


def _where(attribute: str, has: set[bool], line: Line) -> Iterator[Statement]:
    """The line, where some modules have the attribute; with a look at it, where others don't."""
    if has == {True}:
        yield line
    elif True in has:
        yield Suite(Line(f"{attribute} is not None", before="if ", after=":"), (line,))


def _arguments(scheme: Initialiser) -> Iterator[Code]:
    for arg in scheme.args():
        if arg.value != arg.default:
            text = _root(arg.value) or to_source(literal(arg.value))  # type: ignore[arg-type]
            yield text if arg.keyword is None else keyword(arg.keyword, text)


def _root(value: object) -> str | None:
    """`5**0.5`, `768**-0.5`: numbers that are roots, as people write them."""
    if not isinstance(value, float) or value in _ROOTS or len(repr(value)) < _LONG:
        return _ROOTS.get(value)
    if value < 0:
        return f"-({root})" if (root := _root(-value)) is not None else None
    whole = round(value**-2) if value > _LARGEST**-0.5 else 0
    return f"{whole}**-0.5" if whole > 1 and whole**-0.5 == value else None


def _instance(classes: Iterable[str], module: str = "module") -> Code:
    """The test for a module of one of these classes."""
    known = tuple(classes)
    one = known[0] if len(known) == 1 else Bracket("(", known)
    return Bracket("isinstance(", (module, one))
