"""The command: what it prints, where, and its exit codes. Never a traceback."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from safetensors.torch import load_file

import archspec
from archspec.cli import main
from archspec.listing import amount
from archspec.places import zoo
from tests.small import text


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Command:
    """Runs commands in this process, in a folder of their own."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, line: str, *more: str) -> Ran:
        try:
            code = main([*line.split(), *more])
        except SystemExit as left:
            code = int(left.code or 0)
        captured = self.capsys.readouterr()
        assert "Traceback" not in captured.err
        return Ran(code, captured.out, captured.err)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(
        text("{conv: {op: conv, out: w, kernel: 3}, flatten: flatten}", more="params: {w: 4}\n")
    )
    Path("broken.yaml").write_text(text("{conv: {op: conv, out: 4, kernal: 3}, act: rleu}"))
    Path("warned.yaml").write_text(text("{conv: {op: conv, out: 4, kernel: 3}, norm: batch_norm}"))
    return Command(capsys)


COMMANDS = ("build", "codegen", "check", "summary", "expand", "explain", "list", "weights", "schema")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples_that_parse(run: Command, command: str) -> None:
    code, out, _ = run(f"{command} --help")
    examples = [line.split() for line in out.splitlines() if line.startswith("  archspec ")]
    assert code == 0 and examples and all(example[1] == command for example in examples)


def test_help_lists_the_commands_and_exit_codes(run: Command) -> None:
    out = run("--help").out
    assert all(f"\n    {command} " in out or f" {command}\n" in out for command in COMMANDS)
    assert "0 fine, 1 faults in a spec, 2 wrong use" in out


def test_help_of_summary_says_what_macs_are(run: Command) -> None:
    assert "multiply-accumulates of convolutions" in run("summary --help").out


@pytest.mark.parametrize(
    "line",
    [
        "",
        "nothing",
        "build",
        "check",
        "summary net.yaml --depth 0",
        "summary net.yaml --depth 1e3",
        "summary net.yaml --format xml",
        "summary net.yaml --set w",
        "summary net.yaml --set =3",
        "build net.yaml --device tpu",
        "build net.yaml -o weights.pickle",
        "build net.yaml --device meta -o weights.pt",
        "codegen net.yaml --check",
        "codegen net.yaml warned.yaml",
        "codegen net.yaml warned.yaml -o nets.py",
        "codegen net.yaml -o net.py --package nets",
        "codegen",
        "explain E5000",
    ],
)
def test_wrong_use_is_2(run: Command, line: str) -> None:
    code, out, err = run(line)
    assert code == 2 and out == "" and err.startswith(("usage: archspec", "archspec"))


@pytest.mark.parametrize("command", ["build", "codegen", "summary", "expand", "check"])
def test_faults_are_1_and_all_of_them_are_told(run: Command, command: str) -> None:
    code, out, err = run(f"{command} broken.yaml")
    assert code == 1
    assert "error[E330]" in out + err and "error[E401]" in out + err and "did you mean `kernel`?" in out + err
    assert (out == "") is (command != "check")


@pytest.mark.parametrize("name", ["missing.yaml", "resnet5", ".", "/dev/zero", "no\x1b]0;x\x07pe.yaml", "x" * 5000])
def test_files_that_cant_be_read_are_1(run: Command, name: str) -> None:
    code, out, err = run("check", name)
    assert code == 1 and "error[E00" in out and "\x1b" not in out + err


@pytest.mark.parametrize(
    "more",
    [
        ("--set", "x=3"),
        ("--set", "__class__=x"),
        ("--set", "w=9**9**9"),
        ("--set", "w=[1"),
        ("--set", "w=\x1b[31m"),
        ("--input", "0x0x0"),
        ("--input", "1e9x1e9x3"),
        ("--input", "3x1000000000x1000000000"),
        ("--input", "\x1b[31m"),
    ],
)
def test_overrides_that_are_wrong_are_1(run: Command, more: tuple[str, str]) -> None:
    code, out, err = run("summary net.yaml", *more)
    assert code == 1 and out == "" and "error[E" in err and "\x1b" not in err


def test_warnings_go_beside_the_output(run: Command) -> None:
    code, out, err = run("summary warned.yaml")
    assert code == 0 and out.startswith("Net: 3 x 16 x 16") and "warning[W101]" in err


def test_check_of_several_files(run: Command) -> None:
    assert run("check net.yaml lenet5") == (0, "2 specs checked, nothing wrong\n", "")
    code, out, _ = run("check net.yaml broken.yaml warned.yaml")
    assert code == 1 and out.endswith("2 errors, 1 warning\n")
    assert run("check warned.yaml").code == 0


