"""`archspec weights`: what it lists, what it shows of a checkpoint, and the files that it writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from archspec.cli import main
from archspec.spec import load
from tests.weights.checkpoints import spec_in, theirs


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    spec_in(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_a_checkpoint_it_lists_what_the_spec_names(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "net.yaml"]) == 0
    assert "wide     wide.pth    width=12    for images from -1 to 1" in capsys.readouterr().out
    assert main(["weights", "net.yaml", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["wide"] == {"from": "wide.pth", "params": {"width": 12}, "doc": "for images from -1 to 1"}


def test_a_dry_run_has_a_line_for_every_entry(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "net.yaml", "plain", "--set", "num_classes=3"]) == 0
    printed = capsys.readouterr()
    lines = [line.split() for line in printed.out.splitlines()]
    assert ["gamma", "8", "x", "1", "x", "1", "token", "8", "x", "1", "x", "1"] in lines
    assert ["head.bias", "10", "fc.bias", "3", "stays", "fresh"] in lines
    assert printed.out.endswith("    19  fits\n     2  stays fresh\n")
    assert "warning[W701]" in printed.err


def test_a_dry_run_for_programs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({name: one for name, one in theirs().state_dict().items() if name != "head.bias"}, "less.pth")
    assert main(["weights", "net.yaml", "less.pth", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["fits"] is False
    assert [one["network"]["name"] for one in found["entries"] if one["verdict"] == "missing"] == ["fc.bias"]


def test_a_converted_file_is_loaded_by_the_generated_class(folder: Path) -> None:
    assert main(["weights", "net.yaml", "plain", "-o", "own.safetensors"]) == 0
    names: dict[str, Any] = {}
    exec(load("net.yaml").codegen(), names)
    module = names["Net"]()
    module.load_state_dict(load_file("own.safetensors"))
    images = torch.randn(1, 3, 16, 16)
    with torch.no_grad():
        torch.testing.assert_close(module.eval()(images), theirs()(images))


def test_an_export_is_what_was_given(folder: Path) -> None:
    assert main(["weights", "net.yaml", "plain", "-o", "own.pt"]) == 0
    assert main(["weights", "net.yaml", "own.pt", "--export", "plain", "-o", "back.pth"]) == 0
    given, back = torch.load("plain.pth"), torch.load("back.pth")
    assert list(given) == list(back) and all(torch.equal(given[name], back[name]) for name in given)


@pytest.mark.parametrize("name", ["timm", "none"])
def test_an_export_to_nobody(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "net.yaml", "plain", "--export", name, "-o", "back.pth"]) == 1
    assert "error[E735]" in capsys.readouterr().err
    assert not Path("back.pth").exists()


def test_build_takes_weights_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["build", "net.yaml", "--weights", "plain", "--input", "1x16x16"]
    assert main(command) == 1
    assert "error[E722]" in capsys.readouterr().err
    assert main([*command, "--adapt-input", "sum", "-o", "own.pt"]) == 0
    assert "warning[W702]" in capsys.readouterr().err
    assert torch.load("own.pt")["stem.conv.weight"].shape == (8, 1, 3, 3)


@pytest.mark.parametrize(
    "arguments",
    [["-o", "a.pt"], ["plain", "--export", "plain"], ["plain", "-o", "a.txt"], ["plain", "--adapt-input", "mean"]],
)
def test_wrong_use(arguments: list[str], folder: Path) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(["weights", "net.yaml", *arguments])
    assert leaving.value.code == 2
