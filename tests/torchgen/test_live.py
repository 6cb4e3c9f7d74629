"""A built module is the printed file, run: equal in what it computes, and at home in all of torch's machinery."""

from __future__ import annotations

import copy
import inspect
import io
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from torch import Tensor, nn

from archspec.places import LIBRARY
from archspec.spec import load_text
from tests.reference.twins import give_equal_weights
from tests.torchgen.networks import CORE, blocks, built, executed, image, printed, spec

EVERY = (*CORE, "every_kind")
each = pytest.mark.parametrize("name", EVERY)
CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def small() -> nn.Module:
    """A network with every kind of node, with weights."""
    torch.manual_seed(0)
    return built("every_kind", "cpu").eval()


def test_every_kind_has_every_block_of_the_library() -> None:
    library = {name for path in LIBRARY.glob("*.yaml") for name in yaml.safe_load(path.read_text("utf-8"))["blocks"]}
    assert library <= {node.op for _, node in spec("every_kind").network.root.walk()}


# The same as the printed file ---------------------------------------------------------------------------------------


@each
def test_build_runs_what_codegen_prints(name: str) -> None:
    ours = built(name)
    with torch.device("meta"):
        theirs: nn.Module = getattr(executed(name), spec(name).name)()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert str(ours) == str(theirs)
    give_equal_weights(ours, theirs)
    batch = image(name)
    with torch.no_grad():
        assert torch.equal(ours.eval()(batch), theirs.eval()(batch))
        assert all(map(torch.equal, _seeded(ours.train(), batch), _seeded(theirs.train(), batch)))
    assert all(map(torch.equal, ours.buffers(), theirs.buffers()))


def _seeded(module: nn.Module, batch: Tensor) -> list[Tensor]:
    torch.manual_seed(7)
    return _tensors(module(batch))


def test_a_pool_in_a_list_gives_what_it_gives_elsewhere() -> None:
    head = "head: [global_avg_pool, {op: linear, out: 4}, relu, {op: linear, out: 2}]"
    module = load_text(f"archspec: 1\nname: Net\ninput: [3, 8, 8]\ngraph: {{{head}}}\n").build()
    assert module(torch.zeros(5, 3, 8, 8)).shape == (5, 2)


@each
def test_source_is_there_for_inspect(name: str) -> None:
    for block in blocks(built(name)).values():
        text = inspect.getsource(type(block))
        assert text.startswith(f"class {type(block).__name__}(")
        assert text.strip() in printed(name)


def test_traceback_shows_the_printed_line(small: nn.Module) -> None:
    with pytest.raises(RuntimeError) as caught:
        small(torch.zeros(1, 4, 32, 32))
    shown = "".join(traceback.format_exception(caught.value))
    line = next(line for line in printed("every_kind").splitlines() if "self.stem(x)" in line)
    assert line.strip() in shown


def test_one_text_is_one_class() -> None:
    assert type(built("lenet5")) is type(built("lenet5"))
    assert type(built("lenet5")) is not type(spec("lenet5").with_params(num_classes=3).build("meta"))


# Copies -------------------------------------------------------------------------------------------------------------


@each
def test_deepcopy_and_pickle_keep_the_network(name: str) -> None:
    module = built(name)
    for other in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert type(other) is type(module)
        assert str(other) == str(module)
        assert list(other.state_dict()) == list(module.state_dict())


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda module: pickle.loads(pickle.dumps(module))])
def test_copies_compute_the_same_with_weights_of_their_own(
    small: nn.Module, copied: Callable[[nn.Module], nn.Module]
) -> None:
    other, batch = copied(small), image("every_kind")
    assert not other.training
    assert torch.equal(other(batch), small(batch))
    addresses = {one.data_ptr() for one in small.parameters()}
    assert all(one.data_ptr() not in addresses for one in other.parameters())


def test_torch_saves_whole_modules(small: nn.Module) -> None:
    file, batch = io.BytesIO(), image("every_kind")
    torch.save(small, file)
    file.seek(0)
    assert torch.equal(torch.load(file, weights_only=False)(batch), small(batch))


_OTHER_PROCESS = """
import pickle, sys
import torch
modules, batch, expected = pickle.load(open(sys.argv[1], "rb"))
assert torch.equal(modules["every_kind"](batch), expected)
for name, module in modules.items():
    assert type(module).__module__.startswith("archspec_generated."), name
    print(name, len(module.state_dict()))
"""


