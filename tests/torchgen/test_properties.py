"""Any spec that the compiler accepts runs, and has exactly the shapes, weights and costs that the compiler said."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import torch
from hypothesis import HealthCheck, Phase, given, settings
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from archspec.network import Graph, Kind, Network, Node
from archspec.spec import Spec, SpecError, has_errors, load_text
from archspec.types import TensorType
from tests.torchgen.authors import specs
from tests.torchgen.networks import blocks, static_macs, static_state
from tests.torchgen.plainly import agree
from tests.torchgen.ruff import check, format_check

EXAMPLES = 60
_SLOW = (HealthCheck.too_slow, HealthCheck.large_base_example)


def test_what_is_accepted_is_what_torch_has_and_reads_as_ruff_wants(tmp_path: Path) -> None:
    accepted: dict[str, str] = {}

    @settings(max_examples=EXAMPLES, suppress_health_check=_SLOW, phases=(Phase.generate, Phase.shrink))
    @given(specs())
    def hold(written: dict[str, Any]) -> None:
        text = json.dumps(written)
        spec = accepted_spec(text)
        if spec is not None:
            accepted[text] = spec.codegen()
            verify(spec)

    hold()
    assert len(accepted) > EXAMPLES // 2
    for number, text in enumerate(accepted.values()):
        (tmp_path / f"probe{number}.py").write_text(text, encoding="utf-8")
    check(tmp_path)
    format_check(tmp_path)


def accepted_spec(text: str) -> Spec | None:
    """The spec of a text, None where the compiler rejects it."""
    try:
        spec = load_text(text)
    except SpecError:
        return None
    return None if has_errors(spec.check()) else spec


def verify(spec: Spec) -> None:
    """Holds a module to what the compiler says of it."""
    network = spec.network
    module = spec.build()
    # Sorted: torch puts a module's own parameters before those of its children.
    assert sorted((name, tuple(value.shape)) for name, value in module.state_dict().items()) == static_state(network)
    generator = torch.Generator().manual_seed(0)
    image = torch.randn(2, *spec.input, generator=generator)
    agree(spec, module, image)
    _shapes_agree(network, module.eval(), image)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(image[:1])
    assert counter.get_total_flops() // 2 == static_macs(network)
    _trains(module.train(), image)


def _shapes_agree(network: Network, module: nn.Module, image: Tensor) -> None:
    """Every node with a module gives what the compiler said, and nothing that a block read or gave is overwritten."""
    modules = dict(module.named_modules())
    seen: dict[str, tuple[int, ...]] = {}
    versions: list[tuple[str, Tensor, int]] = []

    def note(path: str, hooked: nn.Module, args: tuple[Tensor, ...], output: Any) -> None:
        if isinstance(output, Tensor):
            seen[path] = tuple(output.shape[1:])

    def keep(path: str, hooked: nn.Module, args: tuple[Tensor, ...], output: Tensor | tuple[Tensor, ...]) -> None:
        outputs = output if isinstance(output, tuple) else (output,)
        versions.extend((path, value, value._version) for value in (*args, *outputs))

    for path, node in network.root.walk():
        if path in modules and _is_its_module(node):
            modules[path].register_forward_hook(partial(note, path))
    for path, block in blocks(module).items():
        block.register_forward_hook(partial(keep, path))
    with torch.no_grad():
        output = module(image)
    expected = {path: node.outputs[0] for path, node in network.root.walk() if path in seen}
    assert seen == {path: type_.shape for path, type_ in expected.items() if isinstance(type_, TensorType)}
    assert (tuple(output.shape[1:]),) == tuple(one.shape for one in network.outputs if isinstance(one, TensorType))
    assert [path for path, value, version in versions if value._version != version] == []


def _is_its_module(node: Node) -> bool:
    """Whether calling the module of a node is all that the node does."""
    if len(node.outputs) != 1 or node.body is None:
        return False
    if isinstance(node.body, Graph):
        return node.body.kind is not Kind.PARALLEL
    return node.body.torch(*(one for one in node.input_types if isinstance(one, TensorType))).forward == "{self}({0})"


def _trains(module: nn.Module, image: Tensor) -> None:
    """Backward reaches the weights, and working in place changes nothing."""
    if next(module.parameters(), None) is None:
        return
    torch.manual_seed(0)
    first = module(image)
    first.sum().backward()
    gradients = {name: one.grad for name, one in module.named_parameters()}
    assert [name for name, gradient in gradients.items() if gradient is None] == []
    module.zero_grad()
    for one in module.modules():
        if hasattr(one, "inplace"):
            one.inplace = False
    torch.manual_seed(0)
    second = module(image)
    second.sum().backward()
    assert torch.equal(first, second)
    for name, one in module.named_parameters():
        gradient = gradients[name]
        assert gradient is not None and one.grad is not None
        torch.testing.assert_close(gradient, one.grad)  # elu's backward takes another formula in place
