"""What the lowering asks of concrete graphs: who reads what, what may be overwritten, which instances are alike."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from archspec.network import INPUT, Graph, Kind, Node, Ref
from archspec.ops import registry
from archspec.ops.base import Op
from archspec.ops.form import Form
from archspec.types import TensorType

_OF_COPIES = (Kind.CHAIN, Kind.LINKED, Kind.OVER)


def form_of(node: Node, as_tuple: bool = False) -> Form:
    """How torch says a primitive. `as_tuple`: with a tuple for what may be several outputs, though it is one here."""
    assert isinstance(node.body, Op)
    form = node.form
    if form is None:
        form = node.body.torch(*(type_ for type_ in node.input_types if isinstance(type_, TensorType)))
        node.form = form
    return replace(form, forward=form.several) if as_tuple and form.several is not None else form


def class_text(op: str) -> str:
    """The class that an activation's name stands for."""
    kind = registry.find(op)
    assert kind is not None
    text = module_class(kind().torch())
    assert text is not None
    return text


def module_class(form: Form) -> str | None:
    """`nn.ReLU` of `nn.ReLU({args})`."""
    text, _, rest = (form.make or "").partition("(")
    return text if rest == "{args})" or rest == ")" else None


def is_plain_chain(graph: Graph) -> bool:
    """Whether each node of a list reads just the one before it, and the last one is the output."""
    for index, node in enumerate(graph.nodes):
        if not node.name.isdecimal() or int(node.name) != index or node.body is None:
            return False
        if node.inputs != (Ref(index - 1),) or len(node.outputs) != 1:
            return False
    return graph.outputs == (Ref(len(graph.nodes) - 1),)


def name_of(graph: Graph, ref: Ref) -> tuple[str, tuple[int, ...]]:
    """How facts call an output. What copies read isn't called `input`: in their arguments that is the outer graph's."""
    base = "input" if ref.node == INPUT else graph.nodes[ref.node].name
    return (f"chain:{base}" if graph.kind in _OF_COPIES or is_table(graph) else base), (ref.output,)


def is_table(graph: Graph) -> bool:
    """Whether branches are the copies of a table."""
    return graph.kind is Kind.PARALLEL and bool(graph.nodes) and bool(graph.nodes[0].row)


def read(type_: object, name: str) -> int | None:
    """A size of a type; None where there is no such axis."""
    if not isinstance(type_, TensorType):
        return None
    try:
        value: int = getattr(type_, name)
    except IndexError:
        return None
    return value


def resolved(graph: Graph, ref: Ref) -> Ref:
    """The output that a reference means, past nodes that are left out."""
    while ref.node != INPUT and graph.nodes[ref.node].body is None:
        ref = graph.nodes[ref.node].inputs[0]
    return ref


def may_overwrite(graph: Graph, node: Node) -> bool:
    """Whether a node may work in place: its input is fresh memory of a primitive beside it that nobody else reads."""
    if len(node.inputs) != 1:
        return False
    ref = resolved(graph, node.inputs[0])
    if ref.node == INPUT:
        return False
    body = graph.nodes[ref.node].body
    if not isinstance(body, Op) or not body.fresh:
        return False
    readers = [*(one for other in graph.nodes if other.body is not None for one in other.inputs), *graph.outputs]
    return sum(resolved(graph, one) == ref for one in readers) == 1


def is_empty_chain(node: Node) -> bool:
    """Whether a repeat has no copies, and so is the identity."""
    return isinstance(node.body, Graph) and node.body.kind is Kind.CHAIN and not node.body.nodes


def is_idle(node: Node) -> bool:
    """Whether a node does nothing, such as dropout with p = 0. In a list it stays, since its place has a number."""
    return isinstance(node.body, Op) and node.body.idle and not node.name.isdecimal()


def readers_of(graph: Graph, name: str) -> set[str | None]:
    """The nodes that read a node; None stands for the graph's own output."""
    index = next((number for number, node in enumerate(graph.nodes) if node.name == name), None)
    found: set[str | None] = {node.name for node in graph.nodes if any(ref.node == index for ref in node.inputs)}
    return found | {None for ref in graph.outputs if ref.node == index}


def is_stateless_list(node: Node) -> bool:
    """Whether a node is a list of primitives, or a repeat of one, without weights and with an expression among them."""
    body = node.body
    if not isinstance(body, Graph) or len(body.outputs) != 1:
        return False
    if body.kind is Kind.CHAIN:
        expressions = any(isinstance(child.body, Op) and not _has_module(child) for child in body.nodes)
    else:
        expressions = body.kind is Kind.GROUP and not is_plain_chain(body)
    return expressions and all(
        child.name.isdecimal() and is_stateless(child) and len(child.outputs) == 1 for child in body.nodes
    )


def _has_module(node: Node) -> bool:
    form = form_of(node)
    return form.make is not None or form.module is not None


def is_stateless(node: Node) -> bool:
    """Whether a node's module has nothing in `state_dict`, so that it may stand where it isn't used."""
    known = (type_ for type_ in node.input_types if isinstance(type_, TensorType))
    return isinstance(node.body, Op) and not node.body.weights(*known)


def signature(graph: Graph) -> Hashable:
    """What two instances must share to be one class: the same nodes, of the same kinds."""
    return tuple((node.name, _kind(node.body), len(node.outputs)) for node in graph.nodes)


def _kind(body: Op | Graph | None) -> Hashable:
    if body is None:
        return None
    if isinstance(body, Op):
        return type(body).__name__
    return (body.kind, body.name, signature(body) if body.kind is not Kind.BLOCK else None)


def needs_arguments(form: Form) -> bool:
    """Whether a module can't be made from its class alone."""
    return module_class(form) is None or any(arg.value != arg.default for arg in form.args)
