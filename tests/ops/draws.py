"""Arguments and inputs together, for primitives that would seldom take what is drawn for each alone."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from random import Random
from typing import Any

from archspec.types import Layout, TensorType
from tests.ops.contract import draw_type

Drawn = tuple[dict[str, Any], tuple[TensorType, ...]]
RANKS = {"image": 3, "channels_last": 3, "tokens": 2, "vector": 1}


def _matmul(random: Random) -> Drawn:
    rows, inner, columns = (random.randint(1, 6) for _ in range(3))
    lead = _lead(random)
    repeated = tuple(random.choice((1, size)) for size in lead)
    return {}, (_tokens(*lead, rows, inner), _tokens(*repeated, inner, columns))


def _split(random: Random) -> Drawn:
    value = draw_type(random)
    at = random.randrange(len(value.shape))
    return {"axis": at, "sizes": _parts(random, value.shape[at])}, (value,)


def _narrow(random: Random) -> Drawn:
    value = draw_type(random)
    at = random.randrange(len(value.shape))
    start = random.randrange(value.shape[at])
    length = random.randint(1, value.shape[at] - start)
    return {"axis": at - len(value.shape), "start": start, "length": length}, (value,)


def _unflatten(random: Random) -> Drawn:
    value = draw_type(random, Layout.TOKENS, Layout.VECTOR)
    return {"sizes": _freed(random, _factors(random, value.channels, random.randint(1, 3)))}, (value,)


def _reshape(random: Random) -> Drawn:
    value = draw_type(random)
    layout = random.choice(list(RANKS))
    rank = RANKS[layout] + (random.randint(0, 2) if layout == "tokens" else 0)
    return {"shape": _freed(random, _factors(random, value.elements, rank)), "layout": layout}, (value,)


def _permute(random: Random) -> Drawn:
    value = draw_type(random)
    order = random.sample(range(len(value.shape)), len(value.shape))
    layouts = [None, "tokens"] if len(order) > 1 else [None, "vector"]
    if len(order) == 3:
        layouts += ["image", "channels_last"]
    return {"order": tuple(order), "layout": random.choice(layouts)}, (value,)


def _expand(random: Random) -> Drawn:
    value = draw_type(random)
    shape = tuple(random.choice((1, size)) for size in value.shape)
    wanted = tuple(random.choice((-1, new, random.randint(1, 5) if new == 1 else new)) for new in shape)
    return {"shape": wanted}, (TensorType(shape, value.layout, value.stride),)


def _roll(random: Random) -> Drawn:
    value = draw_type(random)
    axes = tuple(random.sample(range(len(value.shape)), random.randint(1, len(value.shape))))
    shifts = tuple(random.randint(-9, 9) for _ in axes)
    return {"axis": random.choice((axes, axes[0])), "shift": random.choice((shifts, shifts[0]))}, (value,)


def _attention(random: Random) -> Drawn:
    queries, keys, channels, values = (random.randint(1, 6) for _ in range(4))
    lead = _lead(random)
    inputs = (_tokens(*lead, queries, channels), _tokens(*lead, keys, channels), _tokens(*lead, keys, values))
    arguments = {"p": random.choice((0, 0.5)), "scale": random.choice((None, 0.5))}
    if random.random() < 0.5:
        return arguments | {"causal": random.random() < 0.5}, inputs
    mask = _tokens(*(random.choice((1, size)) for size in (*lead, queries, keys)))
    return arguments, (*inputs, mask)


def _to_image(random: Random) -> Drawn:
    """Tokens that fill a grid, which is told by its sizes or by an image."""
    height, width, channels = (random.randint(1, 4) for _ in range(3))
    grid = _tokens(height * width, channels)
    if random.random() < 0.3:
        return {"like": "node"}, (grid, TensorType((random.randint(1, 4), height, width), Layout.IMAGE))
    return random.choice(({"height": height}, {"width": width}, {"height": height, "width": width}, {})), (grid,)


def _map(random: Random) -> tuple[TensorType, Any]:
    """A map that windows of a size fill, and the size."""
    height, width = random.randint(1, 3), random.randint(1, 3)
    shape = (height * random.randint(1, 3), width * random.randint(1, 3), random.randint(1, 4))
    size = height if height == width and random.random() < 0.7 else (height, width)
    return TensorType(shape, Layout.CHANNELS_LAST, random.choice(((), (4, 4), (2, 4)))), size


def _to_windows(random: Random) -> Drawn:
    value, size = _map(random)
    return {"size": size}, (value,)


def _from_windows(random: Random) -> Drawn:
    value, size = _map(random)
    height, width = size if isinstance(size, tuple) else (size, size)
    count = value.height * value.width // (height * width)
    return {"size": size, "like": "node"}, (_tokens(count, height * width, random.randint(1, 4)), value)


def _merge_patches(random: Random) -> Drawn:
    shape = (2 * random.randint(1, 4), 2 * random.randint(1, 4), random.randint(1, 4))
    return {}, (TensorType(shape, Layout.CHANNELS_LAST, random.choice(((), (4, 4)))),)


def _relative_position_bias(random: Random) -> Drawn:
    value, size = _map(random)
    height, width = size if isinstance(size, tuple) else (size, size)
    shifts = random.randrange(height), random.randrange(width)
    shift = shifts[0] if shifts[0] == shifts[1] else shifts
    return {"size": size, "heads": random.randint(1, 3), "shift": random.choice((0, shift))}, (value,)


def _continuous_position_bias(random: Random) -> Drawn:
    arguments, inputs = _relative_position_bias(random)
    return arguments | {"hidden": random.randint(1, 8)}, inputs


CASES: dict[str, Callable[[Random], Drawn]] = {
    "matmul": _matmul,
    "split": _split,
    "narrow": _narrow,
    "unflatten": _unflatten,
    "reshape": _reshape,
    "permute": _permute,
    "to_image": _to_image,
    "expand": _expand,
    "roll": _roll,
    "scaled_dot_product_attention": _attention,
    "to_windows": _to_windows,
    "from_windows": _from_windows,
    "merge_patches": _merge_patches,
    "relative_position_bias": _relative_position_bias,
    "continuous_position_bias": _continuous_position_bias,
}


def _tokens(*shape: int) -> TensorType:
    return TensorType(shape, Layout.TOKENS)


def _lead(random: Random) -> tuple[int, ...]:
    return tuple(random.randint(1, 3) for _ in range(random.randint(0, 2)))


def _parts(random: Random, whole: int) -> tuple[int, ...]:
    """Sizes that add up."""
    found = []
    while whole:
        found.append(random.randint(1, whole))
        whole -= found[-1]
    return tuple(found)


def _factors(random: Random, whole: int, count: int) -> tuple[int, ...]:
    """Sizes that multiply up."""
    found: list[int] = []
    for _ in range(count - 1):
        rest = whole // prod(found)
        found.append(random.choice([size for size in range(1, rest + 1) if rest % size == 0]))
    return (*found, whole // prod(found))


def _freed(random: Random, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Perhaps one size left to be worked out."""
    at = random.randrange(2 * len(sizes))
    return tuple(-1 if index == at else size for index, size in enumerate(sizes))
