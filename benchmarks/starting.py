"""The whole process of a command beside that of importing torch."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.pairing import Result, in_turn

SUMMARY = ("-c", "import sys; from archspec.cli import main; sys.exit(main())", "summary", "specs/resnet50.yaml")
"""What the `archspec` script does."""
IMPORT = ("-c", "import torch")
ROUNDS = 11


def results() -> Iterator[Result]:
    ratio = in_turn(lambda: _run(*SUMMARY), lambda: _run(*IMPORT), ROUNDS, warm=2)
    yield Result("`archspec summary specs/resnet50.yaml`, over `python -c 'import torch'`", ratio, bar=0.25)


def _run(*arguments: str) -> None:
    # An installed package has its bytecode, and torch has in any case.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)
