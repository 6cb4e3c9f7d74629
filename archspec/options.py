"""How the words behind a command are read: in any order, and what the value of an option has to be."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from archspec.diagnostics.printable import shortened
from archspec.language.overrides import Setting


class Command(argparse.ArgumentParser):
    """Takes what has no option before it wherever it stands: `weights resnet50 -o own.pth theirs.pth`."""

    _intermixes = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self._intermixes:  # asked by the method below
            return super().parse_known_args(args, namespace)
        self._intermixes = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._intermixes = False


def setting(text: str) -> Setting:
    """NAME=VALUE, a parameter of the network."""
    name, equals, value = text.partition("=")
    if not equals or not name or "\n" in text or "\r" in text:
        raise argparse.ArgumentTypeError("expected NAME=VALUE")
    return Setting(name, value, f"--set {shortened(name)}")


def positive(text: str) -> int:
    """A whole number from 1 up."""
    if not text.isascii() or not text.isdecimal() or not 0 < len(text) < 10 or int(text) == 0:
        raise argparse.ArgumentTypeError("expected a whole number from 1 up")
    return int(text)


def checkpoint(text: str) -> Path:
    """A file to write weights to, of a kind that its name tells."""
    if Path(text).suffix not in (".safetensors", ".pth", ".pt"):
        raise argparse.ArgumentTypeError("expected a name that ends in .safetensors, .pth or .pt")
    return Path(text)
