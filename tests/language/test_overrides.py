"""Parameters and inputs from outside a file: the same values, limits and messages as in one."""

from __future__ import annotations

import pytest

from archspec.diagnostics.diagnostic import Diagnostic
from archspec.language.overrides import Setting, shape_of
from archspec.spec import Spec, SpecError
from tests.small import spec

PARAMS = (
    "params: {width: 1.0, depth: 2, act: relu, wide: false, rows: [1, 2], "
    "kind: {type: int, default: 1, choices: [1, 2]}}\n"
)
GRAPH = (
    "{a: {op: conv, out: int(8 * width) + sum(rows), kernel: kind, padding: 0}, "
    "b: {op: $act, repeat: depth, when: not wide}}"
)


def set_to(text: str) -> Spec:
    name, _, value = text.partition("=")
    return spec(GRAPH, more=PARAMS).with_settings((Setting(name, value, f"--set {name}"),))


def codes(of: Spec) -> list[str]:
    return [fault.code for fault in of.check()]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("width=0.5", "width", 0.5),
        ("width=2", "width", 2.0),
        ("width=1e-1", "width", 0.1),
        ("depth=3", "depth", 3),
        ("depth=2 * 3", "depth", 6),
        ("act=silu", "act", "silu"),
        ("wide=true", "wide", True),
        ("rows=[3, 4]", "rows", (3, 4)),
    ],
)
def test_values_are_read_as_in_a_file(text: str, name: str, value: object) -> None:
    found = set_to(text).parameters[name]
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("widht=0.5", "E333"),
        ("__class__=x", "E333"),
        ("=3", "E333"),
        ("width: 3", "E333"),
        ("depth=0.5", "E335"),
        ("depth=true", "E335"),
        ("width=", "E335"),
        ("rows=3", "E335"),
        ("kind=3", "E337"),
        ("width=9**9**9", "E307"),
        ("depth=1_000", "E122"),
        ("depth=0o17", "E122"),
        ("depth=99999999999999999999", "E124"),
        ("width=!!python/object/apply:os.system [id]", "E130"),
        ("width=[1", "E104"),
        ("width=&a 3", "E131"),
        ("width=().__class__", "E301"),
    ],
)
def test_what_is_wrong_is_a_diagnostic(text: str, code: str) -> None:
    found = set_to(text)
    assert code[:2] in {one[:2] for one in codes(found)}
    with pytest.raises(SpecError):
        found.params  # noqa: B018


def test_a_misspelt_parameter_gets_the_nearest_name() -> None:
    (fault,) = set_to("widht=0.5").check()
    assert [help_.message() for help_ in fault.helps] == ["did you mean `width`?"]


def test_a_value_cannot_smuggle_in_another_parameter() -> None:
    """One setting is one value, whatever its text looks like."""
    assert codes(set_to("width=1\ndepth: 9")) != []
    assert codes(set_to("width=1, depth: 9")) != []


def test_the_last_setting_of_a_name_holds() -> None:
    assert spec(GRAPH, more=PARAMS).with_params(depth=3).with_params(depth=4).parameters["depth"] == 4


def test_python_values_meet_the_same_limits() -> None:
    base = spec(GRAPH, more=PARAMS)
    assert codes(base.with_params(depth=2**63)) == ["E124"]
    assert codes(base.with_params(width=float("nan"))) != []
    assert base.with_params(rows=(3, 4)).parameters["rows"] == (3, 4)
    with pytest.raises(TypeError):
        base.with_params(width=object())


@pytest.mark.parametrize(("text", "shape"), [("3x256x128", (3, 256, 128)), ("196x768", (196, 768)), ("7", (7,))])
def test_shapes(text: str, shape: tuple[int, ...]) -> None:
    assert shape_of(text) == shape


@pytest.mark.parametrize(
    "text",
    ["0x0x0", "1e9x1e9x3", "", "x", "3x", "3x-1x3", "3x 4x5", "3X4X5", "1x2x3x4x5", "٣x٣x٣", "9" * 5000, "3x2.0x1"],
)
def test_what_is_no_shape_is_a_diagnostic(text: str) -> None:
    fault = shape_of(text)
    assert isinstance(fault, Diagnostic) and fault.code == "E208"


def test_a_huge_input_is_refused_before_anything_is_worked_out() -> None:
    found = spec(GRAPH, more=PARAMS).with_input(3, 10**9, 10**9)
    assert codes(found) == ["E455"]
