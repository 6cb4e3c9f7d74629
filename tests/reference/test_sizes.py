"""docs/generated-source.md says how long generated source is, and how long that of other implementations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from torch import nn

from archspec.weights import libraries
from tests.reference.cases import Case
from tests.reference.sizes import ALSO, PAGE, compared, needed, refreshed, row, rows
from tests.torchgen.networks import CORE, built


@pytest.mark.slow
@pytest.mark.reference
def test_the_page_is_up_to_date(golden: Callable[[Path, str], None]) -> None:
    golden(PAGE, refreshed(PAGE.read_text(encoding="utf-8")))


def test_ours_is_shorter_in_every_row() -> None:
    table = rows(PAGE.read_text(encoding="utf-8"))
    assert list(table) == [row(case) for case in compared()]
    assert [name for name, cells in table.items() if int(cells[1]) >= int(cells[5])] == []


@pytest.mark.slow
@pytest.mark.reference
@pytest.mark.parametrize("case", [case for case in compared() if case.spec in CORE and case not in ALSO], ids=str)
def test_theirs_is_counted_as_said(case: Case) -> None:
    assert rows(PAGE.read_text(encoding="utf-8"))[row(case)][5:] == needed(case).cells


@pytest.mark.reference
@pytest.mark.exhaustive
@pytest.mark.parametrize("case", [case for case in compared() if case.spec not in CORE or case in ALSO], ids=str)
def test_theirs_is_counted_as_said_of_all_others(case: Case) -> None:
    assert rows(PAGE.read_text(encoding="utf-8"))[row(case)][5:] == needed(case).cells


@pytest.mark.reference
@pytest.mark.exhaustive
@pytest.mark.parametrize("case", ALSO, ids=str)
def test_timm_has_the_same_network(case: Case) -> None:
    theirs = libraries.built(case.library, case.model)
    assert isinstance(theirs, nn.Module)
    sizes = [sorted(one.numel() for one in module.parameters()) for module in (theirs, built(case.spec))]
    assert sizes[0] == sizes[1]
