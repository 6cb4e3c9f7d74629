"""The class definition around what a constructor holds: its arguments, and a forward unless nn.Sequential has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.language.expressions import Value, literal, to_source
from archspec.network import INPUT, Graph, Kind, Ref
from archspec.ops.base import Op
from archspec.torchgen.code import Bracket
from archspec.torchgen.forward import forward
from archspec.torchgen.initialise import initialise
from archspec.torchgen.look import form_of, resolved
from archspec.torchgen.program import ClassDefinition, Function, Line, Parameter, Statement

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering
    from archspec.torchgen.members import Step


def define(owner: ClassLowering) -> ClassDefinition:
    """The class, with its constructor and, unless it is a plain chain of modules, its forward."""
    listed = all(name.isdecimal() for name in owner.nodes)
    chain = (listed or owner.kind is not Kind.NETWORK) and _is_sequential(owner)
    body = _listed(owner) if listed else (Line("super().__init__()"), *owner.statements)
    method, calls = initialise(owner)
    functions = [_constructor(owner, (*body, *calls)), *filter(None, [method])]
    if not chain:
        functions.append(forward(owner))
    base = "nn.Sequential" if chain or listed else "nn.Module"
    return ClassDefinition(owner.name, base, owner.doc, tuple(functions))


def _listed(owner: ClassLowering) -> tuple[Statement, ...]:
    """A list's modules go to nn.Sequential's constructor by number; Identity holds the place of an expression."""
    present = owner.members.elements
    last = max(map(int, present), default=-1)
    items = tuple(present.get(str(number), "nn.Identity()") for number in range(last + 1))
    local = tuple(one for one in owner.statements if not _sets_attribute(one))
    own = tuple(one for one in owner.statements if _sets_attribute(one))
    return (*local, Line(Bracket("super().__init__(", items)), *own)


def _sets_attribute(statement: Statement) -> bool:
    return isinstance(statement, Line) and statement.before.startswith("self.")


def _constructor(owner: ClassLowering, body: tuple[Statement, ...]) -> Function:
    parameters = ["self"]
    for argument in owner.ordered_arguments():
        is_op = argument.name in owner.op_arguments
        values = list(argument.values.values())
        annotation = "type[nn.Module]" if is_op else _annotation(values)
        default = None
        if argument.default is not None:
            default = (
                owner.calls.chosen.class_of(str(argument.default)) if is_op else to_source(literal(argument.default))
            )
        parameters.append(Parameter(argument.name, annotation, default).code())
    return Function("__init__", tuple(parameters), "None", body)


def _annotation(values: list[Value]) -> str:
    """The narrowest type that all values have; lists of different lengths have any length."""
    if any(isinstance(value, tuple | list) for value in values):
        lists = [value for value in values if isinstance(value, tuple | list)]
        others: list[Value] = [value for value in values if not isinstance(value, tuple | list)]
        if len({len(one) for one in lists}) > 1:
            kinds = {f"tuple[{_annotation([item for one in lists for item in one])}, ...]"}
        else:
            kinds = {f"tuple[{', '.join(_annotation(list(column)) for column in zip(*lists, strict=True)) or '()'}]"}
        return " | ".join(sorted({*kinds, *filter(None, [_annotation(others) if others else ""])}))
    kinds = {type(value).__name__ for value in values}
    return "float" if kinds == {"int", "float"} else " | ".join(sorted(kinds))


def _is_sequential(owner: ClassLowering) -> bool:
    """Whether each node is a module that reads just the one before it, so that nn.Sequential runs them."""
    graphs = owner.graphs
    if len(graphs[0].inputs) != 1:
        return False
    for graph in graphs:
        before = Ref(INPUT)
        for node in graph.nodes:
            if (
                tuple(resolved(graph, ref) for ref in node.inputs) != (resolved(graph, before),)
                or len(node.outputs) != 1
            ):
                return False
            before = Ref(graph.nodes.index(node))
        if tuple(resolved(graph, ref) for ref in graph.outputs) != (resolved(graph, before),):
            return False
    return all(_is_module(step) for step in owner.members.steps)


def _is_module(step: Step) -> bool:
    if step.made is None or step.flag is not None or step.linked:
        return False
    body = step.nodes[0].body
    if isinstance(body, Graph) and body.kind is Kind.PARALLEL and not step.name.isdecimal():
        return False
    if isinstance(body, Graph) and (body.kind is Kind.OVER or len(step.nodes[0].outputs) > 1):
        return False
    return not isinstance(body, Op) or form_of(step.nodes[0]).forward == "{self}({0})"
