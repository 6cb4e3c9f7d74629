"""The JSON Schema: valid itself, true of every spec there is, and full of completions."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from archspec.language.document import KEYS, Document
from archspec.ops import registry
from archspec.places import LIBRARY, zoo
from archspec.schema import schema
from tests.small import text

SCHEMA = schema()
VALIDATOR = Draft202012Validator(SCHEMA)
NODE: dict[str, Any] = SCHEMA["$defs"]["object"]["properties"]


def errors(spec: object) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(spec)]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("name", sorted(zoo()))
def test_the_zoo_is_valid(name: str) -> None:
    assert errors(yaml.safe_load(zoo()[name].read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*.yaml")), ids=lambda path: path.stem)
def test_blocks_of_the_library_are_valid(path: Any) -> None:
    blocks = yaml.safe_load(path.read_text(encoding="utf-8"))["blocks"]
    whole = yaml.safe_load(text("{a: relu}"))
    assert errors({**whole, "blocks": blocks}) == []


@pytest.mark.parametrize(
    "spec",
    [
        text("{a: relu}", more="sorce: x\n"),
        text("{a: 3}"),
        text("{}"),
        text("{a: relu}", input="[3, 0, 8]"),
        text("{a: relu}").replace("archspec: 1", "archspec: 2"),
        text("{a: relu}").replace("name: Net", "name: net"),
        text("{a: {op: conv1}}"),
        text("{a: {parallel: [relu], merge: cat}}"),
        text("{a: {op: relu, phase: test}}"),
        text("{a: {op: relu, over: {}}}"),
        "archspec: 1\nname: Net\n",
    ],
)
def test_faults_of_form_are_seen(spec: str) -> None:
    assert errors(yaml.safe_load(spec)) != []


def test_entries_of_what_a_spec_extends_can_be_taken_away() -> None:
    extended = "archspec: 1\nname: Net\nextends: resnet50\ngraph: {fc: null}\nblocks: {Bottleneck: null}\n"
    assert errors(yaml.safe_load(extended)) == []


def test_keys_have_descriptions() -> None:
    assert {field.alias or name for name, field in Document.model_fields.items()} == set(SCHEMA["properties"])
    assert all("description" in entry for entry in SCHEMA["properties"].values())
    assert NODE.keys() >= KEYS


@pytest.mark.parametrize("op", registry.names())
def test_every_op_and_argument_can_be_completed(op: str) -> None:
    kind = registry.find(op)
    assert kind is not None and op in SCHEMA["$defs"]["op"]["anyOf"][0]["enum"]
    for argument in kind.model_fields:
        assert kind.name in NODE[argument]["description"]


def test_names_that_an_argument_takes_are_examples() -> None:
    assert {"auto", "tf_same"} <= set(NODE["padding"]["examples"])
    assert "bilinear" in NODE["mode"]["examples"]
