"""The nodes of one class: the constructor's line for each, and the step of its forward."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from archspec.language import document
from archspec.language.expressions import Call, Expr, Name, Value, names, substitute, to_source
from archspec.language.expressions.nodes import children
from archspec.network import Graph, Kind, Node, Phase
from archspec.ops.base import Op
from archspec.torchgen.code import Code, Joined
from archspec.torchgen.frame import Frame, spell
from archspec.torchgen.look import (
    form_of,
    is_empty_chain,
    is_idle,
    is_stateless,
    is_stateless_list,
    name_of,
    read,
    readers_of,
    signature,
)
from archspec.torchgen.phrases import label
from archspec.torchgen.plan import Split
from archspec.torchgen.program import Line, Suite

if TYPE_CHECKING:
    from archspec.torchgen.classes import ClassLowering


@dataclass(frozen=True, slots=True)
class Step:
    """A node as `forward` sees it: its module, if it has one, and when it runs."""

    name: str
    source: document.Node
    nodes: tuple[Node, ...]
    graphs: tuple[Graph, ...]
    made: Code | None
    values: dict[str, str]
    flag: str | None = None
    """The attribute that says whether it runs, where that differs between instances."""
    joins: str | None = None
    """The node that alone reads it, under the same condition: both run or neither."""
    phase: Phase | None = None
    outer: Node | None = None
    """The group that the node is of, where the group is written out among the nodes around it."""
    module: str | None = None
    """The attribute that holds its module, where that isn't called as the node."""
    linked: bool = False
    """Whether it is a chain whose layers `forward` itself calls, one after the other."""

    @property
    def attribute(self) -> str:
        return self.module or self.name


