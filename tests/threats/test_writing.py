"""Row 24 of the threats: whatever happens while a file is written, the old one stays or the new one is whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.threats.sandbox import environment, limits

COMMAND = "import sys; from archspec.cli import main; sys.exit(main())"
OLD = b"the old file"


def start(folder: Path, *arguments: str, file_size: int | None = None, code: str = COMMAND) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment(),
        preexec_fn=lambda: limits(None, file_size=file_size),
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out + err


def test_targets_that_are_no_ordinary_files(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_bytes(OLD)
    (tmp_path / "link.py").symlink_to("old.py")
    (tmp_path / "dangling.py").symlink_to("nowhere.py")
    (tmp_path / "folder.py").mkdir()
    os.mkfifo(tmp_path / "pipe.py")
    targets = ("link.py", "dangling.py", "folder.py", "pipe.py", "missing/x.py", "old.py/x.py", "x" * 300, "/dev/null")
    before = sorted(os.listdir(tmp_path))
    calls = "; ".join(f"codes.append(main(['codegen', 'lenet5', '-o', {target!r}]))" for target in targets)
    code, said = finish(start(tmp_path, code=f"from archspec.cli import main; codes = []; {calls}; print(codes)"))
    assert code == 0 and said.startswith(f"{[1] * len(targets)}\n")
    assert said.count("error[E004]") == len(targets) and "Traceback" not in said
    assert sorted(os.listdir(tmp_path)) == before and (tmp_path / "old.py").read_bytes() == OLD


@pytest.mark.parametrize("arguments", [("codegen", "resnet50", "-o", "old.py"), ("build", "lenet5", "-o", "old.pt")])
def test_no_space(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """A limit on the size of files stands for a disk that is full."""
    target = tmp_path / arguments[-1]
    target.write_bytes(OLD)
    code, said = finish(start(tmp_path, *arguments, file_size=1000))
    assert code == 1 and "error[E004]: can't write `old." in said and "Traceback" not in said
    assert os.listdir(tmp_path) == [target.name] and target.read_bytes() == OLD


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGKILL"])
def test_stopped_in_the_middle(name: str, tmp_path: Path) -> None:
    """The process stops where the new file is complete beside the old one, and is killed there."""
    target = tmp_path / "old.py"
    target.write_bytes(OLD)
    pausing = "import os, signal; os.fsync = lambda handle: (print('now', flush=True), signal.pause()); "
    process = start(tmp_path, "codegen", "lenet5", "-o", "old.py", code=pausing + COMMAND)
    assert process.stdout is not None and process.stdout.readline() == "now\n"
    process.send_signal(signal.Signals[name])
    code, said = finish(process)
    assert code != 0 and "Traceback" not in said
    assert target.read_bytes() == OLD
    if name == "SIGINT":
        assert os.listdir(tmp_path) == ["old.py"]


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """Two networks in turn, until the process is killed: what is there is one of them, whole."""
    sources = "texts = [archspec.codegen(name).encode() for name in ('lenet5', 'alexnet')]; "
    writing = "print(*map(len, texts), flush=True)\nwhile True:\n for text in texts: output.write(Path('net.py'), text)"
    code = f"import archspec; from archspec import output; from pathlib import Path; {sources}{writing}"
    process = start(tmp_path, code=code)
    assert process.stdout is not None
    sizes = [int(size) for size in process.stdout.readline().split()]
    for _ in range(20):
        time.sleep(0.01)
        if (tmp_path / "net.py").exists():
            assert (tmp_path / "net.py").stat().st_size in sizes
    process.kill()
    finish(process)
    written = (tmp_path / "net.py").read_bytes()
    assert len(written) in sizes and written.endswith(b"\n")
    compile(written, "net.py", "exec")


def test_an_existing_file_is_replaced_with_its_permissions(tmp_path: Path) -> None:
    target = tmp_path / "old.py"
    target.write_bytes(OLD)
    target.chmod(0o640)
    code, said = finish(start(tmp_path, "codegen", "lenet5", "-o", "old.py"))
    assert code == 0, said
    assert b"class LeNet5" in target.read_bytes() and target.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["old.py"]
