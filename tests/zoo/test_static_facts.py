"""What the compiler says of a network before anything runs is what torch has: shapes, names, multiply-accumulates.

Everything runs on the meta device. Its shapes are those of real tensors, since the networks are valid.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from math import prod
from types import FrameType
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode

from archspec.network import Graph, Kind, Node, Phase
from archspec.ops.base import Op
from archspec.places import zoo
from archspec.spec import Spec, load
from archspec.types import TensorType
from tests.torchgen.networks import PARENTS

SETTINGS: dict[str, dict[str, Any]] = {
    "alexnet": {"num_classes": 10},
    "densenet121": {"growth": 12, "depths": [2, 3, 4, 1], "num_classes": 7},
    "efficientnet_b0": {"width": 1.1, "depth": 1.2},
    "ghostnet": {"width": 0.5},
    "googlenet": {"wide_kernel": 3, "num_classes": 11},
    "lenet5": {"num_classes": 26},
    "mobilenet_v2": {"width": 1.4, "num_classes": 5},
    "multi_head_attention": {"heads": 4},
    "resnet50": {"depths": [2, 1, 3, 2], "num_classes": 3},
    "shufflenet_v2_x1_0": {"widths": [24, 48, 96, 192, 512]},
    "stacked_hourglass": {"joints": 17, "depth": 2},
    "vgg16": {"num_classes": 20},
}
SIZES = {"inception_v3": (3, 299, 331), "lenet5": (1, 40, 36), "stacked_hourglass": (3, 128, 192)}
CASES = [
    (name, size, changed)
    for name in zoo()
    for size in (False, True)
    for changed in (False, True)
    if name in SETTINGS or (size == changed and not (name in PARENTS and size))  # blocks of variants are known ones
]
CALL = re.compile(r"\{self\}\([{}\d, ]*\)")
"""The expression of a primitive that is its module's call and nothing else."""
each = pytest.mark.parametrize(("name", "size", "changed"), CASES)


@cache
def spec(name: str, size: bool, changed: bool) -> Spec:
    """A network at its own input or another one, with its own parameters or others."""
    loaded = load(zoo()[name])
    loaded = loaded.with_params(**SETTINGS.get(name, {"num_classes": 10})) if changed else loaded
    return loaded.with_input(*SIZES.get(name, (3, 192, 160))) if size and len(loaded.inputs) == 1 else loaded


@cache
def ran(name: str, size: bool, changed: bool) -> Run:
    return Run(spec(name, size, changed))


class Run(TorchFunctionMode):
    """One forward pass of the built module: what came out of each module, and of each call in generated code."""

    def __init__(self, of: Spec) -> None:
        super().__init__()
        self.module = of.build("meta").eval()
        self.by_module: dict[str, list[tuple[int, ...]]] = {}
        self.by_call: list[list[tuple[int, ...]]] = []
        self.counted = 0
        for path, module in self.module.named_modules():
            module.register_forward_hook(self._recorder(path))
        samples = [torch.empty(1, *shape, device="meta") for shape in of.inputs.values()]
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
            with self:
                self.module(*samples)
            self.flops = counter.get_total_flops()

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if func is nn.functional.scaled_dot_product_attention:
            query, key, value = args[:3]
            self.counted += prod(query.shape[1:-1]) * key.shape[-2] * (query.shape[-1] + value.shape[-1])
        if func in (torch.matmul, Tensor.matmul, Tensor.__matmul__):
            self.counted += prod(result.shape[1:]) * args[0].shape[-1]
        if "archspec" in _caller(sys._getframe(1)):
            self.by_call.append(shapes(result))
        return result

    def _recorder(self, path: str) -> Callable[[nn.Module, Any, Any], None]:
        def record(module: nn.Module, inputs: Any, output: Any) -> None:
            self.by_module.setdefault(path, shapes(output))
            self.counted += counted(module, output)

        return record


def _caller(frame: FrameType | None) -> str:
    """The file that a call stands in; functions of torch that are Python themselves ask by way of another one."""
    if frame is not None and frame.f_code.co_filename.endswith("torch/overrides.py"):
        frame = frame.f_back and frame.f_back.f_back
    return frame.f_code.co_filename if frame is not None else ""


def shapes(value: Any) -> list[tuple[int, ...]]:
    """Shapes without batch of a tensor, or of several."""
    if isinstance(value, Tensor):
        return [tuple(value.shape[1:])]
    several = value.values() if isinstance(value, dict) else value
    return [shape for one in several for shape in shapes(one)] if isinstance(value, list | tuple | dict) else []


