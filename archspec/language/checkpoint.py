"""What `weights` says of a checkpoint: where it comes from, and which of its entries is which of the network's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, TypeAlias

SUFFIXES: Final = (".safetensors", ".pth", ".pt", ".pth.tar", ".ckpt", ".bin")
"""Files that checkpoints are read from."""
_LIBRARY = re.compile(r"(torchvision|timm):([A-Za-z0-9_.\-/]+)", re.ASCII)
_TORCHVISION = re.compile(r"([a-z0-9_]+)/([A-Za-z0-9_]+)", re.ASCII)
_TIMM = re.compile(r"([a-z0-9_]+)(?:\.([A-Za-z0-9_\-]+))?", re.ASCII)
_ADDRESS = re.compile(r"https://[A-Za-z0-9.\-]+(:[0-9]{1,5})?/[!-~]*", re.ASCII)
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,63}(/[A-Za-z0-9_][A-Za-z0-9_.\-]{0,63}){0,3}", re.ASCII)
_NO_SUFFIX: Final = f"a file of weights ends in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
_NO_HASH: Final = "sha256 is 64 digits, 0 to 9 and a to f"
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Published:
    """Weights that torchvision or timm publish: `model` is their name of the network, `tag` that of its weights."""

    library: str
    model: str
    tag: str

    def __str__(self) -> str:
        return f"{self.library}:{self.model}{'/' if self.library == 'torchvision' else '.'}{self.tag}"


@dataclass(frozen=True, slots=True)
class Address:
    """A file on the web, and the hash that it must have."""

    url: str
    sha256: str

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True)
class Beside:
    """A file in the spec's folder or below it, or in the zoo."""

    path: str

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class ByHand:
    """A file that has no lasting address, or no published hash: who wants it takes it from a page, into torch's own
    folder, under the path that it has there. An empty hash isn't known.
    """

    page: str
    file: str
    sha256: str = ""

    def __str__(self) -> str:
        return f"{self.file} of {self.page}"


Origin: TypeAlias = Published | Address | Beside | ByHand


def origin_of(written: object) -> Origin | str:
    """What `from` means, or why it means nothing."""
    if isinstance(written, Mapping):
        return _by_hand(written) if "page" in written else _address(written)
    if not isinstance(written, str):
        return "it is a library's weights, a file, a url with its sha256, or a page with the name of its file"
    library = _LIBRARY.fullmatch(written)
    if library is not None:
        return _published(library[1], library[2])
    if "://" in written:
        return "an address needs its hash: {url: …, sha256: …}"
    if not written.endswith(SUFFIXES):
        return _NO_SUFFIX
    path = PurePosixPath(written)
    if path.is_absolute() or ".." in path.parts or not written.isprintable() or any(sign in written for sign in "\\:"):
        return "a file is named by its path below the spec's own folder"
    return Beside(written)


def _published(library: str, name: str) -> Published | str:
    if library == "torchvision":
        found = _TORCHVISION.fullmatch(name)
        return Published(library, found[1], found[2]) if found else "torchvision's are named torchvision:MODEL/WEIGHTS"
    found = _TIMM.fullmatch(name)
    return Published(library, found[1], found[2]) if found and found[2] else "timm's are named timm:MODEL.TAG"


def _address(written: Mapping[object, object]) -> Address | str:
    url, sha256 = written.get("url"), written.get("sha256")
    if not isinstance(url, str) or not _ADDRESS.fullmatch(url):
        return "an address begins with https:// and has no blanks"
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        return _NO_HASH
    return Address(url, sha256)


def _by_hand(written: Mapping[object, object]) -> ByHand | str:
    page, file = written.get("page"), written.get("file")
    if not isinstance(page, str) or not _ADDRESS.fullmatch(page):
        return "a page's address begins with https:// and has no blanks"
    if not isinstance(file, str) or not _FILE.fullmatch(file):
        return "file is the page's file, which torch's folder gets under the same path"
    sha256 = written.get("sha256", "")
    if sha256 != "" and (not isinstance(sha256, str) or not _SHA256.fullmatch(sha256)):
        return _NO_HASH
    return ByHand(page, file, sha256) if file.endswith(SUFFIXES) else _NO_SUFFIX


@dataclass(frozen=True, slots=True)
class Pattern:
    """Names of entries: parts between dots, in each at most one `*` for some of its signs; a last part `**` is one
    or more whole parts. Both ways take one pass over the name.
    """

    parts: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Pattern | str:
        """The pattern, or what is wrong with it."""
        parts = tuple(text.split("."))
        if not all(parts) or not text.isascii() or not text.isprintable() or " " in text:
            return "a name has parts of ASCII signs between dots"
        if "**" in parts[:-1]:
            return "`**` can only be the last part"
        if any(part.count("*") > 1 and part != "**" for part in parts):
            return "a part has at most one `*`"
        return cls(parts)

    @property
    def wild(self) -> tuple[str, ...]:
        """Its wildcards in order; two patterns name each other's entries if they have the same."""
        return tuple("**" if part == "**" else "*" for part in self.parts if "*" in part)

    def taken(self, name: str) -> tuple[str, ...] | None:
        """What the wildcards stand for in a name; None where it isn't such a name."""
        steps = name.split(".")
        deep = self.parts[-1] == "**"
        if len(steps) < len(self.parts) or (len(steps) > len(self.parts) and not deep):
            return None
        found: list[str] = []
        for part, step in zip(self.parts[: -1 if deep else None], steps, strict=False):
            before, star, after = part.partition("*")
            if not star:
                if part != step:
                    return None
            elif len(step) > len(before) + len(after) and step.startswith(before) and step.endswith(after):
                found.append(step[len(before) : len(step) - len(after)])
            else:
                return None
        return (*found, ".".join(steps[len(self.parts) - 1 :])) if deep else tuple(found)

    def filled(self, taken: tuple[str, ...]) -> str:
        """The name in which the wildcards stand for these."""
        values = iter(taken)
        parts = (part if "*" not in part else _filled(part, next(values)) for part in self.parts)
        return ".".join(parts)


def _filled(part: str, value: str) -> str:
    return value if part == "**" else part.replace("*", value)


@dataclass(frozen=True, slots=True)
class Rename:
    """One line of `match`: entries of the checkpoint, and what they are called here; None where they have no
    counterpart.
    """

    theirs: Pattern
    ours: Pattern | None

    @classmethod
    def of(cls, theirs: str, ours: object) -> Rename | str:
        """The rule, or what is wrong with it."""
        first = Pattern.of(theirs)
        if isinstance(first, str) or ours is None:
            return first if isinstance(first, str) else cls(first, None)
        second = Pattern.of(ours) if isinstance(ours, str) else "it names entries of this network, or is null"
        if isinstance(second, str):
            return second
        if first.wild != second.wild:
            return "both sides have the same wildcards, in the same order"
        return cls(first, second)


def renames_of(match: object) -> tuple[Rename, ...]:
    """The rules of a `match` that is right; none for `order`."""
    found = (Rename.of(*entry) for entry in match.items()) if isinstance(match, Mapping) else ()
    return tuple(rename for rename in found if isinstance(rename, Rename))
