"""What a user sees of faults that no spec by itself has: of other files, of checkpoints, of files too long to keep."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn
from urllib.error import URLError
from urllib.request import Request

import pytest
import torch
from safetensors.torch import save_file

from archspec.cli import main
from archspec.diagnostics.diagnostic import Diagnostic, catalogue
from archspec.diagnostics.render import text as rendered
from archspec.ops import registry
from archspec.spec import SpecError, check_text, load
from archspec.weights import libraries
from archspec.weights.download import downloaded
from tests.small import spec, text
from tests.weights.checkpoints import spec_in, theirs

FOLDER = Path(__file__).parent / "errors" / "outside"
HEAD = "archspec: 1\nname: Net\ninput: [3, 8, 8]\n"
GRAPH = "graph: {act: relu}\n"


def _wrong(folder: Path) -> None:
    """Files of which each has one such fault."""
    spec_in(folder)
    files = {
        "act.yaml": HEAD + GRAPH,
        "blocks.yaml": "archspec: 1\nblocks: {Unit: {graph: [relu]}}\n",
        "faulty.yaml": HEAD + "sauce: x\n" + GRAPH,
        "too_large.yaml": "#" * 2**20 + "\n",
        "of_nothing.yaml": HEAD + "extends: nothing.yaml\n" + GRAPH,
        "in_a_circle.yaml": HEAD + "extends: in_a_circle.yaml\n" + GRAPH,
        "of_many.yaml": HEAD + "import:\n" + "".join(f"  A{i}: a{i}.yaml\n" for i in range(65)) + GRAPH,
        "of_faulty.yaml": HEAD + "import: {Faulty: faulty.yaml}\ngraph: [Faulty]\n",
        "of_blocks.yaml": HEAD + "import: {Unti: blocks.yaml}\ngraph: [Unti]\n",
        "long.yaml": HEAD + "graph: [" + "relu, " * 6_000 + "relu]\n",
        "full.yaml": HEAD + "graph: {act: {op: relu, like: [" + "1, " * 199_990 + "1]}}\n",
        "wordy.yaml": HEAD + "doc: " + "x" * 2**16 + "x\n" + GRAPH,
        "wrong.yaml": HEAD + "graph: {act: {op: leaky_relu, negative_slope: i ** 70, repeat: 9000}}\n",
        "renamed.yaml": text("{a: relu}", "[3, 8, 8]", "weights: {public: {from: 'torchvision:resnet50/IMAGENET'}}\n"),
        "other.yaml": text("{a: {op: conv, out: 2, kernel: 1}}", more="weights: {mine: {from: plain.pth}}\n"),
    }
    for name, written in files.items():
        (folder / name).write_text(written)
    for number in range(65):
        (folder / f"a{number}.yaml").write_text(f"archspec: 1\nblocks: {{A{number}: {{graph: [relu]}}}}\n")
    (folder / "folder").mkdir()
    (folder / "cut.pth").write_bytes((folder / "plain.pth").read_bytes()[:200])
    torch.save({"conv.weight": {1, 2}, "bias": 3}, folder / "more.pth")
    torch.save({name: one for name, one in theirs().state_dict().items() if "head" not in name}, folder / "less.pth")
    save_file({f"x.{name}": one for name, one in theirs().state_dict().items()}, folder / "sorted.safetensors")


CASES = {
    "E001": "check nothing.yaml",
    "E002": "check folder",
    "E003": "check too_large.yaml",
    "E004": "codegen act.yaml -o no/folder/act.py",
    "E005": "build act.yaml --device cuda",
    "E006": "check of_nothing.yaml",
    "E007": "check in_a_circle.yaml",
    "E008": "check of_many.yaml",
    "E009": "check of_faulty.yaml",
    "E010": "check of_blocks.yaml",
    "E011": "codegen act.yaml act.yaml --package out",
    "E012": "list --max-params lots",
    "E141": "check full.yaml",
    "E142": "check wordy.yaml",
    "E143": "check wrong.yaml",
    "E144": "check long.yaml",
    "E711": "weights net.yaml plian",
    "E712": "weights net.yaml nothing.pth",
    "E713": "weights net.yaml cut.pth",
    "E714": "weights net.yaml more.pth",
    "E721": "build net.yaml --weights less.pth",
    "E722": "build net.yaml --weights plain --input 1x16x16",
    "E723": "build net.yaml --weights sorted.safetensors",
    "E732": "weights renamed.yaml public",
    "E735": "weights net.yaml plain.pth --export timm -o out.pth",
    "W701": "build net.yaml --weights plain --set num_classes=3",
    "W702": "build net.yaml --weights plain --input 1x16x16 --adapt-input sum",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("outside")
    _wrong(made)
    return made


@pytest.mark.parametrize("code", CASES)
def test_report(
    code: str,
    folder: Path,
    golden: Callable[[Path, str], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    status = main(CASES[code].split())
    printed = capsys.readouterr()
    assert status == (0 if code.startswith("W") else 1)
    told = printed.out if CASES[code].startswith("check") else printed.err
    golden(FOLDER / f"{code}.txt", f"$ archspec {CASES[code]}\n{told}")


class Broken:
    """The entry point of an installed package."""

    name, value, module, dist = "swish", "swish_ops:Swish", "swish_ops", None

    def load(self) -> object:
        raise ModuleNotFoundError("No module named 'no_such_module'")


def _unreachable(request: Request) -> NoReturn:
    raise URLError("no route to host")


def _op_of_a_package(monkeypatch: pytest.MonkeyPatch) -> Iterable[Diagnostic]:
    monkeypatch.setattr(registry, "_entries", lambda: {"swish": Broken()})
    registry._installed.cache_clear()
    found = check_text(text("{act: swish}"), "net.yaml")
    registry._installed.cache_clear()
    registry._failures.clear()
    return found


def _library(monkeypatch: pytest.MonkeyPatch) -> Iterable[Diagnostic]:
    monkeypatch.setattr(libraries, "find_spec", lambda _: None)
    with pytest.raises(SpecError) as caught:
        load("resnet18").build(weights="imagenet1k_v1")
    return caught.value.diagnostics


def _download(monkeypatch: pytest.MonkeyPatch) -> Iterable[Diagnostic]:
    found = downloaded("https://example.org/net.pth", "net.pth", "9c56cc51", _unreachable)
    return [found] if isinstance(found, Diagnostic) else []


def _by_hand(monkeypatch: pytest.MonkeyPatch) -> Iterable[Diagnostic]:
    weights = "weights: {trained: {from: {page: https://example.org/zoo, file: net.pth}}}\n"
    with pytest.raises(SpecError) as caught:
        spec("{conv: {op: conv, out: 8, kernel: 1}}", more=weights).build(weights="trained")
    return caught.value.diagnostics


def _other_file(monkeypatch: pytest.MonkeyPatch) -> Iterable[Diagnostic]:
    folder = Path(torch.hub.get_dir()) / "checkpoints"
    folder.mkdir(parents=True)
    (folder / "net.pth").write_bytes(b"other")
    return _download(monkeypatch)


MADE = {"E013": _op_of_a_package, "E731": _library, "E733": _download, "E734": _other_file, "E736": _by_hand}
"""An installed package, a library that isn't there, and downloads."""


@pytest.mark.parametrize("code", MADE)
def test_report_of_what_no_command_reaches_here(
    code: str, golden: Callable[[Path, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    golden(FOLDER / f"{code}.txt", rendered(tuple(MADE[code](monkeypatch))).replace(str(tmp_path), "~"))


def test_each_case_reports_its_code() -> None:
    assert [code for code in {**CASES, **MADE} if f"[{code}]" not in (FOLDER / f"{code}.txt").read_text()] == []


def test_every_code_has_a_report_somewhere() -> None:
    inside = "".join(path.read_text() for path in FOLDER.parent.glob("*.err"))
    seen = {*CASES, *MADE, *re.findall(r"^\w+\[(\w+)\]", inside, re.MULTILINE)}
    assert sorted(catalogue().keys() - seen) == []
