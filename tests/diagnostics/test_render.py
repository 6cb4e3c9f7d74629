"""The text that a person reads, to the letter."""

from __future__ import annotations

import json
import time

import pytest

from archspec.diagnostics.catalogue.document import UnknownKey, WrongType
from archspec.diagnostics.catalogue.graph import LaterNode, UnknownOp
from archspec.diagnostics.catalogue.lint import UnusedNode
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.remarks import DefinedHere, DidYouMean, FirstHere, In, LeftOut, Plain
from archspec.diagnostics.render import FORMATS, github, sarif, text, to_json
from archspec.diagnostics.span import Source, Span

SPEC = Source(
    "specs/net.yaml",
    "archspec: 1\n\ngraph:\n  add: {op: ad, from: [conv, input]}\n  conv: relu\n" + "\n" * 40 + "x: y\n",
)
LATER = LaterNode(span=Span(SPEC, 4, 24, 4, 28), name="conv")
TYPO = UnknownOp(
    span=Span(SPEC, 4, 13, 4, 15),
    name="ad",
    what="primitive",
    notes=(In(path="layer1.0", block="Bottleneck", span=Span(SPEC, 46, 1, 46, 2)),),
    helps=(DidYouMean(name="add"), LeftOut(name="conv", test="stride != 1")),
)


def shown(*diagnostics: Diagnostic, limit: int = 20) -> str:
    return text(diagnostics, limit=limit)


def test_a_place_a_note_and_helps() -> None:
    assert (
        shown(TYPO)
        == """\
error[E401]: unknown op `ad`
 --> specs/net.yaml:4:13
  |
4 |   add: {op: ad, from: [conv, input]}
  |             ^^ no primitive has this name
  |
  = in layer1.0, a Bottleneck (specs/net.yaml:46)
  = help: did you mean `add`?
  = help: conv is left out here because its `when` is false: stride != 1 is false

1 error
"""
    )


def test_a_second_marked_line() -> None:
    note = DefinedHere(name="conv", span=Span(SPEC, 5, 3, 5, 7))
    assert (
        shown(LaterNode(span=LATER.span, name="conv", notes=(note,)))
        == """\
error[E403]: `conv` is defined after it is used
 --> specs/net.yaml:4:24
  |
4 |   add: {op: ad, from: [conv, input]}
  |                        ^^^^ a reference can only point to a node defined earlier
5 |   conv: relu
  |   ---- `conv` is defined here

1 error
"""
    )


def test_marked_lines_far_apart_before_and_in_another_file() -> None:
    other = Source("lib.yaml", "a: b\n")
    notes = (
        FirstHere(name="archspec", span=Span(SPEC, 1, 1, 1, 9)),
        DefinedHere(name="x", span=Span(SPEC, 46, 1, 46, 2)),
        DefinedHere(name="a", span=Span(other, 1, 1, 1, 2)),
    )
    assert (
        shown(LaterNode(span=LATER.span, name="conv", notes=notes))
        == """\
error[E403]: `conv` is defined after it is used
  --> specs/net.yaml:4:24
   |
 1 | archspec: 1
   | -------- `archspec` is first given here
...
 4 |   add: {op: ad, from: [conv, input]}
   |                        ^^^^ a reference can only point to a node defined earlier
...
46 | x: y
   | - `x` is defined here
  ::: lib.yaml:1:1
   |
 1 | a: b
   | - `a` is defined here

1 error
"""
    )


def test_two_places_in_one_line() -> None:
    note = FirstHere(name="op", span=Span(SPEC, 4, 9, 4, 11))
    assert (
        "\n".join(shown(LaterNode(span=LATER.span, name="conv", notes=(note,))).splitlines()[3:6])
        == """\
4 |   add: {op: ad, from: [conv, input]}
  |                        ^^^^ a reference can only point to a node defined earlier
  |         -- `op` is first given here"""
    )


def test_without_a_place() -> None:
    assert (
        shown(UnknownKey(key="widht", where="a spec", helps=(DidYouMean(name="width"),)))
        == """\
error[E202]: unknown key `widht`
  = a spec has no such key
  = help: did you mean `width`?

1 error
"""
    )


def test_a_place_over_several_lines_is_marked_in_its_first() -> None:
    assert "3 | graph:\n  | ^^^^^^ found a list" in shown(
        WrongType(span=Span(SPEC, 3, 1, 5, 3), key="graph", expected="a mapping", found="a list")
    )


