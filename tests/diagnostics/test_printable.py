"""Nothing of a spec acts on a terminal: what can't be seen is spelt out."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archspec.diagnostics.printable import amount, columns, printable, shortened


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("conv1 `out` 64", "conv1 `out` 64"),
        ("café 中文 λ", "café 中文 λ"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("a\nb\r\tc\x00\x7f\x9b", r"a\nb\r\tc\x00\x7f\x9b"),
        ("user\u202egpj.exe\u2066", r"user\u202egpj.exe\u2066"),
        ("in\u200bvis\u200dible\ufeff\xad", r"in\u200bvis\u200dible\ufeff\xad"),
        ("\u3164\u115f\u2028\u2029\xa0\u3000", r"\u3164\u115f\u2028\u2029\xa0\u3000"),
        ("lone \ud800 \udcff", r"lone \ud800 \udcff"),
        ("pile a\u0301\u0302\u20dd\ufe0f", r"pile a\u0301\u0302\u20dd\ufe0f"),
        ("tag \U000e0041 private \ue000", r"tag \U000e0041 private \ue000"),
        ("[link=http://evil] {x} <b> %s", "[link=http://evil] {x} <b> %s"),
    ],
)
def test_what_cannot_be_seen_is_spelt_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters(), max_size=60))
def test_nothing_invisible_is_left(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Mn", "Me", "Zl", "Zp") for char in shown)
    assert printable(shown) == shown


def test_long_text_loses_its_middle() -> None:
    assert shortened("a" * 10, 10) == "a" * 10
    assert shortened("a" * 1000 + "b" * 1000, 8) == "aaaaaa…bb"


def test_counts_of_any_size_are_short() -> None:
    assert amount(1234567) == "1,234,567"
    assert amount(-3) == "-3"
    assert amount(10**40) == "about 10**40"
    assert len(amount(1 << 100_000)) < 20


def test_wide_letters_take_two_columns() -> None:
    assert columns("ab") == 2
    assert columns("中a") == 3
