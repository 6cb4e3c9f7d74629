"""What a forward returns: one value, a tuple or a dict, and the type of it."""

from __future__ import annotations

from collections.abc import Mapping

from archspec.network import Kind
from archspec.torchgen.code import tree
from archspec.torchgen.names import quoted
from archspec.torchgen.phrases import Phrases
from archspec.torchgen.program import Line, Statement
from archspec.torchgen.readers import Key, Readers, Return


class Results:
    """Writes the lines that end a forward."""

    def __init__(self, readers: Readers, phrases: Phrases, kind: Kind) -> None:
        self.readers, self.phrases, self.kind = readers, phrases, kind
        self.graph = readers.graph

    def give(self, event: Return, held: Mapping[Key, str], lines: list[Statement]) -> None:
        """Ends these lines with a `return`, which takes the place of a last line that made what is returned."""
        texts = [held[key] for key in self.readers.keys_of(event)]
        if self.graph.merge is not None:
            texts = [self.phrases.merged(self.graph, texts)]
        if event.names and self.kind is Kind.NETWORK:
            entries = ", ".join(f"{quoted(name)}: {text}" for name, text in _grouped(event.names, texts))
            lines.append(Line(tree(f"{{{entries}}}"), before="return "))
            return
        last = lines[-1] if lines else None
        if isinstance(last, Line) and last.before == f"{', '.join(texts)} = ":
            lines[-1] = Line(last.code, before="return ", comment=last.comment)
            return
        lines.append(Line(tree(", ".join(texts)), before="return "))

    def annotation(self) -> str:
        """The type of what is returned, in both phases."""
        count = 1 if self.graph.merge is not None else len(self.graph.outputs)
        kinds = [self._kind(count, self.graph.output_names)]
        if self.graph.train_outputs is not None:
            kinds.append(self._kind(len(self.graph.train_outputs), self.graph.train_output_names))
        return " | ".join(dict.fromkeys(kinds))

    def _kind(self, count: int, names: tuple[str, ...]) -> str:
        if names and self.kind is Kind.NETWORK:
            each = {"Tensor" if names.count(name) == 1 else "tuple[Tensor, ...]" for name in names}
            return f"dict[str, {' | '.join(sorted(each))}]"
        return "Tensor" if count == 1 else f"tuple[{', '.join(['Tensor'] * count)}]"


def _grouped(names: tuple[str, ...], texts: list[str]) -> list[tuple[str, str]]:
    """Entries of a dict: outputs of the same name are a tuple, under its own name where there is one."""
    found: list[tuple[str, str]] = []
    for name in dict.fromkeys(names):
        mine = [text for other, text in zip(names, texts, strict=True) if other == name]
        whole = mine[0].partition("[")[0]
        if len(mine) == 1:
            found.append((name, mine[0]))
        elif mine == [f"{whole}[{number}]" for number in range(len(mine))]:
            found.append((name, whole))
        else:
            found.append((name, f"({', '.join(mine)})"))
    return found
