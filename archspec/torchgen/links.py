"""Lines of a forward for chains that are linked: a list of features grows by what each layer gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.network import Graph
from archspec.torchgen.code import tree
from archspec.torchgen.loops import dim_of
from archspec.torchgen.phrases import one_of
from archspec.torchgen.program import Line, Suite

if TYPE_CHECKING:
    from archspec.torchgen.forward import Forward
    from archspec.torchgen.members import Step


def run_linked(forward: Forward, step: Step, inputs: list[str]) -> str:
    """Writes the loop over the layers; the expression of all features together."""
    features = forward.variables.fresh("features")
    layer = one_of(step.attribute, (*inputs, features), "layer")
    chains = [node.body for node in step.nodes if isinstance(node.body, Graph)]
    copies = [copy for chain in chains for copy in chain.copies]
    together = f"torch.cat({features}, dim={dim_of([chain.nodes[-1] for chain in chains])})"
    reads = together if step.source.link == "dense" else f"{features}[-1]"
    # What an argument names, as `like` does, goes to every copy.
    named = max((len(copy.inputs) for copy in copies), default=1) - 1
    joined, given = inputs[: len(inputs) - named], inputs[len(inputs) - named :]
    forward.lines.append(Line(tree(f"[{', '.join(joined)}]"), before=f"{features} = "))
    grow = "extend" if any(len(copy.outputs) > 1 for copy in copies) else "append"
    body = Line(f"{features}.{grow}({layer}({', '.join((reads, *given))}))")
    forward.lines.append(Suite(Line(f"self.{step.attribute}", before=f"for {layer} in ", after=":"), (body,)))
    return together
