"""The example that trains a network reaches what its page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_fine_tuning_tells_the_digits() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "finetune_digits.py"],
        capture_output=True,
        text=True,
        timeout=400,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    five, linear, tuned = map(float, re.findall(r": +(\d+\.\d)%", done.stdout))
    assert five > 97 and linear > 95 and tuned > 97
    assert re.findall(r"warning\[(\w+)\]", done.stderr) == ["W701"]  # the classifier, and it alone, starts fresh
