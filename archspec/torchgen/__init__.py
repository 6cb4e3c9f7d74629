"""Network -> Program -> source text, or a live module that runs exactly that text (`torchgen.live`)."""

from __future__ import annotations

from archspec.network import Network
from archspec.torchgen.source import generate

__all__ = ["codegen"]


def codegen(network: Network, source_name: str, digest: str) -> str:
    """Standalone PyTorch source of a network; the header names the spec and its sha256."""
    return generate(network, source_name, digest).text