@pytest.mark.parametrize("place", [(1, 40, 1, 41), (99, 1, 99, 2), (48, 1, 48, 1)])
def test_a_place_beyond_the_text_still_shows_its_label(place: tuple[int, int, int, int]) -> None:
    assert "^ a node has no such key" in shown(UnknownKey(span=Span(SPEC, *place), key="a", where="a node"))


def test_order_counts_and_severities() -> None:
    warning = UnusedNode(span=Span(SPEC, 1, 1, 1, 2), name="a")
    report = shown(TYPO, warning, LATER)
    assert [line for line in report.splitlines() if "[" in line and line[0] in "ew"] == [
        "warning[W103]: node `a` is never used",
        "error[E401]: unknown op `ad`",
        "error[E403]: `conv` is defined after it is used",
    ]
    assert report.endswith("\n\n2 errors, 1 warning\n")


def test_nothing_to_say() -> None:
    assert text([]) == github([]) == ""
    assert json.loads(to_json([]))["diagnostics"] == json.loads(sarif([]))["runs"][0]["results"] == []


def test_a_flood_is_cut_and_counted() -> None:
    flood = [UnusedNode(span=Span(SPEC, 5, 3, 5, 7), name=f"n{number}") for number in range(100_000)]
    started = time.perf_counter()
    report = shown(*flood, TYPO)
    assert time.perf_counter() - started < 5
    assert report.count("\n\n") == 21
    assert report.startswith("error[E401]"), "errors come before warnings where not all fit"
    assert report.endswith("\n\n… and 99,981 more\n\n1 error, 100,000 warnings\n")
    assert json.loads(to_json(flood))["omitted"] == 99_000


def test_a_long_line_is_cut_around_the_place() -> None:
    source = Source("long.yaml", "a" * 500_000 + "HERE" + "b" * 500_000)
    lines = shown(UnknownKey(span=Span(source, 1, 500_001, 1, 500_005), key="HERE", where="a node")).splitlines()
    assert lines[3] == f"1 | …{'a' * 40}HERE{'b' * 76}…"
    assert lines[4] == f"  | {' ' * 41}^^^^ a node has no such key"


def test_both_ends_of_a_long_line() -> None:
    source = Source("long.yaml", "ab" + "c" * 1000)
    start = shown(UnknownKey(span=Span(source, 1, 1, 1, 3), key="ab", where="a node")).splitlines()
    assert start[3] == f"1 | ab{'c' * 118}…" and start[4].startswith("  | ^^ a")
    whole = shown(UnknownKey(span=Span(source, 1, 950, 1, 1003), key="c", where="a node")).splitlines()
    assert whole[3] == f"1 | …{'c' * 120}" and whole[4] == f"  | {' ' * 68}{'^' * 53} a node has no such key"


def test_hostile_text_is_never_echoed() -> None:
    name = "\x1b]0;x\x07\u202e"
    source = Source(f"a{name}.yaml", f"  {name}: 1 \udc80\n")
    fault = UnknownKey(
        span=Span(source, 1, 3, 1, 10),
        key=name,
        where="a node",
        notes=(Plain(words=name, span=Span(source, 1, 1, 1, 2)),),
    )
    for render in FORMATS.values():
        report = render([fault])
        assert all(line.isprintable() for line in report.splitlines())
        report.encode()
    assert r"1 |   \x1b]0;x\x07\u202e: 1 \udc80" in shown(fault)
    assert r"--> a\x1b]0;x\x07\u202e.yaml:1:3" in shown(fault)
    assert r"= \x1b]0;x\x07\u202e (a\x1b]0;x\x07\u202e.yaml:1)" in shown(fault)


def test_marks_stand_below_tabs_wide_letters_and_spelt_out_ones() -> None:
    source = Source("wide.yaml", "\t中\x07 bad\r\n")
    assert shown(UnknownKey(span=Span(source, 1, 5, 1, 8), key="bad", where="a node")).splitlines()[3:5] == [
        r"1 |     中\x07 bad",
        "  |            ^^^ a node has no such key",
    ]


def test_braces_in_a_name_are_text() -> None:
    assert UnknownKey(key="{0} {where.__class__}", where="a node").title() == "unknown key `{0} {where.__class__}`"


def test_colour_on_request_alone() -> None:
    assert "\x1b" not in text([TYPO])
    coloured = text([TYPO], colour=True)
    assert "\x1b[1;31merror[E401]\x1b[0m" in coloured
    plain = coloured
    for code in ("1;31", "1;34", "1;36", "1", "0"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == text([TYPO])
