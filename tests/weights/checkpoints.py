"""A small network that is public under other names, for tests of its weights."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from archspec.spec import Spec, load

SPEC = """\
archspec: 1
name: Net
params: {num_classes: 10, width: 8, aux: false}
input: [3, 16, 16]
graph:
  stem: {op: ConvBNAct, out: width, kernel: 3}
  token: {op: scale}
  body: {op: ConvBN, out: width, kernel: 1, repeat: 2}
  more: {op: ConvBN, out: width, kernel: 1, when: aux}
  pool: global_avg_pool
  fc: {op: linear, out: num_classes}
taps: {c1: stem}
weights:
  plain: {from: plain.pth, match: {gamma: token}}
  wide: {from: wide.pth, match: {gamma: token}, params: {width: 12}, doc: for images from -1 to 1}
  absent: {from: absent.pth}
"""


class Theirs(nn.Module):
    """The same network as others would write it; a buffer of theirs has no counterpart."""

    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.conv, self.bn = nn.Conv2d(3, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        self.layers = nn.Sequential(
            nn.Conv2d(width, width, 1, bias=False), nn.BatchNorm2d(width),
            nn.Conv2d(width, width, 1, bias=False), nn.BatchNorm2d(width),
        )  # fmt: skip
        self.head = nn.Linear(width, 10)
        self.gamma = nn.Parameter(torch.ones(width, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.bn(self.conv(x))) * self.gamma
        found: Tensor = self.head(self.layers(x).mean((2, 3)))
        return found


def theirs(width: int = 8) -> Theirs:
    """Theirs in evaluation, with random weights and statistics."""
    torch.manual_seed(0)
    module = Theirs(width).eval()
    for tensor in module.state_dict().values():
        if tensor.is_floating_point():
            tensor.uniform_(0.5, 1.5)
    return module


def spec_in(folder: Path) -> Spec:
    """The spec in a folder, with its checkpoints beside it."""
    (folder / "net.yaml").write_text(SPEC, encoding="utf-8")
    torch.save(theirs().state_dict(), folder / "plain.pth")
    torch.save(theirs(12).state_dict(), folder / "wide.pth")
    return load(folder / "net.yaml")