class Members:
    """Turns nodes into members of a class, one after the other."""

    def __init__(self, owner: ClassLowering) -> None:
        self.owner = owner
        self.graphs = owner.graphs
        self.steps: list[Step] = []
        self.elements: dict[str, Code] = {}
        """The modules of a list, which are given to nn.Sequential's own constructor."""

    def add(self, name: str, source: document.Node) -> None:
        """The node of this name, in all instances at once."""
        nodes = [next((node for node in graph.nodes if node.name == name), None) for graph in self.graphs]
        known = [node for node in nodes if node is not None]
        if not known:
            return
        if len(known) != len(nodes):
            raise Split(signature)
        self.owner.sequences.add(name, known)
        present = [node.body is not None for node in known]
        if not any(present) or all(is_empty_chain(node) or is_idle(node) for node in known):
            self._same_as_input(name, known)
        elif all(present) and all(map(is_stateless_list, known)):
            self._dissolve(name, known)
        elif any(node.source is not known[0].source for node in known):
            self._either(name, source, known)
        else:
            self._present(name, source, known, present)
            if not all(present):
                self._learn_optional(name, known)

    def _chosen(self, nodes: list[Node], indices: list[int]) -> tuple[Frame, list[Node], list[Graph]]:
        place = self.owner.frame.at(indices)
        return place, [nodes[index] for index in indices], [self.graphs[index] for index in indices]

    def _present(self, name: str, source: document.Node, nodes: list[Node], present: list[bool]) -> None:
        place, here, graphs = self._chosen(nodes, [index for index, is_here in enumerate(present) if is_here])
        if here[0].row and graphs[0].kind is Kind.PARALLEL:
            row = {key: spell(value) for key, value in here[0].row.items()}
            place = replace(place, symbols={**place.symbols, **row})
        linked = isinstance(here[0].body, Graph) and here[0].body.kind is Kind.LINKED
        alone = isinstance(here[0].body, Graph) and (name.isdecimal() or (linked and not all(present)))
        made = None if here[0].shared else self.owner.calls.module(place, here, graphs, alone=alone)
        self.owner.channels.learn(place, here, graphs)
        flag = None
        joins = None if all(present) else self._joins(name, source, made)
        if all(present) or joins is not None:
            if made is not None:
                self._assign(name, made)
        else:
            flag = self._optional(name, source, made, present)
        values = self._forward_values(name, place, here, graphs)
        phase, module = here[0].phase, here[0].shared
        step = Step(name, source, tuple(here), tuple(graphs), made, values, flag, joins, phase, None, module)
        first = next((one for one in self.steps if one.name == module), None)
        self.steps.append(replace(step, linked=first.linked if first is not None else linked and not alone))

    def _dissolve(self, name: str, nodes: list[Node]) -> None:
        """A list without weights, such as `[add, relu]`, is written out among the nodes around it."""
        inner = [node.body for node in nodes if isinstance(node.body, Graph)]
        if len({len(graph.nodes) for graph in inner}) > 1:
            raise Split(signature)
        facts = self.owner.channels.input_facts(self.owner.frame, nodes, self.graphs)
        found = dict(facts)
        if inner[0].kind is Kind.CHAIN:
            found |= self.owner.frame.facts
            found |= {(f"chain:{base}", path): said for (base, path), said in facts.items()}
        for index, child in enumerate(inner[0].nodes):
            children = [graph.nodes[index] for graph in inner]
            row = {key: spell(value) for key, value in child.row.items()}
            place = replace(self.owner.frame, facts=found, symbols={**self.owner.frame.symbols, **row})
            made = self.owner.calls.module(place, children, inner)
            self.owner.channels.learn(place, children, inner)
            found |= {(f"chain:{base}", path): said for (base, path), said in found.items() if base == child.name}
            values = self._forward_values(f"{name}_{child.name}", place, children, inner)
            made_before = any(step.outer is nodes[0] and step.made is not None for step in self.steps)
            module = f"{name}_{child.name}" if made_before else name
            if made is not None:
                self._assign(module, made)
            path, phase = f"{name}.{child.name}", nodes[0].phase
            step = Step(
                path, child.source, tuple(children), tuple(inner), made, values, None, None, phase, nodes[0], module
            )
            self.steps.append(step)
        last = inner[0].nodes[-1].name
        for (base, path_), said in list(found.items()):
            if base == last:
                self.owner.frame.facts[name, path_] = said

    def _assign(self, name: str, made: Code, annotation: str = "") -> None:
        if name.isdecimal():
            self.elements[name] = made
            return
        self.owner.statements.append(Line(made, before=f"self.{name}{annotation} = "))

    def _either(self, name: str, source: document.Node, nodes: list[Node]) -> None:
        """A node with an `else`: one module or the other, by its condition."""
        chosen = [node.source is source for node in nodes]
        test = self.owner.frame.say(list(chosen), [self.owner.frame.translate(source.when)], f"has_{name}")
        made = []
        for wanted in (False, True):
            place, here, graphs = self._chosen(nodes, [index for index, is_it in enumerate(chosen) if is_it is wanted])
            made.append(self.owner.calls.module(place, here, graphs, alone=True))
            self.owner.channels.learn(place, here, graphs)
        self._one_of(name, self.owner.text(test), made)
        phase = nodes[0].phase
        self.steps.append(Step(name, source, tuple(nodes), tuple(self.graphs), made[1], {}, phase=phase))
        self._learn_optional(name, nodes)

    def _one_of(self, name: str, test: str, made: list[Code | None]) -> None:
        """One module where the test holds, else the other."""
        otherwise, then = made
        assert otherwise is not None and then is not None
        if name.isdecimal():
            self.elements[name] = Joined((then, f" if {test} else ", otherwise))
            return
        self.owner.statements += [
            Suite(Line(test, before="if ", after=":"), (Line(then, before=f"self.{name}: nn.Module = "),)),
            Suite(Line("else", after=":"), (Line(otherwise, before=f"self.{name} = "),)),
        ]

    def _joins(self, name: str, source: document.Node, made: Code | None) -> str | None:
        """The one node that reads this one, where it is left out by the same condition and has no module of its own."""
        mine = [node for graph in self.graphs for node in graph.nodes if node.name == name and node.body is not None]
        readers = {reader for graph in self.graphs for reader in readers_of(graph, name)}
        after = list(self.owner.nodes)[list(self.owner.nodes).index(name) + 1 :]
        if made is None or readers != {*after[:1]} or source.otherwise is not None or not all(map(is_stateless, mine)):
            return None
        reader = after[0]
        if self.owner.nodes[reader].when != source.when:
            return None
        theirs = [
            node for graph in self.graphs for node in graph.nodes if node.name == reader and node.body is not None
        ]
        return reader if all(isinstance(node.body, Op) and form_of(node).make is None for node in theirs) else None

    def _optional(self, name: str, source: document.Node, made: Code | None, present: list[bool]) -> str | None:
        """A node that some instances leave out: an Identity in its place, or a flag where there is no module."""
        test = self.owner.frame.say(list(present), [self.owner.frame.translate(source.when)], f"has_{name}")
        if isinstance(test, Name):
            self.owner.default(test.id, 2 * sum(present) >= len(present))
        text = self.owner.text(test)
        if made is None:
            added = name == "add" and not any("residual" in other for other in self.owner.nodes)
            flag = "has_residual" if added else f"has_{label(name)}"
            self.owner.statements.append(Line(text, before=f"self.{flag} = "))
            return flag
        if name.isdecimal():
            self.elements[name] = Joined((made, f" if {text} else nn.Identity()"))
            return None
        self.owner.statements.append(Line("nn.Identity()", before=f"self.{name}: nn.Module = "))
        self.owner.statements.append(
            Suite(Line(text, before="if ", after=":"), (Line(made, before=f"self.{name} = "),))
        )
        return None

    def _same_as_input(self, name: str, nodes: list[Node]) -> None:
        base, path = name_of(self.graphs[0], nodes[0].inputs[0])
        for fact in self.owner.lowering.facts:
            if (said := self.owner.frame.facts.get((base, (*path, fact)))) is not None:
                self.owner.frame.facts[name, (0, fact)] = self.owner.frame.facts[name, (fact,)] = said

    def _learn_optional(self, name: str, nodes: list[Node]) -> None:
        """What is known of a node that is there in some instances only: what holds either way."""
        base, path = name_of(self.graphs[0], nodes[0].inputs[0])
        for fact in self.owner.lowering.facts:
            values = [read(node.outputs[0], fact) for node in nodes]
            known: list[Value] = [value for value in values if value is not None]
            either = [self.owner.frame.facts.get((name, (fact,))), self.owner.frame.facts.get((base, (*path, fact)))]
            said = self.owner.frame.try_say(known, either) if len(known) == len(values) else None
            for key in ((name, (fact,)), (name, (0, fact))):
                self.owner.frame.facts.pop(key, None)
                if said is not None:
                    self.owner.frame.facts[key] = said

    def _forward_values(self, name: str, place: Frame, nodes: list[Node], graphs: list[Graph]) -> dict[str, str]:
        """Texts for the templates of `forward`: what hangs on the constructor's arguments is kept as an attribute."""
        if not all(isinstance(node.body, Op) for node in nodes):
            return {}
        forms = [form_of(node, name in self.owner.sequences.names) for node in nodes]
        if name in self.owner.sequences.sums:
            return {}
        if any(form.forward != forms[0].forward for form in forms):
            raise Split(signature)
        values = {}
        for key, said in self.owner.calls.named_values(place, nodes, graphs, forms).items():
            if f"{{{key}}}" not in forms[0].forward:
                continue
            text = to_source(self._kept(said))
            values[key] = f"({text})" if forms[0].operator and children(said) and not isinstance(said, Call) else text
        return values

    def _kept(self, said: Expr) -> Expr:
        """An expression over arguments as `forward` says it: over attributes that hold them."""
        wanted = {name: f"{name}_" if name in self.owner.nodes else name for name in names(said) - {"None"}}
        for name, attribute in sorted(wanted.items()):
            line = Line(self.owner.text(Name(name)), before=f"self.{attribute} = ")
            if line not in self.owner.statements:
                self.owner.statements.append(line)
        return substitute(said, {name: Name(f"self.{attribute}") for name, attribute in wanted.items()}, {})
