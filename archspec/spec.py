"""Spec, the object that users hold: a file with the parameters and input it is asked for at. Immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from warnings import warn

from archspec import frontend
from archspec.analysis.cost import Cost, Costs, Count
from archspec.diagnostics.diagnostic import Diagnostic, Severity
from archspec.diagnostics.span import Source
from archspec.display.summary import Summary, summarise
from archspec.frontend import Compiled, Parsed, Request
from archspec.language.document import Document
from archspec.language.overrides import Setting, from_keywords, shape_of
from archspec.language.same import Same
from archspec.network import Network, Phase
from archspec.types import TensorType

if TYPE_CHECKING:
    import torch
    from torch import nn

    from archspec.trained import Match, Trainer
    from archspec.weights.fit import Adapt

    Given: TypeAlias = str | Path | Mapping[str, torch.Tensor]


class SpecError(Exception):
    """A spec that can't be used; `diagnostics` say why, and so does the text of the exception."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        return "\n" + _rendered(self.diagnostics).rstrip()


@dataclass(frozen=True, repr=False)
class Spec:
    """A network's description. What depends on its parameters is worked out when it is first asked for, and kept."""

    _parsed: Parsed
    _request: Request = field(default_factory=Request)

    @property
    def name(self) -> str:
        """The network's class name."""
        return self.document.name

    @property
    def document(self) -> Document:
        """The file as it was read, with its values as they are written."""
        assert self._parsed.document is not None
        return self._parsed.document

    @property
    def doc(self) -> str:
        """What the network is, in a line."""
        return self.document.doc or ""

    @property
    def task(self) -> str | None:
        """What the network is for, where the spec says it: `classification`, `detection`, …"""
        return self.document.task

    @property
    def source(self) -> str:
        """The text of the file."""
        return self._parsed.source.text

    def with_params(self, **values: Any) -> Spec:
        """The same spec with some parameters set; what is wrong with them shows when the network is asked for."""
        return replace(self, _request=frontend.with_setting(self._request, from_keywords(values)))

    def with_settings(self, settings: tuple[Setting, ...]) -> Spec:
        """The same spec with parameters set as text, as on the command line."""
        return replace(self, _request=frontend.with_setting(self._request, settings))

    def with_input(self, *sizes: int) -> Spec:
        """The same spec at another input: `spec.with_input(3, 256, 128)`, without the batch axis."""
        return self.with_input_text("x".join(map(str, sizes)), "with_input")

    def with_input_text(self, text: str, origin: str = "--input") -> Spec:
        """The same spec at an input given as text, `3x256x128`. Raises SpecError where that isn't a shape."""
        shape = shape_of(text, origin)
        if isinstance(shape, Diagnostic):
            raise SpecError((shape,))
        return replace(self, _request=replace(self._request, input=shape))

    def with_taps(self, *names: str) -> Spec:
        """The same spec giving the named feature maps alone, as a dict; what only its outputs needed is gone."""
        return replace(self, _request=replace(self._request, asked=replace(self._request.asked, taps=names)))

    def with_phase(self, phase: str) -> Spec:
        """The same spec in one phase alone, `train` or `eval`: without what only the other needs."""
        return replace(self, _request=replace(self._request, asked=replace(self._request.asked, phase=Phase(phase))))

    def with_same(self, same: Same) -> Spec:
        """The same spec, whose blocks are those of other specs where these say the same."""
        document, imports = self.document, self._parsed.imports
        blocks = same.of({**imports.blocks, **document.blocks})
        own = document.model_copy(update={"blocks": {name: blocks[name] for name in document.blocks}})
        brought = {name: blocks[name] for name in imports.blocks}
        return replace(self, _parsed=replace(self._parsed, document=own, imports=replace(imports, blocks=brought)))

    def check(self) -> tuple[Diagnostic, ...]:
        """All that is wrong with the spec, and what is probably not meant."""
        return self._compiled.found

    @property
    def network(self) -> Network:
        """The typed graph. Raises SpecError where there is none."""
        if self._compiled.network is None:
            raise SpecError(self._compiled.found)
        return self._compiled.network

    @property
    def parameters(self) -> dict[str, Any]:
        """The network's own parameters and their values."""
        return dict(self.network.parameters)

    @property
    def declared(self) -> tuple[str, ...]:
        """The names of the network's own parameters, whether they have values or not."""
        return tuple(self.document.params)

    @property
    def input(self) -> tuple[int, ...]:
        """Shape of the input, the first one of several, without the batch axis."""
        return _shape(self.network.input)

    @property
    def inputs(self) -> dict[str, tuple[int, ...]]:
        """Shapes of all inputs without the batch axis, by name; a single one is `input`."""
        return dict(zip(self.network.root.called_inputs, map(_shape, self.network.root.inputs), strict=True))

    @property
    def outputs(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of the outputs without the batch axis."""
        return tuple(_shape(output) for output in self.network.outputs)

    @property
    def cost(self) -> Cost:
        """Parameters, buffers and multiply-accumulates together."""
        return self._costs.total

    @property
    def params(self) -> Count:
        """Number of trainable parameters; None where it isn't known."""
        return self._costs.total.params

    @property
    def buffers(self) -> Count:
        """Elements of all registered buffers."""
        return self._costs.total.buffers

    @property
    def macs(self) -> Count:
        """Multiply-accumulates of convolutions, linear layers and matrix products for one sample, in the eval phase."""
        return self._costs.total.macs

    def summary(self, depth: int | None = None) -> Summary:
        """The layer table: one row per node, at most `depth` names deep."""
        return summarise(self.network, self._costs, depth)

    def expand(self) -> str:
        """The network with everything resolved, each value with where it came from."""
        from archspec.display.expand import expand

        assert self._parsed.tree is not None
        return expand(self.network, self._parsed.tree)

    def codegen(self) -> str:
        """The network as a PyTorch file that stands by itself."""
        from archspec.torchgen import codegen

        return codegen(self.network, self.file_name, self.digest)

    def build(
        self, device: str | torch.device | None = None, weights: Given | None = None, adapt_input: Adapt | None = None
    ) -> nn.Module:
        """The network as a module: what `codegen` prints, run.

        `weights` are those that the spec names, a file, or a state dict; `adapt_input` says what becomes of the first
        kernel where the input has other channels, `sum` or `repeat`. Raises SpecError where they don't fit.
        """
        from archspec.torchgen import live

        if weights is None:
            return live.build(self.network, self.file_name, self.digest, device=device)
        match = (spec := self.trained_as(weights)).match(weights, adapt_input)
        if match.faults:
            raise SpecError(match.faults)
        if match.notes:
            warn(_rendered(match.notes), stacklevel=2)
        module = spec.build(device)
        module.load_state_dict(match.fit.state, strict=False)
        return module

    def trained_as(self, weights: Given) -> Spec:
        """The spec with the parameters that declared weights were trained with, and those that are set over them."""
        return replace(self, _request=self.trainer.declared_request(weights))

    def match(self, weights: Given, adapt_input: Adapt | None = None) -> Match:
        """What each entry of a checkpoint is for the network, and what is wrong with it; nothing is loaded."""
        found = self.trainer.match(weights, adapt_input)
        if isinstance(found, Diagnostic):
            raise SpecError((found,))
        return found

    @property
    def trainer(self) -> Trainer:
        """Looks for weights of this spec."""
        from archspec.trained import Trainer

        return Trainer(self._parsed, self._request, self.network)

    @property
    def file_name(self) -> str:
        """The file's own name, without its folders."""
        return Path(self.path).name

    @property
    def path(self) -> str:
        """The file as messages call it."""
        return self._parsed.source.name

    @property
    def digest(self) -> str:
        """sha256 of the text, and of the texts that it extends and imports."""
        return self._parsed.digest

    def __repr__(self) -> str:
        settings = "".join(f", {setting.name}={setting.text}" for setting in self._request.settings)
        return f"<Spec {self.name} ({self.file_name}{settings})>"

    def _repr_html_(self) -> str:
        """How a notebook shows it: its layer table and a diagram of its graph."""
        from archspec.display.notebook import faults_html, spec_html

        if self._compiled.network is None:
            return faults_html(_rendered(self.check()))
        return spec_html(self.network, self._costs)

    @cached_property
    def _compiled(self) -> Compiled:
        return frontend.compile(self._parsed, self._request)

    @property
    def _costs(self) -> Costs:
        if self._compiled.costs is None:
            raise SpecError(self._compiled.found)
        return self._compiled.costs


def load(path_or_name: str | Path) -> Spec:
    """The spec of a file, or of a network of the zoo. Raises SpecError where the file's text can't be used at all."""
    parsed = frontend.parse_file(path_or_name)
    if parsed.document is None or parsed.failed:
        raise SpecError(frontend.compile(parsed).found)
    return Spec(parsed)


def load_text(text: str, name: str = "spec.yaml") -> Spec:
    """The spec of a text; `name` is how messages call it."""
    parsed = frontend.parse(Source(name, text))
    if parsed.document is None or parsed.failed:
        raise SpecError(frontend.compile(parsed).found)
    return Spec(parsed)


def check(path_or_name: str | Path) -> tuple[Diagnostic, ...]:
    """All that is wrong with a file, and what is probably not meant."""
    return frontend.compile(frontend.parse_file(path_or_name)).found


def check_text(text: str, name: str = "spec.yaml") -> tuple[Diagnostic, ...]:
    """All that is wrong with a spec given as text."""
    return frontend.compile(frontend.parse(Source(name, text))).found


def has_errors(diagnostics: tuple[Diagnostic, ...]) -> bool:
    return any(one.severity is Severity.ERROR for one in diagnostics)


def _shape(type_: object) -> tuple[int, ...]:
    return type_.shape if isinstance(type_, TensorType) else ()


def _rendered(diagnostics: tuple[Diagnostic, ...]) -> str:
    from archspec.diagnostics.render.text import text

    return text(diagnostics)
