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


class ImportUnreadable(Error):
    """`extends` and `import` name a network of the zoo, or a file by its path from the spec's own folder. Only files in
    that folder, in folders below it, and in the zoo are read; missing and forbidden ones get the same message.
    """

    code = "E006"
    title_template = "can't read `{path}`"
    label_template = "no such file beside or below the spec or in the zoo, or it may not be read"
    path: str


class ImportCycle(Error):
    """A spec can't extend or import itself, in however many steps."""

    code = "E007"
    title_template = "specs lead back to themselves"
    label_template = "{cycle}"
    cycle: str  # "a.yaml -> b.yaml -> a.yaml"


class TooManyImports(Error):
    """A spec reads at most 64 other files, each of them once."""

    code = "E008"
    title_template = "too many imports"
    label_template = "more than {limit} files"
    limit: int


class ImportFaulty(Error):
    """A spec that is extended or imported must be right by itself."""

    code = "E009"
    title_template = "`{path}` can't be used"
    label_template = "{found}"
    path: str
    found: str  # "error[E401]: unknown op `rellu` (a.yaml:5:3)"


class NothingToImport(Error):
    """`import` takes a network, under a name of the spec's choice, or a block of that name from a file of blocks."""

    code = "E010"
    title_template = "`{path}` has no block `{name}`"
    label_template = "it is a file of blocks, and has {known}"
    path: str
    name: str
    known: str


class NoPlaceInPackage(Error):
    """In a package, each network has a module, called as its file, and a class, called as its `name`; no two of them
    are the same.
    """

    code = "E011"
    title_template = "`{path}` has no place in the package"
    label_template = "{reason}"
    path: str
    reason: str  # "its `resnet50.py` is that of `resnet50.yaml` too"


class NotAnAmount(Error):
    """Numbers of parameters and multiply-accumulates are written in full, or in thousands (`k`), millions (`M`),
    billions (`G`, `B`) or trillions (`T`): 5000000, 5M, 1.5G.
    """

    code = "E012"
    title_template = "`{key}` needs a number"
    label_template = "expected one such as 5000000, 5M or 1.5G, found `{found}`"
    key: str
    found: str


class OpUnusable(Error):
    """An installed package can give primitives by entry points of the group `archspec.ops`, each under its own name.
    The module of one is imported when a spec uses it, and must hold a subclass of `Op` of that name."""

    code = "E013"
    title_template = "the op `{name}` of the package `{package}` can't be used"
    label_template = "{reason}"
    name: str
    package: str
    reason: str  # "ModuleNotFoundError: No module named 'swish'"
