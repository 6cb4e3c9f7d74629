"""Runs commands of archspec in this process and reports what each printed, did and took; see sandbox.py.

Reads a list of argument lists as JSON from standard input, and writes a list of reports to standard output.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
import traceback
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

_FORBIDDEN = (
    *("os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.kill", "os.putenv"),
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod"),
    *("subprocess.Popen", "pty.spawn", "socket.connect", "socket.bind", "socket.getaddrinfo", "urllib.Request"),
    *("pickle.find_class", "ctypes.dlopen", "webbrowser.open"),
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_LONG = 0.9
_PACE = 0.055
"""Seconds that `pace` takes on a common machine while it is idle."""
_STATUS = Path("/proc/self/status")

deeds: list[str] = []
homes = [os.path.realpath(path) for path in (os.getcwd(), sys.prefix, sys.base_prefix, *sys.path) if path]


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: notes what a command that reads a spec has no business with."""
    if event in _FORBIDDEN:
        deeds.append(f"{event} {arguments!r:.200}")
    elif event == "open" and isinstance(arguments[0], str | bytes):
        path, flags = os.path.realpath(os.fsdecode(arguments[0])), arguments[2] or 0
        if flags & _WRITING or not any(path.startswith(home) for home in homes):
            deeds.append(f"open {path} {flags:o}")


def report(command: list[str]) -> dict[str, Any]:
    """What a command does; `seconds` are those of a machine with nothing else to do, which a busy one can double."""
    found = attempt(command)
    for _ in range(2):
        if found["seconds"] > _LONG:
            again = attempt(command)
            again["seconds"] *= min(1, _PACE / pace())
            found = min(found, again, key=lambda one: one["seconds"])
    return found


def pace() -> float:
    """Seconds for a fixed piece of work."""
    start = time.process_time()
    texts = {}
    for number in range(500_000):
        texts[number & 255] = str(number)
    return time.process_time() - start


def attempt(command: list[str]) -> dict[str, Any]:
    from archspec.cli import main

    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    forget_peak()
    deeds.clear()
    start = time.process_time()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code: Any = main(command)
    except SystemExit as leaving:
        code = leaving.code
    except BaseException:
        code = traceback.format_exc(limit=-4)
    seconds, done = time.process_time() - start, list(deeds)
    printed = [stream.buffer.getvalue().decode() for stream in map(flushed, (out, err))]
    return {
        "command": command, "code": code, "out": printed[0], "err": printed[1],
        "seconds": seconds, "peak": peak(), "deeds": done,
    }  # fmt: skip


def flushed(stream: io.TextIOWrapper) -> Any:
    stream.flush()
    return stream


def forget_peak() -> None:
    """So that the next peak is this command's own; where it can't be forgotten, all share the largest."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def peak() -> int:
    """Peak resident memory in MB. Not rusage's, which begins with that of the process that started this one."""
    if not _STATUS.exists():
        return 0
    [line] = [line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1000


if __name__ == "__main__":
    commands = json.load(sys.stdin)
    report(sys.argv[1:] or ["summary", "lenet5"])  # what every command takes to start is not of the file's making
    sys.addaudithook(watch)
    json.dump([report(command) for command in commands], sys.stdout)
