"""`init` as a method of the network's class: calls of `torch.nn.init` over the modules of each primitive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from archspec.analysis.order import bottom_up
from archspec.language.expressions import literal, to_source
from archspec.network import Network
from archspec.ops.base import Op
from archspec.torchgen.code import Bracket, Code
from archspec.torchgen.look import form_of
from archspec.torchgen.program import Function, Line, Statement, Suite, keyword

if TYPE_CHECKING:
    from archspec.ops.form import Form
    from archspec.ops.initialisers import Initialiser
    from archspec.torchgen.lower import Lowering
    from archspec.types import TensorType

METHOD: Final = "_initialise"
_ROOTS: Final[dict[object, str]] = {number**0.5: f"{number}**0.5" for number in (2, 3, 5)}
"""Numbers that people write as roots: torch's own linear layers start with a slope of sqrt(5)."""
CALL: Final = Line(f"self.apply(self.{METHOD})")
"""The last line of the constructor."""
_MAYBE_WITHOUT_BIAS: Final = {"nn.Conv2d", "nn.ConvTranspose2d"}
"""Classes whose bias torch declares as one that may be None, so that type checkers want a look at it."""


@dataclass(slots=True)
class _Modules:
    """What a network has of one primitive: the classes, and for each of a module's attributes whether it is there."""

    classes: dict[str, None] = field(default_factory=dict)
    has: dict[str, set[bool]] = field(default_factory=lambda: {"weight": set(), "bias": set(), "padding_idx": set()})

    def may_share_with(self, other: _Modules) -> bool:
        """Whether one branch can start both: it asks the same of their modules."""
        return self._asked() == other._asked()

    def _asked(self) -> tuple[bool, ...]:
        return False in self.has["weight"], True in self.has["bias"], True in self.has["padding_idx"]

    def add(self, op: Op, form: Form, inputs: tuple[TensorType, ...]) -> None:
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


def initialise(lowering: Lowering) -> Function | None:
    """The method; None where the spec leaves all weights to torch. Its calls are among those that are allowed then."""
    schemes = lowering.samples[0].init
    found = _modules(lowering.samples, schemes)
    branches: list[tuple[Initialiser, _Modules]] = []
    for op, scheme in schemes.items():
        if op in found:
            lowering.templates.update(dict.fromkeys((f"nn.init.{scheme.name}_()", "nn.init.zeros_()")))
            lowering.templates.update(found[op].classes)
            alike = (one for other, one in branches if other == scheme and one.may_share_with(found[op]))
            # Primitives that start alike share a branch.
            if (shared := next(alike, None)) is not None:
                shared.take(found[op])
            else:
                branches.append((scheme, found[op]))
    if not branches:
        return None
    body: list[Statement] = []
    for scheme, modules in branches:
        test = " and module.weight is not None" if False in modules.has["weight"] else ""
        header = Line(_instance(sorted(modules.classes)), before="elif " if body else "if ", after=f"{test}:")
        body.append(Suite(header, tuple(_body(scheme, modules))))
    return Function(METHOD, ("module: nn.Module",), "None", tuple(body), static=True)


def _modules(networks: list[Network], schemes: Mapping[str, Initialiser]) -> dict[str, _Modules]:
    """What all samples have of the primitives that start in another way than torch's."""
    found: dict[str, _Modules] = {}
    for graph in (graph for network in networks if schemes for graph in bottom_up(network.root)):
        for node in graph.nodes:
            if isinstance(node.body, Op):
                types: tuple[TensorType, ...] = node.input_types  # type: ignore[assignment]
                if node.body.name in schemes:
                    found.setdefault(node.body.name, _Modules()).add(node.body, form_of(node), types)
                for layer, x in node.body.layers(*types):
                    if layer.name in schemes:
                        found.setdefault(layer.name, _Modules()).add(layer, layer.torch(x), (x,))
    return found


def _body(scheme: Initialiser, modules: _Modules) -> Iterator[Statement]:
    yield Line(Bracket(f"nn.init.{scheme.name}_(", ("module.weight", *_arguments(scheme))))
    padding = Line("nn.init.zeros_(module.weight[module.padding_idx])")
    yield from _where("padding_idx", modules.has["padding_idx"], padding)
    bias = modules.has["bias"] | {False for _ in modules.classes.keys() & _MAYBE_WITHOUT_BIAS}
    yield from _where("bias", bias, Line("nn.init.zeros_(module.bias)"))


def _where(attribute: str, has: set[bool], line: Line) -> Iterator[Statement]:
    """The line, where some modules have the attribute; with a look at it, where others don't."""
    if has == {True}:
        yield line
    elif True in has:
        yield Suite(Line(f"module.{attribute} is not None", before="if ", after=":"), (line,))


def _arguments(scheme: Initialiser) -> Iterator[Code]:
    for arg in scheme.args():
        if arg.value != arg.default:
            text = _ROOTS.get(arg.value) or to_source(literal(arg.value))  # type: ignore[arg-type]
            yield text if arg.keyword is None else keyword(arg.keyword, text)


def _instance(classes: list[str]) -> Code:
    """The test for a module of one of these classes."""
    one = classes[0] if len(classes) == 1 else Bracket("(", tuple(classes))
    return Bracket("isinstance(", ("module", one))
