"""Buffers that are worked out while a network is built have the numbers that the implementation gives them."""

from __future__ import annotations

import pytest
import torch

from archspec.places import zoo
from archspec.spec import load
from archspec.weights import libraries
from tests.reference.cases import Case, cases
from tests.reference.twins import matched

COUNTED = [case for case in cases() if case.model in ("swin_t",)]


@pytest.mark.reference
@pytest.mark.parametrize("case", COUNTED, ids=str)
def test_whole_numbers_are_theirs(case: Case) -> None:
    """Comparing outputs doesn't tell: it gives both sides the same buffers."""
    theirs, mine = libraries.built(case.library, case.model, "cpu"), load(zoo()[case.spec]).build()
    names, given, own = matched(case, theirs, mine).names, theirs.state_dict(), mine.state_dict()
    whole = [old for old in names if not given[old].is_floating_point()]
    assert whole and all(torch.equal(given[old], own[names[old]]) for old in whole)
