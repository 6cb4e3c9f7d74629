"""A typo gets the name that was meant, and something else gets none."""

from __future__ import annotations

import time

import pytest

from archspec.diagnostics.nearest import nearest
from archspec.diagnostics.remarks import suggestion

OPS = (
    "conv conv_transpose linear batch_norm layer_norm relu relu6 leaky_relu gelu silu max_pool avg_pool add mul concat"
)
CONV = "out kernel stride padding dilation groups bias"
KEYS = "op graph parallel merge from when else repeat first last each expect doc"


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("rellu", OPS, "relu"),
        ("cnov", OPS, "conv"),
        ("lienar", OPS, "linear"),
        ("BatchNorm", OPS, "batch_norm"),
        ("maxpool", OPS, "max_pool"),
        ("conc", OPS, "concat"),
        ("conv2d", OPS, "conv"),
        ("gleu", OPS, "gelu"),
        ("kernel_size", CONV, "kernel"),
        ("strides", CONV, "stride"),
        ("pading", CONV, "padding"),
        ("dilatoin", CONV, "dilation"),
        ("form", KEYS, "from"),
        ("reapeat", KEYS, "repeat"),
        ("Frist", KEYS, "first"),
        ("resnet5", "resnet50 resnext50 vgg16", "resnet50"),
    ],
)
def test_typo(name: str, known: str, meant: str) -> None:
    assert nearest(name, known.split()) == meant


@pytest.mark.parametrize("name", ["", "x", "transformer", "zzzz", "a" * 10_000, "out"])
def test_no_guess(name: str) -> None:
    assert nearest(name, ["out", "kernel", "stride"]) is None


def test_equal_distances_give_the_same_answer_in_any_order() -> None:
    assert nearest("conv4", ["conv3", "conv1", "conv2"]) == nearest("conv4", ["conv2", "conv3", "conv1"]) == "conv1"


def test_many_long_candidates_are_quick() -> None:
    candidates = [f"{'ab' * 28}{number}" for number in range(100_000)]
    started = time.perf_counter()
    nearest("ba" * 31, candidates)
    assert time.perf_counter() - started < 0.5


def test_what_resembles_nothing_gets_the_list() -> None:
    (known,) = suggestion("transformer", ["kernel", "bias"], "`conv`")
    assert known.message() == "`conv` has bias and kernel"
    assert suggestion("transformer", ["kernel"]) == ()
    (close,) = suggestion("kernal", ["kernel", "bias"], "`conv`")
    assert close.message() == "did you mean `kernel`?"
