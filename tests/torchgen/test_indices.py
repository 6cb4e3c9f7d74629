"""Inputs that hold indices: `embedding` does what `nn.Embedding` does, and the trial run gives it indices in range."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from archspec.spec import Spec, load_text
from archspec.torchgen import live

HEAD = "archspec: 1\nname: Net\nparams: {vocabulary: 11, width: 8, classes: 3}\n"
TEXT = """input: {shape: [5], dtype: int}
graph:
  words: {op: embedding, num_embeddings: vocabulary, out: width, padding_idx: 0}
  positions: {op: add_parameter, init: {normal: 0.01}}
  norm: layer_norm
  pool: {op: mean, axis: tokens}
  fc: {op: linear, out: classes}
"""
CAPTIONED = """inputs: {image: [3, 4, 4], words: {shape: [2, 5], dtype: int}}
graph:
  seen: {op: conv, from: image, out: width, kernel: 4, padding: 0}
  seen_vector: flatten
  embedded: {op: embedding, from: words, num_embeddings: vocabulary, out: width}
  said: {op: mean, axis: [0, 1]}
  sum: {op: add, from: [seen_vector, said]}
"""


class Reference(nn.Module):
    """What TEXT is, by hand."""

    def __init__(self, vocabulary: int, width: int, classes: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, width, padding_idx=0)
        self.positions = nn.Parameter(torch.zeros(1, 5, width))
        self.norm = nn.LayerNorm(width)
        self.fc = nn.Linear(width, classes)

    def forward(self, indices: torch.Tensor) -> torch.Tensor:
        return self.fc(self.norm(self.words(indices) + self.positions).mean(1))


def spec(text: str = TEXT) -> Spec:
    return load_text(HEAD + text)


@pytest.mark.parametrize("settings", [{}, {"vocabulary": 3, "width": 4}])
def test_equal_weights_give_equal_outputs(settings: dict[str, int]) -> None:
    ours = spec().with_params(**settings).build().eval()
    theirs = Reference(**{"vocabulary": 11, "width": 8, "classes": 3, **settings}).eval()
    order = {name: tensor.shape for name, tensor in ours.state_dict().items()}
    assert order.keys() == theirs.state_dict().keys()
    theirs.load_state_dict(ours.state_dict())
    indices = torch.randint(settings.get("vocabulary", 11), (6, 5), generator=torch.Generator().manual_seed(1))
    assert torch.equal(ours(indices), theirs(indices))


def test_the_counts_are_those_of_torch() -> None:
    parameters = sum(tensor.numel() for tensor in Reference(11, 8, 3).parameters())
    assert (spec().params, spec().macs) == (parameters, 8 * 3)


@pytest.mark.parametrize("vocabulary", [1, 2, 1000])
@pytest.mark.parametrize("text", [TEXT, CAPTIONED])
def test_the_trial_run_gives_indices_in_range(text: str, vocabulary: int) -> None:
    one = spec(text).with_params(vocabulary=vocabulary)
    facts = live.run_once(one.build(), one.network, "cpu")
    assert facts.outputs == (one.network.outputs[0].shape,)  # type: ignore[union-attr]


def test_another_length_is_of_indices_too() -> None:
    longer = spec().with_input(9)
    assert longer.build()(torch.zeros(2, 9, dtype=torch.long)).shape == (2, 3)


def test_the_rows_that_are_looked_up_get_the_gradient() -> None:
    module = spec().build()
    module(torch.tensor([[0, 3, 3, 7, 0]])).sum().backward()
    touched = module.words.weight.grad.abs().sum(1).nonzero().flatten()  # type: ignore[union-attr, operator]
    assert set(touched.tolist()) == {3, 7}
