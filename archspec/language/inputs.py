"""What a network is given: shapes, and whether they hold numbers or indices."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from archspec.language.model import Model

Shape: TypeAlias = Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1, max_length=4)]


class Input(Model):
    """One input of a network."""

    shape: Shape = Field(description="shape without batch: [channels, height, width]")
    dtype: Literal["float", "int"] = Field("float", description="numbers to compute with, or indices")


UNKNOWN_INPUT = Input.model_construct(shape=[])
"""Stands for one whose shape is faulty."""


def _input(raw: Any) -> Any:
    """A shape is that of numbers to compute with."""
    return {"shape": raw} if isinstance(raw, list) else raw


OneInput: TypeAlias = Annotated[Input, BeforeValidator(_input)]
