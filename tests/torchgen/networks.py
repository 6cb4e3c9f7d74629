"""The networks that the tests of generated code share, each read, printed and built once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import torch
from torch import Tensor, nn

from archspec.analysis.cost import Costs
from archspec.network import Graph, Kind, Network
from archspec.places import TEMPLATES, zoo
from archspec.spec import Spec, load, load_text

NAMES = tuple(sorted(zoo()))
"""Every network of the zoo: what costs little is asked of each."""
PARENTS = {
    name: Path(line.partition(":")[2].strip()).stem
    for name, path in zoo().items()
    for line in path.read_text("utf-8").splitlines()
    if line.startswith("extends:")
}
"""The network that each variant changes."""
OWN = tuple(name for name in NAMES if name not in PARENTS)
"""Networks that are no variants of others."""
CORE = (
    "alexnet",
    "densenet121",
    "efficientnet_b0",
    "ghostnet",
    "googlenet",
    "lenet5",
    "mobilenet_v2",
    "resnet50",
    "shufflenet_v2_x1_0",
    "vgg16",
)
"""Networks that have all there is between them: what takes long is asked of these."""
SIZES = {"alexnet": 96, "inception_v3": 299, "lenet5": 32, "vgg11": 32, "vgg16": 32, "vgg16_bn": 32}
"""Height and width at which a network runs here, where 64 isn't it."""

SUPPORT = frozenset(
    re.findall(r"^class (\w+)", "\n".join(path.read_text() for path in TEMPLATES.glob("support/*")), re.M)
)
"""Classes that generated source carries for primitives that torch has no class for."""

EVERY_KIND = """
archspec: 1
name: EveryKind
doc: One node of every kind that there is, and every block of the library.
params: {num_classes: 7, wide: true, act: silu}
input: [3, 32, 32]
blocks:
  Inner:
    doc: A residual block with a group, a table and an option.
    params: {out: int, stride: 1, act: relu}
    let: {hidden: out // 2}
    graph:
      reduce: {op: ConvBNAct, out: hidden, kernel: 1, act: $act}
      group:
        graph:
          conv: {op: conv, out: hidden, kernel: 3, stride: stride}
          gate: {op: sigmoid, from: conv}
          mul: {op: mul, from: [conv, gate]}
          relu: relu
      expand: {op: conv, out: out, kernel: 1}
      skip:
        {from: input, op: ConvBN, out: out, kernel: 1, stride: stride, when: stride != 1 or input.channels != out}
      add: {op: add, from: [expand, skip]}
      relu: relu
  Option:
    params: {out: int, stride: 1}
    graph:
      conv: {op: conv, out: out, kernel: 3, stride: stride}
      add: {op: add, from: [conv, input], when: stride == 1 and input.channels == out}
graph:
  stem: [{op: ConvBNAct, out: 16, kernel: 3, act: $act}, {op: max_pool, kernel: 2}]
  act: relu
  pair: {op: ConvAct, out: 16, kernel: 3, when: wide, else: {op: conv, out: 16, kernel: 1}}
  stage: {op: Inner, out: 16, repeat: 3, first: {stride: 2}, last: {act: gelu}}
  table: {op: Inner, each: {columns: [out, stride, act], rows: [[16, 1, relu], [24, 2, silu]]}}
  option: {op: Option, each: {columns: [out, stride], rows: [[24, 1], [20, 1], [20, 1]]}}
  branches:
    parallel:
      left: {op: DepthwiseSeparable, out: 8}
      right: [{op: InceptionBranch, reduce: 4, out: 8, kernel: 3}, relu]
      rest: identity
    merge: concat
  both: {parallel: [{op: ConvBN, out: 40, kernel: 1}, {op: conv, out: 40, kernel: 3}], merge: add}
  attend: {op: SqueezeExcite, reduction: 4}
  fork: {op: Fork, out: 20}
  inverted: {op: InvertedResidual, expand: 2, out: 20, se: true}
  pooled: {op: PooledBranch, out: 40}
  gates: [CBAM, SCSE, GlobalContext, NonLocal]
  weigh: {parallel: {value: identity, weight: [{op: global_avg_pool, keepdim: true}, sigmoid]}, merge: mul}
  norm2d: LayerNorm2d
  dense: {op: DenseBlock, layers: 2, growth: 4}
  linked: {op: DenseLayer, growth: 4, repeat: 2, link: aggregate}
  listed: [{op: DenseLayer, growth: 4, repeat: 2, link: dense}, {op: DenseLayer, growth: 4, repeat: 2, link: aggregate}]
  down: {op: ShuffleDownUnit, out: 48}
  unit: {op: ShuffleUnit, repeat: 2}
  inner:
    graph:
      low: {op: ShuffleBranch, out: 24}
      high: {op: ConvBN, out: 24, kernel: 1}
      sum: {op: add, from: [low, high]}
  tokens: to_tokens
  norm: layer_norm
  attention: {op: MultiHeadAttention, heads: 2}
  residual: {op: add, from: [attention, tokens]}
  mlp: {op: MLP, hidden: 48}
  encoder: {op: EncoderBlock, heads: 2, hidden: 48}
  drop: {op: drop_path, p: 0.5}
  mean: {op: mean, axis: tokens}
  head: {op: linear, out: num_classes}
"""


@cache
def spec(name: str) -> Spec:
    """A network of the zoo, or `every_kind`."""
    return load_text(EVERY_KIND) if name == "every_kind" else load(zoo()[name])


@cache
def printed(name: str) -> str:
    """Its source."""
    return spec(name).codegen()


@cache
def executed(name: str) -> ModuleType:
    """Its source, run as it stands."""
    return execute(printed(name), name)


def execute(text: str, name: str) -> ModuleType:
    module = ModuleType(name)
    exec(compile(text, f"{name}.py", "exec"), module.__dict__)
    return module


def built(name: str, device: str = "meta") -> nn.Module:
    with torch.device(device):
        return spec(name).build()


def image(name: str, batch: int = 2, device: str = "cpu") -> Tensor:
    """A batch that the network runs on in little time."""
    channels, size = spec(name).input[0], SIZES.get(name, 64 if name in NAMES else 32)
    if device == "meta":
        return torch.empty(batch, channels, size, size, device=device)
    return torch.randn(batch, channels, size, size, generator=torch.Generator().manual_seed(1))


def blocks(module: nn.Module) -> dict[str, nn.Module]:
    """What in a network, itself included, is of a class of its own file and stands for no primitive."""
    own = type(module).__module__
    return {
        path: one
        for path, one in module.named_modules()
        if type(one).__module__ == own and type(one).__name__ not in SUPPORT
    }


def static_state(network: Network) -> list[tuple[str, tuple[int, ...]]]:
    """Names and shapes of all weights as the compiler says they are, by name."""
    return sorted(_weights(network.root, ""))


def _weights(graph: Graph, prefix: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A module that is called several times has its weights once, under the first node's name or its own."""
    alone = graph.kind is Kind.OVER and graph.nodes[0].source.each is None
    for node in graph.nodes:
        path = prefix.removesuffix(".") if alone else prefix + node.name
        if node.shared is None and isinstance(node.body, Graph):
            yield from _weights(node.body, f"{path}.")
        elif node.shared is None and node.body is not None:
            for weight in node.body.weights(*node.input_types):
                yield f"{path}.{weight.name}" if weight.name else path, weight.shape


def static_macs(network: Network) -> int | None:
    return Costs(network.root).total.macs
