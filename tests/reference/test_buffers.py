"""Buffers that are worked out while a network is built have the numbers that the implementation gives them."""

from __future__ import annotations

import pytest
import torch

from archspec.places import zoo
from archspec.spec import load
from archspec.weights import libraries
from tests.reference.cases import Case, cases
from tests.reference.twins import matched

COUNTED = [case for case in cases() if case.model in ("swin_t", "swin_v2_t")]


@pytest.mark.reference
@pytest.mark.parametrize("case", COUNTED, ids=str)
def test_they_are_theirs(case: Case) -> None:
    """Comparing outputs doesn't tell: it gives both sides the same buffers."""
    theirs, mine = libraries.built(case.library, case.model, "cpu"), load(zoo()[case.spec]).build()
    names, given, own = matched(case, theirs, mine).names, theirs.state_dict(), mine.state_dict()
    buffers = [name for name, _ in theirs.named_buffers()]
    assert buffers and all(torch.equal(given[old], own[names[old]]) for old in buffers)
