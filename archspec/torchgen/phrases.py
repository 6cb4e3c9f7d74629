"""The expression of one step of a forward, over the texts of what it reads."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from archspec.network import Graph, Kind
from archspec.ops.base import Op
from archspec.torchgen.look import form_of
from archspec.torchgen.names import FORWARD, free, quoted
from archspec.torchgen.readers import Key, Readers
from archspec.types import TensorType

if TYPE_CHECKING:
    from archspec.torchgen.members import Step

__all__ = ["Key", "Phrases", "label"]

_WORD = re.compile(r"[A-Z][a-z]+")
_SUM = re.compile(r"\{\w+\}(?: \+ \{\w+\})+")


class Phrases:
    """Calls of modules, operators, and what branches and repeated calls are."""

    def __init__(self, readers: Readers) -> None:
        self.readers = readers

    def of(self, step: Step, inputs: list[str], each: str | None = None) -> tuple[str, bool]:
        """The step's expression over these texts, and whether it is an operator's.

        `each` is what gives all of the inputs, one after the other: `stream(x) for stream in self.streams`.
        """
        node = step.nodes[0]
        attribute = _attribute(step)
        if not isinstance(node.body, Op):
            assert isinstance(node.body, Graph)
            return self._call(node.body, attribute, inputs, step.name.isdecimal()), False
        form = form_of(node, step.name in self.readers.owner.sequences.names)
        if each is not None and is_sum(form.forward, len(inputs)):
            return f"sum({each})", False
        text = form.forward.replace("{self}", attribute)
        if len(inputs) == 1 and inputs[0].startswith("*"):
            text = text.replace("[{inputs}]", inputs[0][1:])
        text = text.replace("{inputs}", each or ", ".join(inputs))
        for number, name in enumerate(inputs):
            text = text.replace(f"{{{number}}}", _bracketed(name, text, number))
        for key, value in step.values.items():
            text = text.replace(f"{{{key}}}", form.said(key, value))
        return text, form.operator

    def is_operator(self, step: Step) -> bool:
        body = step.nodes[0].body
        return isinstance(body, Op) and form_of(step.nodes[0]).operator

    def adds(self, step: Step) -> bool:
        """Whether a step's expression is a sum of what it reads."""
        return _SUM.fullmatch(form_of(step.nodes[0]).forward) is not None

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

    def takes_each(self, step: Step) -> bool:
        """Whether its expression can be said over all inputs at once."""
        body = step.nodes[0].body
        if not isinstance(body, Op) or not self.is_expression(step):
            return False
        text = form_of(step.nodes[0]).forward
        return "[{inputs}]" in text or is_sum(text, len(step.nodes[0].inputs))

    def names_in_sequence(self, step: Step) -> tuple[str, ...]:
        """What the modules of such a chain call the values that they take."""
        first = _first_copy(step)
        names = first.input_names if isinstance(first, Graph) else ()
        return tuple(free(name, (), FORWARD - {"x"}) for name in names)

    def class_word(self, step: Step) -> str:
        """What one of the copies of a chain is called by its class: `exchange` of `Exchange2`."""
        copy = _first_copy(step)
        words = _WORD.findall(copy.name) if isinstance(copy, Graph) and copy.kind is Kind.BLOCK else []
        return free(words[-1].lower(), FORWARD) if words else "module"

    def is_branches(self, step: Step) -> bool:
        """Whether it gives what each of its branches gives."""
        body = step.nodes[0].body
        return isinstance(body, Graph) and body.kind is Kind.PARALLEL and body.merge is None and len(body.outputs) > 1

    def branches(self, step: Step, inputs: list[str]) -> tuple[str, str]:
        """The call of one branch, and the loop over all of them."""
        body = step.nodes[0].body
        assert isinstance(body, Graph)
        attribute = _attribute(step)
        one = one_of(step.attribute, inputs)
        values = "" if body.nodes[0].name.isdecimal() else ".values()"
        return f"{one}({', '.join(inputs)})", f"for {one} in {attribute}{values}"

    def calls_over(self, step: Step, inputs: list[str]) -> list[str]:
        """The module's call on each input."""
        attribute, own = _attribute(step), self._has_modules(step)
        return [f"{attribute}[{n}]({one})" if own else f"{attribute}({one})" for n, one in enumerate(inputs)]

    def over(self, step: Step, inputs: list[str], each: tuple[str, str] | None) -> tuple[str, str]:
        """The module's call on one of the inputs, and the loop over all of them."""
        attribute = _attribute(step)
        if self._has_modules(step):
            listed = f"[{' '.join(each)}]" if each else _listed(inputs)
            one, level = one_of(step.attribute, otherwise="module"), "part" if listed.isidentifier() else "level"
            return f"{one}({level})", f"for {one}, {level} in zip({attribute}, {listed}, strict=True)"
        if each:
            return f"{attribute}({each[0]})", each[1]
        return f"{attribute}(level)", f"for level in {_listed(inputs)}"

    def _has_modules(self, step: Step) -> bool:
        """Whether each of the inputs has a module of its own."""
        return step.source.each is not None

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
        one = one_of(attribute.removeprefix("self."), inputs)
        each = f"{one}({', '.join(inputs)}) for {one} in {attribute}"
        if not body.nodes[0].name.isdecimal():
            each += ".values()"
        if body.merge is None:
            return f"tuple({each})"
        types = [type_ for ref in body.outputs if isinstance(type_ := body.type_of(ref), TensorType)]
        keys = [branch.name if branch.name.isdecimal() else quoted(branch.name) for branch in body.nodes]
        calls = [f"{attribute}[{key}]({', '.join(inputs)})" for key in keys]
        if body.merge.name == "concat":
            dim = next(arg.value for name, arg in body.merge.torch(*types).values if name == "dim")
            if any(len(branch.outputs) > 1 for branch in body.nodes):
                each = ", ".join(
                    "*" * (len(one.outputs) > 1) + call for one, call in zip(body.nodes, calls, strict=True)
                )
            return f"torch.cat([{each}], dim={dim})"
        return (" + " if body.merge.name == "add" else " * ").join(calls)


