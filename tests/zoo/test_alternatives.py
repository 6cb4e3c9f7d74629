"""What docs/zoo.md says of networks that specs could have been: each count is that of the spec, changed as it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from torch import nn

from archspec.places import zoo
from archspec.spec import Spec, load, load_text

DOCUMENT = Path(__file__).parents[2] / "docs" / "zoo.md"
SECTION = "## Networks, one by one"
ELSEWHERE = ("vt_resnet50",)
"""Networks whose own arithmetic stands in the document."""
ONE_BLOCK = """archspec: 1
extends: resnet50
name: OneBlock
blocks:
  Last: {params: {planes: int}, graph: [NonLocal, {op: Bottleneck, planes: planes}]}
graph:
  layer3: [{op: $block, planes: 256, repeat: 5, first: {stride: 2}}, {op: Last, planes: 256}]
"""


@dataclass(frozen=True)
class Case:
    """A spec, texts of it and what stands there instead, and the counts of the result that the document gives."""

    spec: str
    changes: tuple[tuple[str, str], ...]
    counts: tuple[int, ...]

    def changed(self) -> Spec:
        text = re.sub(r"\n(reference|weights):.*", "\n", zoo()[self.spec].read_text("utf-8"), flags=re.DOTALL)
        for old, new in self.changes:
            assert old in text
            text = text.replace(old, new)
        return load_text(text)


SIXTH = (("resnet50.yaml", "resnet50"), ("p6: {op: conv, from: c5", "p6: {op: conv, from: p5"))
"""RetinaNet's sixth level as torchvision's first version reads it; a text has no folder to import from."""
CASES = (
    Case("inception_v2", (("bias: {type: bool, default: true", "bias: {type: bool, default: false"),), (11_285_224,)),
    Case(
        "inception_v2",
        (("160, 128, 160, 128]", "160, 128, 160, 96]"), ("192, 160, 192, 128]", "192, 160, 192, 96]")),
        (11_204_936, 2_018_851_840),
    ),
    Case("shufflenet_v1_x1_5", (("[24,", "[36,"),), (299_612_448,)),
    Case("shufflenet_v1_x0_25", (("[12,", "[6,"),), (11_009_808,)),
    Case("mobilenext", (("default: 1.0, min: 0.1", "default: 1.4, min: 0.1"),), (6_126_168, 588_319_256)),
    Case("mobilenext", (("[960, 3, 1]", "[960, 2, 1]"),), (3_204_856,)),
    Case("mobilenext", (("both: layers == 1", "both: true"),), (3_567_624,)),
    Case("resnet50_gc", (("planes: 64, attention: none", "planes: 64"),), (28_105_032,)),
    Case("retinanet_resnet50", (*SIXTH, ("num_classes: 80", "num_classes: 91")), (34_068_119,)),
)
HOURGLASS = 8_429_088
"""Parameters of the port by its authors, with those that it never calls."""


@pytest.fixture(scope="module")
def said() -> set[int]:
    """The numbers of the section."""
    section = DOCUMENT.read_text("utf-8").partition(SECTION)[2].partition("\n## ")[0]
    parts = [part for part in section.split("\n### ") if not any(f"`{name}`" in part for name in ELSEWHERE)]
    return {int(number.replace(",", "")) for number in re.findall(r"\b\d{1,3}(?:,\d{3})+\b", "".join(parts))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.spec)
def test_counts_of_a_changed_network(case: Case, said: set[int]) -> None:
    spec = case.changed()
    assert set(case.counts) <= {spec.params, spec.macs} & said


def test_one_block_has_what_its_paper_says(said: set[int]) -> None:
    assert load_text(ONE_BLOCK).params in said


def test_differences_are_what_they_are_said_to_be(said: set[int]) -> None:
    plain = load("resnet50")
    assert {load("resnet50_scse").params - plain.params, load("resnet50_cbam").macs - plain.macs, deployed()} <= said
    assert differences() <= said


def test_counts_of_networks_as_they_are(said: set[int]) -> None:
    known = {count for name in zoo() for count in (load(name).params, load(name).macs)}
    changed = {count for case in CASES for count in case.counts}
    others = {10_016, 20_157_328, 6_388_854, 960_000, HOURGLASS}
    channels = {1_088, 2_080, 1_000, 2_048}
    assert said <= known | changed | others | channels | differences() | {deployed(), load_text(ONE_BLOCK).params}


def differences() -> set[int | None]:
    """By what networks differ from those of others: RetinaNet's classes and sixth level, what a port never calls."""
    retinanet, hourglass = load("retinanet_resnet50"), load("stacked_hourglass")
    sixth = Case("retinanet_resnet50", SIXTH, ()).changed()
    more = retinanet.with_params(num_classes=91)
    assert retinanet.params and sixth.params and more.params and hourglass.params
    return {retinanet.params - sixth.params, more.params - retinanet.params, HOURGLASS - hourglass.params}


def deployed() -> int:
    """Parameters of RepVGG-A0 where each block is its 3x3 convolution with a bias."""
    convolutions = [one for one in load("repvgg_a0").build("meta").modules() if isinstance(one, nn.Conv2d)]
    wide = [one for one in convolutions if one.kernel_size == (3, 3)]
    return sum(one.weight.numel() + one.out_channels for one in wide) + 1280 * 1000 + 1000
