"""What is imported when: nothing heavy before it is needed. And no module or function is too long for one look."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "jinja2", "numpy", "safetensors")


def imported(code: str) -> set[str]:
    """The heavy modules that some code imports in a process of its own."""
    report = f"import sys\n{code}\nprint('HEAVY', *(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_the_package_imports_nothing() -> None:
    code = "import archspec\nassert not [name for name in sys.modules if name.startswith('archspec.')]"
    assert imported(code) == set()


@pytest.mark.parametrize(
    "command", ["summary resnet50", "check resnet50", "expand lenet5", "list", "schema", "explain E501"]
)
def test_commands_that_need_no_torch_dont_import_it(command: str) -> None:
    assert imported(f"from archspec.cli import main\nassert main({command.split()!r}) == 0") == set()


def test_codegen_needs_templates_but_no_torch() -> None:
    assert imported("from archspec.cli import main\nmain(['codegen', 'lenet5'])") <= {"jinja2"}


def test_the_public_surface_is_complete() -> None:
    import archspec

    assert sorted(archspec.__all__) == dir(archspec)
    assert all(getattr(archspec, name) is not None for name in archspec.__all__)
    with pytest.raises(AttributeError, match="no attribute 'laod'"):
        archspec.laod  # noqa: B018


def test_modules_and_functions_are_short() -> None:
    package = Path(__file__).parents[1] / "archspec"
    texts = {path: path.read_text(encoding="utf-8") for path in package.rglob("*.py")}
    functions = {
        f"{path.name}: {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path, text in texts.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    }
    assert {str(path) for path, text in texts.items() if text.count("\n") > 300} == set()
    assert {name for name, lines in functions.items() if lines > 60} == set()
