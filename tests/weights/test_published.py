"""Checkpoints in the forms that they are published in: of old releases, of training scripts, of other classes."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from archspec.spec import Spec, SpecError, load
from archspec.weights import libraries
from tests.weights.checkpoints import spec_in, theirs

State = Mapping[str, Tensor]
STATISTICS = ("running_mean", "running_var")
COUNT = "num_batches_tracked"


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    return spec_in(tmp_path)


@pytest.fixture
def expected(spec: Spec) -> State:
    return spec.build(weights="plain").state_dict()


def same(found: nn.Module, expected: State) -> bool:
    return all(torch.equal(tensor, expected[name]) for name, tensor in found.state_dict().items())


def prefixed(before: str, state: State) -> State:
    return {f"{before}{name}": tensor for name, tensor in state.items()}


def uncounted(state: State) -> State:
    """As torch saved before 0.4.1."""
    return {name: tensor for name, tensor in state.items() if not name.endswith(COUNT)}


def as_first_saved(state: State) -> State:
    """As torch's first releases saved: resnet18-5c106cde.pth begins so."""
    found: dict[str, Tensor] = {}
    for _, names in groupby(uncounted(state), lambda name: name.rpartition(".")[0]):
        for name in sorted(names, key=lambda name: not name.endswith(STATISTICS)):
            found[name] = state[name]
    return found


def partly_counted(state: State) -> State:
    """As a network of old and new parts is saved."""
    first = next(name for name in state if name.endswith(COUNT))
    return {name: tensor for name, tensor in state.items() if name != first}


def matrices(state: State) -> State:
    """1x1 convolutions as the linear layers that they are, and the other way round."""
    return {
        name: tensor.flatten(1)
        if tensor.shape[2:] == (1, 1)
        else tensor[..., None, None]
        if tensor.dim() == 2
        else tensor
        for name, tensor in state.items()
    }


def rows(state: State) -> State:
    """Vectors with an axis in front, as normalisations converted from Caffe have them."""
    return {name: tensor[None] if tensor.dim() == 1 else tensor for name, tensor in state.items()}


