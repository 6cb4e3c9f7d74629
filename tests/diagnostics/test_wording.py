"""Lists, counts and articles."""

from __future__ import annotations

import pytest

from archspec.diagnostics.wording import article, listing, plural, spoken


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", 3], "a, b and 3"),
        (range(20), "0, 1, 2 and 17 more"),
    ],
)
def test_listing(items: list[object], words: str) -> None:
    assert listing(items, most=3) == words


def test_plural() -> None:
    assert [plural(count, "error") for count in (0, 1, 2, 1000)] == ["0 errors", "1 error", "2 errors", "1,000 errors"]


def test_article() -> None:
    assert [article(noun) for noun in ("Bottleneck", "Inception", "UpBlock")] == [
        "a Bottleneck",
        "an Inception",
        "an UpBlock",
    ]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "true"),
        (3, "the number 3"),
        (0.5, "the number 0.5"),
        ("relu", "the text `relu`"),
        ([1], "a list"),
        ({}, "a mapping"),
        pytest.param(10**5000, "a very large number", id="huge"),
    ],
)
def test_spoken(value: object, words: str) -> None:
    assert spoken(value) == words