def test_check_for_machines(run: Command) -> None:
    json.loads(run("check net.yaml --format json").out)
    assert json.loads(run("check broken.yaml --format sarif").out)["version"] == "2.1.0"
    assert run("check broken.yaml --format github").out.startswith("::error ")


def test_summary_forms(run: Command) -> None:
    found = json.loads(run("summary net.yaml --set w=8 --input 3x8x8 --format json").out)
    assert (found["params"], found["input"], found["outputs"]) == (3 * 9 * 8 + 8, [3, 8, 8], [[8 * 8 * 8]])
    assert run("summary net.yaml --format csv").out.startswith("path,op,inputs")
    assert run("summary net.yaml --format markdown").out.startswith("## Net")
    assert run("summary resnet50 --depth 1").out.count("\n") < 20


def test_build_compares_and_says_so(run: Command) -> None:
    code, out, _ = run("build lenet5")
    assert code == 0
    assert out.count("61,706") == 3 and out.count("416,520") == 2
    assert "forward pass on cpu" in out


@pytest.mark.parametrize("suffix", ["safetensors", "pt"])
def test_build_saves_weights(run: Command, suffix: str) -> None:
    assert run(f"build net.yaml -o weights.{suffix}").code == 0
    path = Path(f"weights.{suffix}")
    state = load_file(path) if suffix == "safetensors" else torch.load(path, weights_only=True)
    assert {name: tuple(tensor.shape) for name, tensor in state.items()} == {
        "conv.weight": (4, 3, 3, 3),
        "conv.bias": (4,),
    }


