"""How large a network may get before it is refused; adjustable from Python, never from a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Counts are of the whole network after expansion."""

    nodes: int = 200_000
    steps: int = 300_000
    """Values worked out on the way, where a node that is equal to no other counts as ten, and one that is equal to
    others as eight: some 20 times what the largest networks of the zoo take."""
    depth: int = 64
    instances: int = 2048
    """Distinct instances of blocks: with other parameters, or other inputs."""
    tensor_elements: int = 2**40
    parameters: int = 2**44
