"""What stands where it isn't obvious how Python says it: linked chains, expressions that must be modules, operands."""

from __future__ import annotations

import pytest

from archspec.spec import load_text
from tests.torchgen.test_properties import verify

LAYER = "op: ConvAct, out: 4, kernel: 3"
TWICE = "{a: {op: B, w: 2}, b: {op: B, w: 3}}"
CASES = {
    "a dense chain": (
        f"{{a: {{{LAYER}, repeat: 3, link: dense}}, b: {{op: conv, out: 2, kernel: 1}}}}",
        "features.append(layer(torch.cat(features, dim=1)))",
    ),
    "an aggregated chain": (
        f"{{a: {{{LAYER}, repeat: 3, link: aggregate}}, b: {{op: conv, out: 2, kernel: 1}}}}",
        "features.append(layer(features[-1]))",
    ),
    "a linked chain of several values": (
        f"{{halves: {{op: chunk, chunks: 2}}, a: {{{LAYER}, repeat: 2, link: aggregate}}}}",
        "features = [halves0, halves1]",
    ),
    "a linked table": (
        "{a: {op: ConvAct, kernel: 3, each: {columns: [out], rows: [4, 6, 5, 7, 3]}, link: dense}, b: relu}",
        "channels += out",
    ),
    "a short linked table": (
        "{a: {op: ConvAct, kernel: 3, each: {columns: [out], rows: [4, 6]}, link: dense}, b: relu}",
        "nn.ModuleList([ConvAct(8, 4, kernel=3), ConvAct(12, 6, kernel=3)])",
    ),
    "linked chains in a list": (
        f"{{a: [{{{LAYER}, repeat: 2, link: dense}}, {{{LAYER}, repeat: 2, link: aggregate}}]}}",
        "AggregateChain(",
    ),
    "rows that are linked": (
        "{a: {op: ConvAct, kernel: 3, repeat: 2, each: {columns: [out], rows: [4, 6]}, link: dense}, b: relu}",
        "DenseChain(",
    ),
    "a linked chain of copies with several outputs": (
        "{a: {op: chunk, chunks: 2, repeat: 2, link: dense}, b: relu}",
        "features.extend(layer(torch.cat(features, dim=1)))",
    ),
    "a linked chain whose copies read one more value": (
        "{a: {op: conv, out: 8, kernel: 3}, b: {op: upsample, like: input, repeat: 2, link: dense}}",
        "features.append(layer(torch.cat(features, dim=1), x))",
    ),
    "branches with several outputs": (
        "{a: {parallel: {a: {op: chunk, chunks: 2}, b: relu}, merge: concat}}",
        'torch.cat([*self.a["a"](x), self.a["b"](x)], dim=1)',
    ),
    "no copies": (f"{{a: {{{LAYER}, repeat: 0, link: dense}}, b: relu}}", "nn.ModuleList([])"),
    "expressions as branches": (
        "{a: {parallel: {a: {op: narrow, length: 2}, b: relu}, merge: concat}}",
        '"a": Narrow()',
    ),
    "a table of expressions": (
        "{a: {op: mul, value: c, each: {columns: [c], rows: [2, 3]}, merge: add}}",
        "Mul(c) for c in (2, 3)",
    ),
    "repeated expressions": ("{a: {op: mul, value: 2, repeat: 2}}", "return (x * 2) * 2"),
    "an expression over several inputs": (
        "{a: {op: chunk, chunks: 2}, b: {op: mul, over: a, value: 2}, c: {op: concat, from: b}}",
        "self.b = Mul()",
    ),
    "more than a call over several inputs": (
        "{a: {op: chunk, chunks: 2}, b: {op: global_avg_pool, over: a}, c: {op: concat, from: b}}",
        "nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_runs_and_reads_so(name: str) -> None:
    graph, line = CASES[name]
    spec = load_text(f"archspec: 1\nname: Probe\ninput: [8, 9, 9]\ngraph: {graph}\n")
    assert line in spec.codegen(), spec.codegen()
    verify(spec)


def test_operands_keep_their_brackets() -> None:
    block = "{params: {w: int}, graph: {a: {op: mul, value: 2 + w}, b: {op: sub, value: w - 1}}}"
    spec = load_text(f"archspec: 1\nname: Probe\ninput: [8, 9, 9]\nblocks: {{B: {block}}}\ngraph: {TWICE}\n")
    assert "return (x * (2 + self.w)) - (self.w - 1)" in spec.codegen()
    verify(spec)


def test_a_block_may_be_called_like_a_class_of_fixed_text() -> None:
    block = "{graph: {a: relu, b: {op: drop_path, p: 0.5}}}"
    graph = "{a: DropPath, b: {op: conv, out: 2, kernel: 1}}"
    spec = load_text(f"archspec: 1\nname: Probe\ninput: [8, 9, 9]\nblocks: {{DropPath: {block}}}\ngraph: {graph}\n")
    assert "class DropPath2(nn.Sequential):" in spec.codegen()
    verify(spec)
