"""Networks as a package: every class once, and each network what its own file makes it."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import nn

import archspec
from archspec.spec import Spec, SpecError, load_text
from tests.reference.twins import give_equal_weights
from tests.torchgen import ruff
from tests.torchgen.networks import NAMES, executed, image, spec

CHECKOUT = Path(__file__).parents[2]
SOME = ("deit_small_distilled", "efficientnet_b0", "googlenet", "mobilenet_v2", "resnet18", "retinanet_resnet50")
"""Networks that are run; there are blocks of every kind among those that they share."""


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """The whole zoo as a package."""
    return archspec.codegen_package(NAMES)


@pytest.fixture(scope="module")
def folder(files: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, as a user has it."""
    return written(files, tmp_path_factory.mktemp("packages") / "zoo_nets")


def written(files: dict[str, str], folder: Path) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def package(folder: Path) -> ModuleType:
    sys.path.insert(0, str(folder.parent))
    try:
        return importlib.import_module(folder.name)
    finally:
        sys.path.remove(str(folder.parent))


def python(*arguments: str, **more: Any) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def classes(files: dict[str, str]) -> list[tuple[str, str, str]]:
    """File, name and text of every class."""
    return [
        (file, node.name, ast.unparse(node))
        for file, text in files.items()
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef)
    ]


# As it reads --------------------------------------------------------------------------------------------------------


def test_files_are_clean(folder: Path) -> None:
    ruff.check(folder)
    ruff.format_check(folder)


@pytest.mark.slow
def test_files_are_typed(folder: Path) -> None:
    cache = str(CHECKOUT / ".mypy_cache/generated")
    python(
        *("-m", "mypy", "--strict", "--no-warn-return-any", "--config-file=", "--cache-dir", cache, folder.name),
        cwd=folder.parent,
    )


def test_no_class_stands_twice(files: dict[str, str]) -> None:
    found = classes(files)
    assert max(Counter((file, name) for file, name, _ in found).values()) == 1
    assert max(Counter(text for *_, text in found).values()) == 1


