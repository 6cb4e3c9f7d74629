"""A record behaves as a frozen dataclass does."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from archspec.diagnostics.remarks import DidYouMean, From


def test_equal_records_are_equal() -> None:
    assert From(name="a", value="1") == From(value="1", name="a")
    assert From(name="a", value="1") != From(name="a", value="2")
    assert len({From(name="a", value="1"), From(name="a", value="1"), DidYouMean(name="a")}) == 2


def test_a_changed_copy() -> None:
    assert replace(From(name="a", value="1"), value="2") == From(name="a", value="2")


def test_it_shows_its_fields() -> None:
    assert repr(DidYouMean(name="a")) == "DidYouMean(span=None, name='a')"


def test_it_cannot_be_changed() -> None:
    record = DidYouMean(name="a")
    with pytest.raises(FrozenInstanceError):
        record.name = "b"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del record.name


def test_its_fields_are_checked() -> None:
    with pytest.raises(TypeError, match="From needs `value`"):
        From(name="a")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="DidYouMean has no field `nmae`"):
        DidYouMean(name="a", nmae="b")  # type: ignore[call-arg]