def _first_copy(step: Step) -> Op | Graph | None:
    """What the first copy of a chain is; None where the chain has none."""
    chains = [node.body for node in step.nodes if isinstance(node.body, Graph)]
    return next((chain.nodes[0].body for chain in chains if chain.nodes), None)


def is_product(text: str) -> bool:
    """Whether the outermost operator of an expression is `*`."""
    expression = ast.parse(text, mode="eval").body
    return isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Mult)


def is_sum(form: str, count: int) -> bool:
    """Whether a primitive's expression adds up so many inputs, and does nothing else."""
    return count > 1 and form == " + ".join(f"{{{number}}}" for number in range(count))


def one_of(name: str, taken: Collection[str] = (), otherwise: str = "branch") -> str:
    """What one of `streams` is called: `stream`."""
    for ending, single in _PLURALS:
        if name.endswith(ending) and not name.endswith("ss") and name.removesuffix(ending).isalpha():
            found = (name.removesuffix(ending) + single).lower()
            return otherwise if found in {*FORWARD, *taken} or keyword.iskeyword(found) else found
    return otherwise


_PLURALS = (("ches", "ch"), ("xes", "x"), ("ies", "y"), ("s", ""))


def label(name: str) -> str:
    """A node's name as a variable's: `1` of a list is `node1`, `relu` of a group `fuse` is `fuse_relu`."""
    plain = name.replace(".", "_")
    return f"node{plain}" if plain[0].isdecimal() else plain


def _listed(inputs: list[str]) -> str:
    if len(inputs) == 1 and inputs[0].startswith("*"):
        return inputs[0][1:]
    base = inputs[0].removesuffix("[0]")
    if inputs == [f"{base}[{number}]" for number in range(len(inputs))]:
        return base
    return f"({', '.join(inputs)})" if len(inputs) > 1 else f"({inputs[0]},)"


def _attribute(step: Step) -> str:
    return f"self[{step.attribute}]" if step.attribute.isdecimal() else f"self.{step.attribute}"


def _bracketed(name: str, template: str, number: int) -> str:
    """An operand that isn't a name or a call keeps its brackets before a dot or an index."""
    place = template.find(f"{{{number}}}")
    behind = template[place + 3 : place + 4]
    loose = behind in (".", "[") and any(sign in name for sign in (" + ", " * ", " - ", " / "))
    return f"({name})" if loose and isinstance(ast.parse(name, mode="eval").body, ast.BinOp) else name
