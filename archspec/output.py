"""Writes files so that the old ones survive any failure: beside the targets, synced, then moved over them."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from archspec.diagnostics.catalogue.outside import CannotWrite
from archspec.diagnostics.diagnostic import Diagnostic

_PERMISSIONS = 0o666


def write(path: Path, content: bytes) -> Diagnostic | None:
    """Writes a whole file, or says why it can't be; nothing in between."""
    return write_all({path: content})


def write_all(contents: Mapping[Path, bytes]) -> Diagnostic | None:
    """Writes several files: none is moved to its place before all of them are on disk."""
    for path in contents:
        if (reason := _refusal(path)) is not None:
            return CannotWrite(path=str(path), reason=reason)
    beside: dict[Path, Path] = {}
    path = next(iter(contents))
    try:
        for path, content in contents.items():
            _put_beside(path, content, beside)
        for path in contents:
            beside[path].replace(path)
    except OSError as error:
        return CannotWrite(path=str(path), reason=(error.strerror or "it can't be written").lower())
    finally:
        for name in beside.values():
            name.unlink(missing_ok=True)
    for folder in {path.parent for path in contents}:
        _sync_folder(folder)
    return None


def make_folder(path: Path) -> Diagnostic | None:
    """Makes a folder where there is none, in one that is there already."""
    try:
        path.mkdir(exist_ok=True)
    except (OSError, ValueError) as error:
        reason = "it isn't a folder" if isinstance(error, FileExistsError) else getattr(error, "strerror", None)
        return CannotWrite(path=str(path), reason=(reason or "it can't be written").lower())
    return None


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


def _put_beside(path: Path, content: bytes, beside: dict[Path, Path]) -> None:
    """Writes the file under a name of its own in the same folder, which `beside` knows from the start."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:64]}.", suffix=".part")
    beside[path] = Path(name)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), _permissions(path))
        os.fsync(file.fileno())


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
