"""YAML text becomes a plain tree with positions, or a report of everything that is wrong with it."""

from __future__ import annotations

import copy
import os
import pickle
import random
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from archspec.diagnostics.catalogue import outside, plain
from archspec.diagnostics.catalogue import text as faults
from archspec.diagnostics.diagnostic import Diagnostic, Error
from archspec.diagnostics.span import Source, Span
from archspec.language.load import TextLimits, YamlList, YamlMap, load, read

NET = """\
archspec: 1
name: Net  # ünïcödé 😀 in a comment
doc: 'Café 😀'
graph:
  conv: {op: conv, out: "4 * planes", kernel: [3, 3], bias: false}

  # a remark
  norm:
    op: batch_norm
    eps: 1e-5
  text: |
    one
    two

last:
"""


def tree_of(text: str) -> YamlMap:
    tree, found = load(Source("net.yaml", text))
    assert tree is not None and [one.title() for one in found] == []
    return tree


def codes(text: str) -> list[str]:
    return [one.code for one in load(Source("net.yaml", text))[1]]


def report(text: str) -> list[tuple[str, str]]:
    """Place and label of each fault."""
    return [(str(one.span).partition(":")[2], one.label()) for one in load(Source("net.yaml", text))[1]]


def helps(text: str) -> list[str]:
    return [one.message() for fault in load(Source("net.yaml", text))[1] for one in fault.helps]


def text_at(span: Span) -> str:
    lines = span.source.lines[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


# --- the tree


def test_tree_is_plain() -> None:
    assert tree_of(NET) == {
        "archspec": 1,
        "name": "Net",
        "doc": "Café 😀",
        "graph": {
            "conv": {"op": "conv", "out": "4 * planes", "kernel": [3, 3], "bias": False},
            "norm": {"op": "batch_norm", "eps": 1e-5},
            "text": "one\ntwo\n",
        },
        "last": None,
    }


def test_keys_keep_their_order() -> None:
    assert list(tree_of(NET)) == ["archspec", "name", "doc", "graph", "last"]


def test_spans_show_what_they_are_of() -> None:
    tree = tree_of(NET)
    conv, norm = tree["graph"]["conv"], tree["graph"]["norm"]
    assert text_at(tree.span_of("doc")) == "'Café 😀'"
    assert text_at(tree.key_span("graph")) == "graph"
    assert text_at(conv.span_of("out")) == '"4 * planes"'
    assert text_at(conv.key_span("kernel")) == "kernel"
    assert text_at(conv["kernel"].span_of(1)) == text_at(conv["kernel"].span_of(-1)) == "3"
    assert text_at(conv.span_of("kernel")) == text_at(conv["kernel"].span) == "[3, 3]"
    assert text_at(norm.span) == text_at(tree["graph"].span_of("norm")) == "op: batch_norm\n    eps: 1e-5"
    assert text_at(tree["graph"].span_of("text")) == "|\n    one\n    two"
    assert str(tree.span_of("last")) == "net.yaml:15:6"


def test_span_of_what_is_not_there_is_the_whole() -> None:
    tree = tree_of(NET)
    assert tree.span_of("nothing") == tree.key_span("nothing") == tree.span
    assert tree["graph"]["conv"]["kernel"].span_of(2) == tree["graph"]["conv"]["kernel"].span


def test_windows_line_ends_move_nothing() -> None:
    tree = tree_of("a: 1\r\nb: {c: x}\r\n")
    assert tree == {"a": 1, "b": {"c": "x"}}
    assert str(tree["b"].span_of("c")) == "net.yaml:2:8"


@pytest.mark.parametrize("text", ["---\na: 1\n", "a: 1\n...\n", "---\na: 1\n...\n# end\n", "# start\n\n---\na: 1"])
def test_marks_around_one_document(text: str) -> None:
    assert tree_of(text) == {"a": 1}


def test_tree_serves_pydantic_as_dict_and_list() -> None:
    class Node(BaseModel):
        model_config = ConfigDict(strict=True)
        op: str
        kernel: list[int]

    class Net(BaseModel):
        model_config = ConfigDict(strict=True)
        nodes: dict[str, Node]

    tree = tree_of("nodes: {conv: {op: conv, kernel: [3, 3]}}")
    assert Net.model_validate(tree) == Net(nodes={"conv": Node(op="conv", kernel=[3, 3])})


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda tree: pickle.loads(pickle.dumps(tree))])
def test_tree_can_be_copied(twin) -> None:  # type: ignore[no-untyped-def]
    tree = tree_of(NET)
    copied = twin(tree)
    assert copied == tree and isinstance(copied["graph"], YamlMap)
    assert isinstance(copied["graph"]["conv"]["kernel"], YamlList)
    assert copied["graph"].span_of("norm") == tree["graph"].span_of("norm")


