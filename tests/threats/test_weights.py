"""Row 22 of the threats: checkpoints that run code, lie, are cut off or don't fit are refused; nothing is loaded."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import zipfile
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save
from torch import Tensor, nn

from archspec.spec import SpecError, load
from tests.small import text
from tests.threats.sandbox import assert_none, run, wrongs

NET = text(
    "{conv: {op: conv, out: 4, kernel: 3}, pool: global_avg_pool, fc: {op: linear, out: num_classes}}",
    more="params: {num_classes: 2}\n",
)
MOST_MB = 900
"""torch alone takes most of it."""


def state() -> dict[str, Any]:
    shapes = {"conv.weight": (4, 3, 3, 3), "conv.bias": (4,), "fc.weight": (2, 4), "fc.bias": (2,)}
    return {name: torch.ones(shape) for name, shape in shapes.items()}


def with_(**changes: Any) -> dict[str, Any]:
    return {**state(), **{name.replace("__", "."): value for name, value in changes.items()}}


def with_classes(count: int) -> dict[str, Any]:
    """A classifier of so many classes, of which next to nothing is stored."""
    return with_(fc__weight=torch.ones(1).expand(count, 4), fc__bias=torch.ones(1).expand(count))


class Evil:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch canary",)


def saved(content: object, **options: Any) -> bytes:
    file = io.BytesIO()
    torch.save(content, file, **options)
    return file.getvalue()


def lying(header: object, behind: bytes = b"\0" * 64, length: int | None = None) -> bytes:
    """A safetensors file with a header of one's own."""
    written = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(written) if length is None else length) + written + behind


def entry(dtype: str = "F32", shape: tuple[int, ...] = (4,), start: int = 0, end: int = 16) -> dict[str, Any]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}


