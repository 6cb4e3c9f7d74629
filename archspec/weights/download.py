"""Checkpoints on the web: over https into torch's own folder, under their name only when they are whole."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Final, Protocol
from urllib.error import URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import torch

from archspec.diagnostics.catalogue.weights import DownloadFailed, OtherHash
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.version import __version__

MOST_BYTES: Final = 2**35
_PIECE: Final = 2**20
_TIMEOUT: Final = 30


class Response(Protocol):
    """What is asked of an answer from the web."""

    url: str

    def read(self, size: int, /) -> bytes: ...
    def close(self) -> None: ...
    def getheader(self, name: str, /) -> str | None: ...


Open = Callable[[str], Response]


def hub_folder() -> Path:
    """Where torch keeps checkpoints."""
    return Path(torch.hub.get_dir()) / "checkpoints"


def downloaded(
    url: str, name: str, sha256: str, open_: Open | None = None, most: int = MOST_BYTES
) -> Path | Diagnostic:
    """The file of that name in torch's folder, from the web unless it is there; `sha256` is the start of its hash."""
    folder = hub_folder()
    path = folder / name
    if path.is_file():
        return checked(path, sha256) or path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _fetched(url, path, sha256, open_ or _open, most)
    except (OSError, HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        return DownloadFailed(url=url, reason=str(reason).splitlines()[0] if str(reason) else type(error).__name__)


def _fetched(url: str, path: Path, sha256: str, open_: Open, most: int) -> Path | Diagnostic:
    response = open_(url)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:64]}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            found = _copied(response, file.write, path.name, most)
            file.flush()
            os.fsync(file.fileno())
        if isinstance(found, str):
            fault = _checked(path, found, sha256)
            if fault is not None:
                return fault
            os.replace(beside, path)
            return path
        return DownloadFailed(url=url, reason=f"it has more than {most:,} bytes")
    finally:
        response.close()
        Path(beside).unlink(missing_ok=True)


def _copied(response: Response, write: Callable[[bytes], object], name: str, most: int) -> str | None:
    """The hash of what was copied; None where it is too much."""
    expected = int(response.getheader("Content-Length") or 0)
    if expected > most:
        return None
    digest, count = hashlib.sha256(), 0
    for piece in _pieces(response):
        count += len(piece)
        if count > most:
            return None
        digest.update(piece)
        write(piece)
        _progress(name, count, expected)
    if count < expected:
        raise ValueError(f"the connection ended after {count:,} of {expected:,} bytes")
    return digest.hexdigest()


def _pieces(response: Response) -> Iterator[bytes]:
    while piece := response.read(_PIECE):
        yield piece


def _progress(name: str, count: int, expected: int) -> None:
    """A bar for a person at a terminal."""
    if not sys.stderr.isatty():
        return
    part = min(count / expected, 1) if expected else 0
    bar = "█" * int(part * 24) + "░" * (24 - int(part * 24))
    done = "\n" if count >= expected > 0 else ""
    print(f"\r{name} {bar} {count / 1e6:,.0f} MB", end=done, file=sys.stderr, flush=True)


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checked(path: Path, sha256: str) -> Diagnostic | None:
    """What is wrong with a file that is there already; `sha256` is what is known of its hash."""
    return _checked(path, _hash_of(path), sha256) if sha256 else None


def _checked(path: Path, found: str, expected: str) -> Diagnostic | None:
    if found.startswith(expected):
        return None
    return OtherHash(path=str(path), found=found[: max(len(expected), 8)], expected=expected)


class _HttpsOnly(HTTPRedirectHandler):
    """No redirect leads anywhere but to https."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        if not newurl.startswith("https://"):
            raise URLError(f"it redirects to {newurl.partition(':')[0]}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open(url: str) -> Response:
    if not url.startswith("https://"):
        raise URLError("the address isn't https")
    request = Request(url, headers={"User-Agent": f"archspec/{__version__}"})
    response: Response = build_opener(_HttpsOnly).open(request, timeout=_TIMEOUT)
    return response
