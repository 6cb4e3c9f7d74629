"""What training and evaluation have of a network, each by itself and both in one module, is what torch runs."""

from __future__ import annotations

import json
import re

import pytest
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from archspec.display.built import report
from archspec.places import zoo
from archspec.spec import Spec, SpecError, load
from tests.small import spec

NAMES = [name for name, path in zoo().items() if re.search(r"\bphase: |\btrain: ", path.read_text("utf-8"))]
each = pytest.mark.parametrize("name", NAMES)


def macs(module: nn.Module, of: Spec) -> int:
    """Multiply-accumulates for one sample, of two: one value per channel isn't enough for batch norm in training."""
    samples = [torch.empty(2, *shape, device="meta") for shape in of.inputs.values()]
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        module(*samples)
    flops: int = counter.get_total_flops()
    return flops // 4


def shapes(module: nn.Module, of: Spec) -> tuple[tuple[int, ...], ...]:
    output = module(*(torch.empty(2, *shape, device="meta") for shape in of.inputs.values()))
    given = [output] if isinstance(output, torch.Tensor) else output
    return tuple(tuple(one.shape[1:]) for one in (given.values() if isinstance(given, dict) else given))


def params(module: nn.Module) -> int:
    return sum(one.numel() for one in module.parameters())


def test_there_are_networks_with_phases() -> None:
    assert {"googlenet", "inception_v3", "osnet_x1_0", "deit_small_distilled"} <= set(NAMES)
    assert all(load(name).network.has_phases for name in NAMES)
    assert not load("resnet50").network.has_phases


@each
def test_each_phase_is_what_torch_runs(name: str) -> None:
    whole = load(name)
    both = whole.build("meta")
    assert params(both) == whole.params
    keys: set[str] = set()
    for phase in ("train", "eval"):
        alone = whole.with_phase(phase)
        one = alone.build("meta")
        assert params(one) == alone.params
        both.train(phase == "train")
        assert macs(both, whole) == macs(one.train(), alone) == macs(one.eval(), alone) == alone.macs
        assert shapes(one, alone) == shapes(both, whole) == alone.outputs
        keys |= one.state_dict().keys()
    assert whole.macs == alone.macs and whole.outputs == alone.outputs
    assert keys == both.state_dict().keys()


def test_summaries_say_which_phase_they_count() -> None:
    plain, phased = load("lenet5"), load("googlenet")
    trained = phased.with_phase("train")
    assert plain.summary().title() == "LeNet5: 1 x 32 x 32 -> 10"
    both = " in the eval phase; parameters and buffers are those of both phases"
    assert phased.summary().title() == f"GoogLeNet: 3 x 224 x 224 -> 1000{both}"
    assert trained.summary().title() == "GoogLeNet: 3 x 224 x 224 -> 3 of 1000 in the train phase"
    for one, phase in ((plain, "eval"), (phased, "eval"), (trained, "train")):
        summary = one.summary(depth=1)
        assert f"\nMACs ({phase}) " in summary.table() and f"\n- MACs ({phase}): " in summary.markdown()
        assert f"MACs ({phase}) " in summary._repr_html_()
        assert json.loads(summary.json())["phase"] == phase
        table, agree = report(one.network, one.cost, one.params or 0, one.buffers or 0, list(one.outputs), False)
        assert agree and f"\nMACs ({phase}) " in table


def test_a_node_of_the_other_phase_is_still_a_fault() -> None:
    other = spec("{conv: {op: conv, out: 4, kernel: 1}, end: {op: relu, phase: eval}}")
    with pytest.raises(SpecError, match="E418"):
        other.with_phase("train").build("meta")
    assert other.with_phase("eval").outputs == ((4, 16, 16),)


def test_a_phase_and_taps_can_be_asked_for_together() -> None:
    graph = "{conv: {op: conv, out: 4, kernel: 1}, aux: {op: relu, phase: train}}"
    one = spec(graph, more="taps: {side: aux}\n")
    with pytest.raises(SpecError, match="E418"):
        one.with_taps("side").build("meta")
    for tapped in (one.with_taps("side").with_phase("train"), one.with_phase("train").with_taps("side")):
        assert tapped.build("meta").eval()(torch.empty(1, 3, 4, 4, device="meta")).keys() == {"side"}