def repacked(content: bytes, change: Callable[[str, bytes], bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """The archive of torch with its parts changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", compression) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return file.getvalue()


def shorter(name: str, content: bytes) -> bytes:
    return content[:4] if "/data/" in name else content


def nested(depth: int) -> bytes:
    return b"\x80\x02" + b"]" * depth + b"a" * (depth - 1) + b"."


WHOLE = saved(state())
ATTEMPTS: Mapping[str, tuple[str, bytes]] = {
    "code.pth": ("E714", saved({"conv.weight": Evil()})),
    "code_of_old.pth": ("E714", saved({"conv.weight": Evil()}, _use_new_zipfile_serialization=False)),
    "code_alone.pt": ("E713 E714", pickle.dumps(Evil())),
    "module.pth": ("E714", saved(nn.Linear(2, 2))),
    "optimiser.pth": ("E714", saved({"lr": 0.1})),
    "arguments.pth": ("E714", saved({"model": state(), "args": Namespace(lr=0.1)})),
    "list.pth": ("E714", saved([torch.ones(1)])),
    "numbered.pth": ("E714", saved({1: torch.ones(1)})),
    "number.pth": ("E714", saved(with_(fc__bias=3))),
    "sparse.pth": ("E714", saved(with_(fc__bias=torch.ones(2).to_sparse()))),
    "complex.pth": ("E714", saved(with_(fc__bias=torch.ones(2, dtype=torch.complex64)))),
    "half.pth": ("E713", WHOLE[: len(WHOLE) // 2]),
    "short.pth": ("E713", repacked(WHOLE, shorter)),
    "beyond.pth": ("E713", repacked(saved(with_(conv__bias=torch.ones(10**6))), shorter)),
    "empty.pth": ("E713", b""),
    "nothing.pth": ("E713", saved({})),
    "noise.pth": ("E713 E714", bytes(range(256)) * 8),
    "deep.pth": ("E713 E714", nested(200_000)),
    "bomb.pth": ("E713", repacked(WHOLE, lambda name, old: old + b"\0" * 2**24, zipfile.ZIP_DEFLATED)),
    "empty.safetensors": ("E713", b""),
    "half.safetensors": ("E713", save(state())[:150]),
    "pickle.safetensors": ("E713", WHOLE),
    "long.safetensors": ("E713", lying({}, length=2**63)),
    "longer.safetensors": ("E713", lying({}, length=2**27)),
    "text.safetensors": ("E713", lying(b"{" * 1000)),
    "deep.safetensors": ("E713", lying(b"[" * 100_000)),
    "beyond.safetensors": ("E713", lying({"conv.bias": entry(end=2**40)})),
    "backwards.safetensors": ("E713", lying({"conv.bias": entry(start=16, end=0)})),
    "twofold.safetensors": ("E713", lying({"a": entry(), "b": entry(start=8, end=24)})),
    "shape.safetensors": ("E713", lying({"conv.bias": entry(shape=(2**40,))})),
    "overflow.safetensors": ("E713", lying({"conv.bias": entry(shape=(2**40, 2**40))})),
    "negative.safetensors": ("E713", lying({"conv.bias": entry(shape=(-4,))})),
    "dtype.safetensors": ("E713", lying({"conv.bias": entry("F33")})),
    "other_shape.pth": ("E721", saved(with_(conv__bias=torch.ones(5)))),
    "other_type.pth": ("E721", saved(with_(conv__bias=torch.ones(4, dtype=torch.int64)))),
    "truth.safetensors": ("E721", save(with_(fc__bias=torch.ones(2, dtype=torch.bool)))),
    "vast.pth": ("E721", saved(with_(conv__bias=torch.ones(1).expand(2**50)))),
    "classes.pth": ("E721", saved(with_classes(10**6))),
    "vast_classes.pth": ("E721", saved(with_classes(2**48))),
    "named.pth": ("E714", saved({"module." * 2**20 + name: one for name, one in state().items()})),
    "wrapped.pth": ("E721", saved({"module." * 64 + name: one for name, one in with_(more=torch.ones(1)).items()})),
    "missing.safetensors": ("E721", save({name: one for name, one in state().items() if name != "fc.bias"})),
    "extra.safetensors": ("E721", save(with_(more=torch.ones(1)))),
    "escape.pth": ("E721", saved(with_(**{"\x1b]0;x\a": torch.ones(1)}))),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("checkpoints")
    for name, (_, content) in ATTEMPTS.items():
        (found / name).write_bytes(content)
    (found / "net.yaml").write_text(NET, encoding="utf-8")
    (found / "fine.pth").write_bytes(WHOLE)
    (found / "folder.pth").mkdir()
    os.mkfifo(found / "pipe.pth")
    (found / "zero.safetensors").symlink_to("/dev/zero")
    return found


def test_refused_without_a_trace(folder: Path) -> None:
    """Every command that reads weights says one thing of each, runs nothing, and leaves no file behind."""
    before = {path.name for path in folder.iterdir()}
    expected = {name: codes for name, (codes, _) in ATTEMPTS.items()}
    expected |= dict.fromkeys(("folder.pth", "pipe.pth", "zero.safetensors", "none.pth"), "E712")
    commands = [
        command
        for name in expected
        for command in (
            ["weights", "net.yaml", name],
            ["weights", "net.yaml", name, "-o", "own.safetensors"],
            ["build", "net.yaml", "--weights", name],
        )
    ]
    found = []
    for outcome in run(folder, commands, memory=None, first=["weights", "net.yaml", "fine.pth"]):
        found += wrongs(outcome, most_mb=MOST_MB)
        codes = next(expected[word] for word in outcome.command if word in expected).split()
        if not any(f"error[{code}]" in outcome.err for code in codes) or outcome.err.count("error[") != 1:
            found.append(f"{outcome.command}: not {codes} alone:\n{outcome.err}")
    assert {path.name for path in folder.iterdir()} == before
    assert_none(found)


@pytest.mark.parametrize("name", ["other_shape.pth", "missing.safetensors", "extra.safetensors", "code.pth"])
def test_the_library_refuses_too(name: str, folder: Path) -> None:
    with pytest.raises(SpecError) as caught:
        load(folder / "net.yaml").build(weights=folder / name)
    assert [one.code for one in caught.value.diagnostics] == [ATTEMPTS[name][0]]
    assert not (folder / "canary").exists()


@pytest.mark.parametrize(
    "given", [{}, {"conv.weight": 3}, {1: torch.ones(1)}, {"conv.weight": torch.ones(1).to("meta")}]
)
def test_state_dicts_are_looked_at_like_files(given: dict[Any, Any], folder: Path) -> None:
    with pytest.raises(SpecError):
        load(folder / "net.yaml").build(weights=given)


def test_a_spec_names_no_file_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.pth").write_bytes(WHOLE)
    home = tmp_path / "home"
    home.mkdir()
    (home / "link.pth").symlink_to(tmp_path / "outside" / "secret.pth")
    (home / "way").symlink_to(tmp_path / "outside")
    names = {"a": "link.pth", "b": "way/secret.pth", "c": "none.pth"}
    lines = "".join(f"  {name}: {{from: {path}}}\n" for name, path in names.items())
    (home / "net.yaml").write_text(f"{NET}weights:\n{lines}", encoding="utf-8")
    for name, path in names.items():
        with pytest.raises(SpecError, match=f"can't read `{path}`") as caught:
            load(home / "net.yaml").build(weights=name)
        assert [one.code for one in caught.value.diagnostics] == ["E712"]


def test_a_file_below_the_spec_is_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "net.pth").write_bytes(WHOLE)
    (tmp_path / "net.yaml").write_text(f"{NET}weights: {{own: {{from: checkpoints/net.pth}}}}\n", encoding="utf-8")
    bias: Tensor = load(tmp_path / "net.yaml").build(weights="own").get_parameter("fc.bias")
    assert torch.equal(bias, torch.ones(2))
