"""What a hostile file may try before anything of it is understood: tags, bombs, depth, size, characters, numbers."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from archspec.diagnostics.render import text as rendered
from archspec.diagnostics.span import Source
from archspec.language.load import load

MIB = 2**20


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """Each attempt ends within a second; twice that leaves room for a busy machine."""
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < 2


def codes(text: str) -> set[str]:
    """Codes of the report, which is printed as well: nothing in it may raise or carry a control character."""
    tree, found = load(Source("hostile.yaml", text))
    printed = rendered(found[:20])
    assert all(character == "\n" or character.isprintable() for character in printed)
    assert tree is not None or found
    return {one.code for one in found}


@pytest.mark.parametrize(
    "text",
    [
        "a: !!python/object/apply:os.system [id]",
        "a: !!python/name:os.system ''",
        "!!python/object:builtins.object {}",
        "a: !custom {b: 1}",
        "a: !!binary aGk=",
        "a: !!timestamp xxxx",
        "a: !!int abc",
        "a: !!float ''",
        "a: !<tag:yaml.org,2002:str> b",
        "a: ! b",
        "!!str a: b",
        "- !!set {a, b}",
    ],
)
def test_tags(text: str) -> None:
    assert "E130" in codes(text)


@pytest.mark.parametrize(
    "text",
    ["%YAML 1.1\n---\na: 1", "%TAG ! tag:x,2000:\n---\na: 1", "%YAML 9.9\n---\na: 1", "%TAG !e! !x\n---\na: !e!y 1"],
)
def test_directives(text: str) -> None:
    assert "E133" in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 11)),
        "a0: &a0 {x: 1}\na1: &a1\n  <<: [*a0, *a0]\n",
        "a: &a [*a]",
        "a: &a {*a : 1}",
        "a: *nowhere",
        "? &a b\n: *a",
        "&a a: 1",
    ],
)
def test_anchors_and_aliases(text: str) -> None:
    assert "E131" in codes(text)


def test_merge_keys() -> None:
    assert codes("a: {<<: {b: 1}}") == {"E132"}
    assert codes("a: {'<<': 1}") == set()


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "[a, ", "{a: ", "[{", "{[", "- - "])
@pytest.mark.parametrize("prefix", ["", "a: ", "a:\n "])
def test_depth(opening: str, prefix: str) -> None:
    assert "E140" in codes(prefix + opening * 30_000) or (prefix == "a: " and opening[0] in "-?")


@pytest.mark.parametrize("bracket", ["[", "{a: "])
def test_64_deep_is_not_too_deep(bracket: str) -> None:
    closing = "]" if bracket == "[" else "}"
    assert codes("a: " + bracket * 63 + "x: 1"[: 1 if bracket == "[" else 0] + closing * 63) == set()
    assert codes("a: " + bracket * 64 + closing * 64) == {"E140"}


def test_deep_block() -> None:
    assert codes("".join(" " * depth + "a:\n" for depth in range(200))) == {"E140"}


def test_size() -> None:
    assert codes("#" * (MIB + 1)) == {"E003"}
    assert codes("a: é" + "é" * (MIB // 2)) == {"E003"}
    assert codes("a: " + "x" * 2**16) == set()
    assert codes("a: " + "x" * (2**16 + 1)) == {"E142"}
    assert codes("a: |\n" + "  x\n" * 40_000) == {"E142"}
    assert codes("x" * 200_000 + ": 1") & {"E111", "E136", "E142", "E103"}
    assert codes("a: [" + "x," * 250_000 + "]") == {"E141"}


@pytest.mark.parametrize(
    "text",
    [
        "a: [" + "no, " * 199_000 + "]",
        "a: {" + "x: 1, " * 90_000 + "}",
        "a: {" + "x, " * 60_000 + "}",
        "a: {" + "k:1, " * 60_000 + "}",
        "a: [" + "&a !b x, " * 60_000 + "]",
        "a: [" + "f(, " * 100_000,
        "a: [" + "f(1)[0], " * 100_000 + "]",
        "a:\n" + "- {op: f(1, 2), b: 1}\n" * 30_000,
        "a: {x" + " " * 900_000 + "}",
        "a: {b: 1" + "_" * 60_000 + "x",
        "a: {b: 1" + ":1" * 30_000 + "x",
        "a: {b: " + "0" * 60_000 + "9x",
        "a: " + "9" * 60_000 + ".",
        "a: 1\n" + "\t" * 900_000,
        "\n" * MIB,
        "#\n" * (MIB // 2),
        "\u200b a\n" * 100_000,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_floods_end_soon(text: str) -> None:
    assert codes(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("stride: 1\nstride: 1", {"E120"}),
        ("a: 1\n'a': 2", {"E120"}),
        ("1: a\n0x1: b", {"E120", "E121"}),
        ("1: a\n'1': b", {"E120", "E121"}),
        ("1.5: a", {"E121"}),
        ("true: a", {"E121"}),
        ("null: a", {"E121"}),
        (": a", {"E103"}),
        ("? \n: a", {"E121"}),
        ("? [a, b]\n: c", {"E121"}),
        ("? {a: b}\n: c", {"E121"}),
        ("{a: b}: c", {"E121"}),
        ("no: a", {"E122"}),
        ("2024-01-01: a", {"E122"}),
    ],
)
def test_keys(text: str, expected: set[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize("scalar", ["no", "on", "Yes", "012", "1:30", "2024-01-01", "1_000", "0o17", "0b1"])
def test_ambiguous_scalars(scalar: str) -> None:
    assert codes(f"a: {scalar}") == codes(f"a: [{scalar}]") == codes(f"a: {{b: {scalar}}}") == {"E122"}


@pytest.mark.parametrize(("scalar", "value"), [("1e-5", 1e-5), ("-.5", -0.5), (".5", 0.5), ("1e3", 1000.0)])
def test_floats(scalar: str, value: float) -> None:
    assert load(Source("hostile.yaml", f"a: {scalar}")) == ({"a": value}, [])


@pytest.mark.parametrize(
    "scalar",
    [
        "9" * 4301,
        "-" + "9" * 4301,
        "0x" + "f" * 10_000,
        "0b" + "1" * 10_000,
        "0o" + "7" * 10_000,
        "0" + "7" * 10_000,
        "9_" * 5_000 + "9",
        "1" + ":59" * 5_000,
        str(2**63),
        str(-(2**63) - 1),
        "0x8000000000000000",
        ".nan",
        ".NaN",
        "-.inf",
        "+.INF",
        "1e999",
        "-1e999",
        "9" * 400 + ".0",
    ],
    ids=lambda scalar: scalar[:12],
)
def test_numbers_out_of_range(scalar: str) -> None:
    assert codes(f"a: {scalar}") == {"E124"}


@pytest.mark.parametrize(
    "character", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\x9b", "\u00ad", "\u200b", "\u200d", "\u202e"]
)
@pytest.mark.parametrize("text", ["a: x{}y", "a{}b: 1", "a: 1  # {}", "a: '{}'", "{}a: 1", "a: |\n  x{}"])
def test_raw_characters(text: str, character: str) -> None:
    assert codes(text.format(character) if "{}" in text else text) == {"E102"}


@pytest.mark.parametrize(
    "character", ["\u200d", "\u2028", "\u2029", "\u2066", "\ufeff", "\ufff9", "\ufffe", "\U000e0041", "\r"]
)
def test_more_raw_characters(character: str) -> None:
    assert codes(f"a: x{character}y") == {"E102"}


@pytest.mark.parametrize("surrogate", ["\ud800", "\udfff", "\udce9"])
def test_raw_surrogates(surrogate: str) -> None:
    assert codes(f"a: x{surrogate}y") == {"E101"}


@pytest.mark.parametrize("escape", ["\\0", "\\a", "\\e", "\\x1b", "\\r", "\\N", "\\L", "\\u200b", "\\u202E", "\\uFEFF"])
def test_escaped_characters(escape: str) -> None:
    assert codes(f'a: "x{escape}y"') == codes(f'"x{escape}y": 1') == {"E102"}


@pytest.mark.parametrize("escape", ["\\ud800", "\\U0000D800", "\\U00110000", "\\xzz", "\\u12", "\\'"])
def test_impossible_escapes(escape: str) -> None:
    assert codes(f'a: "x{escape}y"') == {"E116"}


def test_visible_text_of_any_script_is_welcome() -> None:
    assert codes("doc: Größe, 畳み込み, свёртка, 😀, a\u0301, 1\u00a0px\n") == set()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: 1\n---\nb: 2", "E134"),
        ("---\na: 1\n---\n---\n", "E134"),
        ("a: 1\n...\nb: 2", "E134"),
        ("", "E135"),
        ("\n \n# x\n", "E135"),
        ("---", "E135"),
        ("- a\n- b", "E136"),
        ("[]", "E136"),
        ("text", "E136"),
        ("'text'", "E136"),
        ("42", "E136"),
    ],
)
def test_tops(text: str, code: str) -> None:
    assert codes(text) == {code}
