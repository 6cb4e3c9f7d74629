"""Frozen dataclasses that cost little to define: there are hundreds of them, and a run makes a few or none."""

from __future__ import annotations

from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, fields
from typing import Any, ClassVar, dataclass_transform


class _Fields:
    """The fields of a class, which becomes a dataclass when somebody asks for them."""

    def __get__(self, instance: object, owner: type) -> dict[str, Field[Any]]:
        dataclass(init=False, repr=False, eq=False, match_args=False)(owner)
        found: dict[str, Field[Any]] = vars(owner)["__dataclass_fields__"]
        return found


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Record:
    """A subclass is a frozen dataclass with keyword fields; no decorator, and no methods generated for it."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __init_subclass__(cls) -> None:
        cls.__dataclass_fields__ = _Fields()  # type: ignore[assignment]  # what it gives is what is declared

    def __init__(self, **values: Any) -> None:
        for field in fields(self):
            value = values.pop(field.name, field.default)
            if value is MISSING:
                raise TypeError(f"{type(self).__name__} needs `{field.name}`")
            object.__setattr__(self, field.name, value)
        if values:
            raise TypeError(f"{type(self).__name__} has no field `{next(iter(values))}`")

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        listed = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({listed})"
