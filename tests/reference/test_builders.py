"""Every network for classification that torchvision builds is one of the zoo's."""

from __future__ import annotations

from types import ModuleType

from tests.reference.cases import cases

MISSING = {"maxvit_t"}
"""Attention over blocks and grids at once."""


def test_every_builder_has_a_spec(reference_torchvision: ModuleType) -> None:
    models = reference_torchvision.models
    builders = set(models.list_models(module=models))
    ours = {case.model for case in cases() if case.library == "torchvision"}
    assert builders - ours == MISSING
    assert ours <= builders
