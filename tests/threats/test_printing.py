"""Rows 16, 17, 20, 21 and 26 of the threats: texts and names that would become code, escapes, markup or rights."""

from __future__ import annotations

import ast
import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archspec.spec import load_text
from tests.small import text
from tests.threats.sandbox import READING, Attempt, assert_none, rejections, run, wrongs

TAKEN = (
    "class",
    "None",
    "lambda",
    "forward",
    "train",
    "training",
    "eval",
    "half",
    "modules",
    "parameters",
    "to",
    "T_destination",
    "state_dict",
    "input",
    "self",
    "torch",
    "nn",
    "super",
)
MALFORMED = (
    "x;import os",
    "x y",
    "_modules",
    "__init__",
    "__class__",
    "x" * 65,
    "x" * 1_000,
    "x-y",
    "x.y",
    "1x",
    "{{ x }}",
    "x\u2019",
    "\ufb01",
    "\u0445",
    "e\u0301",
    "x)",
    "x\\",
    "x'",
    "",
)


def quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def named(name: str) -> list[str]:
    """Specs with the name in each place where a spec gives names to nodes and values."""
    block = "params: {{}}\nblocks:\n  B:\n    {}\n    graph: {{a: relu}}\n"
    key = quoted(name)
    return [
        text(f"{{{key}: relu}}"),
        text(f"{{a: {{graph: {{{key}: relu}}}}}}"),
        text(f"{{a: {{parallel: {{{key}: relu, b: relu}}, merge: add}}}}"),
        text("{a: relu}", more=f"params: {{{key}: 1}}\n"),
        text("{a: B}", more=block.format(f"params: {{{key}: 1}}")),
        text("{a: B}", more=block.format(f"let: {{{key}: 1}}")),
        text(f"{{a: {{op: relu, each: {{columns: [{key}], rows: [1]}}}}}}"),
        text("{a: B}", more=block.format(f"inputs: [{key}]")),
        text("{a: relu}").replace("input: [3, 16, 16]", f"inputs: {{{key}: [3, 16, 16]}}"),
    ]


def titled(name: str) -> list[str]:
    """Specs with the name in each place where it stands between quotes in generated source, or beside it."""
    key = quoted(name)
    block = f"blocks:\n  B:\n    graph: {{a: relu}}\n    outputs: {{{key}: a}}\n"
    return [
        text("{a: relu}", more=f"outputs: {{{key}: a}}\n"),
        text("{a: relu, b: relu}", more=f"outputs: {{train: {{{key}: a}}, eval: b}}\n"),
        text("{a: B}", more=block),
        text("{a: relu}", more=f"taps: {{{key}: a}}\n"),
        text("{a: relu}", more=f"weights: {{{key}: {{from: a.pth}}}}\n"),
    ]


def classed(name: str) -> list[str]:
    spec = text("{a: relu}")
    return [
        spec.replace("Net", quoted(name)),
        text("{a: relu}", more=f"blocks: {{{quoted(name)}: {{graph: {{a: relu}}}}}}\n"),
    ]


LINES = ("a\nb", "a\rb", "a\tb", "a\u2028b", "a\x85b", "a\x0cb")
GRANTS = (
    "trust: true",
    "limits: {nodes: 10}",
    "policy: open",
    "allow: [os]",
    "unsafe: true",
    "plugins: [os]",
    "python: |\n  import os",
    "code: x",
    "exec: x",
    "ops: {a: b}",
)
ATTEMPTS = {
    "16 docs of several lines": [
        Attempt(
            text("{a: relu}", more=f"{key}: {json.dumps(line)}\n"), "E212" if line in ("a\nb", "a\tb") else "E102", 4
        )
        for key in ("doc", "source")
        for line in LINES
    ],
    "17 names that are taken": [
        *(Attempt(one, "E222") for one in named("class")),
        *(Attempt(named(name)[0], "E222", 4) for name in TAKEN),
        *(Attempt(one, "E222") for name in ("None", "Tensor") for one in classed(name)),
    ],
    "17-m malformed names": [
        *(Attempt(one, "E221") for one in named("x;import os")),
        *(Attempt(named(name)[0], "E221", 4) for name in MALFORMED),
        *(Attempt(named(name)[3], "E221", 4) for name in MALFORMED),
        *(Attempt(one, "E221") for one in titled('x": __import__("os").system("id"), "y')),
        *(Attempt(titled(name)[0], "E221", 4) for name in MALFORMED),
        *(Attempt(titled(name)[3], "E221", 4) for name in MALFORMED),
        *(
            Attempt(one, "E221")
            for name in ("N" * 65, "N" * 1_000, "Net;import os", "N\u0435t", "N{{x}}")
            for one in classed(name)
        ),
        *(Attempt(one, "E223") for name in ("net", "My_Net", "__Net") for one in classed(name)),
        Attempt(text("{" + "x" * 10_000 + ": relu}"), "E113", 4),
    ],
    "26 files that grant themselves rights": [
        *(Attempt(text("{a: relu}", more=f"{line}\n"), "E202", 4) for line in GRANTS),
        *(Attempt(text(f"{{a: {{op: relu, {line}}}}}"), "E330", 4) for line in GRANTS[:5]),
        *(
            Attempt(text("{a: B}", more=f"blocks: {{B: {{{line}, graph: {{a: relu}}}}}}\n"), "E202", 4)
            for line in GRANTS[:5]
        ),
        *(
            Attempt(text("{a: relu}", more=f"params: {{p: {{default: 1, {line}}}}}\n"), "E202", 4)
            for line in GRANTS[:5]
        ),
    ],
}


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    return rejections(tmp_path_factory.mktemp("rows"), ATTEMPTS, ("check",))


