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
    joins = [node.body.nodes[-1] for node in step.nodes if isinstance(node.body, Graph)]
    together = f"torch.cat({features}, dim={dim_of(joins)})"
    reads = together if step.source.link == "dense" else f"{features}[-1]"
    forward.lines.append(Line(tree(f"[{', '.join(inputs)}]"), before=f"{features} = "))
    body = Line(f"{features}.append({layer}({reads}))")
    forward.lines.append(Suite(Line(f"self.{step.attribute}", before=f"for {layer} in ", after=":"), (body,)))
    return together
