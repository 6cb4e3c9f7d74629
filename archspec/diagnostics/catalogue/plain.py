"""E12 to E14: what the language leaves out of YAML, and how much of it a file may have."""

from __future__ import annotations

from archspec.diagnostics.catalogue.examples import IMAGE
from archspec.diagnostics.diagnostic import Error, Help, Note

_GRAPH = "graph: {act: relu}\n"
_RIGHT = IMAGE + _GRAPH


class DuplicateKey(Error):
    """A key stands once in a mapping. YAML readers differ on which of two counts."""

    code = "E120"
    title_template = "`{key}` is given twice"
    label_template = "given again here"
    key: str
    wrong = IMAGE + "graph:\n  pool: {op: max_pool, kernel: 2, stride: 2, stride: 1}\n"
    right = IMAGE + "graph:\n  pool: {op: max_pool, kernel: 2, stride: 2}\n"

    class First(Note):
        template = "first given here"
        marked = True


class KeyNotText(Error):
    """Keys are text. A number, a truth value, a list or nothing can't be one."""

    code = "E121"
    title_template = "a key that isn't text"
    label_template = "keys are text, and this is {found}"
    found: str  # "a number", "a list"
    wrong = IMAGE + "graph: {1: relu}\n"
    right = IMAGE + "graph: {act1: relu}\n"


class AmbiguousScalar(Error):
    """What YAML 1.1 and YAML 1.2 read differently isn't read at all: `no`, `012`, `1:30`, `2024-01-01`, `1_000`, …

    Text is written in quotes, truth values are `true` and `false`, numbers are decimal.
    """

    code = "E122"
    title_template = "`{text}` has two readings"
    label_template = "{old} in YAML 1.1, {new} in YAML 1.2"
    text: str
    old: str  # "the truth value false", "the number 10", "text"
    new: str
    wrong = IMAGE + "graph:\n  conv: {op: conv, out: 8, kernel: 3, bias: no}\n"
    right = IMAGE + "graph:\n  conv: {op: conv, out: 8, kernel: 3, bias: false}\n"

    class Meant(Help):
        template = "write `{value}` for {kind}"
        value: str
        kind: str  # "the number"

    class Quote(Help):
        template = 'write `"{value}"` for the text'
        value: str


class OneSpelling(Error):
    """Truth values are written `true` and `false`, and nothing is written `null`, in small letters."""

    code = "E123"
    title_template = "`{text}` is spelled `{spelling}` here"
    label_template = "the language has one spelling"
    text: str
    spelling: str
    wrong = IMAGE + "graph:\n  conv: {op: conv, out: 8, kernel: 3, bias: False}\n"
    right = IMAGE + "graph:\n  conv: {op: conv, out: 8, kernel: 3, bias: false}\n"

    class Write(Help):
        template = "write `{spelling}`"
        spelling: str


class NumberOutOfRange(Error):
    """Whole numbers are from -2**63 to 2**63 - 1, other numbers are finite."""

    code = "E124"
    title_template = "`{text}` is out of range"
    label_template = "{rule}"
    text: str
    rule: str  # "whole numbers are from -2**63 to 2**63 - 1"
    wrong = IMAGE + "graph:\n  norm: {op: batch_norm, eps: .inf}\n"
    right = IMAGE + "graph:\n  norm: {op: batch_norm, eps: 1e-5}\n"


class TagUsed(Error):
    """A spec is plain data. It has no tags (`!x`, `!!str`), so it can't ask for an object of any class."""

    code = "E130"
    title_template = "tags aren't part of the language"
    label_template = "a spec is plain data"
    wrong = IMAGE + "doc: !!str 1\n" + _GRAPH
    right = IMAGE + 'doc: "1"\n' + _GRAPH


