"""Every primitive against eager torch on the CPU: shapes, dtypes, state, MACs, overwriting, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812  as everyone calls it
from pydantic import ValidationError
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from archspec.ops.base import Op, Reject
from archspec.ops.registry import ops
from archspec.types import Layout, TensorType
from tests.ops.contract import (
    BATCH,
    DTYPES,
    TOO_LARGE,
    Case,
    Holder,
    draw_arguments,
    draw_inputs,
    draw_type,
    numbers,
    references,
    size,
    spoilt,
    state,
    tensors,
)
from tests.ops.draws import CASES


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    """Tiny tensors: handing them to other threads takes longer than the work."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


VALID, INVALID, GRADIENTS, TRIES = 200, 20, 12, 40_000


def _indices(random: Random) -> tuple[TensorType, ...]:
    return (draw_type(random, Layout.VECTOR, Layout.TOKENS, dtype="int"),)


def _pooled(random: Random) -> tuple[TensorType, ...]:
    value = draw_type(random, Layout.IMAGE)
    return (value, TensorType(value.shape, value.layout, value.stride, "int"))


def _patches(random: Random) -> tuple[TensorType, ...]:
    places, channels = random.choice((1, 2, 3, 4, 6, 9, 12)), random.choice((1, 2, 3, 4, 6, 8, 9, 12))
    return (TensorType((places, channels), Layout.TOKENS),)


INPUTS: dict[str, Callable[[Random], tuple[TensorType, ...]]] = {
    "embedding": _indices,
    "fold": _patches,
    "max_unpool": _pooled,
}
"""Inputs of primitives that don't take just anything."""

ARGUMENTS: dict[str, Callable[[Random], dict[str, Any]]] = {
    "fold": lambda random: {"size": (random.randint(1, 5), random.randint(1, 5)), "kernel": random.randint(1, 3)},
    "upsample": lambda random: {"scale": None, "size": None, "like": None} | random.choice(_SIZES),
    "crop": lambda random: {"border": None, "size": None, "like": None} | random.choice(_CROPS),
}
"""Arguments that only make sense together; they replace what was drawn."""

_SIZES: list[dict[str, Any]] = [{"scale": 2}, {"scale": (0.7, 1.5)}, {"size": (3, 5)}, {"size": 4}, {"like": "node"}]
_CROPS: list[dict[str, Any]] = [{"border": 1}, {"border": (0, 1, 2, 0)}, {"size": (1, 2)}, {"like": "node"}]

INDEX_BOUND: dict[str, Callable[[Any, tuple[TensorType, ...]], int]] = {
    "embedding": lambda op, inputs: op.num_embeddings,
    "max_unpool": lambda op, inputs: op.infer(*inputs)[0].height * op.infer(*inputs)[0].width,
}
"""The number that indices stay below."""

STRICTER: dict[str, str] = {
    "E502": "nothing converts in silence: torch takes any shape of the right rank",
    "E507": "a forgotten `out` is likelier than a full convolution that keeps its channels",
    "E508": "torch computes some things on integers too",
    "E530": "an axis is named once",
    "E510": "what is normalised over one value is always zero, and torch refuses it in training or at batch 1",
    "E512": "axes are named as the layout has them",
    "E513": "contradictions that torch resolves in silence",
    "E522": "torch aligns shapes from the right whatever their axes mean",
    "E523": "torch aligns shapes from the right whatever their axes mean",
    "E526": "torch repeats heads and keys of size 1",
    "E531": "what is left of a shape must be one of the layouts",
    "E532": "parts that don't add up to the whole: slices past the end are empty in torch",
    "E533": "slices past the end are empty in torch",
    "E534": "torch would take from the batch what is missing",
    "E535": "the expression would take the batch for an axis",
    "E541": "windows are as many as fill a map, and shifted by less than one",
    "eps": "without it a constant input is divided by zero; batch_norm can't train with 0",
    "p": "a probability is between 0 and 1, and a norm's order is positive",
    "avg_pool.divisor_override": "torch only refuses 0",
    "chunk.chunks": "torch takes negative ones for 1",
    "conv.padding": "torch cuts with a negative padding unless it is of zeros",
    "conv_transpose.dilation": "torch doesn't look at it where the kernel is 1",
    "lp_pool.norm_type": "torch gives the least value",
    "split.sizes": "a single part is the whole value, whatever its size says",
    "upsample.size": "torch doesn't look at it beside a node's size",
    "upsample.scale": "torch doesn't look at it beside a size",
    "elu.alpha": "negative ones have no in-place gradient",
    "leaky_relu.negative_slope": "negative ones have no in-place gradient",
    "max_unpool.kernel": "torch only looks at the size that it gives",
    "max_unpool.padding": "torch only looks at the size that it gives",
    "max_unpool.stride": "torch only looks at the size that it gives",
    "narrow.start": "counted from the front",
    "narrow.length": "torch counts negative ends from the back",
    "pad.padding": "negative padding is what crop is for",
    "softplus.beta": "torch divides by zero, or flips the function",
    "to_image.height": "sizes are written out",
    "to_image.width": "sizes are written out",
    "to_windows.size": "torch leaves out what fills no window",
    "from_windows.size": "sizes are written out",
    "merge_patches.None": "torch leaves out what has no neighbour",
    "relative_position_bias.shift": "a negative one would be a shift the other way",
    "relative_position_bias.size": "torch doesn't look at the map where there is no shift",
    "continuous_position_bias.shift": "a negative one would be a shift the other way",
    "continuous_position_bias.size": "torch doesn't look at the map where there is no shift",
    "logit_scale.init": "the logarithm of a negative number isn't one",
    "logit_scale.max": "a factor is positive, as it is the exponential of a number",
}
"""Where we refuse more than torch does, and why: rules by their code, arguments by name."""


