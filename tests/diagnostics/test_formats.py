"""The forms that programs read: JSON, SARIF and workflow commands."""

from __future__ import annotations

import json

import pytest

from archspec.diagnostics.catalogue.graph import LaterNode, UnknownOp
from archspec.diagnostics.catalogue.lint import UnusedNode
from archspec.diagnostics.remarks import DidYouMean, In, LeftOut
from archspec.diagnostics.render import github, sarif, to_json
from archspec.diagnostics.span import Source, Span

SPEC = Source(
    "specs/net.yaml",
    "archspec: 1\n\ngraph:\n  add: {op: ad, from: [conv, input]}\n  conv: relu\n" + "\n" * 40 + "x: y\n",
)
LATER = LaterNode(span=Span(SPEC, 4, 24, 4, 28), name="conv")
TYPO = UnknownOp(
    span=Span(SPEC, 4, 13, 4, 15),
    name="ad",
    what="primitive",
    notes=(In(path="layer1.0", block="Bottleneck", span=Span(SPEC, 46, 1, 46, 2)),),
    helps=(DidYouMean(name="add"), LeftOut(name="conv", test="stride != 1")),
)


def test_json() -> None:
    report = json.loads(to_json([TYPO, UnusedNode(name="a")]))
    assert {name: report[name] for name in ("version", "errors", "warnings", "omitted")} == {
        "version": 1,
        "errors": 1,
        "warnings": 1,
        "omitted": 0,
    }
    placeless, typo = report["diagnostics"]
    assert placeless["file"] is placeless["line"] is None
    nowhere = dict.fromkeys(("file", "line", "column", "end_line", "end_column"))
    assert typo == {
        "code": "E401",
        "severity": "error",
        "title": "unknown op `ad`",
        "label": "no primitive has this name",
        "file": "specs/net.yaml",
        "line": 4,
        "column": 13,
        "end_line": 4,
        "end_column": 15,
        "notes": [
            {
                "text": "in layer1.0, a Bottleneck",
                "file": "specs/net.yaml",
                "line": 46,
                "column": 1,
                "end_line": 46,
                "end_column": 2,
            }
        ],
        "helps": [{"text": "did you mean `add`?", **nowhere}, {"text": TYPO.helps[1].message(), **nowhere}],
    }


def test_sarif() -> None:
    log = json.loads(sarif([TYPO, LATER, TYPO, UnusedNode(name="a")]))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [(rule["id"], rule["name"]) for rule in rules] == [
        ("E401", "UnknownOp"),
        ("E403", "LaterNode"),
        ("W103", "UnusedNode"),
    ]
    assert rules[0]["shortDescription"] == {"text": "unknown op `…`"}
    assert rules[2]["defaultConfiguration"] == {"level": "warning"}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    placeless, typo, *_ = run["results"]
    assert "locations" not in placeless
    assert typo["level"] == "error"
    assert typo["message"]["text"].startswith(
        "unknown op `ad`\nno primitive has this name\nin layer1.0, a Bottleneck\ndid you mean"
    )
    assert typo["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "specs/net.yaml"},
        "region": {"startLine": 4, "startColumn": 13, "endLine": 4, "endColumn": 15},
    }
    assert typo["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 46


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("a b/c:d#?.yaml", "a%20b/c%3Ad%23%3F.yaml"),
        ("/tmp/é.yaml", "file:///tmp/%C3%A9.yaml"),
        ("<text>", "%3Ctext%3E"),
    ],
)
def test_sarif_addresses(name: str, uri: str) -> None:
    log = json.loads(sarif([UnusedNode(name="a", span=Span(Source(name, ""), 1, 1, 1, 1))]))
    assert log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_sarif_reads_no_link_in_a_name() -> None:
    log = json.loads(sarif([UnusedNode(name="[click](http://evil)")]))
    assert log["runs"][0]["results"][0]["message"]["text"].startswith(r"node `\[click\](http://evil)`")


def test_github() -> None:
    assert github([TYPO]) == (
        "::error file=specs/net.yaml,line=4,endLine=4,col=13,endColumn=14,title=E401 unknown op `ad`"
        "::no primitive has this name%0Ain layer1.0, a Bottleneck (specs/net.yaml:46)%0Ahelp: did you mean `add`?"
        "%0Ahelp: conv is left out here because its `when` is false: stride != 1 is false\n"
    )


def test_github_escapes_what_its_commands_read() -> None:
    source = Source("a,b:c%.yaml", "x")
    assert github([UnusedNode(name="50%, a::b\n::error::c", span=Span(source, 1, 1, 2, 1))]) == (
        "::warning file=a%2Cb%3Ac%25.yaml,line=1,endLine=2,title="
        "W103 node `50%25%2C a%3A%3Ab\\n%3A%3Aerror%3A%3Ac` is never used::no output needs it, so it is left out\n"
    )
    assert len(github([UnusedNode(name="a")] * 30).splitlines()) == 21
