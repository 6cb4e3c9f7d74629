"""What all tests share: golden files, the reference implementations, and a Hypothesis that repeats itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

from tests import reference_models

# Derandomised: a failure belongs to the change that caused it. No deadline: machines are shared.
settings.register_profile("archspec", deadline=None, derandomize=True)
settings.load_profile("archspec")

_REFERENCES = {"reference_torchvision", "reference_timm"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="rewrite golden files instead of comparing")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        if "golden" in used:
            item.add_marker(pytest.mark.golden)
        if used & _REFERENCES:
            item.add_marker(pytest.mark.reference)
    if config.getoption("--rewrite-golden"):
        config.hook.pytest_deselected(items=[item for item in items if not item.get_closest_marker("golden")])
        items[:] = [item for item in items if item.get_closest_marker("golden")]


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """`golden(path, text)`: `text` is what the committed file holds; with --rewrite-golden it is written there."""
    rewrite: bool = request.config.getoption("--rewrite-golden")

    def compare(path: Path, text: str) -> None:
        if rewrite:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
            return
        assert path.is_file(), f"{path} is missing: make golden, then read the diff"
        assert text == path.read_bytes().decode(), f"{path} differs: make golden, then read the diff"

    return compare


@pytest.fixture(scope="session")
def reference_torchvision() -> ModuleType:
    return reference_models.torchvision()


@pytest.fixture(scope="session")
def reference_timm() -> ModuleType:
    return reference_models.timm()
