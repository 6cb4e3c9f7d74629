"""What a network is given: shapes, and whether they hold numbers or indices."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from archspec.diagnostics.diagnostic import Help
from archspec.diagnostics.remarks import Write
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


def is_shape(shape: object) -> bool:
    """Whether something can be a shape."""
    return isinstance(shape, list) and 1 <= len(shape) <= 4 and all(type(size) is int and size > 0 for size in shape)


def meant_shape(found: str) -> tuple[Help, ...]:
    """`3x224x224` and `3, 224, 224` are shapes to everybody but YAML."""
    sizes = re.findall(r"\d+", found) if len(found) < 50 else []
    plain = re.fullmatch(r"(the text `|\[)?\d+(\s*[x,*\s]\s*\d+){0,3}[`\]]?", found.replace("(", "").replace(")", ""))
    fits = plain is not None and len(sizes) > 1 and all(int(size) for size in sizes)
    return (Write(words=f"[{', '.join(sizes)}]"),) if fits else ()