def test_without_libyaml_the_tree_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = tree_of(NET)
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    tree = tree_of(NET)
    assert tree == expected and tree["graph"].span_of("conv") == expected["graph"].span_of("conv")
    assert codes("a: {out: f(1, 2), b: x[0], c: no, c: 1}") == ["E110", "E110", "E122", "E120"]
    assert codes("a: [1") == ["E104"]


# --- scalars


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("0", 0),
        ("-0", 0),
        ("+7", 7),
        ("-12", -12),
        ("0x1F", 31),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("1.5", 1.5),
        ("1.", 1.0),
        (".5", 0.5),
        ("-.5", -0.5),
        ("+.5e-3", 0.0005),
        ("1e-5", 1e-5),
        ("1E5", 1e5),
        ("1.5e+3", 1500.0),
        ("4 * planes", "4 * planes"),
        ("-x", "-x"),
        ("1/2", "1/2"),
        ("3x3", "3x3"),
        ("1e", "1e"),
        (".", "."),
        ("1.2.3", "1.2.3"),
        ("0o9", "0o9"),
        ("0b", "0b"),
        ("_1", "_1"),
        ("a_1", "a_1"),
        ("nan", "nan"),
        ("inf", "inf"),
        ("yes please", "yes please"),
        ("nO", "nO"),
        ("arXiv:1512.03385", "arXiv:1512.03385"),
        ("https://example.org/a#b", "https://example.org/a#b"),
        ("22:61", "22:61"),
        ("20240101", 20240101),
        ("'no'", "no"),
        ('"012"', "012"),
        ("'1:30'", "1:30"),
        ('"~"', "~"),
        ('"tab\\tnewline\\n"', "tab\tnewline\n"),
        ("'true'", "true"),
        ('""', ""),
        ("'it''s'", "it's"),
    ],
)
def test_scalar(written: str, value: object) -> None:
    resolved = tree_of(f"a: {written}\n")["a"]
    assert resolved == value and type(resolved) is type(value)