def test_pickles_load_in_another_process(small: nn.Module, tmp_path: Path) -> None:
    modules = {name: built(name) for name in CORE} | {"every_kind": small}
    batch = image("every_kind")
    with (tmp_path / "modules.pickle").open("wb") as file, torch.no_grad():
        pickle.dump((modules, batch, small(batch)), file)
    done = subprocess.run(
        [sys.executable, "-c", _OTHER_PROCESS, str(tmp_path / "modules.pickle")],
        capture_output=True, text=True, check=False, cwd=CHECKOUT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"{name} {len(module.state_dict())}" for name, module in modules.items()]


# Compiling and exporting --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["every_kind", "lenet5"])
def test_compiles_without_a_break(name: str) -> None:
    """every_kind has every kind of node and every block of the library."""
    torch._dynamo.reset()
    torch.manual_seed(0)
    module, batch = built(name, "cpu").eval(), image(name, batch=1)
    compiled = torch.compile(module, fullgraph=True, backend="eager")
    with torch.no_grad():
        assert torch.equal(compiled(batch), module(batch))


def test_compiles_with_its_backward() -> None:
    """aot_eager traces the backward, and rewrites what works in place."""
    torch._dynamo.reset()
    block, add = "{op: ConvBNAct, out: 8, kernel: 3}", "{op: add, from: [gate, conv]}"
    graph = f"{{conv: {block}, gate: {{op: SqueezeExcite, reduction: 2}}, add: {add}, act: silu}}"
    eager = load_text(f"archspec: 1\nname: Probe\ninput: [4, 8, 8]\ngraph: {graph}\n").build()
    traced = copy.deepcopy(eager)
    batch = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    for module in (eager, torch.compile(traced, fullgraph=True, backend="aot_eager")):
        module(batch).square().sum().backward()
    for ours, theirs in zip(eager.parameters(), traced.parameters(), strict=True):
        assert ours.grad is not None and theirs.grad is not None
        torch.testing.assert_close(ours.grad, theirs.grad)


@pytest.mark.parametrize("name", ["every_kind", "resnet50"])
def test_exports(name: str) -> None:
    torch.manual_seed(0)
    module, batch = built(name, "cpu").eval(), image(name)
    size = torch.export.Dim("batch", min=2, max=64)
    exported = torch.export.export(module, (batch,), dynamic_shapes=({0: size},))
    more = torch.cat([batch, batch, batch])
    with torch.no_grad():
        torch.testing.assert_close(exported.module()(more), module(more))


# Hooks and backward -------------------------------------------------------------------------------------------------


@each
def test_backward_reaches_every_parameter_and_what_hooks_saw_stays(name: str) -> None:
    """A version counts the writes to a tensor: what a hook on a block was given stays as it was."""
    module = built(name).train()
    seen: list[tuple[str, Tensor, int]] = []
    calls: dict[str, set[str]] = {}

    def note(path: str, when: str, *given: Any) -> None:
        calls.setdefault(path, set()).add(when)
        if when != "backward":
            seen.extend((path, value, value._version) for value in _tensors(given[1:]))

    for path, block in blocks(module).items():
        block.register_forward_pre_hook(partial(note, path, "before"))
        block.register_forward_hook(partial(note, path, "after"))
        block.register_full_backward_hook(partial(note, path, "backward"))
    outputs = _tensors(module(image(name, device="meta").requires_grad_()))
    torch.stack([output.sum() for output in outputs]).sum().backward()
    assert calls == {path: {"before", "after", "backward"} for path in blocks(module)}
    assert [path for path, value, version in seen if value._version != version] == []
    assert [path for path, one in module.named_parameters() if one.grad is None] == []


def _tensors(values: Any) -> list[Tensor]:
    if isinstance(values, Tensor):
        return [values]
    return [one for value in values for one in _tensors(value)]


def test_hooks_change_nothing(small: nn.Module) -> None:
    plain, hooked = copy.deepcopy(small).double().train(), copy.deepcopy(small).double().train()
    batch = image("every_kind").double().requires_grad_()
    for block in blocks(hooked).values():
        block.register_full_backward_hook(lambda *given: None)
        block.register_forward_hook(lambda *given: None)
    outputs = []
    for module in (plain, hooked):
        outputs.append(_tensors(_seeded(module, batch)))
        sum(one.sum() for one in outputs[-1]).backward()
    assert all(map(torch.equal, *outputs))
    for ours, theirs in zip(plain.parameters(), hooked.parameters(), strict=True):
        assert ours.grad is not None and theirs.grad is not None
        # Hooks change the order in which gradients are added up, and so their last bits.
        assert (ours.grad - theirs.grad).norm() <= 1e-9 * ours.grad.norm()
