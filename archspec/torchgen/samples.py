"""Which parameters of a network stay arguments of its class: those under which nothing but values changes."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import suppress
from typing import Final

from archspec.elaborate import resample
from archspec.elaborate.parameters import is_within_bounds
from archspec.elaborate.reading import names_in
from archspec.language import document
from archspec.language.expressions import Call, Expr, ExpressionFault, Value, names, parse
from archspec.language.expressions.nodes import children
from archspec.network import Graph, Kind, Network
from archspec.ops import registry
from archspec.ops.base import Op
from archspec.torchgen.frame import Unsayable
from archspec.torchgen.lower import Lowering
from archspec.torchgen.plan import Split

_LONGEST: Final = 8
"""Numbers in a list that is an argument: its type has each of them."""
_MOST: Final = 24
"""Parameters that are tried out: each takes a network or two, and all of them are lowered side by side."""


def lower(network: Network) -> Lowering:
    """The network lowered, with as many of its parameters as arguments as can be said."""
    shape = skeleton(network.root)
    fixed = structural(network.document) | _counts_of_links(network)
    free = [name for name in network.document.params if name not in fixed][:_MOST]
    counts = _counting(network)
    samples = {name: found for name in free if (found := _sampled(network, name, shape, name in counts))}
    lowering = _attempt([network, *(sample for found in samples.values() for sample in found)])
    if lowering is not None:
        return lowering
    alone = {name: found for name, found in samples.items() if _attempt([network, *found]) is not None}
    together = _attempt([network, *(sample for found in alone.values() for sample in found)])
    last = together or _attempt([network])
    assert last is not None, "a network by itself can always be written out"
    return last


def lower_beside(lowering: Lowering, blocks: Lowering) -> Lowering:
    """A network lowered once more, with the classes that another file has of its blocks."""
    found = _attempt(lowering.samples, blocks) or _attempt(lowering.samples[:1], blocks)
    assert found is not None, "a network by itself can always be written out"
    return found


def structural(file: document.Document) -> frozenset[str]:
    """Parameters that decide which nodes there are, or that go through a function that Python doesn't have."""
    found = names_in([place.container[place.key] for place in file.init.values()])  # type: ignore[index]
    for node in file.graph.values():
        _structural(node.place.container[node.place.key], found)  # type: ignore[index]
    return frozenset(found)


def _counting(network: Network) -> frozenset[str]:
    """Parameters that may say how many copies there are: those of all nodes but lone primitives."""
    document = network.document
    written = [
        node.place.container[node.place.key]  # type: ignore[index]  # a place is of a mapping or of a list
        for node in document.graph.values()
        if node.repeat is not None or node.otherwise is not None or registry.find(node.op or "") is None
    ]
    return frozenset(names_in([document.defaults, *written]))


def _counts_of_links(network: Network) -> frozenset[str]:
    """Parameters that say how many layers a block links: what it gives would be a sum of sums."""
    found: set[str] = set()
    for node in network.document.graph.values():
        block = network.blocks.get(node.op or "")
        inner = getattr(block, "graph", None) or {}
        counts = set().union(*(names_in(one.repeat) for one in inner.values() if one.link is not None))
        found |= set().union(*(names_in(node.arguments[name]) for name in counts & node.arguments.keys()))
    return frozenset(found)


def _structural(raw: object, found: set[str]) -> None:
    if isinstance(raw, str):
        with suppress(ExpressionFault):
            expr = parse(raw.removeprefix("$"))
            found |= names(expr) if raw.startswith("$") or not _is_python(expr) else set()
    elif isinstance(raw, dict):
        for key, value in raw.items():
            found |= names_in(value) if key in ("when", "each") else set()
            _structural(value, found)
    elif isinstance(raw, list):
        for value in raw:
            _structural(value, found)


def _is_python(expr: Expr) -> bool:
    return not (isinstance(expr, Call) and expr.function in ("make_divisible", "even_split")) and all(
        map(_is_python, children(expr))
    )


