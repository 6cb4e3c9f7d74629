"""The lines of `forward`: names that say what lives on, and nothing else than what the graph says."""

from __future__ import annotations

import textwrap

import pytest
import torch

from archspec.spec import load, load_text
from tests.torchgen.plainly import agree

CONV = "{op: conv, out: 4, kernel: 1}"
CASES = {
    "an output called as an input that is still read": (
        """
        B:
          inputs: [a, b]
          graph: {a2: {op: conv, from: a, out: 4, kernel: 1}, b2: {op: add, from: [b, a]}}
          outputs: {a: a2, b: b2}
        """,
        "{c: C, d: C, e: {op: B, from: [c, d]}, f: {op: sub, from: [e.a, e.b]}}",
        """
        a2 = self.a2(a)
        b = b + a
        return a2, b
        """,
    ),
    "an output called as an input that nothing reads any more": (
        """
        B:
          inputs: [a, b]
          graph: {b2: {op: add, from: [b, a]}, a2: {op: conv, from: a, out: 4, kernel: 1}}
          outputs: {a: a2, b: b2}
        """,
        "{c: C, d: C, e: {op: B, from: [c, d]}, f: {op: sub, from: [e.a, e.b]}}",
        """
        b = b + a
        a = self.a2(a)
        return a, b
        """,
    ),
    "a product in a sum": (
        """
        B: {graph: {one: C, two: {op: mul, from: [one, input]}, three: {op: add, from: [two, input]}}}
        """,
        "{b: B}",
        """
        return self.one(x) * x + x
        """,
    ),
    "a sum in a product": (
        """
        B: {graph: {one: C, two: {op: add, from: [one, input]}, three: {op: mul, from: [two, input]}}}
        """,
        "{b: B}",
        """
        return (self.one(x) + x) * x
        """,
    ),
    "two branches, one after the other": (
        """
        B:
          graph:
            one: C
            two: {op: add, from: [one, input]}
            three: C
            four: sigmoid
            five: {op: add, from: [four, two]}
        """,
        "{b: B}",
        """
        x = self.one(x) + x
        out = self.three(x)
        out = self.four(out)
        return out + x
        """,
    ),
    "values that are joined have names": (
        """
        B:
          graph:
            one: C
            two: {op: sigmoid, from: input}
            three: {op: conv, from: input, out: 4, kernel: 3}
            four: relu
            five: {op: concat, from: [one, two, four, input]}
        """,
        "{b: B}",
        """
        one = self.one(x)
        two = self.two(x)
        out = self.three(x)
        four = self.four(out)
        return torch.cat([one, two, four, x], dim=1)
        """,
    ),
    "one gate over many streams": (
        """
        B:
          graph:
            streams: {op: conv, kernel: 3, each: {columns: [out], rows: [4, 4, 4]}, merge: none}
            gate: {op: conv, over: streams, out: 4, kernel: 1}
            sum: {op: add, from: gate}
        """,
        "{b: B}",
        """
        return sum(self.gate(stream(x)) for stream in self.streams)
        """,
    ),
    "query and key on their way to attention": (
        """
        B:
          graph:
            tokens: to_tokens
            heads: {op: to_heads, heads: 3 * 2}
            parts: {op: chunk, chunks: 3, axis: heads}
            norm1: {op: l2_norm, from: parts.0}
            scale: logit_scale
            norm2: {op: l2_norm, from: parts.1}
            attention: {op: scaled_dot_product_attention, from: [scale, norm2, parts.2], scale: 1.0}
        """,
        "{conv: {op: conv, out: 12, kernel: 1}, b: B}",
        """
        x = torch.unflatten(x.flatten(2).transpose(1, 2), -1, (6, -1)).transpose(-3, -2)
        query, key, value = x.chunk(3, dim=-3)
        query = nn.functional.normalize(query, dim=-1) * self.scale.exp().clamp(max=100.0)
        key = nn.functional.normalize(key, dim=-1)
        return nn.functional.scaled_dot_product_attention(query, key, value, scale=1.0)
        """,
    ),
    "one gate over two nodes": (
        """
        B:
          graph:
            one: C
            two: {op: conv, from: input, out: 4, kernel: 1}
            gate: {op: conv, over: [one, two], out: 4, kernel: 1}
            cat: {op: concat, from: gate}
        """,
        "{b: B}",
        """
        return torch.cat([self.gate(self.one(x)), self.gate(self.two(x))], dim=1)
        """,
    ),
    "copies of several values are called as they call them": (
        """
        B:
          inputs: [fine, coarse]
          graph:
            up: {op: conv, from: coarse, out: 4, kernel: 1}
            sum: {op: add, from: [up, fine]}
          outputs: {fine: sum, coarse: up}
        D:
          graph:
            one: C
            two: C
            blocks: {op: B, from: [one, two], repeat: 2}
            sub: {op: sub, from: [blocks.fine, blocks.coarse]}
        """,
        "{d: D}",
        """
        fine = self.one(x)
        coarse = self.two(fine)
        for block in self.blocks:
            fine, coarse = block(fine, coarse)
        return fine - coarse
        """,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_lines(case: str) -> None:
    blocks, graph, expected = CASES[case]
    definitions = textwrap.indent(textwrap.dedent(blocks), "  ")
    spec = load_text(
        "archspec: 1\nname: Net\ninput: [4, 8, 8]\n"
        f"blocks:\n  C: {{graph: {{conv: {CONV}}}}}\n{definitions}graph: {graph}\n"
    )
    lines = textwrap.indent(textwrap.dedent(expected).strip(), "        ")
    assert f"\n{lines}\n" in spec.codegen()
    agree(spec, spec.build(), torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(0)))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["osnet_x1_0", "segnet", "stacked_hourglass"])
def test_short_names_change_nothing(name: str) -> None:
    """Networks in which several values live at once, and which no other implementation is compared with."""
    spec = load(name)
    torch.manual_seed(0)
    agree(spec, spec.build(), torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0)))
