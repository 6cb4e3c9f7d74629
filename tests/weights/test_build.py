"""`Spec.build(weights=…)`: what is given goes where it belongs, and what differs on purpose is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from archspec.spec import Spec, SpecError
from tests.weights.checkpoints import spec_in, theirs

IMAGES = torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    return spec_in(tmp_path)


def outputs(module: nn.Module) -> Tensor:
    with torch.no_grad():
        found: Tensor = module.eval()(IMAGES)
        return found


def codes(spec: Spec, weights: Any, **options: Any) -> list[str]:
    with pytest.raises(SpecError) as caught:
        spec.build(weights=weights, **options)
    return [one.code for one in caught.value.diagnostics]


def test_by_name(spec: Spec) -> None:
    torch.testing.assert_close(outputs(spec.build(weights="plain")), outputs(theirs()))


def test_by_name_with_the_parameters_they_were_trained_with(spec: Spec) -> None:
    torch.testing.assert_close(outputs(spec.build(weights="wide")), outputs(theirs(12)))


def test_a_state_dict_or_a_file(spec: Spec, tmp_path: Path) -> None:
    expected = outputs(theirs())
    torch.testing.assert_close(outputs(spec.build(weights=theirs().state_dict())), expected)
    torch.testing.assert_close(outputs(spec.build(weights=tmp_path / "plain.pth")), expected)
    own = spec.build(weights="plain")
    save_file(own.state_dict(), tmp_path / "own.safetensors")
    torch.testing.assert_close(outputs(spec.build(weights=str(tmp_path / "own.safetensors"))), expected)


def test_what_training_scripts_put_around_a_state_dict(spec: Spec, tmp_path: Path) -> None:
    state = {f"module.{name}": tensor for name, tensor in theirs().state_dict().items()}
    torch.save({"epoch": 3, "state_dict": state, "optimizer": {"lr": 0.1}}, tmp_path / "checkpoint.pth")
    torch.testing.assert_close(outputs(spec.build(weights=tmp_path / "checkpoint.pth")), outputs(theirs()))


def test_files_of_before_zip(spec: Spec, tmp_path: Path) -> None:
    torch.save(theirs().state_dict(), tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    torch.testing.assert_close(outputs(spec.build(weights=tmp_path / "old.pth")), outputs(theirs()))


def test_half_precision_becomes_single(spec: Spec) -> None:
    state = {name: one.half() if one.is_floating_point() else one for name, one in theirs().state_dict().items()}
    module = spec.build(weights=state)
    assert {one.dtype for one in module.parameters()} == {torch.float32}
    torch.testing.assert_close(outputs(module), outputs(theirs()), rtol=1e-2, atol=1e-2)


def test_other_classes_leave_the_classifier_fresh_and_say_so(spec: Spec) -> None:
    with pytest.warns(UserWarning, match=r"W701.*\n.*`fc.weight` and `fc.bias`: 10 classes in `plain`, 3 asked for"):
        module = spec.with_params(num_classes=3).build(weights="plain")
    assert module.get_parameter("fc.weight").shape == (3, 8)
    assert torch.equal(module.get_parameter("body.1.conv.weight"), theirs().layers[2].weight)


@pytest.mark.parametrize("channels", [1, 4, 6])
@pytest.mark.parametrize("way", ["sum", "repeat"])
def test_other_channels(spec: Spec, channels: int, way: Any) -> None:
    """Where all channels are alike, both ways give what was given before."""
    other = spec.with_input(channels, 16, 16)
    with pytest.warns(UserWarning, match=f"W702.*\n.*`stem.conv.weight` from 3 channels to {channels}"):
        module = other.build(weights="plain", adapt_input=way).eval()
    grey = IMAGES[:, :1]
    with torch.no_grad():
        found, expected = module(grey.expand(-1, channels, -1, -1)), theirs()(grey.expand(-1, 3, -1, -1))
    if way == "sum" or channels % 3 == 0:
        torch.testing.assert_close(found, expected)
    kernel, old = module.get_parameter("stem.conv.weight"), theirs().conv.weight
    first = old.sum(1) / channels if way == "sum" else old[:, 0] * 3 / channels
    torch.testing.assert_close(kernel[:, 0], first)


def test_other_channels_only_on_request(spec: Spec) -> None:
    with pytest.raises(SpecError, match=r'E722(.|\n)*--adapt-input sum, or build\(…, adapt_input="sum"\)'):
        spec.with_input(1, 16, 16).build(weights="plain")


def test_taps_take_their_part(spec: Spec) -> None:
    module = spec.with_taps("c1").build(weights="plain").eval()
    assert torch.equal(module.get_parameter("stem.conv.weight"), theirs().conv.weight)
    assert not any(name.startswith("fc") for name in module.state_dict())


@pytest.mark.parametrize("params", [{"width": 4}, {"aux": True}])
def test_any_other_change_is_refused(spec: Spec, params: dict[str, Any]) -> None:
    assert codes(spec.with_params(**params), "plain") == ["E721"]


def test_a_file_of_the_network_that_is_asked_for(spec: Spec) -> None:
    """Under parameters that no declared weights have, by the network's own names and by theirs."""
    wider = spec.with_params(width=16)
    torch.testing.assert_close(outputs(wider.build(weights=theirs(16).state_dict())), outputs(theirs(16)))
    grey = spec.with_input(1, 16, 16)
    own = grey.build().state_dict()
    with pytest.warns(UserWarning, match=r"W701.*\n.*10 classes in `the state dict`, 3 asked for"):
        module = grey.with_params(num_classes=3).build(weights=own)
    assert torch.equal(module.get_parameter("stem.conv.weight"), own["stem.conv.weight"])