@pytest.mark.parametrize(
    ("written", "reading", "meant"),
    [
        ("no", "the truth value false in YAML 1.1, text in YAML 1.2", ["`false`", '`"no"`']),
        ("On", "the truth value true in YAML 1.1, text in YAML 1.2", ["`true`", '`"On"`']),
        ("OFF", "the truth value false in YAML 1.1, text in YAML 1.2", ["`false`", '`"OFF"`']),
        ("Yes", "the truth value true in YAML 1.1, text in YAML 1.2", ["`true`", '`"Yes"`']),
        ("y", "the truth value true in YAML 1.1, text in YAML 1.2", ["`true`", '`"y"`']),
        ("N", "the truth value false in YAML 1.1, text in YAML 1.2", ["`false`", '`"N"`']),
        ("012", "the number 10 in YAML 1.1, the number 12 in YAML 1.2", ["`12`", "`10`"]),
        ("-012", "the number -10 in YAML 1.1, the number -12 in YAML 1.2", ["`-12`", "`-10`"]),
        ("08", "text in YAML 1.1, the number 8 in YAML 1.2", ["`8`", '`"08"`']),
        ("0o12", "text in YAML 1.1, the number 10 in YAML 1.2", ["`10`", '`"0o12"`']),
        ("0b101", "the number 5 in YAML 1.1, text in YAML 1.2", ["`5`", '`"0b101"`']),
        ("-0x10", "the number -16 in YAML 1.1, text in YAML 1.2", ["`-16`", '`"-0x10"`']),
        ("1_000", "the number 1000 in YAML 1.1, text in YAML 1.2", ["`1000`", '`"1_000"`']),
        ("1_0.5", "the number 10.5 in YAML 1.1, text in YAML 1.2", ["`10.5`", '`"1_0.5"`']),
        ("1:30", "the number 90 in YAML 1.1, text in YAML 1.2", ["`90`", '`"1:30"`']),
        ("-1:30.5", "the number -90.5 in YAML 1.1, text in YAML 1.2", ["`-90.5`", '`"-1:30.5"`']),
        ("2024-01-01", "a date in YAML 1.1, text in YAML 1.2", ['`"2024-01-01"`']),
        ("2024-01-01 10:20:30Z", "a date in YAML 1.1, text in YAML 1.2", ['`"2024-01-01 10:20:30Z"`']),
        ("=", "a default value in YAML 1.1, text in YAML 1.2", ['`"="`']),
    ],
)
def test_two_readings_are_refused(written: str, reading: str, meant: list[str]) -> None:
    assert codes(f"a: {written}") == ["E122"]
    assert report(f"a: {written}") == [("1:4", reading)]
    assert [f"`{one.split('`')[1]}`" for one in helps(f"a: {written}")] == meant
    assert tree_of(f'a: "{written}"') == {"a": written}


@pytest.mark.parametrize(
    ("written", "spelling"),
    [("True", "true"), ("TRUE", "true"), ("False", "false"), ("Null", "null"), ("NULL", "null"), ("~", "null")],
)
def test_there_is_one_spelling(written: str, spelling: str) -> None:
    assert codes(f"a: {written}") == ["E123"] and helps(f"a: {written}") == [f"write `{spelling}`"]


def test_tree_goes_on_with_what_was_meant() -> None:
    tree, found = load(Source("net.yaml", "a: no\nb: 012\nc: 1:30\nd: True\ne: y\nf: ~\nf: 2\n"))
    assert tree == {"a": False, "b": 12, "c": 90, "d": True, "e": "y", "f": None}
    assert [one.code for one in found] == ["E122", "E122", "E122", "E123", "E122", "E123", "E120"]


# --- several faults, and their places


def test_all_faults_are_reported_in_order() -> None:
    text = """\
a: {k: 1, k: 2, m: yes}
b: [012, {c: x[0], d: max(1, 2)}]
b: !!str 1
c: &here {kernel:3}
"""
    assert [(code, place) for code, (place, _) in zip(codes(text), report(text), strict=True)] == [
        ("E120", "1:11"),
        ("E122", "1:20"),
        ("E122", "2:5"),
        ("E110", "2:14"),
        ("E110", "2:23"),
        ("E120", "3:1"),
        ("E130", "3:4"),
        ("E131", "4:4"),
        ("E109", "4:11"),
    ]


def test_a_duplicate_shows_both_places() -> None:
    [fault] = load(Source("net.yaml", "stride: 1\nkernel: 3\n'stride': 2\n"))[1]
    assert str(fault.span) == "net.yaml:3:1" and [str(note.span) for note in fault.notes] == ["net.yaml:1:1"]


def test_first_of_two_keys_wins() -> None:
    assert load(Source("net.yaml", "a: 1\na: {b: 2}\nc: 3\n"))[0] == {"a": 1, "c": 3}


