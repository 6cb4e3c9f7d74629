"""archspec: neural network architectures as YAML specs, compiled to a diagnosis, an `nn.Module` or PyTorch source.

    import archspec

    spec = archspec.load("resnet50")  # a path, or the name of a network of the zoo
    print(spec.summary(depth=1))
    model = spec.with_params(num_classes=10).build()

Nothing here imports torch until a module is built.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archspec.diagnostics.diagnostic import Diagnostic
    from archspec.ops.registry import register as op
    from archspec.package import codegen_package
    from archspec.shortcuts import build, codegen, summary
    from archspec.spec import Spec, SpecError, check, load
    from archspec.version import __version__

__all__ = [
    "Diagnostic",
    "Spec",
    "SpecError",
    "__version__",
    "build",
    "check",
    "codegen",
    "codegen_package",
    "load",
    "op",
    "summary",
]

_HOMES = {
    **{name: ("archspec.spec", name) for name in ("Spec", "SpecError", "check", "load")},
    **{name: ("archspec.shortcuts", name) for name in ("build", "codegen", "summary")},
    "codegen_package": ("archspec.package", "codegen_package"),
    "Diagnostic": ("archspec.diagnostics.diagnostic", "Diagnostic"),
    "op": ("archspec.ops.registry", "register"),
    "__version__": ("archspec.version", "__version__"),
}


def __getattr__(name: str) -> Any:
    """Imports what is asked for when it is first asked for, so that `import archspec` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES[name]
    value = globals()[name] = getattr(import_module(module), attribute)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
