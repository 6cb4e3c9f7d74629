"""Writes files so that the old one survives any failure: beside the target, synced, then moved over it."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from archspec.diagnostics.catalogue.outside import CannotWrite
from archspec.diagnostics.diagnostic import Diagnostic

_PERMISSIONS = 0o666


def write(path: Path, content: bytes) -> Diagnostic | None:
    """Writes a whole file, or says why it can't be; nothing in between."""
    reason = _refusal(path)
    if reason is None:
        try:
            _replace(path, content)
        except OSError as error:
            reason = (error.strerror or "it can't be written").lower()
    return None if reason is None else CannotWrite(path=str(path), reason=reason)


def _refusal(path: Path) -> str | None:
    """Only an ordinary file may be there already: writing through a link or into a device isn't what anyone asked
    for.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return "it can't be written"
    if stat.S_ISLNK(mode):
        return "it is a symbolic link"
    if stat.S_ISDIR(mode):
        return "it is a folder"
    return None if stat.S_ISREG(mode) else "it isn't an ordinary file"


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:64]}.", suffix=".part")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), _permissions(path))
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _permissions(path: Path) -> int:
    """Those of the file that is replaced, or what a new file gets."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return _PERMISSIONS & ~mask


def _sync_folder(folder: Path) -> None:
    """So that the new name is on disk too; some file systems can't, and the file is complete without it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
