"""The zoo computes what torchvision and timm compute, from the weights that its specs map onto theirs."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from archspec.places import zoo
from archspec.spec import Spec, has_errors, load
from archspec.weights.fit import to_theirs
from tests.reference.cases import Case, cases
from tests.reference.depthwise import QuickDepthwise
from tests.reference.twins import flat, matched, ours, reference, without_drops

TOLERANCE = 1e-9
SMALL = ((64, 32), (64, 64), (96, 96), (128, 128))
"""Sizes that are tried in order for the other input: the smallest that the network takes."""


LARGE = 50_000_000
"""Parameters from which on a network is compared by `make reference` alone."""


@pytest.mark.reference
@pytest.mark.parametrize("case", [case for case in cases() if case.parameters < LARGE], ids=str)
def test_other_size(case: Case) -> None:
    compare(case, at_other_size(load(zoo()[case.spec]).with_params(**case.params)))


@pytest.mark.reference
@pytest.mark.exhaustive
@pytest.mark.parametrize("case", [case for case in cases() if case.parameters >= LARGE], ids=str)
def test_other_size_of_large_networks(case: Case) -> None:
    compare(case, at_other_size(load(zoo()[case.spec]).with_params(**case.params)))


@pytest.mark.reference
@pytest.mark.exhaustive
@pytest.mark.parametrize("case", cases(), ids=str)
def test_own_size(case: Case) -> None:
    compare(case, load(zoo()[case.spec]).with_params(**case.params))


def at_other_size(spec: Spec) -> Spec:
    """The spec at a smaller input, or at its own where its weights know their place."""
    for size in SMALL:
        other = spec.with_input(spec.input[0], *size)
        if not has_errors(other.check()) and other.params == spec.params:
            return other
    return spec


def compare(case: Case, spec: Spec) -> None:
    theirs, mine = reference(case), ours(spec)
    pairing = matched(case, theirs, mine)
    names, state = pairing.names, theirs.state_dict()
    own = {name for name, _ in mine.named_buffers()}  # which training changes
    given = {new: state[old].clone() if new in own else state[old] for old, new in names.items()}
    mine.double().load_state_dict(given, assign=True)
    back = to_theirs(pairing, mine.state_dict(), state)
    assert list(back) == list(state) and all(torch.equal(back[name], state[name]) for name in state)
    without_drops(theirs), without_drops(mine)
    images = torch.randn(2, *spec.input, generator=torch.Generator().manual_seed(1), dtype=torch.double)
    with torch.no_grad(), QuickDepthwise():
        agree(mine.eval()(images[:1]), theirs.eval()(images[:1]))
        agree(mine.train()(images), theirs.train()(images))
    updated = mine.state_dict()
    for old, new in names.items():
        if new in own:
            torch.testing.assert_close(updated[new], state[old], rtol=TOLERANCE, atol=TOLERANCE)


def agree(found: object, expected: object) -> None:
    for one, other in zip(flat(found), flat(expected), strict=True):
        assert one.shape == other.shape
        assert difference(one, other) <= TOLERANCE


def difference(one: Tensor, other: Tensor) -> float:
    """The largest difference, by the largest number."""
    assert other.isfinite().all() and other.abs().max() > 0
    return float((one - other).abs().max() / other.abs().max())