def test_a_device_that_isnt_there_is_1(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    code, _, err = run("build lenet5 --device cuda")
    assert code == 1 and "error[E005]" in err


def test_codegen_writes_and_compares(run: Command) -> None:
    printed = run("codegen net.yaml").out
    assert run("codegen net.yaml -o out.py").code == 0
    assert Path("out.py").read_text() == printed
    assert run("codegen net.yaml -o out.py --check") == (0, "out.py is up to date\n", "")
    code, out, _ = run("codegen net.yaml --set w=5 -o out.py --check")
    assert code == 1 and "\n+" in out and "\n-" in out
    assert Path("out.py").read_text() == printed
    assert run("codegen net.yaml -o missing.py --check").code == 1


def test_codegen_writes_a_package_and_compares(run: Command) -> None:
    Path("nets").mkdir()
    Path("nets/mine.py").write_text("mine")
    line = "codegen net.yaml lenet5 resnet18 resnet50 --package nets --set num_classes=5"
    code, out, _ = run(line)
    written = {path.name: path.read_text() for path in Path("nets").iterdir()}
    expected = archspec.codegen_package(["net.yaml", "lenet5", "resnet18", "resnet50"], num_classes=5)
    assert written == {**expected, "mine.py": "mine"}
    lines = sum(len(text.splitlines()) for text in expected.values())
    assert (code, out) == (0, f"4 networks in nets, {lines} lines\n")
    assert run(f"{line} --check") == (0, "nets is up to date\n", "")
    code, out, _ = run(f"{line} --check --set w=5")
    assert code == 1 and "nets/net.py as it would be written" in out and "nets/lenet5.py" not in out
    Path("nets/lenet5.py").unlink()
    assert "nets/lenet5.py" in run(f"{line} --check").err


def test_a_package_is_written_whole_or_not_at_all(run: Command) -> None:
    Path("nets").mkdir()
    Path("nets/resnet18.py").symlink_to("../net.yaml")
    code, _, err = run("codegen lenet5 resnet18 --package nets")
    assert code == 1 and "error[E004]" in err and os.listdir("nets") == ["resnet18.py"]
    for folder, reason in (("missing/nets", "no such file or directory"), ("net.yaml", "it isn't a folder")):
        code, out, err = run(f"codegen lenet5 --package {folder}")
        assert (code, out) == (1, "") and reason in err
    code, _, err = run("codegen lenet5 broken.yaml --package other")
    assert code == 1 and "error[E330]" in err and not Path("other").exists()
    code, _, err = run("codegen lenet5 net.yaml --package other --set nothing=3")
    assert code == 1 and "`package` has num_classes and w" in err


def test_codegen_never_writes_through_a_link(run: Command) -> None:
    Path("target").write_text("old")
    Path("link.py").symlink_to("target")
    code, _, err = run("codegen net.yaml -o link.py")
    assert code == 1 and "error[E004]" in err and Path("target").read_text() == "old"


def test_explain(run: Command) -> None:
    code, out, _ = run("explain e501")
    assert code == 0 and out.startswith("E501: ") and "Wrong:" in out and "error[E501]" in out and "Right:" in out
    assert "did you mean" in run("explain E5010").err


def test_list_has_every_network(run: Command) -> None:
    lines = run("list").out.splitlines()
    assert [line.split()[0] for line in lines[2:-2]] == sorted(zoo())
    assert lines[-1] == f"{len(zoo())} networks"
    (line,) = (line for line in lines if line.startswith("resnet50 "))
    assert re.split("  +", line) == [
        *("resnet50", "classification", "3 x 224 x 224", "25,557,032", "4,089,184,256", "arXiv:1512.03385"),
        ", ".join(archspec.load("resnet50").document.weights),
    ]


def _listed(run: Command, *line: str) -> dict[str, dict[str, object]]:
    return {entry["name"]: entry for entry in json.loads(run("list --format json", *line).out)}


def test_list_finds_by_name_and_task(run: Command) -> None:
    assert list(_listed(run, "lenet")) == [name for name in sorted(zoo()) if "lenet" in name]
    assert list(_listed(run, "mobilenet_v?", "lenet5")) == ["lenet5", "mobilenet_v1", "mobilenet_v2"]
    tasks = {entry["task"] for entry in _listed(run, "--task", "pose").values()}
    assert tasks == {"pose"} and _listed(run, "nothing_is_called_so") == {}
    assert run("list --task poses").code == 2


def test_options_may_stand_anywhere(run: Command) -> None:
    """Behind, before or between what has none."""
    listed = run("list resnet18 lenet --format json")
    assert {one["name"] for one in json.loads(listed.out)} >= {"resnet18", "lenet5"}
    assert run("list --format json resnet18 lenet") == listed == run("list resnet18 --format json lenet")
    converted = run("weights lenet5 no.pth -o own.pth")
    assert converted.code == 1
    assert run("weights lenet5 -o own.pth no.pth") == converted == run("weights -o own.pth lenet5 no.pth")


def test_list_finds_by_size(run: Command) -> None:
    small = _listed(run, "vgg11", "mobilenet_v2", "lenet5", "--max-params", "61,706", "--max-macs", "300M")
    assert list(small) == ["lenet5"]
    assert {"mobilenet_v2", "lenet5"} == set(_listed(run, "mobilenet_v2", "vgg16", "lenet5", "--max-macs", "0.4g"))
    assert _listed(run, "lenet5", "--max-params", "61705") == {}


def test_list_says_what_a_network_is(run: Command) -> None:
    assert _listed(run, "resnet18")["resnet18"] == {
        "name": "resnet18",
        "network": "ResNet18",
        "task": "classification",
        "inputs": {"input": [3, 224, 224]},
        "params": 11_689_512,
        "macs": 1_814_073_344,
        "source": "arXiv:1512.03385",
        "weights": ["imagenet1k_v1"],
        "doc": archspec.load("resnet18").doc,
    }
    assert [*csv.DictReader(io.StringIO(run("list lenet5 --format csv").out))][-1]["params"] == "61706"
    markdown = "| lenet5 | classification | 1 x 32 x 32 | 61,706 | 416,520 | doi:10.1109/5.726791 |  |"
    assert markdown in run("list lenet5 --format markdown").out.splitlines()


@pytest.mark.parametrize("size", ["", "-5", "5x", "1.5.2M", "M", "5 M", "1e6", "1,00", "9" * 30])
def test_a_size_that_isnt_one_is_told(run: Command, size: str) -> None:
    code, out, err = run("list", f"--max-params={size}", "--max-macs=lots")
    assert (code, out) == (1, "") and err.count("error[E012]") == 2


def test_sizes_are_read_as_they_are_written() -> None:
    shown = {"300M": 300_000_000, "1.5G": 1_500_000_000, "2b": 2 * 10**9, "5k": 5_000, "0.0015k": 1, "1t": 10**12}
    assert {text: amount(text, "--max-macs") for text in shown} == shown


def test_list_needs_no_torch() -> None:
    code = "import sys; from archspec.cli import main; main(['list', 'lenet5']); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "False"


def test_schema_is_json(run: Command) -> None:
    assert json.loads(run("schema").out)["$defs"]


def test_version(run: Command) -> None:
    assert run("--version").out.startswith("archspec 0.")


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    code = "from archspec.cli import main; raise SystemExit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, timeout=60, env={**os.environ, **environment}
    )


def test_no_colour_where_nobody_looks() -> None:
    assert b"\x1b" not in process("check", "missing").stdout


def test_a_terminal_that_knows_little_is_no_reason_to_fail() -> None:
    done = process("summary", "lenet5", PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and done.stderr == b""


def test_a_reader_that_leaves_is_no_reason_to_complain() -> None:
    code = "from archspec.cli import main; raise SystemExit(main())"
    command = f'"{sys.executable}" -c "{code}" summary ghostnet | head -1'
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60)
    assert done.stdout.startswith(b"GhostNet") and done.stderr == b""