@pytest.mark.parametrize(
    "text", ["a: &x 1\nb: *x", "a: {<<: {b: 1}}", "a: 99999999999999999999", "1: 2", "a: {b}", "a:{b: 1}"]
)
def test_no_tree_where_it_would_lack_something(text: str) -> None:
    tree, found = load(Source("net.yaml", text))
    assert tree is None and found


# --- expressions without quotes


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("a: {op: conv, out: make_divisible(32 * w, 8)}", "make_divisible(32 * w, 8)"),
        ("a: {out: make_divisible(32 * w, 8), kernel: 3}", "make_divisible(32 * w, 8)"),
        ("a: {repeat: depths[0], kernel: 3}", "depths[0]"),
        ("a: {out: 2 * widths[i] + 1}", "2 * widths[i] + 1"),
        ("a: {out: max(w[0], min(1, 2)) * 2}", "max(w[0], min(1, 2)) * 2"),
        ("a: {out: even_split(c, 2)[0]}", "even_split(c, 2)[0]"),
        ("a: {out: p if q else [1, 2]}", "p if q else [1, 2]"),
        ("a: {out: [1, 2][i]}", "[1, 2][i]"),
        ("a: {when: x == [1, 2] }", "x == [1, 2]"),
        ("a: {out: max(1, 2)}  # why", "max(1, 2)"),
    ],
)
def test_expression_needs_quotes(text: str, expression: str) -> None:
    tree, [fault] = load(Source("net.yaml", text))
    assert isinstance(fault, faults.ExpressionNeedsQuotes) and fault.span is not None
    assert text_at(fault.span) == expression and helps(text) == [f'write `"{expression}"`']
    assert tree is not None and expression in tree["a"].values()
    assert tree == tree_of(text.replace(expression, f'"{expression}"'))


def test_expression_in_a_list_needs_quotes() -> None:
    assert report("a: [[1, max(2, 3)], [4, 5]]") == [("1:9", "inside `[ ]` a comma or bracket ends the value")]


@pytest.mark.parametrize("text", ["a: max(1, 2)", "a: depths[0]", "a:\n- w[0]\n", "a: {b: f(x), c: (1 + 2) * 3}"])
def test_expression_without_quotes_where_it_needs_none(text: str) -> None:
    tree_of(text)


def test_very_many_of_them_end_the_reading() -> None:
    text = "a:\n" + "- {out: max(1, 2)}\n" * 100
    tree, found = load(Source("net.yaml", text))
    assert tree is None and {one.code for one in found} == {"E110"} and len(found) == 50


