"""The notes and helps that many diagnostics share."""

from __future__ import annotations

from collections.abc import Iterable

from archspec.diagnostics.diagnostic import Help, Note
from archspec.diagnostics.nearest import nearest
from archspec.diagnostics.printable import printable
from archspec.diagnostics.wording import article, listing


class In(Note):
    """Which instance of a block the fault is in; the span is the node that makes it."""

    template = "in {path}, {block}"
    path: str  # "layer1.0"
    block: str  # "Bottleneck"

    def message(self) -> str:
        return f"in {printable(self.path)}, {article(printable(self.block))}"


class From(Note):
    """Where a value came from; the span is the place that gave it."""

    template = "`{name}` is {value}"
    name: str
    value: str


class FromDefault(Note):
    """A value that nobody set; the span is the declaration."""

    template = "`{name}` is {value}, its default"
    name: str
    value: str


class FromUser(Note):
    """A value from outside the file."""

    template = "`{name}` is {value}, set by {origin}"
    name: str
    value: str
    origin: str  # "--set width=0.5"


class Has(Note):
    """What is known of a node's value; the span is the node."""

    template = "`{node}` is {shape}"
    node: str
    shape: str  # "256 x 14 x 14, at 1/16 of the input"


class Strided(Note):
    """A node that changed the resolution or the size on the way; the span is the node."""

    template = "`{node}` goes from {before} to {after}"
    node: str
    before: str  # "1/8", "28 x 28"
    after: str


class DefinedHere(Note):
    """The definition that a message speaks of."""

    template = "`{name}` is defined here"
    marked = True
    name: str


class FirstHere(Note):
    """The first of two things that exclude each other."""

    template = "`{name}` is first given here"
    marked = True
    name: str


class Plain(Note):
    """A note that only one rule needs, in words of its own."""

    template = "{words}"
    words: str


class DidYouMean(Help):
    """A typo's likely correction."""

    template = "did you mean `{name}`?"
    name: str


class Known(Help):
    """Everything that would have been right."""

    template = "{owner} has {names}"
    owner: str  # "`conv`", "this graph", "a node"
    names: str  # listing(…)


class LeftOut(Help):
    """Why a node isn't there."""

    template = "{name} is left out here because its `when` is false: {test} is false"
    name: str
    test: str


class Write(Help):
    """The text that is meant."""

    template = "write `{words}`"
    words: str


class CallIt(Help):
    """A free name for one that is taken."""

    template = "call it `{name}`"
    name: str


class Round(Help):
    """How a float becomes a whole number."""

    template = "say how to round: `int({expression})`, `round({expression})`, or `//` for a division"
    expression: str


class NearestInput(Help):
    """The input size closest to the one given that meets all conditions."""

    template = "the nearest input that meets it is {size}"
    size: str  # "3 x 224 x 224"


class Raise(Help):
    """A limit that can be lifted, though never by the file itself."""

    template = "the limit can be raised from Python: `{setting}`"
    setting: str  # "Limits(nodes=…)"


class Advice(Help):
    """A help that only one rule needs, in words of its own."""

    template = "{words}"
    words: str


def suggestion(name: str, candidates: Iterable[str], owner: str | None = None) -> tuple[Help, ...]:
    """The nearest of the candidates; where none is near, and `owner` is given, the whole list."""
    known = list(candidates)
    close = nearest(name, known)
    if close is not None:
        return (DidYouMean(name=close),)
    return (Known(owner=owner, names=listing(sorted(known))),) if owner and known else ()
