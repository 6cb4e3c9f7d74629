"""Two things timed in turn, so that whatever else the machine does falls on both alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles

Step = Callable[[], object]


@dataclass(frozen=True)
class Ratio:
    """How one time stands to another: the middle one of all rounds, and the bounds of the middle half of them."""

    middle: float
    low: float
    high: float

    def inverse(self, times: int = 1) -> Ratio:
        """The other time over this one, which was that of so many repetitions."""
        return Ratio(times / self.middle, times / self.high, times / self.low)


@dataclass(frozen=True)
class Result:
    """What one comparison found, and what it has to be."""

    what: str
    ratio: Ratio
    bar: float
    at_least: bool = False
    noise: Ratio | None = None
    """What the reference has beside another of its own kind, where equality is enough: what differs by no more than
    that is equal.
    """
    remark: str = ""

    @property
    def holds(self) -> bool:
        if self.noise is not None:
            return self.ratio.low <= max(self.bar, self.noise.high)
        return self.ratio.middle >= self.bar if self.at_least else self.ratio.middle <= self.bar

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """What, the ratio, the range of the middle half of the rounds, and the bar."""
        middle, low, high = (_digits(value) for value in (self.ratio.middle, self.ratio.low, self.ratio.high))
        word = "at least" if self.at_least else "at most"
        bar = f"{word} {self.bar:g}{self.remark}"
        if self.noise is not None:
            bar += f", within the noise: {_digits(self.noise.low)} to {_digits(self.noise.high)}"
        return (self.what, middle, f"{low} to {high}", bar)


def in_turn(step: Step, reference: Step, rounds: int, warm: int = 1) -> Ratio:
    """The time of a step over that of its reference. They run one after the other, and swap places each round."""
    for _ in range(warm):
        step(), reference()
    ratios = []
    for number in range(rounds):
        first, second = (step, reference) if number % 2 else (reference, step)
        one, other = seconds(first), seconds(second)
        ratios.append(one / other if first is step else other / one)
    return of(ratios)


def of(ratios: list[float]) -> Ratio:
    """The middle and the middle half of the ratios of all rounds."""
    low, _, high = quantiles(ratios, n=4, method="inclusive")
    return Ratio(median(ratios), low, high)


def seconds(step: Step) -> float:
    """The time that a step takes. What was thrown away before is collected before."""
    gc.collect()
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def _digits(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2f}"
