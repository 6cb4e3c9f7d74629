"""Random small specs over image primitives: chains, branches, groups, blocks, repeats, tables and conditions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Node = Any
"""A node as plain data: a string, a list, or a dict."""

ACTIVATIONS = ("relu", "relu6", "silu", "hard_swish", "sigmoid", "tanh", "elu", "none", "gelu", "leaky_relu")
# Names that generated code uses for something else are drawn on purpose.
NAMES = (
    "x",
    "out",
    "conv",
    "branch",
    "channels",
    "index",
    "stage",
    "a",
    "b",
    "in_channels",
    "range",
    "tuple",
    "F",
    "skip",
    "body",
)
PARAMETERS = ("width", "channels", "stage", "in_channels", "planes", "index", "list", "x")


class Author:
    """Writes one spec; every choice is drawn, so that a failing one shrinks."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.blocks: dict[str, Any] = {}
        self.numbers: list[str] = []
        """Parameters that hold numbers, in the scope that is written now."""
        self.flags: list[str] = []
        self.activations: list[str] = []
        self.lists: list[str] = []
        """Parameters that hold lists of kernels."""

    def one_of(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(1, 100)) > 100 - percent

    def spec(self) -> dict[str, Any]:
        size = self.one_of(8, 9, 12, 16)
        shape = [self.one_of(3, 4, 6, 8), size, self.one_of(size, 10)]
        for number in range(self.draw(st.integers(0, 2))):
            self.blocks[f"Block{number + 1}"] = self.block()
        params = self.parameters()
        graph = self.graph(3, ends=True)
        spec = {"archspec": 1, "name": "Probe", "input": shape, "params": params, "blocks": self.blocks, "graph": graph}
        return {key: value for key, value in spec.items() if value}

    def parameters(self) -> dict[str, Any]:
        """New parameters, which the values below may name."""
        found: dict[str, Any] = {}
        self.numbers = self.draw(st.lists(st.sampled_from(PARAMETERS), max_size=2, unique=True))
        found |= {name: self.one_of(2, 4, 8) for name in self.numbers}
        self.flags = ["deep"] if self.chance(30) else []
        found |= {name: self.one_of(True, False) for name in self.flags}
        self.lists = []
        self.activations = ["act"] if self.chance(40) else []
        return found | {name: self.one_of("relu", "silu", "gelu", "none") for name in self.activations}

    def block(self) -> dict[str, Any]:
        params = self.parameters()
        for name in self.numbers:
            if self.chance(50):
                params[name] = "int"
        self.lists = ["kernels"] if self.chance(40) else []
        params |= {name: self.one_of("list", [3, 1]) for name in self.lists}
        block = {"doc": "What it is." if self.chance(50) else None, "params": params, "graph": self.graph(2)}
        if self.chance(30):
            block["let"] = {"hidden": self.one_of("input.channels * 2", "max(input.channels // 2, 1)", *self.numbers)}
        return {key: value for key, value in block.items() if value}

    # Graphs

    def graph(self, depth: int, ends: bool = False) -> dict[str, Node] | list[Node]:
        """Some nodes, each after the one before or joined with an earlier one."""
        nodes: dict[str, Node] = {}
        for number in range(self.draw(st.integers(1, 4))):
            name = self.one_of(*NAMES)
            while name in nodes:
                name += str(number)
            nodes[name] = self.node(depth, list(nodes))
        if ends and self.chance(60):
            nodes["pool"] = "global_avg_pool"
            nodes["fc"] = {"op": "linear", "out": self.number(5)}
        plain = not any(isinstance(node, dict) and "from" in node for node in nodes.values())
        return list(nodes.values()) if plain and self.chance(20) else nodes

    def node(self, depth: int, earlier: list[str]) -> Node:
        kinds: list[Callable[[int, list[str]], Node]] = [self.primitive] * 5 + [self.join] * 2
        if depth > 0:
            kinds += [self.group, self.chain, self.branches, self.repeated, self.table, self.used, self.used]
            kinds += [self.listed] * (4 * len(self.lists))
        node = self.one_of(*kinds)(depth, earlier)
        if isinstance(node, dict) and "from" not in node and earlier and self.chance(20):
            node["from"] = self.one_of("input", *earlier)
        if isinstance(node, dict) and self.chance(12):
            node["when"] = self.condition()
            if self.chance(30):
                node["else"] = self.primitive(depth, earlier)
        return node

    def primitive(self, depth: int, earlier: list[str]) -> Node:
        return self.one_of(
            self.conv, self.conv, self.conv, self.depthwise, self.activation, self.activation, self.pool, self.other
        )()

    def conv(self) -> Node:
        node: dict[str, Any] = {"op": "conv", "out": self.number(4), "kernel": self.one_of(1, 3, 3, 5, 2, [1, 3])}
        if self.chance(30):
            node["stride"] = self.one_of(1, 2, [2, 1])
        if self.chance(20):
            node["padding"] = self.one_of(0, 1, [0, 1], "tf_same")
        if self.chance(20):
            node["dilation"] = self.one_of(2, [1, 2])
        if self.chance(20):
            node["groups"] = self.one_of(2, 1)
        if self.chance(40):
            node["bias"] = self.one_of(False, *self.flags)
        return node

    def depthwise(self) -> Node:
        return {"op": "conv", "kernel": 3, "groups": "channels", "stride": self.one_of(1, 2)}

    def activation(self) -> Node:
        return self.one_of(*ACTIVATIONS, *(f"${name}" for name in self.activations * 4))

    def pool(self) -> Node:
        return self.one_of(
            {"op": "max_pool", "kernel": self.one_of(2, 3), "stride": self.one_of(1, 2), "padding": self.one_of(0, 1)},
            {"op": "avg_pool", "kernel": 3, "stride": 2, "padding": 1, "ceil_mode": self.one_of(True, False)},
            {"op": "adaptive_avg_pool", "size": self.one_of(1, 4, [4, 5])},
            {"op": "upsample", "scale": 2},
        )

    def other(self) -> Node:
        return self.one_of(
            "batch_norm",
            {"op": "batch_norm", "eps": 0.001},
            {"op": "group_norm", "groups": self.one_of(1, 2)},
            {"op": "local_response_norm", "size": 3},
            {"op": "dropout", "p": 0.5},
            {"op": "dropout2d", "p": 0.1},
            {"op": "drop_path", "p": 0.2},
            {"op": "channel_shuffle", "groups": 2},
            {"op": "pad", "padding": self.one_of(1, [0, 1, 0, 1])},
            {"op": "prelu", "num_parameters": "channels"},
            {"op": "narrow", "length": 2},
            {"op": "pixel_unshuffle", "factor": 2},
            "scale",
            "l2_norm",
            "identity",
        )

    def join(self, depth: int, earlier: list[str]) -> Node:
        if not earlier:
            return self.primitive(depth, earlier)
        others = [self.one_of("input", *earlier) for _ in range(self.draw(st.integers(1, 2)))]
        return {"op": self.one_of("add", "mul", "concat", "concat", "sub"), "from": [earlier[-1], *others]}

    # Nodes that hold others

    def group(self, depth: int, earlier: list[str]) -> Node:
        return {"graph": self.graph(depth - 1)}

    def chain(self, depth: int, earlier: list[str]) -> Node:
        return [self.node(depth - 1, []) for _ in range(self.draw(st.integers(1, 3)))]

    def branches(self, depth: int, earlier: list[str]) -> Node:
        names = self.draw(st.lists(st.sampled_from(("left", "right", "wide")), min_size=2, max_size=3, unique=True))
        merge = self.one_of("concat", "add", "mul")
        # Branches that keep the size mostly agree in it.
        parts = [self.same_size() if self.chance(80) else self.node(depth - 1, []) for _ in names]
        return {"parallel": parts if self.chance(30) else dict(zip(names, parts, strict=True)), "merge": merge}

    def same_size(self) -> Node:
        out = self.one_of(4, "input.channels")
        conv = {"op": "conv", "out": out, "kernel": self.one_of(1, 3)}
        return self.one_of(
            conv, [conv, self.one_of(*ACTIVATIONS)], {"op": "ConvBNAct", "out": 4, "kernel": 3}, "identity", "relu"
        )

    def repeated(self, depth: int, earlier: list[str]) -> Node:
        node = self.used(depth, earlier)
        node = dict(node) if isinstance(node, dict) else {"op": "ConvBN", "out": 4, "kernel": 3}
        node["repeat"] = self.one_of(2, 3, 1, 0, *self.numbers)
        if self.chance(30):
            node["link"] = self.one_of("dense", "aggregate")
        if node["op"] in ("ConvBN", "ConvBNAct", "ConvAct"):
            if self.chance(40):
                node["first"] = {"stride": 2}
            if self.chance(20):
                node["last"] = {"out": self.number(2)}
            if self.chance(30):
                node["out"] = self.one_of("4 + 2 * i", "8 if i == 0 else 4", "4 * (n - i)")
        return node

    def table(self, depth: int, earlier: list[str]) -> Node:
        rows = [
            [self.one_of(4, 8, 6), self.one_of(1, 3), self.one_of(1, 1, 2)] for _ in range(self.draw(st.integers(1, 3)))
        ]
        columns = [self.one_of("out", "c"), "kernel", self.one_of("stride", "s")]
        node: dict[str, Any] = {
            "op": self.one_of("ConvBNAct", "ConvBN", "conv"),
            "each": {"columns": columns, "rows": rows},
        }
        if columns[0] == "c":
            node["out"] = self.one_of("c", "2 * c")
        if columns[2] == "s":
            node["stride"] = "s"
        if self.chance(20):
            node["link"] = self.one_of("dense", "aggregate")
        if self.chance(30):
            node["repeat"] = self.one_of(1, 2, 0)
            if columns[2] == "s":
                del node["stride"]
                node["first"] = {"stride": "s"}
        return node

    def listed(self, depth: int, earlier: list[str]) -> Node:
        """Copies over a list: a chain, side by side, or each over a part of the channels."""
        table = {"columns": ["kernel"], "rows": self.one_of(*self.lists)}
        node = {"op": self.one_of("conv", "ConvBNAct"), "out": self.number(4), "each": table}
        kind = self.one_of("chain", "merge", "over")
        if kind == "chain" and self.chance(30):
            node["link"] = self.one_of("dense", "aggregate")
        if kind == "merge":
            node["merge"] = self.one_of("concat", "add")
        if kind != "over":
            return node
        parts = {"op": "chunk", "chunks": f"len({self.lists[0]})"}
        join = {"op": self.one_of("concat", "add"), "from": self.one_of("convs", ["convs", "input"])}
        return {"graph": {"parts": parts, "convs": {**node, "over": "parts"}, "join": join}}

    def used(self, depth: int, earlier: list[str]) -> Node:
        """A block of the library, or of the spec's own."""
        if self.blocks and self.chance(60):
            name = self.one_of(*self.blocks)
            node: dict[str, Any] = {"op": name}
            for parameter, default in self.blocks[name].get("params", {}).items():
                if parameter == "kernels" and (default == "list" or self.chance(60)):
                    node[parameter] = self.one_of([3], [1, 3], [3, 5], [5, 3, 1])
                elif default == "int" or (self.chance(30) and type(default) is int):
                    node[parameter] = self.number(4)
                elif self.chance(40):
                    values = (True, False, *self.flags) if isinstance(default, bool) else ("relu", "silu", "none")
                    if default in ("relu", "silu", "gelu", "none", True, False):
                        node[parameter] = self.one_of(*values)
            return node
        node = {"op": self.one_of("ConvBNAct", "ConvBN", "ConvAct"), "out": self.number(4), "kernel": self.one_of(1, 3)}
        if self.chance(20):
            node["stride"] = 2
        if node["op"] != "ConvBN" and self.chance(40):
            node["act"] = self.activation()
        return self.one_of(
            node, node, {"op": "SqueezeExcite", "reduction": 2}, {"op": "DenseLayer", "growth": self.number(2)}
        )

    # Values

    def number(self, least: int) -> int | str:
        """A number, or an expression that has one."""
        if self.chance(60):
            return self.one_of(4, 8, 8, 6, least)
        name = self.one_of(*self.numbers) if self.numbers else "input.channels"
        return self.one_of(name, f"2 * {name}", "input.channels", "input.channels * 2", f"{name} if {name} > 4 else 4")

    def condition(self) -> str | bool:
        tests: list[str | bool] = [True, False, "input.channels == 4", "input.channels != 8"]
        tests += [*self.flags, *(f"{name} > 4" for name in self.numbers), *(f"not {name}" for name in self.flags)]
        return self.one_of(*tests)


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """A spec as plain data; most of them are valid."""
    return Author(draw).spec()
