"""What each command does: from its arguments to what is printed, and the exit code.

A command imports what only it needs when it is run.
"""

from __future__ import annotations

import os
import sys
import warnings
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from archspec.diagnostics.catalogue.outside import FileUnreadable, NoSuchDevice
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.printable import printable
from archspec.network import NOTHING_ASKED
from archspec.spec import Spec, SpecError, check, check_text, has_errors, load

if TYPE_CHECKING:
    from torch import nn

    from archspec.trained import Match

FINE, FAULTS, WRONG_USE = 0, 1, 2


def build(options: Namespace) -> int:
    spec = _spec(options)
    _warn(spec)
    from archspec.display.built import report
    from archspec.torchgen import live

    if not live.has_device(options.device):
        raise SpecError((NoSuchDevice(device=options.device),))
    module = spec.build(options.device) if options.weights is None else _trained(spec, options)
    facts = live.run_once(module, spec.network, options.device)
    as_published = not options.set and options.input is None and spec.network.asked == NOTHING_ASKED
    table, agree = report(spec.network, spec.cost, facts.params, facts.buffers, facts.outputs, as_published)
    print(f"{spec.summary(depth=1).title()}\n\n{table}")
    print(f"one forward pass on {options.device}: {facts.seconds:.2f} s")
    if not agree:
        print("the compiler and torch disagree: please report this network", file=sys.stderr)
        return FAULTS
    if options.output is not None:
        from archspec.weights.save import save

        _raise(save(module.state_dict(), options.output))
        print(f"weights in {printable(str(options.output))}")
    return FINE


def weights(options: Namespace) -> int:
    from archspec.display import weights as shown

    spec = _spec(options)
    _warn(spec)
    as_json = options.format == "json"
    if options.checkpoint is None:
        named = spec.network.document.weights
        sys.stdout.write(shown.declared_json(named) if as_json else shown.declared(named))
        return FINE
    spec = spec.trained_as(options.checkpoint)
    match = spec.match(options.checkpoint, options.adapt_input)
    if options.output is None:
        pairing = match.fit.pairing
        sys.stdout.write(shown.pairs_json(pairing) if as_json else shown.pairs(pairing))
    report([*match.faults, *match.notes])
    if match.faults:
        return FAULTS
    return FINE if options.output is None else _write_weights(spec, match, options)


def _write_weights(spec: Spec, match: Match, options: Namespace) -> int:
    """The network's whole state dict under its own names, or under those of whoever published the weights."""
    from archspec.weights.save import save

    own = {**spec.build().state_dict(), **match.fit.state}
    state = own if options.export is None else spec.trainer.exported(options.export, own)
    if isinstance(state, Diagnostic):
        raise SpecError((state,))
    _raise(save(state, options.output))
    print(f"{len(state):,} entries in {printable(str(options.output))}")
    return FINE


