"""Measures everything, prints it, and writes docs/benchmarks.md. Exits with 1 where a bar is missed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import building, counting, growing, pairing, running, starting

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
SECTIONS = {
    "A command": (
        starting,
        "Both are whole processes, with bytecode in place and the files in memory. `summary` imports no torch; a test "
        "holds it to that.",
    ),
    "Counting": (
        counting,
        "Both start from nothing but what is imported, and have to agree on parameters and MACs; the one is done 20 "
        "times for each time of the other. Here more is better.",
    ),
    "Growth": (
        growing,
        "A generated spec repeats a block of four primitives. Read, checked, counted and listed node by node: once "
        "with 100,000 nodes, and 100 times with 1,000. Equal copies share one body; in the second line no two copies "
        "are equal, and every one is inferred by itself.",
    ),
    "Building": (
        building,
        '`archspec.build(name, device="meta")` reads the spec, checks it, lowers it, prints the source, compiles that '
        "and makes the module; torchvision only makes the module. The first time is measured in processes of their "
        "own that have built another network before, so that neither side imports anything more.",
    ),
    "Running": (
        running,
        "Both modules in the training phase on the same input, forward and backward, eager. A test holds them to the "
        "same sequence of operators, so the same time is expected. The noise is the middle half of the same rounds "
        "with another module of torchvision's in the place of ours; the middle half of ours has to reach into it.",
    ),
}
_HEAD = """\
# Benchmarks

Written by `make bench`. Each number is a ratio of two times measured in one run, in turn: the two sides alternate and
swap places from round to round, so that whatever else the machine does falls on both. What is shown is the middle
ratio of all rounds, and the bounds of the middle half of them. Seconds depend on the machine and aren't shown.
"""


def main() -> int:
    missed = 0
    page = [_HEAD]
    for title, (module, how) in SECTIONS.items():
        print(title, flush=True)
        page += [f"## {title}\n\n{how}\n\n| | ratio | middle half | bar |", "| --- | ---: | ---: | --- |"]
        for result in _shown(module.results()):
            page.append("| " + " | ".join(result.cells) + " |")
            missed += not result.holds
        page.append("")
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text("\n".join(page), encoding="utf-8")
    return 1 if missed else 0


def _shown(results: Iterator[pairing.Result]) -> Iterator[pairing.Result]:
    for result in results:
        what, middle, half, bar = result.cells
        print(f"  {middle:>5}  ({half}; {bar}){'' if result.holds else '  MISSED'}\n         {what}", flush=True)
        yield result


if __name__ == "__main__":
    sys.exit(main())
