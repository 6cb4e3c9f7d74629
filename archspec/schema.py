"""JSON Schema of the language, for editors: every key, op and argument with what it is.

A node is one object whose properties are all optional, the keys of nodes beside the arguments of all ops: editors
complete that better than an alternative per op. It is a help in writing; whether a spec is right is for the compiler
to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from archspec.language import document
from archspec.language.inputs import Input
from archspec.language.library import library_blocks
from archspec.language.model import Model
from archspec.ops import registry

Schema: TypeAlias = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_EXPRESSION: Final[Schema] = {"type": ["number", "boolean", "string"]}
_VALUE: Final[Schema] = {"type": ["number", "boolean", "string", "array"]}
_OPEN: Final[Schema] = {"type": "object"}
_SIZE: Final[Schema] = {"type": "integer", "minimum": 1}
_REFERENCE: Final[Schema] = {"type": ["string", "integer"]}
"""A node; the nodes of a list are called by their numbers."""
_TYPES: Final = {"integer": "number", "number": "number", "boolean": "boolean", "array": "array", "string": "string"}


def schema() -> Schema:
    """The schema of a spec file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://archspec.dev/schema/1.json",
        "title": "archspec, version 1",
        "description": "A neural network architecture.",
        **_object(document.Document, _document()),
        "required": ["archspec", "name"],
        "anyOf": [{"required": ["graph"]}, {"required": ["extends"]}],
        "$defs": {
            "op": _op(),
            "node": {"anyOf": [_ref("op"), _ref("object"), _ref("chain")]},
            "object": _node(),
            "chain": {
                "type": "array",
                "items": _ref("node"),
                "minItems": 1,
                "description": "nodes one after the other",
            },
            "graph": _graph(_ref("node")),
            "parameter": {"anyOf": [_VALUE, _object(document.Parameter, _PARAMETER)]},
            "block": _object(document.Block, _BLOCK),
            "outputs": {"anyOf": [_REFERENCE, {"type": "array", "items": _REFERENCE}, _named(_REFERENCE)]},
            "shape": {"type": "array", "items": _SIZE, "minItems": 1, "maxItems": 4},
            "input": {"anyOf": [_ref("shape"), _object(Input, _INPUT)]},
            "name": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*$", "maxLength": 64},
            "className": {"type": "string", "pattern": "^[A-Z][A-Za-z0-9]*$", "maxLength": 64},
        },
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _named(entry: Schema, names: str = "name") -> Schema:
    return {"type": "object", "propertyNames": _ref(names), "additionalProperties": entry}


def _document() -> dict[str, Schema]:
    return {
        "archspec": {"const": 1},
        "name": _ref("className"),
        "doc": _TEXT,
        "source": _TEXT,
        "task": {"enum": list(document.TASKS)},
        "extends": _TEXT,
        "import": _named(_or_none(_TEXT), "className"),
        "params": _named(_or_none(_ref("parameter"))),
        "input": _ref("input"),
        "inputs": _named(_or_none(_ref("input"))),
        "require": {"type": "array", "items": _TEXT},
        "defaults": {"type": "object", "additionalProperties": _or_none(_OPEN)},
        "init": _OPEN,
        "blocks": _named(_or_none(_ref("block")), "className"),
        "graph": _graph(_or_none(_ref("node"))),
        "outputs": {"anyOf": [_ref("outputs"), _object(document.Phases, _BY_PHASE)]},
        "taps": _named(_or_none(_REFERENCE)),
        "reference": _object(document.Reference, _PUBLISHED),
        "weights": _named(_object(document.Weights, _WEIGHTS)),
    }


def _or_none(entry: Schema) -> Schema:
    """An entry, or `null`, which takes away what `extends` brought."""
    return {"anyOf": [entry, {"type": "null"}]}


_BLOCK: Final[dict[str, Schema]] = {
    "doc": _TEXT,
    "source": _TEXT,
    "params": _named(_ref("parameter")),
    "let": _named(_VALUE),
    "inputs": {"type": "array", "items": _ref("name"), "minItems": 1},
    "graph": _ref("graph"),
    "outputs": _ref("outputs"),
}
_INPUT: Final[dict[str, Schema]] = {"shape": _ref("shape"), "dtype": {"enum": ["float", "int"]}}
_PARAMETER: Final[dict[str, Schema]] = {
    "type": {"enum": list(document.TYPE_NAMES)},
    "default": _VALUE,
    "min": {"type": "number"},
    "max": {"type": "number"},
    "choices": {"type": "array"},
    "doc": _TEXT,
}
_EACH: Final[dict[str, Schema]] = {
    "columns": {"type": "array", "items": _ref("name"), "minItems": 1},
    "rows": {"type": ["array", "string"]},
}
_EXPECT: Final[dict[str, Schema]] = {"channels": _EXPRESSION, "stride": _VALUE, "shape": {"type": "array"}}
_BY_PHASE: Final[dict[str, Schema]] = {"train": _ref("outputs"), "eval": _ref("outputs")}
_PUBLISHED: Final[dict[str, Schema]] = {
    "params": {"type": "integer"},
    "macs": {"type": "integer"},
    "output": {"type": "array", "items": _SIZE},
    "at": {"type": "array", "items": _SIZE},
}

