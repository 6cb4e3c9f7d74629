"""Which names a spec may give."""

from __future__ import annotations

import keyword

import pytest
from torch import nn

from archspec.language.names import MODULE_ATTRIBUTES, SEQUENTIAL_ATTRIBUTES, bad_class_name, bad_name


def test_the_list_is_that_of_torch() -> None:
    """Names with an underscore first can't be given anyway."""
    here = {name for name in {*dir(nn.Module), *vars(nn.Module())} if not name.startswith("_")}
    assert here <= MODULE_ATTRIBUTES
    sequential = {name for name in dir(nn.Sequential) if not name.startswith("_")}
    assert sequential <= MODULE_ATTRIBUTES | SEQUENTIAL_ATTRIBUTES


@pytest.mark.parametrize("name", ["conv1", "Layer", "a", "x" * 64, "stem_2", "max", "act", "match", "conv2d", "out"])
def test_identifiers_are_fine(name: str) -> None:
    assert bad_name(name, "a node", None) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "a name has at least one letter"),
        ("_modules", "a name starts with a letter"),
        ("__class__", "a name starts with a letter"),
        ("1x1", "a name starts with a letter"),
        ("conv-1", "only letters, digits and underscores are allowed"),
        ("x;import os", "only letters, digits and underscores are allowed"),
        ("ﬁ", "only the letters a-z and A-Z, digits and underscores are allowed"),
        ("größe", "only the letters a-z and A-Z, digits and underscores are allowed"),
        ("a" * 10_000, "10,000 characters, and at most 64 are allowed"),
    ],
)
def test_what_is_no_identifier_says_why(name: str, reason: str) -> None:
    fault = bad_name(name, "a node", None)
    assert fault is not None and (fault.code, fault.label()) == ("E221", reason)


@pytest.mark.parametrize(
    "name", [*keyword.kwlist, "forward", "train", "training", "state_dict", "pop", "input", "nn", "self"]
)
def test_taken_names_offer_a_free_one(name: str) -> None:
    fault = bad_name(name, "a node", None)
    assert fault is not None and fault.code == "E222"
    assert [help_.message() for help_ in fault.helps] == [f"call it `{name}_`"]


def test_the_name_on_offer_is_free_here() -> None:
    fault = bad_name("train", "a node", None, taken=["train_", "train__"])
    assert fault is not None and fault.helps[0].message() == "call it `train___`"


@pytest.mark.parametrize(
    ("name", "code", "offer"),
    [
        ("resnet", "E223", ["call it `Resnet`"]),
        ("my_block", "E223", ["call it `MyBlock`"]),
        ("_Block", "E223", ["call it `Block`"]),
        ("None", "E222", ["call it `NoneNet`"]),
        ("Tensor", "E222", ["call it `TensorNet`"]),
        ("Bl ock", "E221", ["call it `BlOck`"]),
        ("A" * 65, "E221", []),
    ],
)
def test_classes_are_camel_case(name: str, code: str, offer: list[str]) -> None:
    fault = bad_class_name(name, "a block", None)
    assert fault is not None and fault.code == code
    assert [help_.message() for help_ in fault.helps] == offer


@pytest.mark.parametrize("name", ["A", "ResNet50", "ConvBNAct", "VGG16", "X3D"])
def test_camel_case_names_are_fine(name: str) -> None:
    assert bad_class_name(name, "a block", None) is None