def _case(kind: type[Op], random: Random) -> Case:
    if kind.name in CASES:
        return Case(kind, *CASES[kind.name](random))
    arguments = draw_arguments(kind, random)
    if kind.name in ARGUMENTS:
        arguments |= ARGUMENTS[kind.name](random)
    inputs = INPUTS[kind.name](random) if kind.name in INPUTS else draw_inputs(kind, random)
    extra = [draw_type(random, Layout.IMAGE) for name in references(kind) if arguments.get(name) is not None]
    return Case(kind, arguments, (*inputs, *extra))


def _valid(kind: type[Op], random: Random, count: int) -> list[Case]:
    found: list[Case] = []
    for _ in range(TRIES):
        case = _case(kind, random)
        if isinstance(case.judge(), Op):
            found.append(case)
            if len(found) == count:
                return found
    raise AssertionError(f"{kind.name}: {len(found)} valid cases in {TRIES} tries")


def _holder(case: Case, op: Op, inplace: bool = False) -> Holder:
    return Holder(op.torch(*case.inputs), len(case.inputs), inplace)


def _inputs(case: Case, op: Op) -> list[torch.Tensor]:
    bound = INDEX_BOUND[case.kind.name](op, case.inputs) if case.kind.name in INDEX_BOUND else 1
    return tensors(case.inputs, bound)


def _agree(case: Case, op: Op, counter: FlopCounterMode) -> None:
    """What we say of this case is what torch does."""
    module = _holder(case, op).eval()
    before = counter.get_total_flops()
    with torch.no_grad():
        outputs = module.forward(*_inputs(case, op))
    lead = (BATCH,) if case.inputs else ()
    expected = [((*lead, *out.shape), DTYPES[out.dtype]) for out in op.infer(*case.inputs)]
    assert [(tuple(out.shape), out.dtype) for out in outputs] == expected, case
    weights = [(weight.name, weight.shape, weight.buffer) for weight in op.weights(*case.inputs)]
    assert state(module) == weights, case
    samples = 1 if case.kind.creates else BATCH  # which share a value that none of them changes
    assert op.macs(*case.inputs) == (counter.get_total_flops() - before) / 2 / samples, case


@pytest.mark.parametrize("kind", ops(), ids=lambda kind: kind.name)
def test_valid_arguments_give_what_torch_gives(kind: type[Op]) -> None:
    random = Random(kind.name)
    torch.manual_seed(0)
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        for case in _valid(kind, random, VALID):
            op = case.judge()
            assert isinstance(op, Op)
            _agree(case, op, counter)
            _check_formulas(case, op)


def _check_formulas(case: Case, op: Op) -> None:
    """Where all arguments are plain numbers, some formula of each torch argument holds."""
    if any(isinstance(value, tuple | str) for value in case.arguments.values()):
        return
    scope = dict(op) | {"input": case.inputs[0]} if case.inputs else dict(op)
    form = op.torch(*case.inputs)
    for arg in (*form.args, *form.module_args, *(arg for _, arg in form.values)):
        formulas = [formula for formula in arg.formulas if ".1." not in formula]
        if formulas and arg.value != arg.default:
            assert arg.value in [_value(formula, scope) for formula in formulas], (case, arg)


