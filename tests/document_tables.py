"""Tables of the documents that are made from the code."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from archspec.diagnostics.wording import plural
from archspec.language.document import Block
from archspec.language.library import library_blocks
from archspec.listing import Entry, Wanted, entries, markdown
from archspec.ops import registry
from archspec.ops.base import Arguments, Op
from archspec.ops.initialisers import SCHEMES
from tests.zoo import market1501 as market


def primitives() -> str:
    """A table per family, in the order of the registry."""
    parts = []
    for family in registry.FAMILIES:
        module = import_module(f"archspec.ops.{family}")
        about, _, _ = (module.__doc__ or "").partition(":")
        rows = [_primitive(op) for op in registry.ops() if op.__module__ == module.__name__]
        parts.append(f"**{about.strip().rstrip('.')}**\n\n" + _table(("op", "inputs", "arguments", ""), rows))
    return "\n\n".join(parts)


def blocks() -> str:
    """The blocks of the library, in the order of their files."""
    rows = [(f"`{name}`", _parameters(block), block.doc or "") for name, block in library_blocks().items()]
    return _table(("block", "parameters", ""), rows)


def schemes() -> str:
    """What weights may start as."""
    rows = [(f"`{name}`", _arguments(scheme), _first_line(scheme)) for name, scheme in SCHEMES.items()]
    return _table(("scheme", "arguments", ""), rows)


def rooms() -> str:
    """Every module of the package, in the order in which they may import each other."""
    contracts = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "layers")
    names = ["__init__", *(name for layer in layers for name in re.findall(r"\w+", layer))]
    lines = [line for name in names for line in _room(_ROOT / "archspec", name, "")]
    return "```text\n" + "\n".join(lines) + "\n```"


def zoo() -> str:
    """Every network, by what it is for: the tasks of which there are most come first."""
    by_task: dict[str, list[Entry]] = {}
    for entry in entries(Wanted()):
        by_task.setdefault(entry.task or "other", []).append(entry)
    parts = sorted(by_task.items(), key=lambda part: (-len(part[1]), part[0]))
    titles = [f"{task.replace('_', ' ').capitalize()}: {plural(len(found), 'network')}" for task, found in parts]
    return "\n".join(
        f"### {title}\n\n{markdown(found)}" for title, (_, found) in zip(titles, parts, strict=True)
    ).rstrip()


def market1501() -> str:
    """A published comparison of backbones beside what the compiler counts."""
    head = (
        "backbone",
        "spec",
        "parameters published",
        "ours",
        "MACs published",
        "ours",
        "how the published ones were counted",
    )
    return _table(head, [_backbone(row) for row in market.rows()])


TABLES: dict[str, Callable[[], str]] = {
    "primitives": primitives,
    "blocks": blocks,
    "schemes": schemes,
    "rooms": rooms,
    "market1501": market1501,
    "zoo": zoo,
}

_ROOT = Path(__file__).resolve().parent.parent
_WIDTH = 30


def _backbone(row: market.Row) -> tuple[str, ...]:
    entry, counts = row.entry, {"params": row.params, "macs": row.macs}
    notes = [
        f"{label} {market.COUNTED[counted]}: {counts[figure][counted]:,}"
        for figure, label in (("params", "parameters"), ("macs", "MACs"))
        if market.COUNTED.get(counted := entry[f"{figure}_counted"])
    ]
    changed = f" (`{entry['settings']}`)" if entry["settings"] else ""
    why = "; ".join([*notes, *filter(None, [entry["why"]])])
    params, macs = (f"{counts[figure]['all']:,}" for figure in ("params", "macs"))
    return entry["row"], f"`{entry['spec']}`{changed}", f"{entry['params']} M", params, f"{entry['macs']} G", macs, why


def _room(folder: Path, name: str, indent: str) -> Iterator[str]:
    """A module's line, or a package's with its modules below it."""
    inside = folder / name
    if not inside.is_dir():
        yield f"{indent}{name}.py".ljust(_WIDTH) + _first_sentence(folder / f"{name}.py")
        return
    about = _first_sentence(inside / "__init__.py") if (inside / "__init__.py").exists() else ""
    yield (f"{indent}{name}/".ljust(_WIDTH) + about).rstrip()
    for path in sorted(inside.iterdir()):
        if path.suffix == ".py" and path.stem != "__init__":
            yield from _room(inside, path.stem, indent + "  ")
        elif path.suffix == ".yaml":
            yield f"{indent}  {path.name}"
        elif path.is_dir() and path.name != "__pycache__":
            yield from _room(inside, path.name, indent + "  ")


def _first_sentence(path: Path) -> str:
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return re.split(r"(?<=[.;]) ", " ".join(doc.split("\n\n")[0].split()))[0].rstrip(".;")


def _primitive(op: type[Op]) -> tuple[str, ...]:
    names = " ".join(f"`{name}`" for name in (op.name, *op.aliases))
    return names, _inputs(*op.arity), _arguments(op), _first_line(op)


def _arguments(of: type[Arguments]) -> str:
    fields = of.model_fields.items()
    return " ".join(_argument(name, field.is_required(), field.get_default()) for name, field in fields)


def _first_line(of: type) -> str:
    return inspect.cleandoc(of.__doc__ or "").splitlines()[0]


def _inputs(least: int, most: int | None) -> str:
    if most is None:
        return f"{least} or more"
    return str(least) if least == most else f"{least} or {most}" if most == least + 1 else f"{least} to {most}"


def _parameters(block: Block) -> str:
    return " ".join(_argument(name, one.required, one.default) for name, one in block.params.items())


def _argument(name: str, required: bool, default: Any) -> str:
    if required:
        return f"**`{name}`**"
    return f"`{name}`" if default is None else f"`{name}: {_spelt(default)}`"


def _spelt(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
