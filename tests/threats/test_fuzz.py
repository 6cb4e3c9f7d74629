"""Whatever is done to a spec, and whatever stands in it, ends in a network or a report."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archspec.diagnostics.diagnostic import Diagnostic, Severity
from archspec.diagnostics.render import text as rendered
from archspec.display.summary import FORMATS
from archspec.language.document import Block, Document, Each, Expect, Model, Node, Reference
from archspec.language.overrides import Setting
from archspec.ops import registry
from archspec.places import SPECS
from archspec.spec import Spec, SpecError, check_text, load, load_text
from tests.threats.trees import changed

SPEC_FILES = sorted(SPECS.glob("*.yaml"))
ROUNDS = max(3, 600 // len(SPEC_FILES))
"""Cases of each spec, some six hundred in all."""
MOST_SECONDS = 2

SIGNS = "[ ] { } , : - # | > &a *a !t % @ ` ' ? \\ .. ) max( if"
SPACES = ('"', ": ", "- ", "\n", "  ", "\t", "\x1b", "\u202e", "\ufeff", "\0", "\ud800")
EXPRESSIONS = ("i / n", "0 if", "2 ** 62", "even_split(3, 2)", "archspec: 1", "é")
PLAIN = """
0 1 -1 2 9223372036854775807 1e999 .nan no true null 012 1:30 0.5 none none.1 $act i n input.channels
op from when else repeat each first last columns rows graph parallel merge expect over share phase taps weights
input inputs outputs params let blocks reference defaults init require extends import channels stride kernel out
groups padding conv ConvBNAct concat add flatten linear split global_avg_pool to_tokens
"""
TOKENS = (*SIGNS.split(), *SPACES, *EXPRESSIONS, *PLAIN.split())


class WithoutAliases(yaml.SafeDumper):
    """The language has none."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def swap(lines: list[str], dice: random.Random) -> None:
    first, second = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]


def drop(lines: list[str], dice: random.Random) -> None:
    del lines[dice.randrange(len(lines))]


def double(lines: list[str], dice: random.Random) -> None:
    lines.insert(dice.randrange(len(lines)), dice.choice(lines))


def indent(lines: list[str], dice: random.Random) -> None:
    at = dice.randrange(len(lines))
    lines[at] = dice.choice(("  " + lines[at], lines[at].removeprefix("  "), "\t" + lines[at]))


def flip(lines: list[str], dice: random.Random) -> None:
    at = dice.randrange(len(lines))
    content = bytearray(lines[at].encode("utf-8", "surrogatepass") or b" ")
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    lines[at] = content.decode("utf-8", "replace")


def put(lines: list[str], dice: random.Random) -> None:
    at = dice.randrange(len(lines))
    start, end = sorted(dice.randrange(len(lines[at]) + 1) for _ in range(2))
    lines[at] = lines[at][:start] + dice.choice(TOKENS) + lines[at][dice.choice((start, end)) :]


def replace_word(lines: list[str], dice: random.Random) -> None:
    at = dice.randrange(len(lines))
    words = lines[at].split(" ")
    words[dice.randrange(len(words))] = dice.choice(TOKENS)
    lines[at] = " ".join(words)


CHANGES = (swap, drop, double, indent, flip, put, put, replace_word, replace_word)


def assert_sound(text: str) -> tuple[Diagnostic, ...]:
    """A report without anything raw in it, or a network that every command can use."""
    start = time.process_time()
    found = check_text(text)
    report = rendered(found)
    assert time.process_time() - start < MOST_SECONDS
    assert not {char for char in report if char != "\n" and not char.isprintable()}
    assert all(one.span or one.code.startswith("E0") for one in found), "a fault without a place"
    if not any(one.severity is Severity.ERROR for one in found):
        assert_usable(load_text(text))
    return found


def assert_usable(spec: Spec) -> None:
    if len(spec.summary().rows) < 2_000:
        assert spec.expand() and FORMATS["table"](spec.summary()) and spec._repr_html_()


