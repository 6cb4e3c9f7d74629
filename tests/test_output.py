"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from archspec import output


def test_a_new_file_gets_the_usual_permissions(tmp_path: Path) -> None:
    path = tmp_path / "new"
    assert output.write(path, b"text") is None
    mask = os.umask(0)
    os.umask(mask)
    assert path.read_bytes() == b"text"
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask


def test_an_old_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")
    path.chmod(0o640)
    assert output.write(path, b"new") is None
    assert path.read_bytes() == b"new" and stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["old"]


def refused(path: Path) -> str:
    fault = output.write(path, b"new")
    assert fault is not None and fault.code == "E004"
    return fault.label()


def test_links_folders_and_pipes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "link") == refused(tmp_path / "dangling") == "it is a symbolic link"
    assert refused(tmp_path / "folder") == "it is a folder"
    assert refused(tmp_path / "pipe") == "it isn't an ordinary file"
    assert (tmp_path / "target").read_bytes() == b"old" and not (tmp_path / "nowhere").exists()


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "missing" / "file") == "no such file or directory"
    assert refused(tmp_path / ("n" * 300)) != ""


@pytest.mark.parametrize("step", ["fsync", "fchmod"])
def test_the_old_file_survives_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    assert refused(path) == "no space left on device"
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["old"]


def test_no_file_is_replaced_before_all_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = {tmp_path / name: b"old" for name in "abc"}
    for path, content in old.items():
        path.write_bytes(content)
    fchmod, calls = os.fchmod, []

    def fail_later(*arguments: int) -> None:
        calls.append(arguments)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        fchmod(*arguments)

    monkeypatch.setattr(os, "fchmod", fail_later)
    fault = output.write_all(dict.fromkeys(old, b"new"))
    assert fault is not None and fault.title() == f"can't write `{tmp_path / 'c'}`"
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == old
    monkeypatch.undo()
    assert output.write_all(dict.fromkeys(old, b"new")) is None
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == dict.fromkeys(old, b"new")


def test_the_old_file_survives_an_interruption(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        output.write(path, b"new")
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["old"]