@pytest.mark.parametrize("row", ATTEMPTS)
def test_row(row: str, together: dict[str, list[str]]) -> None:
    assert_none(together[row])


def test_taken_names_come_with_a_free_one(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(text("{forward: relu, forward_: relu}", more="params: {class: 1}\n"))
    [outcome] = run(tmp_path, [["check", "net.yaml"]])
    assert "`class` is a keyword of Python" in outcome.out and "call it `class_`" in outcome.out
    assert "`forward` is an attribute of `nn.Module`" in outcome.out and "call it `forward__`" in outcome.out


TEXTS = (
    '''"""\nimport os; os.system('touch canary')\n"""'''.replace("\n", " "),
    "''' + __import__('os').system('touch canary') + '''",
    "ends with a backslash \\",
    'ends with a quote "',
    'ends with three """',
    "\\N{x} \\x \\u12 \\",
    "-*- coding: utf-7 -*- +AAo-import os",
    "{{ 7 * 7 }} {% include '/etc/passwd' %} {# x #}",
    "{0.__class__} %s %(x)s ${x} $x",
    "</script><img src=x onerror=alert(1)><!-- ]]> & ' \" `x`",
    "[link=http://evil]x[/link] [red]x ::error::x",
    "=HYPERLINK(1) | ![x](http://evil) \\| <script>",
    "\U0001f600 caf\u00e9 \u05d0\u05d1",
    "x" * 5_000,
)
"""One line each: what a spec may say in `doc` and `source`."""
FILES = (
    'a"""b.yaml',
    "a\nimport os; os.system('touch canary')\n.yaml",
    "\x1b]0;x\x07\x1b[2J.yaml",
    "\u202egpj.yaml",
    "{{ 7 * 7 }}.yaml",
    "-*- coding: utf-7 -*-.yaml",
    "\\N{x}\\.yaml",
    "[link=http:evil]<img src=x>.yaml",
    "::error::x%0A.yaml",
    "\udcff.yaml",
)


def talkative(words: str) -> str:
    said = json.dumps(words, ensure_ascii=False)
    block = f"blocks: {{B: {{doc: {said}, source: {said}, graph: {{a: {{op: relu, doc: {said}}}}}}}}}\n"
    params = f"params: {{p: {{default: 1, doc: {said}}}}}\n"
    graph = f"{{a: {{op: B, doc: {said}}}, c: {{op: conv, out: p, kernel: 1, doc: {said}}}}}"
    return text(graph, more=f"doc: {said}\nsource: {said}\n{params}{block}")


def innocent(source: str) -> list[str]:
    """What generated source has besides an import of torch, classes, and calls of torch and of its own classes."""
    tree = ast.parse(source)
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    top = [
        ast.unparse(node)
        for node in tree.body
        if not isinstance(node, ast.ClassDef | ast.ImportFrom | ast.Import | ast.Expr)
    ]
    imported = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom | ast.Import)]
    calls = {ast.unparse(node.func).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Call)}
    strange = [
        one for one in imported if one not in ("import torch", "from torch import nn", "from torch import Tensor, nn")
    ]
    return top + strange + sorted(calls - classes - {"super", "super()", "nn", "torch", "self"})


