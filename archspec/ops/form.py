"""How a primitive stands in PyTorch, as data: a constructor call, and an expression for `forward`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


class _Required:
    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()


@dataclass(frozen=True, slots=True)
class Arg:
    """One argument of a torch call.

    `value` is what it is here. `formulas` say the same in the language of specs, over the primitive's own arguments
    (`kernel // 2`) and its inputs (`input.channels`, `input.1.channels`), the most readable first; the printer takes
    the first one that holds wherever the class is used, and the value where none does. An argument equal to
    `default` everywhere isn't printed. `keyword` is None for a positional argument. A `positional` one with a keyword
    may stand without it where its text is that very word and all arguments before it stand without one too:
    `nn.Conv2d(64, out, kernel, stride)` beside `nn.Conv2d(64, out, 3, stride=2)`.
    """

    value: object
    formulas: tuple[str, ...] = ()
    keyword: str | None = None
    default: object = REQUIRED
    positional: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What generated source has for one primitive.

    `make` is the constructor template: `nn.Conv2d({args})`, `nn.Parameter(torch.zeros({args}))`; None where the
    primitive has no state and is only an expression. `args` fill `{args}`; `{name}` is an entry of `values` here too.
    `forward` is the expression template: `{self}` is the attribute, `{0}`, `{1}` the inputs, `{inputs}` all of them
    separated by commas, `{name}` an entry of `values`. `{0} + {1}` and its like set `operator`, and the printer adds
    brackets where they are needed. `several` is `forward` as a tuple where there is one output, for classes whose other
    instances have more. `options` are entries of `values` whose place in `forward` takes more than the
    value, `", dropout_p={p}"`, and nothing where the value is the default everywhere. An expression with several
    outputs gives a tuple.
    `module` is the whole primitive as a module without arguments of its own forward, where torch has one and `make`
    doesn't say it (`nn.Flatten()`), for use inside `nn.Sequential`; primitives whose forward is just `{self}({0})`
    need none.
    `support` names a class that generated source must carry: `DropPath` is `templates/support/drop_path.py.j2`, which
    holds the class alone, without imports. `base` is the class of torch that it extends, if it isn't a plain module.
    """

    forward: str = "{self}({0})"
    make: str | None = None
    args: tuple[Arg, ...] = ()
    values: tuple[tuple[str, Arg], ...] = ()
    module: str | None = None
    module_args: tuple[Arg, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    operator: bool = False
    several: str | None = None
    support: str | None = None
    base: str | None = None

    @property
    def plain_forward(self) -> str:
        """`forward` without its options."""
        text = self.forward
        for name, _ in self.options:
            text = text.replace(f"{{{name}}}", "")
        return text

    def said(self, name: str, text: str) -> str:
        """What stands for an entry of `values` in `forward`, given the text of its value."""
        option = dict(self.options).get(name)
        if option is None:
            return text
        return "" if text == repr(dict(self.values)[name].default) else option.replace(f"{{{name}}}", text)
