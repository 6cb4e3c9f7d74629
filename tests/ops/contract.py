"""Random arguments and inputs for any primitive, drawn from its annotations, and its form as torch runs it."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import torch
import torch.nn.functional as F  # noqa: N812  as everyone calls it
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from torch import Tensor, nn

from archspec.ops.base import Op, Reference, Reject
from archspec.ops.form import Form
from archspec.types import Layout, TensorType

BATCH = 2
DTYPES = {"float": torch.float32, "int": torch.int64, "bool": torch.bool}
BAD = (0, 1, -1, 2, 10**6, 2**31, 2**62)
TOO_LARGE = 10**4
SUPPORT = Path(__file__).parents[2] / "templates" / "support"


@dataclass(frozen=True)
class Case:
    """A primitive with arguments and inputs, not yet known to be valid."""

    kind: type[Op]
    arguments: dict[str, Any]
    inputs: tuple[TensorType, ...]

    def judge(self) -> Op | Reject | ValidationError:
        """The primitive where it takes the inputs, else why not. Any other exception is a fault of ours."""
        try:
            op = self.kind(**self.arguments)
            op.check()
            op.infer(*self.inputs)
        except (Reject, ValidationError) as fault:
            return fault
        return op


# Arguments --------------------------------------------------------------------------------------------------------


def draw(annotation: Any, random: Random, metadata: tuple[Any, ...] = ()) -> Any:
    """A value that the annotation allows, small where it is a number."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return draw(parts[0], random, metadata + parts[1:])
    if origin in (Union, types.UnionType):
        return draw(random.choice(parts), random)
    if origin is Literal:
        return random.choice(parts)
    if origin is tuple:
        items = [parts[0]] * random.randint(1, 4) if parts[-1] is Ellipsis else parts
        return tuple(draw(item, random) for item in items)
    if annotation in (int, float):
        return _number(annotation, random, _bounds(metadata))
    if annotation is bool:
        return random.random() < 0.5
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.items()
        return {name: draw(field.annotation, random, tuple(field.metadata)) for name, field in fields}
    return {type(None): None, str: "node"}[annotation]


def _bounds(metadata: tuple[Any, ...]) -> dict[str, float]:
    """`ge`, `gt`, `le` and `lt`, wherever they stand."""
    flat = [inner for mark in metadata for inner in (mark.metadata if isinstance(mark, FieldInfo) else [mark])]
    return {name: getattr(mark, name) for mark in flat for name in ("ge", "gt", "le", "lt") if hasattr(mark, name)}


def _number(kind: type, random: Random, bounds: dict[str, float]) -> float:
    low = bounds.get("ge", bounds.get("gt", -3))
    high = min(bounds.get("le", bounds.get("lt", low + 8)), low + 8)
    if kind is int:
        first = int(low) + ("gt" in bounds)
        return min(first + random.choice((0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 7)), int(high) - ("lt" in bounds))
    value = round(random.uniform(low, high), 3)
    return value if low < value < high else (low + high) / 2


def draw_arguments(kind: type[Op], random: Random) -> dict[str, Any]:
    """The required arguments and about half of the others."""
    return {
        name: draw(field.annotation, random, tuple(field.metadata))
        for name, field in kind.model_fields.items()
        if field.is_required() or random.random() < 0.5
    }


def references(kind: type[Op]) -> tuple[str, ...]:
    """The arguments that point to a node."""
    return tuple(
        name
        for name, field in kind.model_fields.items()
        if Reference in field.metadata or any(Reference in get_args(part) for part in get_args(field.annotation))
    )


# Inputs -----------------------------------------------------------------------------------------------------------


def draw_type(random: Random, *layouts: Layout, dtype: str = "float") -> TensorType:
    """A small value of any of the layouts."""
    layout = random.choice(layouts or (Layout.IMAGE, Layout.IMAGE, *Layout))
    channels, rows, columns = random.choice((1, 2, 3, 4, 4, 6, 8, 12)), random.randint(1, 9), random.randint(1, 9)
    shape: tuple[int, ...] = {
        Layout.IMAGE: (channels, rows, columns),
        Layout.CHANNELS_LAST: (rows, columns, channels),
        Layout.TOKENS: (rows, channels) if random.random() < 0.7 else (columns, rows, channels),
        Layout.VECTOR: (channels,),
    }[layout]
    stride = (random.choice((1, 2, 4)), 2) if len(shape) == 3 and layout is not Layout.TOKENS else ()
    return TensorType(shape, layout, stride, dtype)


def vary(value: TensorType, random: Random, sizes: tuple[int, ...] = (1, 2, 3, 4, 6)) -> TensorType:
    """The same value with one other size."""
    axis = random.randrange(len(value.shape))
    shape = (*value.shape[:axis], random.choice(sizes), *value.shape[axis + 1 :])
    return TensorType(shape, value.layout, value.stride, value.dtype)