_WEIGHTS: Final[dict[str, Schema]] = {
    "from": {
        "anyOf": [
            _TEXT,
            {"type": "object", "properties": {"url": _TEXT, "sha256": _TEXT}, "required": ["url", "sha256"]},
            {
                "type": "object",
                "properties": {"page": _TEXT, "file": _TEXT, "sha256": _TEXT},
                "required": ["page", "file"],
            },
        ]
    },
    "match": {"anyOf": [{"const": "order"}, {"type": "object", "additionalProperties": {"type": ["string", "null"]}}]},
    "params": _OPEN,
    "doc": _TEXT,
}


def _keys_of_nodes() -> dict[str, Schema]:
    return {
        "op": _ref("op"),
        "from": {"type": ["string", "integer", "array"], "items": _REFERENCE},
        "when": {"type": ["boolean", "string"]},
        "else": _ref("node"),
        "repeat": {"type": ["integer", "string"]},
        "first": _OPEN,
        "last": _OPEN,
        "link": {"enum": ["dense", "aggregate"]},
        "each": _object(document.Each, _EACH),
        "over": {"type": ["string", "integer", "array"], "items": _REFERENCE},
        "share": _REFERENCE,
        "phase": {"enum": ["train", "eval"]},
        "taps": {"type": "array", "items": _ref("name"), "minItems": 1},
        "expect": _object(document.Expect, _EXPECT),
        "parallel": _ref("graph"),
        "merge": {"enum": ["concat", "add", "mul", "none"]},
        "graph": _ref("graph"),
        "doc": _TEXT,
    }


def _object(model: type[Model], entries: dict[str, Schema]) -> Schema:
    """The keys of a model with the descriptions that it has for them."""
    properties: dict[str, Schema] = {}
    required = []
    for name, field in model.model_fields.items():
        key = field.alias or name
        entry = entries.get(key, {})
        properties[key] = {**entry, "description": field.description} if field.description else entry
        if field.is_required():
            required.append(key)
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": required} if required else found


def _graph(node: Schema) -> Schema:
    return {
        "anyOf": [
            {**_named(node), "minProperties": 1},
            {"type": "array", "items": _ref("node"), "minItems": 1},
        ]
    }


def _op() -> Schema:
    """Primitives and library blocks to choose from; beside them the file's own blocks, and a parameter's value."""
    known = [*registry.names(), *library_blocks()]
    return {
        "description": "a primitive (snake_case), a block (CamelCase), or `$name` of a parameter",
        "anyOf": [{"enum": known}, {"type": "string", "pattern": "^([A-Z][A-Za-z0-9]*|\\$[A-Za-z][A-Za-z0-9_]*)$"}],
    }


def _node() -> Schema:
    """A node in full. Any other key can be a parameter of one of the file's own blocks."""
    keys = _object(document.Node, _keys_of_nodes())["properties"]
    own = {key: entry for key, entry in keys.items() if key not in ("place", "arguments")}
    return {"type": "object", "properties": {**_arguments(), **own}}


def _arguments() -> dict[str, Schema]:
    """The arguments of all ops, each with what it is for which of them."""
    texts: dict[str, dict[str, list[str]]] = {}
    types: dict[str, dict[str, None]] = {}
    choices: dict[str, dict[Any, None]] = {}
    for op in registry.ops():
        for name, entry in op.model_json_schema().get("properties", {}).items():
            texts.setdefault(name, {}).setdefault(entry.get("description", ""), []).append(op.name)
            types.setdefault(name, {}).update(dict.fromkeys(_types(entry)))
            choices.setdefault(name, {}).update(dict.fromkeys(_choices(entry)))
    for block, definition in library_blocks().items():
        for name, parameter in definition.params.items():
            texts.setdefault(name, {}).setdefault(parameter.doc or "", []).append(block)
            types.setdefault(name, {}).update(dict.fromkeys(_VALUE["type"]))
    return {name: _argument(texts[name], types[name], choices.get(name, {})) for name in sorted(texts)}


def _argument(texts: dict[str, list[str]], types: dict[str, None], choices: dict[Any, None]) -> Schema:
    lines = [f"{', '.join(ops)}: {text}" if text else ", ".join(ops) for text, ops in texts.items()]
    # A string is always possible: an expression, or `$name` of a parameter.
    found: Schema = {"type": sorted({*types, "string"}), "description": "\n".join(lines)}
    return {**found, "examples": list(choices)} if choices else found


def _types(entry: Schema) -> Iterator[str]:
    """The JSON types that an argument's own schema allows, in its alternatives too."""
    if entry.get("type") in _TYPES:
        yield _TYPES[entry["type"]]
    if "$ref" in entry:
        yield "object"
    for option in entry.get("anyOf", ()):
        yield from _types(option)


def _choices(entry: Schema) -> Iterator[Any]:
    """The names that an argument takes."""
    yield from (choice for choice in [*entry.get("enum", ()), entry.get("const")] if isinstance(choice, str))
    for option in entry.get("anyOf", ()):
        yield from _choices(option)