def _value(formula: str, scope: dict[str, Any]) -> Any:
    try:
        return eval(formula, {"__builtins__": {}}, scope)
    except TypeError:  # a formula for other kinds of values: `kernel // 2` of a list
        return SimpleNamespace()


@pytest.mark.parametrize("kind", ops(), ids=lambda kind: kind.name)
def test_doubtful_arguments_are_refused_where_torch_refuses(kind: type[Op]) -> None:
    random = Random(kind.name)
    torch.manual_seed(0)
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        for case in _valid(kind, random, INVALID):
            doubtful = spoilt(case, random)
            verdict = doubtful.judge()
            if not isinstance(verdict, Op):
                _check_refused(doubtful, verdict)
            elif size(verdict, doubtful.inputs) < 10**6:
                _agree(doubtful, verdict, counter)


def _check_refused(case: Case, verdict: Exception) -> None:
    """Torch refuses it too, or it is written down why we do."""
    if not {*_reasons(case, verdict)}.isdisjoint(STRICTER):
        return
    if any(abs(number) > TOO_LARGE for number in numbers(case.arguments)):
        return
    if _torch_takes(case):
        raise AssertionError(f"torch takes {case}, we don't: {verdict!r}")


def _reasons(case: Case, verdict: Exception) -> Iterator[str]:
    if isinstance(verdict, ValidationError):
        names = {str(fault["loc"][0]) for fault in verdict.errors()}
        yield from _contradictions(case)
    else:
        assert isinstance(verdict, Reject)
        yield verdict.kind.code
        names = {str(verdict.at)}
    for name in names:
        yield name
        yield f"{case.kind.name}.{name}"


def _contradictions(case: Case) -> Iterator[str]:
    """What arguments that aren't valid would be refused for besides."""
    try:
        case.kind.model_construct(**case.arguments).check()
    except Reject as reject:
        yield reject.kind.code
    except TypeError:
        pass


def _torch_takes(case: Case) -> bool:
    """Whether it gives anything: the language has no empty values."""
    op = case.kind.model_construct(**case.arguments)
    try:
        outputs = _holder(case, op).eval()(*tensors(case.inputs))
    except Exception:  # whatever torch raises: it has no class of its own for this
        return False
    return all(value.numel() for value in outputs)


@pytest.mark.parametrize("kind", [kind for kind in ops() if kind.fresh], ids=lambda kind: kind.name)
def test_a_fresh_output_may_be_overwritten(kind: type[Op]) -> None:
    random = Random(kind.name)
    torch.manual_seed(0)
    for case in _valid(kind, random, GRADIENTS):
        op = case.judge()
        assert isinstance(op, Op)
        module = _holder(case, op).train()
        given = _inputs(case, op)
        kept = [value.clone() for value in given]
        _equal(_gradients(module, given, overwrite=True), _gradients(module, given, overwrite=False), case)
        assert all(torch.equal(value, old) for value, old in zip(given, kept, strict=True)), case


def _gradients(module: Holder, given: list[torch.Tensor], overwrite: bool) -> list[torch.Tensor]:
    """Gradients at the inputs and the parameters after a ReLU over the output."""
    leaves = [value.detach().clone().requires_grad_(value.is_floating_point()) for value in given]
    out = module(*leaves)[0]
    F.relu(out, inplace=overwrite).square().sum().backward()
    wanted = [leaf for leaf in (*leaves, *module.parameters()) if leaf.requires_grad]
    found = [leaf.grad for leaf in wanted if leaf.grad is not None]
    module.zero_grad()
    return found


def _equal(found: list[torch.Tensor], expected: list[torch.Tensor], case: Case) -> None:
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, equal_nan=True, msg=lambda text: f"{case}: {text}")


@pytest.mark.parametrize("kind", [kind for kind in ops() if kind.inplace], ids=lambda kind: kind.name)
def test_an_in_place_module_gives_the_same_gradients(kind: type[Op]) -> None:
    random = Random(kind.name)
    torch.manual_seed(0)
    for case in _valid(kind, random, GRADIENTS):
        op = case.judge()
        assert isinstance(op, Op)
        (given,) = _inputs(case, op)
        found = []
        for inplace in (True, False):
            x = given.clone().requires_grad_()
            _holder(case, op, inplace)(x * 2)[0].square().sum().backward()
            assert x.grad is not None
            found.append(x.grad)
        _equal(found[:1], found[1:], case)
