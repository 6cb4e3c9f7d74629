"""Documents show what the project does: each fenced block that says what it is gets made again.

    ```yaml              a spec; archspec, name and input are added where they are missing
    ```yaml net.yaml     the same, and a file of that name for the commands below it
    ```yaml specs/x.yaml#Name      the part of a file under that key
    ```python specs/x.yaml#Name    that class of the source generated from it; or of a file of Python
    ```text result       what the spec above gives: diagnostics, or its input, output and parameters
    ```text nodes        the nodes of the spec above
    ```python generated  the classes generated from the spec above
    ```python run        run as it is
    ```pycon             run as in Python's shell, with what it prints
    ```console           `$ archspec …`, with what it prints
    <!-- begin NAME -->  a table made from the code

Output may leave lines out: a line `…` stands for them.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archspec.cli import main
from archspec.diagnostics.render import text
from archspec.diagnostics.span import Source
from archspec.display.figures import shapes
from archspec.display.table import aligned
from archspec.language.load import load
from archspec.spec import Spec, check_text, has_errors, load_text
from archspec.spec import load as load_spec
from tests import document_tables

ROOT = Path(__file__).resolve().parent.parent
ADDED = {"archspec": "1", "name": "Net", "input": "[3, 32, 32]"}
"""What a spec in a document may leave out, and what it is then."""

_FENCE = re.compile(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TABLE = re.compile(r"(<!-- begin (\w+)[^\n]*-->\n).*?(<!-- end \2 -->)", re.DOTALL)
_SECONDS = re.compile(r"\d+\.\d+ s\b")


def refreshed(document: str, folder: Path) -> str:
    """A document with everything in it made again. Commands run in the folder, which is empty."""
    for name in ("specs", "tests"):
        (folder / name).symlink_to(ROOT / name)
    with contextlib.chdir(folder):
        document = _FENCE.sub(_Fences(), document)
    return _TABLE.sub(lambda found: f"{found[1]}\n{document_tables.TABLES[found[2]]()}\n\n{found[3]}", document)


def fences(document: str) -> list[tuple[str, str, str]]:
    """Language, further words, and content of each fenced block."""
    return [(found[1], found[2] or "", found[3]) for found in _FENCE.finditer(document)]


class _Fences:
    """Goes through the fenced blocks of one document; remembers the last spec, and the names of its Python."""

    def __init__(self) -> None:
        self.spec = ""
        self.names: dict[str, Any] = {"__name__": "document"}

    def __call__(self, found: re.Match[str]) -> str:
        language, words, body = found[1], found[2] or "", found[3]
        make = _MAKERS.get((language, words)) or _MAKERS.get((language, "#" if "#" in words else ""))
        new = make(self, body, words) if make else body
        head = f"```{language} {words}".rstrip()
        return f"{head}\n{new.rstrip()}\n```"

    def take_spec(self, body: str, words: str) -> str:
        self.spec = completed(body)
        if words:
            Path(words).write_text(self.spec, encoding="utf-8")
        return body

    def excerpt_of_spec(self, body: str, words: str) -> str:
        name, _, key = words.partition("#")
        return _indented_under((ROOT / name).read_text(encoding="utf-8"), f"{key}:")

    def excerpt_of_source(self, body: str, words: str) -> str:
        name, _, key = words.partition("#")
        path = ROOT / name
        source = path.read_text(encoding="utf-8") if path.suffix == ".py" else load_spec(path).codegen()
        return _indented_under(source, f"class {key}(")

    def result(self, body: str, words: str) -> str:
        found = check_text(self.spec)
        report = re.sub(r"\n\d+ (error|warning).*\n$", "\n", text(found))
        if has_errors(found):
            return report
        spec = load_text(self.spec)
        root = spec.network.root
        line = f"{shapes(root.inputs)} -> {shapes(root.output_types)}, {spec.params:,} parameters"
        return f"{report}\n{line}" if report else line

    def nodes(self, body: str, words: str) -> str:
        if has_errors(check_text(self.spec)):
            return self.result(body, words)
        cells = load_text(self.spec).summary().cells()
        return aligned(("node", "op", "output", "params"), [(row[0], row[1], row[3], row[6]) for row in cells], {3})

    def generated(self, body: str, words: str) -> str:
        return _classes(load_text(self.spec))

    def run(self, body: str, words: str) -> str:
        exec(compile(body, "<document>", "exec", dont_inherit=True), self.names)
        return body

    def shell(self, body: str, words: str) -> str:
        return _each(body, ">>> ", "... ", self._statement)

    def _statement(self, source: str) -> str:
        with _captured() as printed:
            try:
                exec(compile(source, "<document>", "single", dont_inherit=True), self.names)
            except Exception as error:
                kind = type(error)
                print(f"Traceback (most recent call last):\n  ...\n{kind.__module__}.{kind.__name__}: {error}")
        return printed.getvalue()

    def commands(self, body: str, words: str) -> str:
        return _each(body, "$ ", "> ", _command)


_MAKERS: dict[tuple[str, str], Callable[[_Fences, str, str], str]] = {
    ("yaml", ""): _Fences.take_spec,
    ("yaml", "#"): _Fences.excerpt_of_spec,
    ("python", "#"): _Fences.excerpt_of_source,
    ("python", "generated"): _Fences.generated,
    ("python", "run"): _Fences.run,
    ("text", "result"): _Fences.result,
    ("text", "nodes"): _Fences.nodes,
    ("pycon", ""): _Fences.shell,
    ("console", ""): _Fences.commands,
}


def completed(body: str) -> str:
    """A spec with what it leaves out put behind it, so that its lines keep their numbers."""
    tree, _ = load(Source("fragment", body))
    known = set(tree or {})
    if "blocks" in known and "graph" not in known:  # a file of blocks is no network
        return body
    if "inputs" in known:
        known.add("input")
    return body + "".join(f"{key}: {value}\n" for key, value in ADDED.items() if key not in known)


def _command(line: str) -> str:
    program, *arguments = shlex.split(line)
    assert program == "archspec", f"only archspec is run in a document: {line}"
    with _captured() as printed, contextlib.suppress(SystemExit):
        main(arguments)
    return printed.getvalue()


@contextlib.contextmanager
def _captured() -> Any:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        yield printed
        sys.stdout.flush()


def _each(body: str, first: str, more: str, run: Callable[[str], str]) -> str:
    """A transcript with what each input prints now."""
    parts = re.split(rf"^(?={re.escape(first)})", body, flags=re.MULTILINE)
    return "".join(_one(part, first, more, run) for part in parts if part)


def _one(part: str, first: str, more: str, run: Callable[[str], str]) -> str:
    lines = part.splitlines()
    count = next((at for at, line in enumerate(lines) if not line.startswith((first, more.rstrip()))), len(lines))
    source = "\n".join(line[len(first) :] for line in lines[:count])
    printed = [line.rstrip() for line in run(source).rstrip().splitlines()]
    new = _shortened(printed, lines[count:])
    gap = [""] if lines[-1:] == [""] and new else []
    return "\n".join([*lines[:count], *new, *gap]) + "\n"


def _shortened(new: list[str], old: list[str]) -> list[str]:
    """The new lines, with as many left out as before; the old ones where just the time of a run differs."""
    old = old[:-1] if old[-1:] == [""] else old
    if "…" in old:
        at = old.index("…")
        behind = len(old) - at - 1
        new = [*new[:at], "…", *(new[-behind:] if behind else [])]
    same = [_SECONDS.sub("", line) for line in new] == [_SECONDS.sub("", line) for line in old]
    return old if same else new


def _indented_under(content: str, head: str) -> str:
    """The line that starts so, and all that is indented more than it."""
    lines = content.splitlines()
    start = next(at for at, line in enumerate(lines) if line.lstrip().startswith(head))
    depth = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or lines[end].startswith(" " * (depth + 1))):
        end += 1
    return textwrap.dedent("\n".join(lines[start:end]))


def _classes(spec: Spec) -> str:
    """Generated source without the docstring and the imports on top of it."""
    source = spec.codegen()
    return source[source.index("\n\n\nclass ") + 3 :]
