"""Spec: immutable, lazy, and clear about what is wrong."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

import archspec
from archspec.places import zoo
from archspec.shortcuts import summary
from archspec.spec import Spec, SpecError, check, check_text, load, load_text
from tests.small import spec, text


def test_names_of_the_zoo_and_paths_are_the_same() -> None:
    assert load("resnet50").source == load(zoo()["resnet50"]).source == load(str(zoo()["resnet50"])).source


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(SpecError, match="did you mean `resnet50`") as caught:
        load("resnet5")
    assert [fault.code for fault in caught.value.diagnostics] == ["E001"]


def test_a_file_that_cant_be_a_document_is_refused_at_once() -> None:
    with pytest.raises(SpecError) as caught:
        load_text("archspec: 1\nname: [")
    assert caught.value.diagnostics == check_text("archspec: 1\nname: [")


def test_a_network_with_faults_is_refused_when_it_is_asked_for() -> None:
    broken = spec("{a: rleu}")
    assert [fault.code for fault in broken.check()] == ["E401"]
    for use in (lambda: broken.params, lambda: broken.summary(), lambda: broken.network, lambda: broken.codegen()):
        with pytest.raises(SpecError, match="unknown op `rleu`"):
            use()


def test_a_required_parameter_can_be_given_later() -> None:
    base = spec("{fc: {op: linear, out: classes}}", input="[8]", more="params: {classes: int}\n")
    assert [fault.code for fault in base.check()] == ["E334"]
    assert base.with_params(classes=3).params == 8 * 3 + 3


def test_specs_dont_change() -> None:
    base = load("lenet5")
    other = base.with_params(num_classes=3)
    assert (base.params, other.params) == (61_706, 61_111)
    with pytest.raises(dataclasses.FrozenInstanceError):
        base._request = other._request  # type: ignore[misc]


def test_what_depends_on_parameters_is_worked_out_once() -> None:
    base = load("lenet5")
    assert base.network is base.network


def test_facts() -> None:
    base = load("resnet50")
    assert (base.name, base.input, base.outputs) == ("ResNet50", (3, 224, 224), ((1000,),))
    assert (base.params, base.buffers, base.macs) == (25_557_032, 53_173, 4_089_184_256)
    assert base.parameters == {"num_classes": 1000, "depths": (3, 4, 6, 3), "block": "Bottleneck"}
    assert repr(base.with_params(num_classes=10)) == "<Spec ResNet50 (resnet50.yaml, num_classes=10)>"


def test_a_task_is_inherited_and_need_not_be_said() -> None:
    assert load("resnet18").task == load("resnet50").task == "classification"
    assert load("retinanet_resnet50").task == "detection"
    assert spec("{a: relu}").task is None


def test_another_input() -> None:
    other = load("resnet50").with_input(3, 256, 128)
    assert other.input == (3, 256, 128) and other.summary(1).rows[0].outputs[0].shape == (64, 128, 64)  # type: ignore[union-attr]
    with pytest.raises(SpecError, match="isn't a shape"):
        other.with_input(3, 0, 0)


def test_warnings_dont_keep_a_spec_from_being_used() -> None:
    base = spec("{c: {op: conv, out: 8, kernel: 3}, norm: batch_norm}")
    assert [fault.code for fault in base.check()] == ["W101"]
    assert base.params == 224 + 16


def test_functions_of_the_package(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(text("{fc: {op: linear, out: n_out}}", input="[8]", more="params: {n_out: 2}\n"))
    assert archspec.check(path) == check(path) == ()
    assert isinstance(archspec.load(path), Spec)
    assert archspec.summary(path, n_out=3).params == summary(path, n_out=3).params == 27
    assert "class Net" in archspec.codegen(path, n_out=3)
    assert sum(parameter.numel() for parameter in archspec.build(path, n_out=3).parameters()) == 27
