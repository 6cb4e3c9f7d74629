"""The last look at generated source: parsed again, and held to the calls that its primitives are known to make."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

STATEMENTS = (
    *(ast.Module, ast.ClassDef, ast.FunctionDef, ast.Assign, ast.AnnAssign, ast.AugAssign),
    *(ast.Return, ast.If, ast.For, ast.Expr),
)
EXPRESSIONS = (
    *(ast.arguments, ast.arg, ast.keyword, ast.Name, ast.Attribute, ast.Constant, ast.Call, ast.Starred),
    *(ast.Tuple, ast.List, ast.Dict, ast.Subscript, ast.Slice, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare),
    *(ast.IfExp, ast.GeneratorExp, ast.ListComp, ast.comprehension),
    *(ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop),
)
ROOTS = {"nn", "torch"}
BUILT_IN = {
    "super",
    "range",
    "enumerate",
    "zip",
    "min",
    "max",
    "abs",
    "round",
    "int",
    "len",
    "sum",
    "tuple",
    "isinstance",
}
OWN = {"nn.Module", "nn.Sequential", "nn.ModuleList", "nn.ModuleDict", "nn.Identity", "torch.cat"}
METHODS = {"__init__", "append", "extend", "values", "forward", "apply", "modules", "_initialise"}


class Unexpected(Exception):
    """Generated source holds what no primitive asked for. That is a fault of the compiler, never of a spec."""


def check(text: str, templates: Iterable[str], classes: Iterable[str], support: Iterable[str]) -> None:
    """Raises Unexpected unless the text consists of the allowed statements, names and calls only."""
    tree = ast.parse(text)
    fixed = {ast.unparse(node) for part in support for node in ast.parse(part).body}
    allowed, methods = _calls(templates)
    callable_names = {*classes, *BUILT_IN, *(node.name for part in support for node in _classes(part))}
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            _check_import(node, callable_names)
        elif not _is_docstring(node) and not (fixed and ast.unparse(node) in fixed):
            _check_class(node, allowed | OWN, methods | METHODS, callable_names)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _check_import(node: ast.Import | ast.ImportFrom, classes: set[str]) -> None:
    """From torch, and known classes from `blocks.py` beside the file."""
    allowed = {"import torch", "from torch import Tensor, nn", "from torch import nn"}
    beside = isinstance(node, ast.ImportFrom) and (node.level, node.module) == (1, "blocks")
    known = beside and all(one.name in classes and one.asname is None for one in node.names)
    if ast.unparse(node) not in allowed and not known:
        raise Unexpected(ast.unparse(node))


def _check_class(tree: ast.AST, allowed: set[str], methods: set[str], callables: set[str]) -> None:
    if not isinstance(tree, ast.ClassDef):
        raise Unexpected(ast.dump(tree)[:80])
    for node in ast.walk(tree):
        if not isinstance(node, STATEMENTS + EXPRESSIONS):
            raise Unexpected(type(node).__name__)
        if isinstance(node, ast.Attribute):
            _check_attribute(node, allowed, methods)
        elif isinstance(node, ast.Call):
            _check_call(node.func, methods, callables)


def _check_attribute(node: ast.Attribute, allowed: set[str], methods: set[str]) -> None:
    if _below_torch(node):
        dotted = ast.unparse(node)
        if not any(name == dotted or name.startswith(dotted + ".") for name in allowed):
            raise Unexpected(dotted)
    elif node.attr.startswith("_") and node.attr not in methods:
        raise Unexpected(ast.unparse(node))


def _check_call(function: ast.expr, methods: set[str], callables: set[str]) -> None:
    match function:
        case ast.Name(id=name) if name in callables or name in ("act", "branch") or name.islower():
            return
        case ast.Attribute(value=ast.Name(id="self" | "nn" | "torch")) | ast.Attribute(value=ast.Attribute()):
            return
        case ast.Attribute(attr=attr) if attr in methods:
            return
        case ast.Subscript(value=ast.Name(id="self") | ast.Attribute(value=ast.Name(id="self"))):
            return
    raise Unexpected(ast.unparse(function))


def _calls(templates: Iterable[str]) -> tuple[set[str], set[str]]:
    """Dotted names below torch, and methods, in the texts that primitives give."""
    dotted: set[str] = set()
    methods: set[str] = set()
    for template in templates:
        tree = ast.parse(re.sub(r"\{[a-z0-9_]*\}", "x", template), mode="eval")
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                below_torch = _below_torch(node)
                (dotted if below_torch else methods).add(ast.unparse(node) if below_torch else node.attr)
    return dotted, methods


def _below_torch(node: ast.expr) -> bool:
    """Whether it is a name of torch's, `nn.functional.relu`, and not an attribute of what a call returns."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in ROOTS


def _classes(text: str) -> Iterable[ast.ClassDef]:
    return (node for node in ast.parse(text).body if isinstance(node, ast.ClassDef))