class AnchorUsed(Error):
    """A spec has no anchors (`&x`) and no aliases (`*x`). What repeats is a block, what is shared a parameter."""

    code = "E131"
    title_template = "{what} aren't part of the language"
    label_template = "{meaning}"
    what: str  # "anchors", "aliases"
    meaning: str  # what the author will have wanted of it
    wrong = IMAGE + "graph:\n  conv: &conv {op: conv, out: 8, kernel: 3}\n"
    right = IMAGE + "graph:\n  conv: {op: conv, out: 8, kernel: 3}\n"

    class Instead(Help):
        template = "use a block for what repeats, a parameter for a value used in several places"


class MergeKeyUsed(Error):
    """A spec has no merge keys (`<<`). Arguments that many nodes share stand under `defaults`."""

    code = "E132"
    title_template = "merge keys aren't part of the language"
    label_template = "`<<` would merge another mapping into this one"
    wrong = IMAGE + "graph:\n  conv: {<<: {op: conv, out: 8}, kernel: 3}\n"
    right = IMAGE + "graph:\n  conv: {op: conv, out: 8, kernel: 3}\n"

    class Instead(Help):
        template = "put what several nodes share under `defaults`, or in a block"


class DirectiveUsed(Error):
    """A spec has no directives (`%YAML`, `%TAG`)."""

    code = "E133"
    title_template = "directives aren't part of the language"
    label_template = "delete this line"
    wrong = "%YAML 1.2\n---\n" + _RIGHT
    right = _RIGHT


class SeveralDocuments(Error):
    """A file holds one spec. `---` may stand before it, and not again."""

    code = "E134"
    title_template = "a second document in the file"
    label_template = "it starts here"
    wrong = _RIGHT + "---\n" + _RIGHT
    right = _RIGHT


class NothingInFile(Error):
    """A spec has at least `archspec`, `name`, an input and a graph."""

    code = "E135"
    title_template = "the file is empty"
    label_template = "there is nothing here but space and comments"
    wrong = "# nothing yet\n"
    right = _RIGHT


class TopNotMapping(Error):
    """The top of a spec is a mapping of keys such as `name`, `input` and `graph`."""

    code = "E136"
    title_template = "the top of a spec is a mapping"
    label_template = "found {found}"
    found: str  # "a list", "text"
    wrong = "- archspec: 1\n- name: Net\n- input: [3, 8, 8]\n- graph: {act: relu}\n"
    right = _RIGHT


class TooDeep(Error):
    """Lists and mappings are nested at most 64 deep (`TextLimits.max_depth` in Python)."""

    code = "E140"
    title_template = "nested too deeply"
    label_template = "more than {limit} lists and mappings in each other"
    limit: int
    wrong = IMAGE + "graph: " + "[" * 64 + "]" * 64 + "\n"
    right = _RIGHT


class TooManyEvents(Error):
    """A file has at most 200,000 values and ends of lists and mappings (`TextLimits.max_events` in Python)."""

    code = "E141"
    title_template = "too much in one file"
    label_template = "the first {limit} values, lists and mappings end here"
    limit: int


class ScalarTooLong(Error):
    """One piece of text has at most 64 KiB (`TextLimits.max_scalar` in Python)."""

    code = "E142"
    title_template = "this text is too long"
    label_template = "more than {limit} bytes"
    limit: int


class TooManyFaults(Error):
    """Nothing more is looked for after 1,000 faults in one file (`TextLimits.max_faults` in Python), nor where the
    copies of a node have met theirs 5,000 times."""

    code = "E143"
    title_template = "too many faults in one file"
    label_template = "nothing more is looked for"


class TooManyParts(Error):
    """A spec has at most 6,000 nodes, blocks, parameters, and other things that have a name or stand in a list, as
    they are written (`TextLimits.max_parts` in Python). What repeats is a `repeat`, a table or a block, and then there
    may be 200,000 nodes."""

    code = "E144"
    title_template = "this spec says too much"
    label_template = "more than {limit} nodes, parameters and items of lists"
    limit: int
