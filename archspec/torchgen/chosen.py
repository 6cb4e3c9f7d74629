"""Calls whose class is chosen by an argument of the class, or by a column of a table: `act()`, `block(channels, …)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.language.expressions import Expr, Name, Text
from archspec.language.expressions.nodes import rebuild
from archspec.network import Graph, Kind, Node
from archspec.ops.base import Op
from archspec.ops.form import Form
from archspec.torchgen.code import Bracket, Code
from archspec.torchgen.frame import Frame, same
from archspec.torchgen.look import class_text, needs_arguments, signature
from archspec.torchgen.plan import Argument, Plan, Split
from archspec.torchgen.program import keyword

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering


class Chosen:
    """Builds such calls for one class."""

    def __init__(self, owner: ClassLowering) -> None:
        self.owner = owner
        self._blocks: dict[str, str] = {}
        """The classes that names of blocks in a column stand for."""

    def activation(self, frame: Frame, nodes: list[Node], forms: list[Form], inplace: bool) -> Code:
        """`act(inplace=True)`."""
        symbol = self._symbol(frame, nodes)
        if symbol is None or any(map(needs_arguments, forms)):
            raise Split(signature)
        self.owner.op_arguments.add(symbol.id)
        bodies = [node.body for node in nodes if node.op != "identity"]
        items = ("inplace=True",) if inplace and all(isinstance(body, Op) and body.inplace for body in bodies) else ()
        return Bracket(f"{self.owner.text(symbol)}(", items)

    def block(self, frame: Frame, nodes: list[Node], graphs: list[Graph], plans: list[Plan]) -> Code:
        """`block(channels, out=out)`: what all of the classes take is said by keyword, as they may differ in order."""
        symbol = self._symbol(frame, nodes)
        blocks = all(isinstance(node.body, Graph) and node.body.kind is Kind.BLOCK for node in nodes)
        if symbol is None or symbol.id not in self.owner.columns or not blocks:
            raise Split(signature)
        classes = {node.op: plan.name for node, plan in zip(nodes, plans, strict=True)}
        if any(classes[node.op] != plan.name for node, plan in zip(nodes, plans, strict=True)):
            raise Split(signature)  # one block has become several classes
        every = list({id(plan): plan for plan in plans}.values())
        if len({sum(one.leading > 0 for one in plan.arguments) for plan in every}) > 1:
            raise Split(signature)
        items: list[Code] = []
        for name in dict.fromkeys(one.name for plan in every for one in plan.arguments):
            said = self._argument(name, frame, nodes, graphs, plans)
            if said is not None:
                items.append(said)
        self._blocks |= classes
        self.owner.op_arguments.add(symbol.id)
        return Bracket(f"{self.owner.text(symbol)}(", tuple(items))

    def as_class(self, expr: Expr) -> Expr:
        """Names of activations and blocks as the classes they are: `relu` is `nn.ReLU`."""
        if isinstance(expr, Text):
            return Name(self._blocks.get(expr.value) or self.class_of(expr.value))
        if isinstance(expr, Name):
            self.owner.op_arguments.add(expr.id)
        return rebuild(expr, self.as_class)

    def class_of(self, op: str) -> str:
        """The class that an activation's name stands for; the file may name it then."""
        text = class_text(op)
        self.owner.lowering.templates[f"{text}()"] = None
        return text

    def _symbol(self, frame: Frame, nodes: list[Node]) -> Name | None:
        op = nodes[0].source.op or ""
        symbol = frame.symbols.get(op.removeprefix("$")) if op.startswith("$") else None
        return symbol if isinstance(symbol, Name) else None

    def _argument(
        self, name: str, frame: Frame, nodes: list[Node], graphs: list[Graph], plans: list[Plan]
    ) -> Code | None:
        """One argument of all classes; None where each has it by default, or lacks it."""
        known = [next((one for one in plan.arguments if one.name == name), None) for plan in plans]
        if all(one is None or _is_default(one, node, self.owner) for one, node in zip(known, nodes, strict=True)):
            return None
        found = [one for one in known if one is not None]
        if len(found) < len(known) or len({one.leading for one in found}) > 1:
            raise Split(signature)
        values = [one.values[_standing(node, self.owner)] for one, node in zip(found, nodes, strict=True)]
        said = frame.say(values, self.owner.calls.candidates(found[0], frame, nodes, graphs), name)
        if any(one.is_op for one in found):
            said = self.as_class(said)
        text = self.owner.text(said)
        return text if found[0].leading else keyword(name, text)


def _standing(node: Node, owner: ClassLowering) -> int:
    return id(owner.lowering.represent(node))


def _is_default(argument: Argument, node: Node, owner: ClassLowering) -> bool:
    value = argument.values[_standing(node, owner)]
    return argument.default is not None and same(argument.default, value)
