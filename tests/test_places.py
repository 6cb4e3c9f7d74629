"""The folders that come with archspec, and the zoo's names."""

from pathlib import Path

from archspec import places

CHECKOUT = Path(__file__).resolve().parent.parent


def test_a_checkout_uses_the_folders_beside_the_package() -> None:
    assert places.SPECS == CHECKOUT / "specs"
    assert places.TEMPLATES == CHECKOUT / "templates"
    assert places.LIBRARY == CHECKOUT / "archspec" / "library"


def test_the_zoo_is_every_spec_by_name() -> None:
    zoo = places.zoo()
    assert list(zoo) == sorted(zoo)
    assert {"lenet5", "resnet50", "vgg16"} <= zoo.keys()
    assert all(path.is_file() and path.stem == name for name, path in zoo.items())
