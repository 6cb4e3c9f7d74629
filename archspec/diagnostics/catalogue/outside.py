"""E0: what is outside a spec's text: the files that are read."""

from __future__ import annotations

from archspec.diagnostics.diagnostic import Error, Help


class FileUnreadable(Error):
    """A spec is read from a file that exists and may be read. Missing and forbidden files get the same message."""

    code = "E001"
    title_template = "can't read `{path}`"
    label_template = "there is no such file, or it may not be read"
    path: str


class NotRegularFile(Error):
    """A spec is an ordinary file. Folders, pipes, sockets and devices aren't opened for reading."""

    code = "E002"
    title_template = "`{path}` is {found}"
    label_template = "a spec is read from an ordinary file"
    path: str
    found: str  # "a folder", "a pipe"


class FileTooLarge(Error):
    """A spec has at most 1 MiB of text (`TextLimits.max_bytes` in Python)."""

    code = "E003"
    title_template = "`{path}` is too large for a spec"
    label_template = "more than {limit} bytes"
    path: str
    limit: int

    class Shorten(Help):
        template = "say what repeats once, with `repeat`, `each` or a block"


class CannotWrite(Error):
    """Files are written beside their place and then moved to it. A link, a folder or a device is never written over."""

    code = "E004"
    title_template = "can't write `{path}`"
    label_template = "{reason}"
    path: str
    reason: str  # "it is a folder", "there is no space left on the device"


class NoSuchDevice(Error):
    """A module is built on a device that torch has here: `cpu`, `meta` (shapes without memory), `cuda`."""

    code = "E005"
    title_template = "there is no device `{device}`"
    label_template = "torch doesn't find one here"
    device: str
