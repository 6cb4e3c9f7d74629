"""Where the values in a fault came from: each note names the place that gave one."""

from __future__ import annotations

from archspec import frontend
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.span import Source
from archspec.frontend import Request
from archspec.language.overrides import Setting
from tests.small import faults, spec, text

UNIT = "blocks: {Unit: {params: {k: int, w: 4}, let: {window: k // 2}, graph: [{op: conv, out: w, kernel: window}]}}\n"


def notes(fault: Diagnostic) -> list[str]:
    return [f"{one.message()} ({one.span.line})" if one.span else one.message() for one in fault.notes]


def marked(fault: Diagnostic) -> str:
    span = fault.span
    assert span is not None
    return span.source.lines[span.line - 1][span.column - 1 : span.end_column - 1]


def test_one_value_from_outside_is_one_fault() -> None:
    """Whatever number of nodes take it."""
    graph = "{a: $act, b: $act, c: {op: conv, out: w, kernel: 1}, d: {op: conv, from: input, out: w, kernel: 3}}"
    whole = spec(graph, more="params: {act: relu, w: 8}\noutputs: [c, d]\n")
    given = whole.with_params(act="rellu", w=-1)
    assert [one.code for one in given.check()] == ["E401", "E332"]


def test_a_default() -> None:
    (fault,) = faults("{a: {op: conv, out: 8, kernel: size - 3}}", more="params: {size: 3}\n")
    assert (marked(fault), notes(fault)) == ("size - 3", ["`size` is 3, its default (4)"])


def test_parameters_that_hold_their_own_names() -> None:
    words = "params: {p: p, q: r, r: q}\n"
    assert [notes(one) for one in faults("{a: {op: dropout, p: $p}, b: {op: dropout, p: $q}}", more=words)] == [
        ["`p` is p, its default (4)"],
        ["`q` is r, its default (4)", "`r` is q, its default (4)"],
    ]


def test_a_setting_from_outside() -> None:
    source = Source("net.yaml", text("{a: {op: conv, out: 8, kernel: size}}", more="params: {size: 3}\n"))
    request = Request(settings=(Setting("size", "0", "--set size=0"),))
    (fault,) = frontend.compile(frontend.parse(source), request).found
    assert notes(fault) == ["`size` is 0, set by --set size=0"]


def test_an_argument_of_a_block_and_what_it_was_made_of() -> None:
    (fault,) = faults("\n  a: {op: Unit, k: size - 2}", more="params: {size: 3}\n" + UNIT)
    assert notes(fault) == [
        "`window` is 0 (5)",
        "`k` is 1 (7)",
        "`size` is 3, its default (4)",
        "in a, a Unit (7)",
    ]


def test_a_column() -> None:
    (fault,) = faults("{a: {op: conv, kernel: 1, out: c - 4, each: {columns: [c], rows: [8, 4]}}}")
    assert notes(fault) == ["`c` is 4 (4)"]


def test_a_fact_of_a_node() -> None:
    (fault,) = faults("{a: {op: conv, out: 4, kernel: 1}, b: {op: conv, kernel: 1, out: a.channels - 4}}")
    assert notes(fault) == ["`a.channels` is 4 (4)"]


def test_the_file_s_defaults() -> None:
    (fault,) = faults("{a: {op: dropout}}", more="defaults: {dropout: {p: rate * 4}}\nparams: {rate: 0.5}\n")
    assert (marked(fault), notes(fault)) == ("rate * 4", ["`rate` is 0.5, its default (5)"])


def test_a_value_that_passes_through_the_library_is_blamed_on_the_spec() -> None:
    (fault,) = faults("{a: {op: ConvBNAct, out: 8, kernel: 3, stride: 0}}")
    assert (marked(fault), fault.title()) == ("0", "`stride` of `conv` must be at least 1")
    (passed, instance) = fault.notes
    assert passed.span is not None and passed.span.source.name.startswith("library/")
    assert instance.message() == "in a, a ConvBNAct"


def test_a_fault_of_an_expression_marks_the_part_at_fault() -> None:
    (fault,) = faults('{a: {op: conv, kernel: 1, out: "8 + 4 // (size - 3)"}}', more="params: {size: 3}\n")
    assert (fault.code, marked(fault), notes(fault)) == (
        "E308",
        "4 // (size - 3)",
        ["`size` is 3, its default (4)"],
    )


def test_the_nodes_that_made_the_difference_in_strides() -> None:
    halved = "a: {op: conv, out: 3, kernel: 3, stride: 2}, b: relu, c: {op: avg_pool, kernel: 2}"
    graph = f"{{{halved}, d: {{op: add, from: [c, b]}}}}"
    (fault,) = faults(graph)
    assert (fault.label(), notes(fault)) == (
        "c is at 1/4, b at 1/2 (4 x 4 and 8 x 8)",
        ["`c` goes from 1/2 to 1/4 (4)"],
    )


def test_copies_are_called_by_their_paths() -> None:
    more = "blocks: {Unit: {graph: {c: {op: conv, out: 8, kernel: 1}, add: {op: add, from: [c, input]}}}}\n"
    (fault,) = faults("{stage: {op: Unit, repeat: 2}}", more=more)
    assert notes(fault) == ["in stage.0, a Unit (5)"]
    (fault,) = faults("{stage: {op: pixel_shuffle, factor: 2, repeat: 2}}", "[4, 8, 8]")
    assert fault.code == "E504" or "1" in fault.label()
