"""The wheel stands on its own: installed away from the checkout, the command finds the zoo and the templates."""

from __future__ import annotations

import os
import subprocess
import sys
from email import message_from_string
from pathlib import Path
from zipfile import ZipFile

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    offline = ("--no-deps", "--no-build-isolation", "--no-index")
    subprocess.run([*PIP, "wheel", *offline, "--wheel-dir", str(folder), str(CHECKOUT)], check=True)
    (built,) = folder.glob("archspec_nn-*.whl")
    return built


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the installed wheel and nothing else; its dependencies are those of this interpreter."""
    folder = tmp_path_factory.mktemp("site")
    subprocess.run([*PIP, "install", "--no-deps", "--no-index", "--target", str(folder), str(wheel)], check=True)
    return folder


def run(site: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def names(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize(
    ("files", "inside"),
    [
        ("archspec/**/*.py", ""),
        ("archspec/library/*.yaml", ""),
        ("archspec/py.typed", ""),
        ("specs/**/*.yaml", "archspec/"),
        ("templates/**/*.*", "archspec/"),
    ],
)
def test_the_wheel_holds_what_the_checkout_has(wheel: Path, files: str, inside: str) -> None:
    expected = {inside + path.relative_to(CHECKOUT).as_posix() for path in CHECKOUT.glob(files)}
    assert expected, f"no {files} in the checkout"
    assert expected <= names(wheel)


def test_the_wheel_installs_nothing_beside_the_package(wheel: Path) -> None:
    assert {name.partition("/")[0].partition("-")[0] for name in names(wheel)} == {"archspec", "archspec_nn"}


def test_the_metadata_names_the_licence_and_the_dependencies(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = message_from_string(archive.read(name).decode())
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    required = {line.partition(">")[0] for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line}
    assert required == {"jinja2", "pydantic", "pyyaml", "safetensors", "torch"}


def test_the_folders_are_those_of_the_installation(site: Path, tmp_path: Path) -> None:
    question = "from archspec.places import LIBRARY, SPECS, TEMPLATES; print(SPECS, TEMPLATES, LIBRARY, sep='\\n')"
    answer = run(site, tmp_path, sys.executable, "-c", question)
    assert answer.stdout.splitlines() == [str(site / "archspec" / name) for name in ("specs", "templates", "library")]


@pytest.mark.parametrize("arguments", [("check", "vgg16"), ("list",)])
def test_the_command_works_from_another_folder(site: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run(site, tmp_path, str(site / "bin" / "archspec"), *arguments)
    assert done.returncode == 0, done.stderr


def test_the_templates_print_source_from_another_folder(site: Path, tmp_path: Path) -> None:
    done = run(site, tmp_path, str(site / "bin" / "archspec"), "codegen", "vgg16", "-o", "vgg16.py")
    assert done.returncode == 0, done.stderr
    assert "class VGG16(nn.Module):" in (tmp_path / "vgg16.py").read_text()