@pytest.mark.parametrize("params", [{"width": 16}, {"width": 16, "num_classes": 3}])
def test_only_what_differs_from_the_network_that_is_asked_for_is_listed(spec: Spec, params: dict[str, Any]) -> None:
    state: dict[str, Any] = spec.with_params(width=16).build().state_dict()
    state["stem.bn.bias"] = torch.zeros(9)
    with pytest.raises(SpecError) as caught:
        spec.with_params(**params).build(weights=state)
    [fault] = caught.value.diagnostics
    assert [note.message() for note in fault.notes] == ["of other shape: stem.bn.bias (9) -> stem.bn.bias (16)"]


def test_what_is_wrong_is_listed(spec: Spec) -> None:
    state: dict[str, Any] = theirs().state_dict()
    state["bn.bias"] = torch.zeros(9)
    del state["head.bias"]
    with pytest.raises(SpecError) as caught:
        spec.build(weights=state)
    [fault] = caught.value.diagnostics
    assert fault.label() == "entries: 1 of other shape and 1 missing"
    assert [note.message() for note in fault.notes] == [
        "of other shape: bn.bias (9) -> stem.bn.bias (8)",
        "missing: nothing -> fc.bias (10)",
    ]


def test_unknown_names(spec: Spec) -> None:
    with pytest.raises(SpecError, match="did you mean `plain`"):
        spec.build(weights="plains")
    assert codes(spec, "absent") == ["E712"]


def test_a_safetensors_file_keeps_no_order(spec: Spec, tmp_path: Path) -> None:
    save_file(theirs().state_dict(), tmp_path / "sorted.safetensors")
    assert codes(spec, tmp_path / "sorted.safetensors") == ["E723"]


@pytest.mark.reference
def test_a_library_knows_the_order_of_its_own(tmp_path: Path, reference_torchvision: Any) -> None:
    from archspec.spec import load

    torch.manual_seed(0)
    model = reference_torchvision.models.shufflenet_v2_x1_0(weights=None).eval()
    save_file(model.state_dict(), tmp_path / "theirs.safetensors")
    spec = load("shufflenet_v2_x1_0")
    ours = spec.build(weights=tmp_path / "theirs.safetensors").eval()
    images = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(ours(images), model(images))
    back = spec.trainer.exported("torchvision", ours.state_dict())
    assert isinstance(back, Mapping) and list(back) == list(model.state_dict())
    assert all(torch.equal(back[name], tensor) for name, tensor in model.state_dict().items())
