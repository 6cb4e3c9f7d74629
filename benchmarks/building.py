"""`build` on the meta device beside torchvision's own constructors."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.pairing import Result, in_turn, of, seconds

NETWORKS = {"resnet50": "ResNet-50", "densenet121": "DenseNet-121"}
ROUNDS = 15
PROCESSES = 15


def results() -> Iterator[Result]:
    import torch

    import archspec
    from tests.reference_models import torchvision

    for name, title in NETWORKS.items():
        firsts = of([_first(name) for _ in range(PROCESSES)])
        yield Result(f"`build` of {title} over torchvision's constructor: first time in a process", firsts, bar=1.5)
        constructor = getattr(torchvision().models, name)

        def theirs(constructor=constructor) -> None:
            with torch.device("meta"):
                constructor(weights=None)

        ratio = in_turn(lambda name=name: archspec.build(name, device="meta"), theirs, ROUNDS, warm=2)
        yield Result(f"the same: every other time, `{name}` read and compiled anew", ratio, bar=1.5)


def _first(name: str) -> float:
    """One ratio from a process of its own that has built another network before, on both sides."""
    done = subprocess.run([sys.executable, "-m", __name__, name], check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout))


def _first_here(name: str) -> float:
    import torch

    import archspec
    from tests.reference_models import torchvision

    models = torchvision().models
    archspec.build("googlenet" if name != "googlenet" else "vgg16", device="meta")
    with torch.device("meta"):
        models.mobilenet_v2(weights=None)
        theirs = seconds(lambda: getattr(models, name)(weights=None))
    return seconds(lambda: archspec.build(name, device="meta")) / theirs


if __name__ == "__main__":
    print(json.dumps(_first_here(sys.argv[1])))