def draw_inputs(kind: type[Op], random: Random) -> tuple[TensorType, ...]:
    """As many inputs as the primitive takes, alike or nearly so."""
    least, most = kind.arity
    first = draw_type(random)
    count = random.randint(least, least + 2 if most is None else most)
    return tuple(first if random.random() < 0.7 else vary(first, random) for _ in range(count))


# Torch ------------------------------------------------------------------------------------------------------------


@cache
def namespace(support: str | None) -> dict[str, Any]:
    """What generated source has in scope."""
    scope: dict[str, Any] = {"torch": torch, "nn": nn, "F": F, "Tensor": Tensor}
    if support is not None:
        file = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", support).lower() + ".py.j2"
        exec((SUPPORT / file).read_text(), scope)
    return scope


def printed(form: Form, extra: str = "") -> str:
    """The constructor call, with arguments equal to their defaults left out."""
    shown, by_keyword = [], False
    for arg in form.args:
        if type(arg.value) is type(arg.default) and arg.value == arg.default:
            by_keyword = True
            continue
        assert arg.keyword is not None or not by_keyword, f"{arg} would stand in the place of one that was left out"
        by_keyword = by_keyword or arg.keyword is not None
        shown.append(repr(arg.value) if arg.keyword is None else f"{arg.keyword}={arg.value!r}")
    assert form.make is not None
    return form.make.format(args=", ".join([*shown, extra] if extra else shown), **_values(form))


def _values(form: Form) -> dict[str, str]:
    return {name: form.said(name, repr(arg.value)) for name, arg in form.values}


class Holder(nn.Module):
    """A primitive as generated source has it: an attribute and an expression."""

    def __init__(self, form: Form, inputs: int, inplace: bool = False) -> None:
        super().__init__()
        scope = namespace(form.support)
        if form.make is not None:
            self.node = eval(printed(form, "inplace=True" if inplace else ""), scope)
        names = [f"x{index}" for index in range(inputs)]
        text = form.forward.format(*names, self="self.node", inputs=", ".join(names), **_values(form))
        self.expression: Callable[..., Any] = eval(f"lambda {', '.join(['self', *names])}: {text}", scope)

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        out = self.expression(self, *inputs)
        return tuple(out) if isinstance(out, tuple | list) else (out,)


def tensors(inputs: tuple[TensorType, ...], bound: int = 1) -> list[Tensor]:
    """A batch of each input; indices are below `bound`."""
    return [
        torch.randn(BATCH, *value.shape)
        if value.dtype == "float"
        else torch.randint(0, max(bound, 1), (BATCH, *value.shape)).to(DTYPES[value.dtype])
        for value in inputs
    ]


def state(module: Holder) -> list[tuple[str, tuple[int, ...], bool]]:
    """Name, shape and whether it is a buffer, in the order of `state_dict`."""
    buffers = {name for name, _ in module.named_buffers()}
    return [
        (name.removeprefix("node").removeprefix("."), tuple(value.shape), name in buffers)
        for name, value in module.state_dict().items()
    ]


def size(op: Op, inputs: tuple[TensorType, ...]) -> int:
    """Elements that a run would hold, roughly."""
    return sum(part.elements for part in (*op.infer(*inputs), *op.weights(*inputs)))


# Faults -----------------------------------------------------------------------------------------------------------


def spoilt(case: Case, random: Random) -> Case:
    """The case with one number, or one input, changed to something doubtful."""
    numeric = [name for name, field in case.kind.model_fields.items() if int in _plain(field.annotation)]
    if not case.inputs or (numeric and random.random() < 0.7):
        name = random.choice(numeric) if numeric else "unknown"
        return Case(case.kind, case.arguments | {name: _spoil(case.arguments.get(name), random)}, case.inputs)
    at = random.randrange(len(case.inputs))
    inputs = list(case.inputs)
    inputs[at] = _spoil_type(inputs[at], random)
    return Case(case.kind, case.arguments, tuple(inputs))


def _plain(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Literal:
        yield str
    elif get_args(annotation):
        for part in get_args(annotation):
            yield from _plain(part)
    else:
        yield int if annotation is float else annotation


def _spoil(value: Any, random: Random) -> Any:
    bad = random.choice(BAD)
    if isinstance(value, tuple) and value:
        at = random.randrange(len(value))
        return (*value[:at], bad, *value[at + 1 :])
    return bad


def _spoil_type(value: TensorType, random: Random) -> TensorType:
    if random.random() < 0.5:
        return vary(value, random, (1, 2, 3, 5, 7))
    other = draw_type(random)
    return other if random.random() < 0.7 else TensorType(value.shape, value.layout, value.stride, "int")


def numbers(value: Any) -> Iterator[float]:
    """Every number in arguments."""
    if isinstance(value, dict | tuple | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from numbers(item)
    elif isinstance(value, int | float):
        yield value
