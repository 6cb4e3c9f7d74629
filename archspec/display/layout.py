"""Where the boxes of a diagram go: in layers from top to bottom, arrows that pass by a layer in lanes at its side."""

from __future__ import annotations

from dataclasses import dataclass

from archspec.diagnostics.printable import columns
from archspec.display.picture import Box, Picture

LETTER = 6.6
"""Width of a character, in pixels."""
LINE = 15
PADDING = 12
GAP = 26
SIDE = 18
LANE = 12


@dataclass(frozen=True, slots=True)
class Placed:
    """A box and its centre."""

    box: Box
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Arrow:
    """From the bottom of a box to the top of another; past the boxes between at `lane`, where there are any."""

    start: tuple[float, float]
    end: tuple[float, float]
    lane: float | None


@dataclass(frozen=True, slots=True)
class Layout:
    """All of it, with the left and top edge at 0."""

    boxes: list[Placed]
    arrows: list[Arrow]
    width: float
    height: float


def lay_out(picture: Picture) -> Layout:
    """Layers by the longest way from the input; boxes of a layer in the order of what they read."""
    ranks = _ranks(picture)
    placed = _place(picture, ranks)
    lanes = _lanes(picture, ranks, placed)
    edges = [box.x + box.width / 2 for box in placed] + [lane + LANE for lane in lanes.values()]
    left = min(box.x - box.width / 2 for box in placed)
    boxes = [Placed(box.box, box.x - left, box.y, box.width, box.height) for box in placed]
    arrows = [
        Arrow(
            _bottom(boxes[source]),
            _top(boxes[target]),
            lanes[source, target] - left if (source, target) in lanes else None,
        )
        for source, target in picture.arrows
    ]
    return Layout(boxes, arrows, max(edges) - left, max(box.y + box.height / 2 for box in placed))


def _ranks(picture: Picture) -> list[int]:
    ranks = [0] * len(picture.boxes)
    for source, target in picture.arrows:  # in order of their targets
        ranks[target] = max(ranks[target], ranks[source] + 1)
    return ranks


def _place(picture: Picture, ranks: list[int]) -> list[Placed]:
    layers: list[list[int]] = [[] for _ in range(max(ranks) + 1)]
    for index, rank in enumerate(ranks):
        layers[rank].append(index)
    reads: dict[int, list[int]] = {}
    for source, target in picture.arrows:
        reads.setdefault(target, []).append(source)
    centres: dict[int, float] = {}
    placed: dict[int, Placed] = {}
    y = 0.0
    for layer in layers:
        sizes = {index: _size(picture.boxes[index]) for index in layer}
        wanted = {index: _mean([centres[source] for source in reads.get(index, ())]) for index in layer}
        centres.update(_side_by_side({index: width for index, (width, _) in sizes.items()}, wanted))
        height = max(height for _, height in sizes.values())
        for index, (width, own) in sizes.items():
            placed[index] = Placed(picture.boxes[index], centres[index], y + height / 2, width, own)
        y += height + GAP
    return [placed[index] for index in range(len(picture.boxes))]


def _side_by_side(widths: dict[int, float], wanted: dict[int, float]) -> dict[int, float]:
    """Centres without overlap, in the wanted order and on average where they were wanted."""
    found: dict[int, float] = {}
    edge = float("-inf")
    for index in sorted(wanted, key=lambda index: wanted[index]):
        found[index] = max(wanted[index], edge + widths[index] / 2)
        edge = found[index] + widths[index] / 2 + SIDE
    drift = _mean([found[index] - wanted[index] for index in found])
    return {index: centre - drift for index, centre in found.items()}


def _lanes(picture: Picture, ranks: list[int], placed: list[Placed]) -> dict[tuple[int, int], float]:
    """Where arrows pass the layers between: straight down where nothing is in the way, else to the right of all
    boxes.
    """
    layers: list[list[Placed]] = [[] for _ in range(max(ranks) + 1)]
    for rank, box in zip(ranks, placed, strict=True):
        layers[rank].append(box)
    taken: list[tuple[int, int, float]] = []
    found: dict[tuple[int, int], float] = {}
    long = [arrow for arrow in picture.arrows if ranks[arrow[1]] - ranks[arrow[0]] > 1]
    for source, target in sorted(long, key=lambda arrow: ranks[arrow[1]] - ranks[arrow[0]]):
        first, last = ranks[source], ranks[target]
        beside = [x for start, end, x in taken if start < last and first < end]
        passed = [box for layer in layers[first + 1 : last] for box in layer]
        around = [box for layer in layers[first : last + 1] for box in layer]
        lane = next((x for x in (placed[source].x, placed[target].x) if _free(x, passed, beside)), None)
        if lane is None:
            lane = max(box.x + box.width / 2 for box in around) + LANE
            for x in sorted(beside):
                lane = x + LANE if abs(x - lane) < LANE else lane
        taken.append((first, last, lane))
        found[source, target] = lane
    return found


def _free(x: float, passed: list[Placed], beside: list[float]) -> bool:
    return all(abs(box.x - x) > box.width / 2 + 4 for box in passed) and all(abs(other - x) >= LANE for other in beside)


def _size(box: Box) -> tuple[float, float]:
    lines = [line for line in (box.name, box.op, box.shape) if line]
    return max(columns(line) for line in lines) * LETTER + 2 * PADDING, len(lines) * LINE + PADDING


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _bottom(box: Placed) -> tuple[float, float]:
    return (box.x, box.y + box.height / 2)


def _top(box: Placed) -> tuple[float, float]:
    return (box.x, box.y - box.height / 2)