def counted(module: nn.Module, output: Any) -> int:
    """Multiply-accumulates of a layer, from its own weight and output."""
    if isinstance(module, nn.Conv2d):
        return prod(output.shape[1:]) * prod(module.weight.shape[1:])
    return prod(output.shape[1:]) * module.in_features if isinstance(module, nn.Linear) else 0


def said(node: Node) -> list[tuple[int, ...]]:
    return [one.shape for one in node.outputs if isinstance(one, TensorType)]


def known(node: Node) -> tuple[TensorType, ...]:
    return tuple(one for one in node.input_types if isinstance(one, TensorType))


def is_whole(node: Node) -> bool:
    """Whether its module is all of it: `self.avgpool(x).flatten(1)` isn't."""
    return not isinstance(node.body, Op) or CALL.fullmatch(node.body.torch(*known(node)).forward) is not None


def own(graph: Graph) -> Iterator[tuple[str, Node]]:
    """The nodes of a graph with modules of their own; one that is called on several inputs is its first call."""
    for node in graph.nodes:
        if isinstance(node.body, Graph) and node.body.kind is Kind.OVER and node.body.nodes[-1].shared:
            yield node.name, node.body.nodes[0]
        elif not node.shared:
            yield node.name, node


def evaluated(graph: Graph, prefix: str = "") -> Iterator[tuple[str, Node]]:
    """Every node that runs in evaluation, by its path."""
    for name, node in own(graph):
        if node.phase is not Phase.TRAIN:
            yield prefix + name, node
            if isinstance(node.body, Graph):
                yield from evaluated(node.body, f"{prefix}{name}.")


@each
def test_shape_of_every_node_that_is_a_module(name: str, size: bool, changed: bool) -> None:
    run, nodes = ran(name, size, changed), dict(evaluated(spec(name, size, changed).network.root))
    inner = tuple(f"{path}." for path, node in nodes.items() if isinstance(node.body, Op))
    modules = [path for path in run.by_module if path and not path.startswith(inner) and is_whole(nodes[path])]
    assert {path: said(nodes[path]) for path in modules} == {path: run.by_module[path] for path in modules}
    assert len(modules) >= len([node for node in nodes.values() if isinstance(node.body, Op)]) // 3
    assert run.by_module[""] == list(spec(name, size, changed).outputs)


@each
def test_shape_of_every_node_that_is_an_expression(name: str, size: bool, changed: bool) -> None:
    """They come out of the calls of generated code, which may write one expression inside another and run it later."""
    run = ran(name, size, changed)
    calls = Counter(tuple(shapes) for shapes in run.by_call)
    for path, node in evaluated(spec(name, size, changed).network.root):
        if isinstance(node.body, Op) and not node.body.idle and not (path in run.by_module and is_whole(node)):
            shapes = tuple(said(node))
            assert calls[shapes] > 0, path
            calls[shapes] -= 1


@each
def test_names_and_shapes_of_weights(name: str, size: bool, changed: bool) -> None:
    module, root = ran(name, size, changed).module, spec(name, size, changed).network.root
    assert dict(weights(root, buffer=False)) == {key: tuple(one.shape) for key, one in module.named_parameters()}
    assert dict(weights(root, buffer=True)) == {key: tuple(one.shape) for key, one in module.named_buffers()}
    assert list(module.state_dict()) == [key for key, _ in weights(root)]


def weights(graph: Graph, buffer: bool | None = None, prefix: str = "") -> Iterator[tuple[str, tuple[int, ...]]]:
    """Every parameter and buffer that the compiler knows of. In each module, bare parameters come first."""
    found = [
        (name, node, node.body.weights(*known(node)) if isinstance(node.body, Op) else ()) for name, node in own(graph)
    ]
    bare = [(prefix + name, one.shape) for name, _, ones in found for one in ones if not one.name]
    yield from bare if buffer is not True else ()
    for name, node, ones in found:
        if isinstance(node.body, Graph):
            yield from weights(node.body, buffer, f"{prefix}{name}.")
        named = [one for one in ones if one.name and buffer in (None, one.buffer)]
        yield from ((f"{prefix}{name}.{one.name}", one.shape) for one in named)


@each
def test_multiply_accumulates(name: str, size: bool, changed: bool) -> None:
    """Those of torch's own counter, and those of hooks that count layer by layer."""
    run = ran(name, size, changed)
    assert spec(name, size, changed).macs == run.flops // 2 == run.counted
