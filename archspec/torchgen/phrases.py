"""The expression of one step of a forward, over the texts of what it reads."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from archspec.network import Graph, Kind
from archspec.ops.base import Op
from archspec.torchgen.look import form_of
from archspec.torchgen.readers import Key, Readers
from archspec.types import TensorType

if TYPE_CHECKING:
    from archspec.torchgen.members import Step

__all__ = ["Key", "Phrases", "label"]


class Phrases:
    """Calls of modules, operators, and what branches and repeated calls are."""

    def __init__(self, readers: Readers) -> None:
        self.readers = readers

    def of(self, step: Step, inputs: list[str]) -> tuple[str, bool]:
        """The step's expression over these texts, and whether it is an operator's."""
        node = step.nodes[0]
        attribute = _attribute(step)
        if not isinstance(node.body, Op):
            assert isinstance(node.body, Graph)
            return self._call(node.body, attribute, inputs, step.name.isdecimal()), False
        form = form_of(node)
        text = form.forward.replace("{self}", attribute).replace("{inputs}", ", ".join(inputs))
        for number, name in enumerate(inputs):
            text = text.replace(f"{{{number}}}", _bracketed(name, text, number))
        for key, value in step.values.items():
            text = text.replace(f"{{{key}}}", form.said(key, value))
        return text, form.operator

    def is_operator(self, step: Step) -> bool:
        body = step.nodes[0].body
        return isinstance(body, Op) and form_of(step.nodes[0]).operator

    def is_expression(self, step: Step) -> bool:
        """Whether a step has no module."""
        return isinstance(step.nodes[0].body, Op) and form_of(step.nodes[0]).make is None

    def is_sequence(self, step: Step) -> bool:
        """Whether its copies take several values, so that nn.Sequential can't run them."""
        body = step.nodes[0].body
        return isinstance(body, Graph) and body.kind is Kind.CHAIN and len(step.nodes[0].inputs) > 1

    def is_tapped(self, step: Step) -> bool:
        """Whether a chain gives what some of its copies give, besides its end."""
        body = step.nodes[0].body
        chain = isinstance(body, Graph) and body.kind is Kind.CHAIN and len(step.nodes[0].inputs) == 1
        return chain and len(step.nodes[0].outputs) > 1

    def slices(self, step: Step) -> list[str]:
        """The parts of such a chain: `self.stages[:2]`, `self.stages[2]`."""
        body = step.nodes[0].body
        assert isinstance(body, Graph)
        start, found = 0, []
        for ref in body.outputs:
            part = f"{start or ''}:{ref.node + 1}" if ref.node > start else str(start)
            found.append(f"{_attribute(step)}[{part}]")
            start = ref.node + 1
        return found

    def is_over(self, step: Step) -> bool:
        body = step.nodes[0].body
        return isinstance(body, Graph) and body.kind is Kind.OVER

    def calls_over(self, step: Step, inputs: list[str]) -> list[str]:
        """The module's call on each input."""
        attribute = _attribute(step)
        body = step.nodes[0].body
        assert isinstance(body, Graph)
        own = not body.nodes[-1].shared and len(body.nodes) > 1
        return [f"{attribute}[{n}]({one})" if own else f"{attribute}({one})" for n, one in enumerate(inputs)]

    def over(self, step: Step, inputs: list[str]) -> str:
        """A tuple of the outputs, by a loop over the inputs."""
        attribute = _attribute(step)
        body = step.nodes[0].body
        assert isinstance(body, Graph)
        listed = f"({', '.join(inputs)})" if len(inputs) > 1 else f"({inputs[0]},)"
        if len(body.nodes) > 1 and not body.nodes[-1].shared:
            return f"tuple(module(level) for module, level in zip({attribute}, {listed}, strict=True))"
        return f"tuple({attribute}(level) for level in {listed})"

    def merged(self, graph: Graph, texts: list[str]) -> str:
        """Branches brought together, in a class of their own."""
        assert graph.merge is not None
        types = [type_ for ref in graph.outputs if isinstance(type_ := graph.type_of(ref), TensorType)]
        form = graph.merge.torch(*types)
        text = form.forward.replace("{inputs}", ", ".join(texts))
        for number, one in enumerate(texts):
            text = text.replace(f"{{{number}}}", one)
        for name, arg in form.values:
            text = text.replace(f"{{{name}}}", repr(arg.value))
        return text

    def _call(self, body: Graph, attribute: str, inputs: list[str], listed: bool) -> str:
        # In a list, branches are a class of their own.
        if body.kind is not Kind.PARALLEL or listed:
            return f"{attribute}({', '.join(inputs)})"
        each = f"branch({', '.join(inputs)}) for branch in {attribute}"
        if not body.nodes[0].name.isdecimal():
            each += ".values()"
        if body.merge is None:
            return f"tuple({each})"
        types = [type_ for ref in body.outputs if isinstance(type_ := body.type_of(ref), TensorType)]
        if body.merge.name == "concat":
            dim = next(arg.value for name, arg in body.merge.torch(*types).values if name == "dim")
            return f"torch.cat([{each}], dim={dim})"
        keys = [branch.name if branch.name.isdecimal() else f'"{branch.name}"' for branch in body.nodes]
        calls = [f"{attribute}[{key}]({', '.join(inputs)})" for key in keys]
        return (" + " if body.merge.name == "add" else " * ").join(calls)


def label(name: str) -> str:
    """A node's name as a variable's: `1` of a list is `node1`, `relu` of a group `fuse` is `fuse_relu`."""
    plain = name.replace(".", "_")
    return f"node{plain}" if plain[0].isdecimal() else plain


def _attribute(step: Step) -> str:
    return f"self[{step.attribute}]" if step.attribute.isdecimal() else f"self.{step.attribute}"


def _bracketed(name: str, template: str, number: int) -> str:
    """An operand that isn't a name or a call keeps its brackets before a dot or an index."""
    place = template.find(f"{{{number}}}")
    behind = template[place + 3 : place + 4]
    loose = behind in (".", "[") and any(sign in name for sign in (" + ", " * ", " - ", " / "))
    return f"({name})" if loose and isinstance(ast.parse(name, mode="eval").body, ast.BinOp) else name
