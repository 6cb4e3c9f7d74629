"""Which names a spec may give: identifiers that Python, `nn.Module` and the language leave free."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from typing import Final

from archspec.diagnostics.catalogue.names import BadName, NotCamelCase, ReservedName
from archspec.diagnostics.diagnostic import Diagnostic, Help
from archspec.diagnostics.remarks import CallIt
from archspec.diagnostics.span import Span

LONGEST: Final = 64
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_CAMEL = re.compile(r"[A-Z][A-Za-z0-9]*", re.ASCII)

_ATTRIBUTES = (
    "T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches "
    "eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict "
    "modules mtia named_buffers named_children named_modules named_parameters parameters register_backward_hook "
    "register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook "
    "register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook "
    "register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ "
    "set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu zero_grad "
)
MODULE_ATTRIBUTES: Final = frozenset(_ATTRIBUTES.split())
"""What `nn.Module` has already, but for names with an underscore first, which no spec can give."""

SEQUENTIAL_ATTRIBUTES: Final = frozenset(("append", "extend", "insert", "pop"))
"""What `nn.Sequential` has besides."""

_IMPORTED: Final = frozenset(("nn", "torch", "self", "super"))


def bad_name(name: str, what: str, span: Span | None, taken: Iterable[str] = ()) -> Diagnostic | None:
    """What is wrong with the name of a node, parameter, `let` or column; None where nothing is."""
    malformed = malformed_name(name, what, span)
    owner = _owner(name) if malformed is None else None
    if owner is None:
        return malformed
    return ReservedName(span=span, name=name, owner=owner, helps=_free(name, set(taken)))


def malformed_name(name: str, what: str, span: Span | None) -> Diagnostic | None:
    """The same for names under which generated source has a value, where words that are taken elsewhere are free."""
    reason = _malformed(name)
    if reason is None:
        return None
    return BadName(span=span, name=name, what=what, reason=reason, helps=_plain(name))


def is_free(name: str) -> bool:
    """Whether `bad_name` finds nothing wrong with a name."""
    return len(name) <= LONGEST and _IDENTIFIER.fullmatch(name) is not None and _owner(name) is None


def bad_class_name(name: str, what: str, span: Span | None) -> Diagnostic | None:
    """What is wrong with the name of a network or block, which becomes a class."""
    if _CAMEL.fullmatch(name) is None and (name[:1] == "_" or _malformed(name) is None):
        return NotCamelCase(span=span, name=name, what=what, helps=_camel(name))
    reason = _malformed(name)
    if reason is not None:
        return BadName(span=span, name=name, what=what, reason=reason, helps=_camel(re.sub(r"\W+", "_", name)))
    if keyword.iskeyword(name):
        return ReservedName(span=span, name=name, owner="a keyword of Python", helps=(CallIt(name=f"{name}Net"),))
    if name == "Tensor":
        return ReservedName(span=span, name=name, owner="a class of torch", helps=(CallIt(name="TensorNet"),))
    return None


def _malformed(name: str) -> str | None:
    if not name:
        return "a name has at least one letter"
    if len(name) > LONGEST:
        return f"{len(name):,} characters, and at most {LONGEST} are allowed"
    if not name.isascii():
        return "only the letters a-z and A-Z, digits and underscores are allowed"
    if not name[0].isalpha():
        return "a name starts with a letter"
    if _IDENTIFIER.fullmatch(name) is None:
        return "only letters, digits and underscores are allowed"
    return None


def _owner(name: str) -> str | None:
    if keyword.iskeyword(name) or name in ("true", "false"):
        return "a keyword of Python" if keyword.iskeyword(name) else "a truth value"
    if name in MODULE_ATTRIBUTES:
        return "an attribute of `nn.Module`"
    if name in SEQUENTIAL_ATTRIBUTES:
        return "an attribute of `nn.Sequential`"
    if name in _IMPORTED:
        return "a name that generated source uses"
    return "the input of every graph" if name == "input" else None


def _plain(name: str) -> tuple[Help, ...]:
    """A name with underscores for what none may have."""
    words = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")
    return (CallIt(name=words),) if name.isascii() and is_free(words) else ()


def _free(name: str, taken: set[str]) -> tuple[Help, ...]:
    free = f"{name}_"
    while free in taken:
        free += "_"
    return (CallIt(name=free),)


def _camel(name: str) -> tuple[Help, ...]:
    words = "".join(word[:1].upper() + word[1:] for word in name.split("_"))
    return (CallIt(name=words),) if _CAMEL.fullmatch(words) and len(words) <= LONGEST else ()