# --- syntax


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: {b: 1", "E104", "1:4"),
        ("a: {b: 1\nc: 2\n", "E104", "1:4"),
        ("a: [b\nc: [2]\n", "E104", "1:4"),
        ("a: {b: 1]\n", "E104", "1:4"),
        ("a: {b: 1 # c}\nd: 2", "E104", "1:4"),
        ("a: {b: 1}}\n", "E105", "1:10"),
        ("a: ]\n", "E105", "1:4"),
        ("a: 'b\nc: d\n", "E106", "1:4"),
        ('a: "b\n---\n', "E106", "1:4"),
        ("a:\n\tb: 1\n", "E107", "2:1"),
        ("a:\n  b: 1\n  \tc: 1\n", "E107", "3:3"),
        ("a:\n    b: 1\n  c: 2\n", "E108", "3:3"),
        ("a: 1\n  b: 2\n", "E108", "2:3"),
        ("- a\nb: 1\n", "E108", "2:1"),
        ("  a: 1\n b: 2\n", "E108", "2:2"),
        ("kernel:3\n", "E109", "1:1"),
        ("a:\n  kernel:3\n  stride: 1\n", "E109", "2:3"),
        ("a: 1\nkernel:3\nb: 2\n", "E109", "2:1"),
        ("a: {b:{c: 1}}\n", "E109", "1:6"),
        ("a:\n- b\n-c\n", "E109", "3:1"),
        ("doc: LeNet: the first\n", "E111", "1:11"),
        ("a: 1\nb\nc: 2\n", "E112", "2:1"),
        ("a: {b: 1, c}\n", "E112", "1:11"),
        ("a: {b: x c: 1}\n", "E113", "1:11"),
        ("a: {b: 'x' 'y'}\n", "E113", "1:12"),
        ("a: 'it's'\n", "E114", "1:8"),
        ("a: [1] 2\n", "E114", "1:8"),
        ("a: @b\n", "E115", "1:4"),
        ("a: `b`\n", "E115", "1:4"),
        ("a: {b: |}\n", "E115", "1:8"),
        ('a: "\\q"\n', "E116", "1:5"),
        ('a: "\\ud83d\\ude00"\n', "E116", "1:7"),
        ("a: - b\n", "E103", "1:4"),
        ("a: [1,,2]\n", "E103", "1:7"),
        ("a: ? b\n", "E103", "1:4"),
        ("%YAML 1.1", "E133", "1:1"),
        ("%FOO x\n---\na: 1\n", "E133", "1:1"),
        ("a: !foo!bar b\n", "E130", "1:4"),
        ("a: 1\n...\nb: 2\n", "E134", "3:1"),
        ("a: 1\n---\nb: 2\n", "E134", "2:1"),
        ("...\n", "E135", "1:1"),
    ],
)
def test_syntax(text: str, code: str, place: str) -> None:
    assert [(code, place)] == [(one.code, str(one.span).partition(":")[2]) for one in load(Source("net.yaml", text))[1]]


def test_an_unclosed_bracket_shows_where_its_end_was_expected() -> None:
    [fault] = load(Source("net.yaml", "a: {b: 1\n\nc: 2\n"))[1]
    assert [(str(note.span), note.message()) for note in fault.notes] == [
        ("net.yaml:3:1", "`}` was expected before this")
    ]


def test_what_is_missing_at_the_end_is_within_the_text() -> None:
    [fault] = load(Source("net.yaml", "a: {b: 1\n\n"))[1]
    assert [str(note.span) for note in fault.notes] == ["net.yaml:1:9"]


@pytest.mark.parametrize(
    ("text", "help_line"),
    [
        ("a: {kernel:3}", "write `kernel: 3`"),
        ("doc: LeNet: the first  # of all", 'write `"LeNet: the first"`'),
        ("a: 'it's'", "put quotes around the whole value"),
        ("<<: {}", "put what several nodes share under `defaults`, or in a block"),
    ],
)
def test_help(text: str, help_line: str) -> None:
    assert helps(text) == [help_line]


# --- the catalogue's examples


def e1() -> list[type[Diagnostic]]:
    kinds = [one for file in (faults, plain) for one in vars(file).values() if isinstance(one, type)]
    return [kind for kind in kinds if issubclass(kind, Error) and kind.__dict__.get("wrong")]


@pytest.mark.parametrize("kind", e1())
def test_examples(kind: type[Diagnostic]) -> None:
    assert codes(kind.wrong) == [kind.code]
    assert codes(kind.right) == []


# --- limits, and anything at all


def test_limits_can_be_set() -> None:
    text = "a: [[1, 2], 'xxxx', no, no]\n"
    assert [one.code for one in load(Source("n", text), TextLimits(max_bytes=10))[1]] == ["E003"]
    assert [one.code for one in load(Source("n", text), TextLimits(max_depth=2))[1]] == ["E140"]
    assert [one.code for one in load(Source("n", text), TextLimits(max_events=6))[1]] == ["E141"]
    assert [one.code for one in load(Source("n", text), TextLimits(max_scalar=3))[1]] == ["E142"]
    assert [one.code for one in load(Source("n", text), TextLimits(max_faults=1))[1]] == ["E122", "E143"]
    assert [one.code for one in load(Source("n", "a: [[1, 2], 3]\n"), TextLimits(max_parts=3))[1]] == ["E144"]


