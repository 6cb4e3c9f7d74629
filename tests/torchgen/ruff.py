"""ruff over a folder of generated files, with the rules that generated source keeps to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

RULES = "E,F,I,N,UP,B,SIM,RUF"
_OPTIONS = ("--isolated", "--no-cache", "--line-length", "100")


def check(folder: Path) -> None:
    _run("check", *_OPTIONS, "--select", RULES, "--output-format", "concise", str(folder))


def format_check(folder: Path) -> None:
    _run("format", "--check", "--diff", *_OPTIONS, str(folder))


def _run(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "ruff", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