def test_blocks_of_several_networks_are_imported(files: dict[str, str]) -> None:
    """Library blocks that two networks use have no other home, and nothing is there that nobody uses."""
    shared = {name for file, name, _ in classes(files) if file == "blocks.py"}
    elsewhere = {name for file, name, _ in classes(files) if file != "blocks.py"}
    assert {"ConvBN", "ConvBNAct", "SqueezeExcite", "Bottleneck", "MBConv", "DropPath"} <= shared
    assert not {"ConvBN", "ConvBNAct", "SqueezeExcite", "DropPath"} & elsewhere
    read = {node.id for text in files.values() for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert shared <= read
    imports = [node for node in ast.parse(files["resnet50.py"]).body if isinstance(node, ast.ImportFrom)]
    taken = {one.name for node in imports if (node.module, node.level) == ("blocks", 1) for one in node.names}
    assert taken <= shared
    assert {"Bottleneck", "ConvBNAct"} <= {name.rstrip("0123456789") for name in taken}


def test_the_package_names_its_networks(files: dict[str, str], package: ModuleType) -> None:
    assert files.keys() == {"__init__.py", "blocks.py", *(f"{name}.py" for name in NAMES)}
    assert sorted(package.__all__) == sorted(spec(name).name for name in NAMES)
    assert all(issubclass(getattr(package, name), nn.Module) for name in package.__all__)


# What it computes ---------------------------------------------------------------------------------------------------


def parts(module: nn.Module) -> list[tuple[str, str]]:
    """Everything that does something but the names of classes: the path of each module, and the primitives as torch
    shows them. A class that serves several networks may have for one of them what does nothing, and works in place
    only where all of them may.
    """
    shown = [
        (path, "" if list(one.children()) else repr(one).replace(", inplace=True", "").replace("inplace=True", ""))
        for path, one in module.named_modules()
    ]
    return [
        (path, text) for path, text in shown if not text.startswith(("Identity(", "Dropout(p=0.0", "DropPath(p=0.0"))
    ]


@pytest.mark.parametrize("name", NAMES)
def test_networks_are_those_of_single_files(package: ModuleType, name: str) -> None:
    with torch.device("meta"):
        ours: nn.Module = getattr(package, spec(name).name)()
        alone: nn.Module = getattr(executed(name), spec(name).name)()
    assert parts(ours) == parts(alone)
    entries, expected = ours.state_dict(), alone.state_dict()
    assert list(entries) == list(expected)
    assert [one.shape for one in entries.values()] == [one.shape for one in expected.values()]


@pytest.mark.parametrize("name", SOME)
def test_outputs_are_those_of_single_files(package: ModuleType, name: str) -> None:
    with torch.device("meta"):
        ours, alone = getattr(package, spec(name).name)(), getattr(executed(name), spec(name).name)()
    give_equal_weights(ours, alone)
    batch = torch.randn(2, 3, 224, 224) if name == "deit_small_distilled" else image(name)
    with torch.no_grad():
        for phase in (True, False):
            torch.manual_seed(0)
            found = tensors(ours.train(phase)(batch))
            torch.manual_seed(0)
            expected = tensors(alone.train(phase)(batch))
            assert len(found) == len(expected) and all(map(torch.equal, found, expected))


def tensors(output: Any) -> list[torch.Tensor]:
    """The tensors in what a network returns."""
    if isinstance(output, torch.Tensor):
        return [output]
    return [one for part in (output.values() if isinstance(output, dict) else output) for one in tensors(part)]


def test_weights_start_as_in_single_files(package: ModuleType) -> None:
    torch.manual_seed(7)
    ours = package.MobileNetV3Small()
    torch.manual_seed(7)
    alone = executed("mobilenet_v3_small").MobileNetV3Small()
    assert all(map(torch.equal, ours.state_dict().values(), alone.state_dict().values()))


_ALONE = """
import sys
sys.modules["archspec"] = None
sys.path.insert(0, ".")
import torch, zoo_nets
print(tuple(zoo_nets.ResNet18(num_classes=7)(torch.empty(1, 3, 64, 64)).shape))
"""


def test_torch_is_all_it_needs(folder: Path) -> None:
    assert python("-I", "-c", _ALONE, cwd=folder.parent) == "(1, 7)\n"


_PRINT = "import archspec, sys; sys.stdout.write(''.join(archspec.codegen_package(sys.argv[1:]).values()))"


def test_files_are_the_same_in_every_process_and_order() -> None:
    few = SOME[1:5]
    expected = "".join(archspec.codegen_package(few).values())
    for seed, names in (("0", few), ("4242", few[::-1])):
        assert python("-c", _PRINT, *names, cwd=CHECKOUT, env={**os.environ, "PYTHONHASHSEED": seed}) == expected


# Blocks of specs' own ------------------------------------------------------------------------------------------------


def network(name: str, graph: str, blocks: str = "", more: str = "") -> Spec:
    text = f"archspec: 1\nname: {name}\ninput: [3, 16, 16]\n{more}"
    return load_text(f"{text}{'blocks:' if blocks else ''}\n{blocks}graph: {graph}\n", f"{name.lower()}.yaml")


def homes(*specs: Spec) -> dict[str, list[str]]:
    """The files that have a class of each name, once they are seen to be what the single files are."""
    files = archspec.codegen_package(specs)
    found: dict[str, list[str]] = {}
    for file, name, _ in classes(files):
        found.setdefault(name, []).append(file)
    for one in specs:
        for module, text in _modules(files).items():
            if module == one.file_name.removesuffix(".yaml"):
                alone: dict[str, Any] = {}
                exec(one.codegen(), alone)
                assert parts(text[one.name]()) == parts(alone[one.name]())
    return found


def _modules(files: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Each file, run without a package around it."""
    shared: dict[str, Any] = {}
    exec(files.get("blocks.py", ""), shared)
    found = {}
    for file, text in files.items():
        lines = ast.parse(text)
        lines.body = [node for node in lines.body if not (isinstance(node, ast.ImportFrom) and node.level)]
        if file not in ("__init__.py", "blocks.py"):
            found[file.removesuffix(".py")] = dict(shared)
            exec(compile(lines, file, "exec"), found[file.removesuffix(".py")])
    return found


UNIT = "  Unit: {params: {out: int, act: relu}, graph: {conv: {op: conv, out: out, kernel: 3}, act: $act}}\n"
OTHER = "  Unit: {params: {out: int}, graph: {conv: {op: conv, out: out, kernel: 5}, norm: batch_norm}}\n"
PAIR = "  Pair: {graph: [{op: Unit, out: 8}, {op: Unit, out: 4}]}\n"
POOL = (
    "  Pool: {params: {kind: max_pool}, graph: {pool: {op: $kind, kernel: 2}, conv: {op: conv, out: 4, kernel: 1}}}\n"
)


def test_equal_text_is_one_block_of_both() -> None:
    """With every argument that either of them needs."""
    found = homes(network("One", "[{op: Unit, out: 8}]", UNIT), network("Two", "[{op: Unit, out: 9, act: silu}]", UNIT))
    assert found == {"Unit": ["blocks.py"], "One": ["one.py"], "Two": ["two.py"]}


def test_different_blocks_of_one_name_stay_with_their_networks() -> None:
    found = homes(network("One", "[{op: Unit, out: 8}]", UNIT), network("Two", "[{op: Unit, out: 8}]", OTHER))
    assert found == {"Unit": ["one.py", "two.py"], "One": ["one.py"], "Two": ["two.py"]}


def test_equal_text_over_different_blocks_isnt_the_same() -> None:
    found = homes(network("One", "[Pair]", UNIT + PAIR), network("Two", "[Pair]", OTHER + PAIR))
    assert found["Pair"] == found["Unit"] == ["one.py", "two.py"]


def test_a_block_that_cant_be_one_class_has_two_names() -> None:
    found = homes(network("One", "[Pool, Pool]", POOL), network("Two", "[{op: Pool, kind: avg_pool}]", POOL))
    assert found["Pool"] == found["Pool2"] == ["blocks.py"]


def test_defaults_of_one_file_dont_reach_another() -> None:
    """Where two files mean different things by the same use, it says so."""
    one = network("One", "[{op: ConvBN, out: 8, kernel: 3}]")
    two = network("Two", "[{op: ConvBN, out: 8, kernel: 3}]", more="defaults: {batch_norm: {eps: 0.25}}\n")
    assert homes(one, two)["ConvBN"] == ["blocks.py"]
    files = archspec.codegen_package([one, two])
    assert "eps=0.25" in files["two.py"] and "eps" not in files["one.py"]


def test_groups_of_equal_text_are_shared_too() -> None:
    group = "{left: {graph: {a: {op: conv, out: 3, kernel: 1}, b: {op: add, from: [a, input]}}}}"
    assert homes(network("One", group), network("Two", group))["Left"] == ["blocks.py"]


def test_a_single_network_shares_nothing() -> None:
    assert archspec.codegen_package(["lenet5"]).keys() == {"__init__.py", "lenet5.py"}


# What is asked for ---------------------------------------------------------------------------------------------------


def test_parameters_are_set_where_there_are_any() -> None:
    files = archspec.codegen_package(["resnet18", "multi_head_attention"], num_classes=5, heads=4)
    assert "num_classes: int = 5" in files["resnet18.py"] and "(4 * " not in files["resnet18.py"]
    assert (
        files["multi_head_attention.py"].splitlines()[4:] != archspec.codegen("multi_head_attention").splitlines()[4:]
    )
    with pytest.raises(SpecError, match="did you mean `num_classes`"):
        archspec.codegen_package(["resnet18", "multi_head_attention"], num_clases=5)


def test_modules_are_called_as_files() -> None:
    from archspec.package import module_name

    names = ("resnet50.yaml", "My-Net.v2.yml", "3d.yaml", "class.yaml", "blocks.yaml", "__init__.yaml", "Ü.yaml")
    expected = ["resnet50", "my_net_v2", "net_3d", "class_", "blocks_", "init", "net"]
    assert list(map(module_name, names)) == expected


def test_two_networks_of_one_name_have_no_place() -> None:
    with pytest.raises(SpecError, match=r"`lenet5\.py` is that of `.*lenet5\.yaml` too") as caught:
        archspec.codegen_package(["lenet5", "lenet5"])
    assert [fault.code for fault in caught.value.diagnostics] == ["E011"]
    with pytest.raises(SpecError, match=r"`One` is that of `one\.yaml` too"):
        archspec.codegen_package([network("One", "[relu]"), load_text(network("One", "[silu]").source, "other.yaml")])


def test_faults_of_all_specs_are_told() -> None:
    broken = [load_text("archspec: 1\nname: A\ninput: [3]\ngraph: [rleu]", f"{name}.yaml") for name in "ab"]
    with pytest.raises(SpecError) as caught:
        archspec.codegen_package(broken)
    assert [fault.code for fault in caught.value.diagnostics] == ["E401", "E401", "E011"]
    assert [fault.span.source.name for fault in caught.value.diagnostics[:2] if fault.span] == ["a.yaml", "b.yaml"]