@pytest.mark.parametrize("path", SPEC_FILES, ids=lambda path: path.stem)
def test_damaged_specs(path: Path) -> None:
    dice = random.Random(path.stem)
    original = path.read_text().split("\n")
    for _ in range(ROUNDS):
        lines = list(original)
        for _ in range(dice.choice((1, 1, 1, 2, 4))):
            dice.choice(CHANGES)(lines, dice)
        text = "\n".join(lines)
        try:
            assert_sound(text)
        except SpecError:
            pytest.fail(f"a spec without errors can't be used:\n{text}")
        except Exception as error:
            raise AssertionError(text) from error


@pytest.mark.parametrize("path", SPEC_FILES, ids=lambda path: path.stem)
def test_edited_specs(path: Path) -> None:
    dice = random.Random(path.stem)
    original = yaml.safe_load(path.read_text())
    for _ in range(ROUNDS):
        text = yaml.dump(changed(original, dice), Dumper=WithoutAliases, sort_keys=False, allow_unicode=True)
        try:
            assert_sound(text)
        except Exception as error:
            raise AssertionError(text) from error


@pytest.mark.parametrize("path", SPEC_FILES, ids=lambda path: path.stem)
def test_settings_of_any_kind(path: Path) -> None:
    dice = random.Random(path.stem)
    spec = load(path)
    for _ in range(max(2, ROUNDS // 2)):
        name = dice.choice(list(spec.parameters))
        given = spec.with_settings((Setting(name, dice.choice(TOKENS), "--set"),))
        for one in (given, spec.with_input(*(dice.choice((1, 2, 3, 7, 64, 2**31)) for _ in range(3)))):
            found = rendered(one.check())
            assert all(char == "\n" or char.isprintable() for char in found)


def keys(*models: type[Model]) -> list[str]:
    return sorted({field.alias or name for model in models for name, field in model.model_fields.items()})


KEYS = keys(Document, Block, Node, Each, Expect, Reference)
WORDS = st.sampled_from([*EXPRESSIONS, *PLAIN.split(), *registry.names(), "B", "a", "b", "a.1", "input.0", "Net"])
SCALARS = st.one_of(
    WORDS, st.integers(-3, 9), st.booleans(), st.none(), st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | WORDS, inner, max_size=3),
    max_leaves=8,
)
OPS = st.sampled_from(["conv", "B", "add", "concat", "ConvBNAct", "linear", "split"])
NODES = st.one_of(
    st.sampled_from(["relu", "flatten", "B", "none"]),
    st.fixed_dictionaries({"op": OPS}, optional={key: VALUES for key in keys(Node) if key != "op"}),
    st.fixed_dictionaries(
        {"op": WORDS, "out": SCALARS, "kernel": SCALARS}, optional={"stride": VALUES, "from": VALUES}
    ),
    st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4),
    VALUES,
)
GRAPHS = st.dictionaries(st.sampled_from("abcd"), NODES, max_size=4) | st.lists(NODES, max_size=3) | VALUES
BLOCKS = st.fixed_dictionaries(
    {"graph": GRAPHS}, optional=dict.fromkeys(("params", "let", "outputs", "inputs"), VALUES)
)
GIVEN = {"archspec": st.just(1), "name": st.just("Net"), "input": st.just([3, 16, 16]), "graph": GRAPHS}
OTHERS = {key: VALUES for key in keys(Document) if key not in GIVEN}
SPECIFICATIONS = st.fixed_dictionaries(GIVEN, optional=OTHERS | {"blocks": st.fixed_dictionaries({"B": BLOCKS})})


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(SPECIFICATIONS)
def test_anything_in_the_places_of_the_language(tree: dict[str, object]) -> None:
    assert_sound(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False))


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(VALUES | st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6))
def test_any_tree(tree: object) -> None:
    assert_sound(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False))
