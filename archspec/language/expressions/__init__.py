"""The small part of Python that a spec may compute with: parsed, evaluated, rewritten and printed, never by `eval`."""

from archspec.language.expressions.evaluate import compiled, evaluate
from archspec.language.expressions.faults import ExpressionFault, NotPython, UnknownName
from archspec.language.expressions.nodes import (
    Attribute,
    Binary,
    Bool,
    Call,
    Compare,
    Conditional,
    Expr,
    Index,
    List,
    Logic,
    Name,
    Number,
    Path,
    Product,
    Scope,
    Text,
    Tuple,
    Unary,
    Value,
    literal,
)
from archspec.language.expressions.parse import ExpressionLimits, parse
from archspec.language.expressions.rewrite import attributes, names, substitute
from archspec.language.expressions.simplify import simplify
from archspec.language.expressions.source import to_source, to_text
from archspec.language.expressions.work import reading_of, steps_of

__all__ = [
    "Attribute",
    "Binary",
    "Bool",
    "Call",
    "Compare",
    "Conditional",
    "Expr",
    "ExpressionFault",
    "ExpressionLimits",
    "Index",
    "List",
    "Logic",
    "Name",
    "NotPython",
    "Number",
    "Path",
    "Product",
    "Scope",
    "Text",
    "Tuple",
    "Unary",
    "UnknownName",
    "Value",
    "attributes",
    "compiled",
    "evaluate",
    "literal",
    "names",
    "parse",
    "reading_of",
    "simplify",
    "steps_of",
    "substitute",
    "to_source",
    "to_text",
]
