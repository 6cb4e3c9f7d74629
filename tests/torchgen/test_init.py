"""`init`: weights start as torch.nn.init makes them, in a method that reads as if written by hand."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from archspec.spec import Spec, load
from tests.small import said, spec
from tests.torchgen.ruff import check, format_check

LINEAR = "{fc: {op: linear, out: 6}}"
SCHEMES: list[tuple[str, Callable[[Tensor], object]]] = [
    ("zeros", nn.init.zeros_),
    ("ones", nn.init.ones_),
    ("{constant: -0.25}", lambda weight: nn.init.constant_(weight, -0.25)),
    ("{constant: {value: 3}}", lambda weight: nn.init.constant_(weight, 3.0)),
    ("{uniform: 0.1}", lambda weight: nn.init.uniform_(weight, -0.1, 0.1)),
    ("{normal: 0.01}", lambda weight: nn.init.normal_(weight, std=0.01)),
    ("{normal: 1}", nn.init.normal_),
    ("{trunc_normal: {std: 0.02}}", lambda weight: nn.init.trunc_normal_(weight, std=0.02)),
    ("xavier_uniform", nn.init.xavier_uniform_),
    ("{xavier_uniform: 2}", lambda weight: nn.init.xavier_uniform_(weight, gain=2.0)),
    ("{xavier_normal: {gain: 2 ** 0.5}}", lambda weight: nn.init.xavier_normal_(weight, gain=math.sqrt(2))),
    ("kaiming_uniform", lambda weight: nn.init.kaiming_uniform_(weight, nonlinearity="relu")),
    ("{kaiming_uniform: fan_out}", lambda weight: nn.init.kaiming_uniform_(weight, 0, "fan_out", "relu")),
    ("{kaiming_normal: {nonlinearity: tanh}}", lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="tanh")),
    (
        "{kaiming_normal: {nonlinearity: leaky_relu, a: 0.2, mode: fan_out}}",
        lambda weight: nn.init.kaiming_normal_(weight, 0.2, "fan_out", "leaky_relu"),
    ),
    ("orthogonal", nn.init.orthogonal_),
    ("{orthogonal: 0.5}", lambda weight: nn.init.orthogonal_(weight, 0.5)),
]
EVERYTHING = """
params: {num_classes: 10, biased: true, spread: 0.02}
init:
  conv: {kaiming_normal: fan_out}
  batch_norm: ones
  linear: {trunc_normal: spread}
  conv_transpose: {orthogonal: 2 ** 0.5}
  group_norm: ones
  prelu: {constant: -0.25}
blocks:
  Unit:
    params: {bias: true, affine: true}
    graph:
      conv: {op: conv, out: 8, kernel: 3, bias: bias}
      norm: {op: group_norm, groups: 2, affine: affine}
      act: prelu