def _trained(spec: Spec, options: Namespace) -> nn.Module:
    """The module with trained weights, and what is to be said of them."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        module = spec.build(options.device, options.weights, options.adapt_input)
    for one in said:
        sys.stderr.write(f"{str(one.message).strip()}\n\n")
    return module


def codegen(options: Namespace) -> int:
    if options.package is not None:
        return _package(options)
    spec = _spec(options, options.specs[0])
    _warn(spec)
    source = spec.codegen()
    if options.check:
        return _compare({options.output: source}, options.output)
    if options.output is None:
        sys.stdout.write(source)
        return FINE
    from archspec import output

    _raise(output.write(options.output, source.encode()))
    print(f"{spec.name} in {printable(str(options.output))}, {source.count(chr(10)):,} lines")
    return FINE


def _package(options: Namespace) -> int:
    from archspec import output
    from archspec.diagnostics.wording import plural
    from archspec.package import files, with_settings

    specs = with_settings([_asked(options, load(name)) for name in options.specs], options.set)
    for spec in specs:
        _warn(spec)
    contents = {options.package / name: text for name, text in files(specs).items()}
    if options.check:
        return _compare(contents, options.package)
    _raise(output.make_folder(options.package))
    _raise(output.write_all({path: text.encode() for path, text in contents.items()}))
    lines = sum(text.count("\n") for text in contents.values())
    print(f"{plural(len(specs), 'network')} in {printable(str(options.package))}, {lines:,} lines")
    return FINE


def _compare(contents: Mapping[Path, str], whole: Path) -> int:
    """Whether files are what would be written, and the difference."""
    import difflib

    differences: list[str] = []
    for path, source in contents.items():
        try:
            found = path.read_text(encoding="utf-8")
        except (OSError, ValueError):
            raise SpecError((FileUnreadable(path=str(path)),)) from None
        new = f"{path} as it would be written"
        differences += difflib.unified_diff(found.splitlines(), source.splitlines(), str(path), new, lineterm="")
    if differences:
        print("\n".join(map(printable, differences)))
        return FAULTS
    print(f"{printable(str(whole))} is up to date")
    return FINE


def check_files(options: Namespace) -> int:
    from archspec.diagnostics.render import FORMATS, text
    from archspec.diagnostics.wording import plural

    found = [fault for name in options.specs for fault in check(name)]
    if options.format == "text":
        shown = text(found, colour=_colour(sys.stdout))
        sys.stdout.write(shown or f"{plural(len(options.specs), 'spec')} checked, nothing wrong\n")
    else:
        sys.stdout.write(FORMATS[options.format](found).rstrip("\n") + "\n")
    return FAULTS if has_errors(tuple(found)) else FINE


def summary(options: Namespace) -> int:
    from archspec.display.summary import FORMATS

    spec = _spec(options)
    _warn(spec)
    sys.stdout.write(FORMATS[options.format](spec.summary(options.depth)))
    return FINE


def expand(options: Namespace) -> int:
    spec = _spec(options)
    _warn(spec)
    sys.stdout.write(spec.expand())
    return FINE


def explain(options: Namespace) -> int:
    from archspec.diagnostics.diagnostic import catalogue
    from archspec.diagnostics.explain import explain as explained
    from archspec.diagnostics.nearest import nearest
    from archspec.diagnostics.render.text import text

    found = explained(options.code, check=lambda wrong: text(check_text(wrong)))
    if found is not None:
        sys.stdout.write(found)
        return FINE
    close = nearest(options.code.upper(), catalogue())
    hint = f"; did you mean {close}?" if close else ""
    print(f"archspec explain: there is no {printable(options.code)}{hint}", file=sys.stderr)
    return WRONG_USE


def list_zoo(options: Namespace) -> int:
    from archspec.listing import FORMATS, Wanted, amount, entries

    limits = [
        None if text is None else amount(text, origin)
        for text, origin in ((options.max_params, "--max-params"), (options.max_macs, "--max-macs"))
    ]
    faults = tuple(limit for limit in limits if isinstance(limit, Diagnostic))
    if faults:
        raise SpecError(faults)
    params, macs = (limit for limit in limits if not isinstance(limit, Diagnostic))
    sys.stdout.write(FORMATS[options.format](entries(Wanted(tuple(options.names), options.task, params, macs))))
    return FINE


def schema(options: Namespace) -> int:
    import json

    from archspec.schema import schema as made

    print(json.dumps(made(), indent=2))
    return FINE


def report(faults: Sequence[Diagnostic]) -> None:
    """Diagnostics on standard error."""
    from archspec.diagnostics.render.text import text

    sys.stderr.write(text(faults, colour=_colour(sys.stderr)))


def _spec(options: Namespace, name: str | None = None) -> Spec:
    return _asked(options, load(name or options.spec).with_settings(options.set))


def _asked(options: Namespace, spec: Spec) -> Spec:
    """The spec at the input, with the taps and in the phase that are asked for."""
    if options.phase is not None:
        spec = spec.with_phase(options.phase)
    if options.taps is not None:
        spec = spec.with_taps(*options.taps.split(","))
    return spec if options.input is None else spec.with_input_text(options.input)


def _warn(spec: Spec) -> None:
    """Warnings go beside the output, errors instead of it."""
    found = spec.check()
    if has_errors(found):
        raise SpecError(found)
    if found:
        report(found)


def _raise(fault: Diagnostic | None) -> None:
    if fault is not None:
        raise SpecError((fault,))


def _colour(stream: TextIO) -> bool:
    """Only a person at a terminal gets colour, and only one who didn't decline it."""
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