def test_row_16(tmp_path: Path) -> None:
    """Text of a spec and the name of its file stay text, in source that is printed, and in source that is run."""
    files = {f"{number}.yaml": talkative(words) for number, words in enumerate(TEXTS)}
    files |= {name: talkative("plain") for name in FILES}
    for name, spec in files.items():
        (tmp_path / name).write_text(spec)
    outcomes = run(tmp_path, [["codegen", name] for name in files])
    wrong = [fault for outcome in outcomes for fault in wrongs(outcome, 0)]
    wrong += [f"{name}: {found}" for name, one in zip(files, outcomes, strict=True) if (found := innocent(one.out))]
    assert_none(wrong)
    built = run(tmp_path, [["build", name, "--device", "meta"] for name in (*files,)[::4]], memory=None)
    assert_none([f"{one.command}: {one.code} {one.err[-300:]}" for one in built if one.code != 0])
    assert {path.name for path in tmp_path.iterdir()} == set(files)


def test_row_20(tmp_path: Path) -> None:
    """What a file, its name or an argument says never reaches a terminal raw."""
    wrong = []
    for name in FILES:
        (tmp_path / name).write_text(text("{a: {op: conv, out: 8, kernel: 1}, b: '[link=http://evil]\\e]0;x\\a'}"))
    formats = ("text", "json", "sarif", "github")
    commands = [["check", "--format", form, name] for name in FILES for form in formats]
    commands += [
        [command, name]
        for name in (*FILES, "\x1b[2J", "no\x1b[2J.yaml", "\u202e.yaml", "x" * 10_000)
        for command in READING
    ]
    commands += [["summary", "lenet5", "--set", f"{name}=1"] for name in ("\x1b[2J", "[red]")]
    wrong += [fault for outcome in run(tmp_path, commands) for fault in wrongs(outcome)]
    commands = [
        ["explain", "\x1b[2J"],
        ["\x1b[2J"],
        ["check"],
        ["build", "lenet5", "--device", "\x1b[2J"],
        ["check", "--\x1b[2J"],
    ]
    wrong += [fault for outcome in run(tmp_path, commands) for fault in wrongs(outcome, 2)]
    assert_none(wrong)


def test_row_20_in_good_files(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).write_text(talkative(TEXTS[10]))
    commands = [[command, name] for name in FILES for command in ("check", "summary", "expand")]
    commands += [["summary", "--format", form, FILES[2]] for form in ("json", "csv", "markdown")]
    assert_none([fault for outcome in run(tmp_path, commands) for fault in wrongs(outcome, 0)])


class Markup(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.values: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.values += [value or "" for _, value in attrs]


TAGS = "div p strong br svg title rect g text path tspan table thead tbody tr th td details summary pre"
ATTRIBUTES = """
style xmlns width height viewbox role font-family font-size font-weight fill stroke rx transform x y d text-anchor
stroke-width stroke-dasharray
"""


@pytest.mark.parametrize("words", TEXTS, ids=lambda words: words[:12])
def test_row_21(words: str) -> None:
    """A notebook gets shapes and text: nothing that runs, nothing that loads."""
    page = Markup(load_text(talkative(words), name=FILES[7])._repr_html_())
    assert page.tags <= set(TAGS.split()) and page.attributes <= set(ATTRIBUTES.split())
    assert not [
        value for value in page.values if "url(" in value or "//" in value.replace("http://www.w3.org/2000/svg", "")
    ]


def test_row_21_faults_and_pictures() -> None:
    faulty = load_text(text("{a: {op: conv, out: 8, kernel: 99, padding: 0}}"), name=FILES[7])._repr_html_()
    assert Markup(faulty).tags == {"pre"} and "&lt;img" in faulty
    page = load_text(talkative(TEXTS[9]))._repr_html_()
    ElementTree.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])


def test_row_21_markdown_and_commas(tmp_path: Path) -> None:
    """Names are identifiers, so a table's cells can only hold what the compiler wrote."""
    (tmp_path / "net.yaml").write_text(talkative(TEXTS[11]))
    for outcome in run(
        tmp_path, [["summary", "net.yaml", "--format", form] for form in ("markdown", "csv", "table", "json")]
    ):
        assert outcome.code == 0 and "HYPERLINK" not in outcome.out and "<script" not in outcome.out
