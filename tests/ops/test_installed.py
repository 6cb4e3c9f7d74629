"""Primitives of installed packages: found by their entry points when they are used, and told of where they fail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
COMMAND = "import sys; from archspec.cli import main; sys.exit(main(sys.argv[1:]))"
SWISH = """
print("imported")
from archspec.ops.base import Op
from archspec.ops.form import Form


class Swish(Op):
    name = "swish"
    aliases = ("gated",)

    def infer(self, *inputs):
        return inputs

    def torch(self, *inputs):
        return Form("{0} * torch.sigmoid({0})", operator=True)


nothing = 3
"""
ENTRIES = """[archspec.ops]
swish = swish_ops:Swish
gated = swish_ops:Swish
relu = swish_ops:Swish
renamed = swish_ops:Swish
number = swish_ops:nothing
lost = swish_ops:Lost
missing = no_such_module:Op
broken = broken_ops:Op
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder on the path with a distribution in it."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "swish_ops.py").write_text(SWISH)
    (folder / "broken_ops.py").write_text("raise RuntimeError('\\x1b[31mno\\n[bold]')\n")
    information = folder / "swish_ops-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: swish-ops\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(ENTRIES)
    return folder


def run(site: Path, command: str, *nodes: str) -> tuple[int, str]:
    graph = ", ".join(f"n{number}: {node}" for number, node in enumerate(nodes))
    (site / "net.yaml").write_text(f"archspec: 1\nname: Net\ninput: [3, 8, 8]\ngraph: {{{graph}}}\n")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from archspec.cli import main; sys.exit(main(sys.argv[1:]))",
            command,
            "net.yaml",
        ],
        capture_output=True,
        text=True,
        cwd=site,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(CHECKOUT), str(site)])},
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_an_installed_primitive_is_used_like_any_other(site: Path) -> None:
    code, printed = run(site, "codegen", "{op: conv, out: 8, kernel: 1}", "swish", "gated")
    assert code == 0
    assert "x * torch.sigmoid(x)" in printed and printed.startswith("imported\n")


def test_nothing_of_a_package_is_imported_before_it_is_needed(site: Path) -> None:
    """Names of the language are the language's, whoever claims them."""
    code, printed = run(site, "codegen", "relu", "{op: ConvAct, out: 8, kernel: 1}")
    assert code == 0
    assert "imported" not in printed and "nn.ReLU" in printed


def test_what_cant_be_used_is_told_with_its_package_and_reason(site: Path) -> None:
    code, printed = run(site, "check", "number", "lost", "missing", "broken", "renamed", "swich")
    assert code == 1
    for name, reason in {
        "number": "TypeError: `swish_ops:nothing` isn't a subclass of `Op`",
        "lost": "AttributeError: module 'swish_ops' has no attribute 'Lost'",
        "missing": "ModuleNotFoundError: No module named 'no_such_module'",
        "broken": r"RuntimeError: \x1b[31mno\n[bold]",
        "renamed": "ValueError: `swish_ops:Swish` is called `swish`",
    }.items():
        assert f"error[E013]: the op `{name}` of the package `swish-ops` can't be used" in printed
        assert reason in printed
    assert "unknown op `swich`" in printed and "did you mean `swish`?" in printed
    assert "6 errors" in printed