def test_limits_count_bytes() -> None:
    assert [one.code for one in load(Source("n", "a: ééé\n"), TextLimits(max_bytes=9))[1]] == ["E003"]
    assert [one.code for one in load(Source("n", "a: ééé\n"), TextLimits(max_scalar=5))[1]] == ["E142"]


def inside(span: Span | None) -> bool:
    if span is None or not 1 <= span.line <= span.end_line <= len(span.source.lines):
        return False
    return 1 <= span.column <= len(span.source.lines[span.line - 1]) + 1


PIECES = st.sampled_from(
    [
        *"a:{}[]#%@?\\\"' \n\té\u200b",
        "b: ",
        "- ",
        ", ",
        "\n  ",
        "\n    ",
        "&a ",
        "*a",
        "!!x ",
        "<<: ",
        "---\n",
        "...\n",
        "|\n",
        "> ",
        "? ",
        "f(1, 2)",
        "x[0]",
        "no",
        "012",
    ]
)


@settings(max_examples=600)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_no_text_gets_past_the_report(text: str) -> None:
    tree, found = load(Source("net.yaml", text))
    assert tree is not None or found
    for fault in found:
        assert fault.title() and inside(fault.span), (text, fault)
        assert all(note.message() and (note.span is None or inside(note.span)) for note in (*fault.notes, *fault.helps))


@settings(max_examples=200)
@given(st.text(max_size=30))
def test_no_characters_get_past_the_report(text: str) -> None:
    tree, found = load(Source("net.yaml", text))
    assert tree is not None or found


def test_a_mutilated_spec_is_reported() -> None:
    chance = random.Random(0)
    for _ in range(400):
        start = chance.randrange(len(NET))
        text = NET[:start] + chance.choice(["", "{", "]", "\n", ": ", "'", "\t"]) + NET[start + chance.randrange(4) :]
        tree, found = load(Source("net.yaml", text))
        assert tree is not None or found


# --- reading files


def test_read(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: caf\xc3\xa9\r\nb: 1\r\n")
    assert read(path) == Source(str(path), "a: café\nb: 1\n")


def test_missing_and_forbidden_files_look_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.yaml"
    missing = read(path)

    def forbid(*args: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", forbid)
    assert isinstance(missing, outside.FileUnreadable) and read(path) == missing


@pytest.mark.parametrize("name", ["nul\0.yaml", "x" * 5000])
def test_impossible_names(name: str) -> None:
    assert isinstance(read(Path(name)), outside.FileUnreadable)


def test_only_ordinary_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    found = [read(path) for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero"))]
    assert [one.title().split("is ")[-1] for one in found if isinstance(one, outside.NotRegularFile)] == [
        "a folder",
        "no ordinary file",
        "no ordinary file",
    ]


def test_large_files_are_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    with path.open("wb") as file:
        file.truncate(2**40)
    assert isinstance(read(path), outside.FileTooLarge)


@pytest.mark.parametrize(
    ("content", "place", "label"),
    [
        (b"a: 1\ndoc: caf\xe9\n", "2:9", "byte 0xE9 can't stand here"),
        (b"\xef\xbb\xbfdoc: caf\xe9\n", "1:9", "byte 0xE9 can't stand here"),
        (b"\xc3\xa9: \xed\xa0\x80\n", "1:4", "byte 0xED can't stand here"),
        ("a: 1".encode("utf-16"), "1:1", "this looks like UTF-16"),
        ("a: 1".encode("utf-16-be"), "1:1", "this looks like UTF-16"),
        ("a: 1".encode("utf-32"), "1:1", "this looks like UTF-16"),
    ],
)
def test_only_utf8_is_read(tmp_path: Path, content: bytes, place: str, label: str) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(content)
    fault = read(path)
    assert isinstance(fault, faults.NotUtf8) and fault.label() == label
    assert str(fault.span).removeprefix(f"{path}:") == place
