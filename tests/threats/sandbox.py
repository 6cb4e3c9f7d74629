"""Commands run on hostile files in a process with limits, and what must be true of each that rejects its file."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
INMATE = Path(__file__).with_name("inmate.py")
MOST_SECONDS, MOST_MB = 1, 200
READING = ("check", "summary", "expand", "codegen", "build")
"""Commands that read a spec."""


@dataclass(frozen=True)
class Attempt:
    """A hostile file, the codes of all that is to be said of it, the main one first, and the line of the first."""

    text: str | bytes
    codes: str
    line: int | None = None

    @property
    def content(self) -> bytes:
        return self.text if isinstance(self.text, bytes) else self.text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    command: list[str]
    code: Any
    out: str
    err: str
    seconds: float
    peak: int
    deeds: list[str]


def environment() -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")
    }
    return kept | {"PYTHONPATH": str(CHECKOUT), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}


def limits(memory: int | None = 2**30, seconds: int = 40, file_size: int | None = None) -> None:
    """Of the process that calls this, in case a promise fails: no machine should suffer from a test."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    if file_size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))


def run(
    folder: Path, commands: Iterable[Sequence[str]], memory: int | None = 2**30, first: Sequence[str] = ()
) -> list[Outcome]:
    """Runs commands one after another in one process that stands in a folder; nothing is made of what `first` does."""
    done = subprocess.run(
        [sys.executable, str(INMATE), *first],
        input=json.dumps([list(command) for command in commands]),
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment(),
        timeout=120,
        preexec_fn=lambda: limits(memory),
    )
    assert done.returncode == 0, f"the process ended with {done.returncode}: {done.stderr[-2000:]}"
    return [Outcome(**outcome) for outcome in json.loads(done.stdout)]


def wrongs(outcome: Outcome, exit_code: int = 1, most_mb: int = MOST_MB) -> list[str]:
    """What isn't as it has to be, whatever the file."""
    printed = outcome.out + outcome.err
    raw = {char for char in printed if char != "\n" and not char.isprintable()}
    faults = {
        f"exit code {outcome.code}": outcome.code != exit_code,
        "a traceback": "Traceback" in printed,
        f"raw {raw}": bool(raw),
        f"{outcome.seconds:.2f} s": outcome.seconds >= MOST_SECONDS,
        f"{outcome.peak} MB": outcome.peak >= most_mb,
        f"did {outcome.deeds}": bool(outcome.deeds),
        f"{len(printed):,} characters": len(printed) > (20_000 if "json" not in outcome.command else 10**6),
    }
    name = " ".join(outcome.command)[-100:]
    return [f"{name}: {fault}" for fault, found in faults.items() if found]


def rejections(
    folder: Path, rows: Mapping[str, Sequence[Attempt]], commands: Sequence[str] = READING
) -> dict[str, list[str]]:
    """Writes files, runs all commands on each in one process, and says per row what isn't as it has to be."""
    attempts = {
        f"{row.split()[0]}-{number}.yaml": (row, one) for row, ones in rows.items() for number, one in enumerate(ones)
    }
    for name, (_, attempt) in attempts.items():
        (folder / name).write_bytes(attempt.content)
    found: dict[str, list[str]] = {row: [] for row in rows}
    calls = [["check", "--format", "json"], *([command] for command in commands)]
    for outcome in run(folder, [[*call, name] for name in attempts for call in calls]):
        row, attempt = attempts[outcome.command[-1]]
        found[row] += wrongs(outcome)
        found[row] += _unlike(attempt, outcome) if "json" in outcome.command else _untold(attempt, outcome)
    left = {path.name for path in folder.iterdir()} - set(attempts)
    assert not left, "files left behind"
    return found


def assert_none(wrong: Sequence[str]) -> None:
    """Fails with a list that a person can read."""
    if wrong:
        pytest.fail("\n".join(wrong[:40]), pytrace=False)


def _unlike(attempt: Attempt, outcome: Outcome) -> list[str]:
    """How the report as JSON differs from the one expected."""
    start = f"{outcome.command[-1]} {attempt.text[:60]!r}"
    try:
        report = json.loads(outcome.out)
    except ValueError:
        return [f"{start}: no report"]
    errors = [one for one in report["diagnostics"] if one["severity"] == "error"]
    codes = sorted({one["code"] for one in errors})
    if codes != sorted(attempt.codes.split()):
        return [f"{start}: {codes}, expected {attempt.codes}: {[one['title'] for one in errors][:4]}"]
    if attempt.line is not None and errors[0]["line"] != attempt.line:
        return [f"{start}: {errors[0]['code']} in line {errors[0]['line']}, expected {attempt.line}"]
    placeless = [one["title"] for one in errors if one["line"] is None and not attempt.codes.startswith("E0")]
    return [f"{start}: no place for {title}" for title in placeless]


def _untold(attempt: Attempt, outcome: Outcome) -> list[str]:
    """Whether a command's text names the fault, in the right stream, and gives nothing else."""
    told, other = (outcome.out, outcome.err) if outcome.command[0] == "check" else (outcome.err, outcome.out)
    name, code = " ".join(outcome.command), attempt.codes.split()[0]
    silent = [f"{name}: doesn't tell {code}"] * (f"error[{code}]" not in told)
    return silent + [f"{name}: prints {other[:80]!r}"] * bool(other)