FORMS = {
    "uncounted": uncounted,
    "as_first_saved": as_first_saved,
    "partly_counted": partly_counted,
    "matrices": matrices,
    "rows": rows,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_old_releases(form: Callable[[State], State], spec: Spec, expected: State) -> None:
    assert same(spec.build(weights=form(theirs().state_dict())), expected)
    assert same(spec.build(weights=form(expected)), expected)


AVERAGED = {"n_averaged": torch.tensor(7), **prefixed("module.", theirs().state_dict())}
OTHER = theirs(4).state_dict()
WRAPPED: Mapping[str, Any] = {
    "state_dict": {"epoch": 3, "state_dict": theirs().state_dict(), "optimizer": {"param_groups": [{"lr": 0.1}]}},
    "model": {"model": theirs().state_dict(), "optimizer": {}, "lr_scheduler": {}, "epoch": 3, "args": None},
    "model_ema": {"model": OTHER, "model_ema": AVERAGED},
    "state_dict_ema": {"state_dict": OTHER, "state_dict_ema": theirs().state_dict(), "arch": "net", "metric": 78.1},
    "no_ema": {"state_dict": theirs().state_dict(), "state_dict_ema": None},
    "net": {"net": prefixed("module.", theirs().state_dict()), "acc": 95.1, "epoch": 3},
    "averaged": AVERAGED,
    "parallel": prefixed("module.", theirs().state_dict()),
    "compiled": prefixed("module._orig_mod.", theirs().state_dict()),
    "lightning": {"state_dict": prefixed("model.", theirs().state_dict()), "hyper_parameters": {"lr": 0.1}},
}


@pytest.mark.parametrize("content", WRAPPED.values(), ids=WRAPPED)
def test_what_training_scripts_save(content: object, spec: Spec, expected: State, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "saved.pth")
    assert same(spec.build(weights=tmp_path / "saved.pth"), expected)


@pytest.mark.parametrize("name", ["model_best.pth.tar", "last.ckpt", "pytorch_model.bin"])
def test_what_they_call_it(name: str, spec: Spec, expected: State, tmp_path: Path) -> None:
    torch.save({"state_dict": theirs().state_dict()}, tmp_path / name)
    assert same(spec.build(weights=str(tmp_path / name)), expected)


def test_their_arguments_are_no_tensors(spec: Spec, tmp_path: Path) -> None:
    """torchvision's own script saves a Namespace, for which code would have to be run."""
    torch.save({"model": theirs().state_dict(), "args": argparse.Namespace(lr=0.1)}, tmp_path / "saved.pth")
    with pytest.raises(SpecError, match=r"E714(.|\n)*argparse.Namespace(.|\n)*add_safe_globals"):
        spec.build(weights=tmp_path / "saved.pth")


def five(state: State) -> dict[str, Tensor]:
    """With five classes."""
    return {name: tensor[:5] if tensor.shape[:1] == (10,) else tensor for name, tensor in state.items()}


def test_another_number_of_classes_than_is_known(spec: Spec, expected: State, tmp_path: Path) -> None:
    """With as many asked for, whole; with others, all but the classifier; with none, it is said which."""
    torch.save(five(theirs().state_dict()), tmp_path / "five.pth")
    for given in (tmp_path / "five.pth", five(expected)):
        assert same(spec.with_params(num_classes=5).build(weights=given), five(expected))
        for asked in (3, 10):
            with pytest.warns(UserWarning, match=rf"W701.*\n.*5 classes in .*, {asked} asked for"):
                module = spec.with_params(num_classes=asked).build(weights=given)
            assert module.get_parameter("fc.weight").shape == (asked, 8)
            assert torch.equal(module.get_parameter("token"), expected["token"])
        with pytest.raises(SpecError, match=r"E721(.|\n)*it fits with --set num_classes=5, or with_params"):
            spec.build(weights=given)


def test_more_than_the_classes(spec: Spec, tmp_path: Path) -> None:
    """Parameters of declared weights are told too; a classifier excuses no other fault."""
    with pytest.raises(SpecError, match=r"--set width=12 --set num_classes=5, or with_params.width=12, num_classes=5"):
        spec.build(weights=five(theirs(12).state_dict()))
    for name, tensor in {"bn.bias": torch.ones(9), "head.bias": torch.ones(4)}.items():
        with pytest.raises(SpecError, match="E721") as caught:
            spec.with_params(num_classes=3).build(weights={**five(theirs().state_dict()), name: tensor})
        assert "it fits" not in str(caught.value)


@pytest.mark.reference
def test_heads_that_only_training_needs(reference_torchvision: Any) -> None:
    """Whoever takes them off, as torchvision can, is told what to ask for; whoever asks for less, what fits."""
    module = libraries.built("torchvision", "googlenet", "cpu")
    assert isinstance(module, nn.Module)
    spec, state = load("googlenet").with_params(wide_kernel=3), module.state_dict()
    less = {name: tensor for name, tensor in state.items() if not name.startswith("aux")}
    with pytest.raises(SpecError, match=r"E721(.|\n)*only training needs them: ask for --phase eval"):
        spec.build(weights=less)
    with pytest.raises(SpecError, match=r"E721(.|\n)*it fits without --set aux\n"):
        spec.with_params(aux=False).build(weights=state)
    for given in (less, state):
        found = spec.with_phase("eval").build(weights=given)
        assert torch.equal(found.get_parameter("fc.bias"), state["fc.bias"])
    assert same(spec.with_params(aux=False).build(weights=less), found.state_dict())


def dotted(state: State) -> State:
    """As DenseNet named its layers before modules could have no dots in their names."""
    return {re.sub(r"(denselayer\d+\.(?:norm|conv))([12])\.", r"\1.\2.", name): one for name, one in state.items()}


def linear(state: State) -> State:
    """As the vision transformers named theirs before they had an MLP."""
    found = {name.replace("mlp.0.", "mlp.linear_1."): one for name, one in state.items()}
    return {name.replace("mlp.3.", "mlp.linear_2."): one for name, one in found.items()}


RENAMED = {"densenet121": (dotted, as_first_saved), "vit_b_16": (linear,)}


@pytest.mark.reference
@pytest.mark.parametrize("model", ["resnet18", "mobilenet_v2", "inception_v3", "googlenet", *RENAMED])
def test_files_of_torchvision(model: str, reference_torchvision: Any) -> None:
    spec = load({"vit_b_16": "vit_b16"}.get(model, model))
    [name, *_] = spec.network.document.weights
    spec = spec.trained_as(name)
    module = libraries.built("torchvision", model, "cpu")
    assert isinstance(module, nn.Module)
    state: State = module.state_dict()
    expected = spec.build(weights=state).state_dict()
    for form in RENAMED.get(model, ()):
        state = form(state)
    for given in (state, as_first_saved(state)):
        assert same(spec.build(weights=given), expected)


@pytest.mark.reference
def test_a_library_knows_the_order_better_than_the_file(tmp_path: Path, reference_timm: Any) -> None:
    """timm's names, in the order of the alphabet, and inside a module of Lightning's."""
    module = libraries.built("timm", "legacy_seresnet18", "cpu")
    assert isinstance(module, nn.Module)
    spec, state = load("se_resnet18"), module.state_dict()
    expected = spec.build(weights=state).state_dict()
    assert same(spec.build(weights={name: state[name] for name in sorted(state)}), expected)
    save_file(dict(prefixed("model.", state)), tmp_path / "inner.safetensors")
    assert same(spec.build(weights=tmp_path / "inner.safetensors"), expected)