"""
GRAPH = """
  same: {op: conv, out: 8, kernel: 3, padding: tf_same, bias: false}
  norm: batch_norm
  units: {op: Unit, repeat: 2, first: {bias: false, affine: false}}
  up: {op: conv_transpose, out: 4, kernel: 2, stride: 2}
  pool: global_avg_pool
  hidden: {op: linear, out: 16, bias: biased}
  norm2: batch_norm
  fc: {op: linear, out: num_classes}"""
METHOD = """\
        self.apply(self._initialise)

    @staticmethod
    def _initialise(module: nn.Module) -> None:
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Linear):
            nn.init.trunc_normal_(module.weight, std=0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.ConvTranspose2d):
            nn.init.orthogonal_(module.weight, gain=2**0.5)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.GroupNorm) and module.weight is not None:
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.PReLU):
            nn.init.constant_(module.weight, -0.25)

    def forward("""


def everything() -> Spec:
    return spec(GRAPH, more=EVERYTHING.lstrip())


def method(graph: str, init: str, input: str = "[3, 16, 16]") -> str:
    """The lines of the method, without what stands around them."""
    source = spec(graph, input, f"init: {init}\n").codegen()
    _, _, behind = source.partition("    def _initialise(module: nn.Module) -> None:\n")
    return behind.partition("\n\n")[0].rstrip()


@pytest.mark.parametrize(("scheme", "by_hand"), SCHEMES, ids=[scheme for scheme, _ in SCHEMES])
def test_a_scheme_is_a_call_of_torch(scheme: str, by_hand: Callable[[Tensor], object]) -> None:
    torch.manual_seed(3)
    module = spec(LINEAR, "[5]", f"init: {{linear: {scheme}}}\n").build()
    torch.manual_seed(3)
    expected = nn.Linear(5, 6)
    by_hand(expected.weight)
    assert isinstance(module.fc, nn.Linear)
    assert torch.equal(module.fc.weight, expected.weight)
    assert torch.equal(module.fc.bias, torch.zeros(6))


def test_every_module_of_a_primitive_is_set_and_nothing_else() -> None:
    torch.manual_seed(5)
    module = spec(
        "{a: {op: ConvBN, out: 8, kernel: 3}, b: {op: ConvBN, out: 8, kernel: 3, repeat: 2}, "
        "p: global_avg_pool, fc: {op: linear, out: 4}}",
        more="init: {conv: {constant: 0.5}, batch_norm: zeros}\n",
    ).build()
    torch.manual_seed(5)
    untouched = spec(
        "{a: {op: ConvBN, out: 8, kernel: 3}, b: {op: ConvBN, out: 8, kernel: 3, repeat: 2}, "
        "p: global_avg_pool, fc: {op: linear, out: 4}}"
    ).build()
    for name, value in module.state_dict().items():
        if "conv" in name:
            assert torch.equal(value, torch.full_like(value, 0.5))
        elif name.endswith("bn.weight"):
            assert not value.any()
        else:
            assert torch.equal(value, untouched.state_dict()[name])


def test_the_source_of_everything_at_once(tmp_path: Path) -> None:
    source = everything().codegen()
    assert METHOD in source
    (tmp_path / "net.py").write_text(source, encoding="utf-8")
    check(tmp_path)
    format_check(tmp_path)


def test_everything_at_once_is_set() -> None:
    module = everything().build()
    values = module.state_dict()
    assert torch.equal(values["units.1.norm.weight"], torch.ones(8))
    assert torch.equal(values["units.0.act.weight"], torch.tensor([-0.25]))
    assert not values["units.1.conv.bias"].any() and not values["hidden.bias"].any()
    assert 0.015 < values["hidden.weight"].std() < 0.025
    spread = math.sqrt(2 / (8 * 9))
    assert abs(values["units.1.conv.weight"].std() / spread - 1) < 0.15
    copied = copy.deepcopy(module).state_dict()
    assert all(torch.equal(copied[name], value) for name, value in values.items())


def test_a_parameter_that_init_reads_is_folded_in() -> None:
    assert "nn.init.trunc_normal_(module.weight, std=0.5)" in everything().with_params(spread=0.5).codegen()
    assert "spread" not in everything().codegen()


BLOCKS = """
blocks:
  Gate:
    params: {out: int, wide: true}
    graph:
      fc1: {op: linear, out: out}
      fc2: {op: linear, out: out, when: wide}
      norm: layer_norm
init:
  linear: {constant: 1}
  Gate.linear: {weight: {constant: 2}, bias: {constant: 3}}
  Gate.fc2: {constant: 4}
  head: {bias: {constant: 5}}
  gate.fc1: {weight: {constant: 6}}
"""
GATES = """
  gate: {op: Gate, out: 4}
  narrow: {op: Gate, out: 4, wide: false}
  group: {graph: {inner: {op: linear, out: 4}}}
  head: {op: linear, out: 4}"""
GATES_START = """\
        self.apply(self._initialise)
        nn.init.constant_(self.head.bias, 5.0)
        nn.init.constant_(self.gate.fc1.weight, 6.0)

    @staticmethod
    def _initialise(module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.constant_(module.weight, 1.0)
            nn.init.zeros_(module.bias)
        elif isinstance(module, Gate):
            for layer in module.modules():
                if isinstance(layer, nn.Linear):
                    nn.init.constant_(layer.weight, 2.0)
                    nn.init.constant_(layer.bias, 3.0)
            if isinstance(module.fc2, nn.Linear):
                nn.init.constant_(module.fc2.weight, 4.0)
                nn.init.zeros_(module.fc2.bias)
"""


def test_what_is_said_of_less_is_said_last(tmp_path: Path) -> None:
    """Of a primitive, of one in a block, of a block's node, of a node of the network: in this order."""
    gates = spec(GATES, "[3]", BLOCKS.lstrip())
    source, state = gates.codegen(), gates.build().state_dict()
    assert GATES_START in source
    started = {name: value.flatten()[0].item() for name, value in state.items() if "norm" not in name}
    assert started == {
        **{"gate.fc1.weight": 6, "gate.fc1.bias": 3, "gate.fc2.weight": 4, "gate.fc2.bias": 0},
        **{"narrow.fc1.weight": 2, "narrow.fc1.bias": 3},
        **{"group.inner.weight": 1, "group.inner.bias": 0, "head.weight": 1, "head.bias": 5},
    }
    (tmp_path / "net.py").write_text(source, encoding="utf-8")
    check(tmp_path)
    format_check(tmp_path)


def test_what_is_not_said_is_left_to_torch() -> None:
    torch.manual_seed(3)
    module = spec(LINEAR, "[5]", "init: {linear: {bias: ones}}\n").build()
    torch.manual_seed(3)
    expected = nn.Linear(5, 6)
    assert isinstance(module.fc, nn.Linear)
    assert torch.equal(module.fc.weight, expected.weight)
    assert torch.equal(module.fc.bias, torch.ones(6))


def test_an_imported_network_starts_as_its_own_file_says(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(
        "archspec: 1\nname: Inner\ninput: [3]\ninit: {linear: {constant: 7}}\ngraph: {fc: {op: linear, out: 3}}\n"
    )
    (tmp_path / "outer.yaml").write_text(
        "archspec: 1\nname: Outer\ninput: [3]\nimport: {Inner: inner.yaml}\n"
        "init: {linear: {constant: 8}}\ngraph: {inner: Inner, fc: {op: linear, out: 3}}\n"
    )
    outer = load(tmp_path / "outer.yaml")
    assert "        elif isinstance(module, Inner):\n            module.apply(Inner._initialise)\n" in outer.codegen()
    state = outer.build().state_dict()
    assert [state["inner.fc.weight"][0, 0].item(), state["fc.weight"][0, 0].item()] == [7, 8]


def test_grouped_kernels_start_by_the_outputs_of_a_group() -> None:
    torch.manual_seed(5)
    graph = "{a: {op: conv, out: 512, kernel: 3}, b: {op: conv, kernel: 3, groups: channels}}"
    state = spec(graph, more="init: {conv: group_kaiming_normal}\n").build().state_dict()
    assert abs(state["a.weight"].std() / math.sqrt(2 / (512 * 9)) - 1) < 0.05
    assert abs(state["b.weight"].std() / math.sqrt(2 / 9) - 1) < 0.05


def test_meta_tensors_can_be_initialised() -> None:
    assert {one.device.type for one in everything().build(device="meta").parameters()} == {"meta"}


@pytest.mark.parametrize(
    ("bias", "lines"),
    [
        ("true, true", ["            nn.init.zeros_(module.bias)"]),
        ("false, false", []),
        (
            "true, false",
            ["            if module.bias is not None:", "                nn.init.zeros_(module.bias)"],
        ),
    ],
)
def test_a_bias_is_looked_for_only_where_some_have_none(bias: str, lines: list[str]) -> None:
    one, two = bias.split(", ")
    graph = f"{{a: {{op: linear, out: 4, bias: {one}}}, b: {{op: linear, out: 4, bias: {two}}}}}"
    first = ["        if isinstance(module, nn.Linear):", "            nn.init.ones_(module.weight)"]
    assert method(graph, "{linear: ones}", "[5]").splitlines() == first + lines


def test_layers_within_a_primitive_start_as_others_do() -> None:
    bias = "b: {op: continuous_position_bias, heads: 2, size: 4, hidden: 8}"
    graph = f"{{a: to_channels_last, {bias}, c: {{op: linear, out: 4}}}}"
    net = spec(graph, more="init: {linear: {constant: 0.5}}\n").build()
    weights = {name: value for name, value in net.named_parameters() if name.endswith("weight")}
    assert list(weights) == ["b.mlp.0.weight", "b.mlp.2.weight", "c.weight"]
    assert all((value == 0.5).all() for value in weights.values())
    assert not net.state_dict()["b.mlp.0.bias"].any()


def test_primitives_that_start_alike_share_a_branch() -> None:
    graph = "{a: batch_norm, b: {op: group_norm, groups: 1}, c: {op: conv, out: 4, kernel: 1, bias: false}}"
    assert method(graph, "{group_norm: ones, conv: {normal: 0.1}, batch_norm: ones}").splitlines() == [
        "        if isinstance(module, (nn.BatchNorm2d, nn.GroupNorm)):",
        "            nn.init.ones_(module.weight)",
        "            nn.init.zeros_(module.bias)",
        "        elif isinstance(module, nn.Conv2d):",
        "            nn.init.normal_(module.weight, std=0.1)",
    ]


def test_a_norm_without_a_weight_is_passed_over() -> None:
    graph = "{a: layer_norm, b: {op: layer_norm, affine: false}, c: {op: layer_norm, bias: false}}"
    source = spec(graph, "[4]", "init: {layer_norm: ones}\n")
    assert "if isinstance(module, nn.LayerNorm) and module.weight is not None:" in source.codegen()
    source.build()


def test_the_padding_entry_of_an_embedding_stays_zero() -> None:
    lookup = "op: embedding, num_embeddings: 16, out: 4"
    graph = (
        f"{{pool: {{op: max_pool, kernel: 2, indices: true}}, indices: {{op: flatten, from: pool.1}}, "
        f"a: {{{lookup}, padding_idx: -1}}, b: {{{lookup}, from: indices}}, add: {{op: add, from: [a, b]}}}}"
    )
    module = spec(graph, "[1, 4, 4]", "init: {embedding: {normal: 1}}\n").build()
    assert isinstance(module.a, nn.Embedding) and isinstance(module.b, nn.Embedding)
    assert [bool(row.any()) for row in module.a.weight] == [True] * 15 + [False]
    assert module.b.weight.all()


def test_a_network_without_init_is_left_to_torch() -> None:
    assert "_initialise" not in spec(LINEAR, "[5]").codegen()
    assert "_initialise" not in spec(LINEAR, "[5]", "init: {}\n").codegen()


@pytest.mark.parametrize(
    ("init", "found"),
    [
        ("{linear: ones}", []),
        ("{lineer: ones}", ["E401"]),
        ("{linear: onez}", ["E351"]),
        ("{linear: {normal: 0}}", ["E332"]),
        ("{linear: {normal: 1e39}}", ["E332"]),
        ("{linear: {normal: .nan}}", ["E124"]),
        ("{linear: normal}", ["E331"]),
        ("{linear: {kaiming_normal: {mode: fan}}}", ["E337"]),
        ("{linear: {kaiming_normal: {a: 0.2}}}", ["E332"]),
        ("{linear: {zeros: 0}}", ["E203"]),
        ("{linear: {}}", ["E203"]),
        ("{linear: {ones: , zeros: }}", ["E203"]),
        ("{linear: }", ["E203"]),
        ("{linear: {normal: unknown}}", ["E338"]),
        ("[linear]", ["E203"]),
        ("{fc: ones}", []),
        ("{fc: {weight: ones, bias: {normal: 1}}}", []),
        ("{fc: {weigth: ones}}", ["E351"]),
        ("{fc: {weight: ones, bais: ones}}", ["E202"]),
        ("{fc: {bias: orthogonal}}", ["E353"]),
        ("{linear: group_kaiming_normal}", ["E353"]),
        ("{fc.weight: ones}", ["E354"]),
        ("{fcc: ones}", ["E401"]),
        ("{fcc.fc: ones}", ["E401"]),
        ("{MLP.fc1: ones}", ["W107"]),
        ("{MLP: ones}", ["E354"]),
        ("{relu: {bias: ones}}", ["W107"]),
        ("{relu: ones}", ["W107"]),
        ("{parameter: zeros}", ["W107"]),
        ("{linear: {}, relu: {normal: -1}, cov: one}", ["E203", "E332", "E401", "E351"]),
    ],
)
def test_faults(init: str, found: list[str]) -> None:
    assert [line.split()[0] for line in said(LINEAR, "[5]", f"init: {init}\n")] == found


def test_taps_may_leave_nothing_of_a_primitive() -> None:
    """That is no fault of the file, which speaks of the whole network."""
    graph = "{conv: {op: conv, out: 4, kernel: 3}, pool: global_avg_pool, fc: {op: linear, out: 2}}"
    whole = spec(graph, "[3, 8, 8]", "init: {conv: ones, linear: ones}\ntaps: {c1: conv}\n")
    assert [*whole.check(), *whole.with_taps("c1").check()] == []