def _attempt(samples: list[Network], blocks: Lowering | None = None) -> Lowering | None:
    lowering = Lowering(samples, blocks)
    try:
        lowering.run()
    except (Split, Unsayable):
        return None
    return lowering


def _sampled(network: Network, name: str, shape: Hashable, may_count: bool) -> list[Network]:
    """The network at other values of a parameter; none where one of them has another structure."""
    found = list(_without_copies(network, name)) if may_count else []
    if any(not _alike(shape, skeleton(sample.root)) for sample in found):
        return []
    for value in _others(network.parameters[name], network.document.params[name]):
        sample = resample(network, {name: value})
        if sample is None:
            continue
        if not _alike(shape, skeleton(sample.root)):
            return []
        found.append(sample)
        if isinstance(value, int | tuple):
            break  # one is enough to tell expressions apart; a second one is for what doesn't divide
    return found


def _without_copies(network: Network, name: str) -> Iterator[Network]:
    """The network at the values of a parameter that leave a node without any copy."""
    value, declared = network.parameters[name], network.document.params[name]
    copies = _repeated(network.root)
    for low in (0, 1) if copies else ():
        for values in _lowered(value, low):
            allowed = [other for other in values if is_within_bounds(other, declared)]
            samples = [sample for other in allowed if (sample := resample(network, {name: other})) is not None]
            found = [sample for sample in samples if _repeated(sample.root) < copies]
            yield from found
            if found:
                return
            if samples:
                break


def _lowered(value: Value, low: int) -> Iterator[list[Value]]:
    """A number, or all numbers of a list, at a low value; what is tried where that is no network: one by one."""
    if type(value) is int and value > low:
        yield [low]
    elif isinstance(value, tuple | list) and 0 < len(value) <= _LONGEST and all(type(one) is int for one in value):
        yield [(low,) * len(value)]
        yield [(*value[:at], low, *value[at + 1 :]) for at, one in enumerate(value) if one != low]


def _repeated(graph: Graph) -> int:
    """How many nodes have copies."""
    inner = sum(_repeated(node.body) for node in graph.nodes if isinstance(node.body, Graph))
    return inner + (graph.kind is Kind.CHAIN and bool(graph.nodes))


def _others(value: Value, declared: document.Parameter) -> Iterator[Value]:
    """A few values that a parameter may have instead: near ones, and the ends of its range."""
    if declared.choices is not None:
        yield from (choice for choice in declared.choices if choice is not None and choice != value)
    elif declared.kind == "int" and isinstance(value, int):
        near = (2 * value + 1, 2 * value, value + 1, value // 2)
        yield from (other for other in near if other != value and is_within_bounds(other, declared))
    elif isinstance(value, tuple | list):
        sizes = [one for one in value if type(one) is int]
        if 0 < len(sizes) == len(value) <= _LONGEST:
            near_lists = (tuple(one + 1 for one in sizes), tuple(2 * one for one in sizes))
            yield from (other for other in near_lists if is_within_bounds(other, declared))
    elif declared.kind == "float" and isinstance(value, float):
        yield from (other for other in (value / 2 or 0.25, 0.0) if other != value and is_within_bounds(other, declared))
    elif isinstance(value, bool):
        yield not value


def skeleton(graph: Graph) -> Hashable:
    """A graph's nodes and their kinds, without any value; of a chain, what its copies are."""
    if graph.kind is Kind.CHAIN:
        return frozenset(_kind(node.body) for node in graph.nodes)
    return tuple((node.name, _kind(node.body)) for node in graph.nodes)


def _alike(shape: Hashable, other: Hashable) -> bool:
    """Whether two skeletons are equal, or differ only in that a chain of one has no copies."""
    if isinstance(shape, frozenset) and isinstance(other, frozenset):
        return not other or not shape or shape == other
    if isinstance(shape, tuple) and isinstance(other, tuple):
        return len(shape) == len(other) and all(map(_alike, shape, other))
    return shape == other


def _kind(body: Op | Graph | None) -> Hashable:
    return skeleton(body) if isinstance(body, Graph) else type(body).__name__
