"""The `archspec` command: arguments and exit codes (0 fine, 1 faults in a spec, 2 wrong use)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archspec import commands
from archspec.commands import FAULTS
from archspec.language.document import TASKS
from archspec.options import Command, checkpoint, positive, setting
from archspec.spec import SpecError

_SPEC = "a path, or the name of a network of the zoo (archspec list)"
_COUNTS = """\
Parameters are trainable ones. MACs are multiply-accumulates of convolutions, linear layers and matrix
products, attention included, for one sample in the eval phase: no bias, normalisation, activation, pooling or
interpolation."""

_PACKAGE = """\
With --package, each network becomes a module of its own, called as its spec; blocks that several of them use
stand once, in blocks.py. Other files in DIR are left alone. --set sets a parameter in every network that has it;
--input, --taps and --phase are asked of all of them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except SpecError as error:
        commands.report(error.diagnostics)
        return FAULTS
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAULTS
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="archspec",
        description="Compiles neural networks: a YAML spec in, a diagnosis, a module or PyTorch source out.",
        epilog="exit codes: 0 fine, 1 faults in a spec, 2 wrong use",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands_: Any = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Command)
    first = (_add_build, _add_codegen, _add_check, _add_summary, _add_expand, _add_explain, _add_list, _add_weights)
    for add in (*first, _add_schema):
        add(commands_)
    return parser


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: that takes longer than a small spec."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from archspec.version import __version__

        print(f"archspec {__version__}")
        parser.exit()


_Commands = argparse._SubParsersAction


def _add_build(to: _Commands[argparse.ArgumentParser]) -> None:
    parser = _command(
        to,
        "build",
        "instantiate the module, run it once, and compare what torch has with the compiler's numbers",
        "archspec build resnet50",
        "archspec build specs/ghostnet.yaml --set width=0.5 --input 3x192x192",
        "archspec build vgg16 --device meta",
        "archspec build lenet5 -o lenet5.safetensors",
    )
    _spec_options(parser)
    parser.add_argument("--device", choices=("cpu", "meta", "cuda"), default="cpu", help="meta allocates no memory")
    parser.add_argument("--weights", metavar="NAME", help="trained weights that the spec names, or a file of them")
    _adapt_option(parser)
    parser.add_argument("-o", dest="output", type=checkpoint, metavar="FILE", help="write weights: .safetensors or .pt")
    parser.set_defaults(run=lambda options: commands.build(_with_values(parser, options)))


def _add_weights(to: _Commands[argparse.ArgumentParser]) -> None:
    parser = _command(
        to,
        "weights",
        "list a spec's trained weights, show what each entry of a checkpoint is, or convert one",
        "archspec weights resnet50",
        "archspec weights resnet50 imagenet1k_v2",
        "archspec weights resnet50 finetuned.pth -o own.safetensors",
        "archspec weights resnet50 own.safetensors --export torchvision -o theirs.pth",
        more="""\
Without CHECKPOINT, the weights that the spec names. With one, a dry run: what goes where, what has another
shape, what is missing or left over. With -o, a file that the generated class loads; with --export, one that
the implementation loads which published the weights.""",
    )
    _spec_options(parser)
    parser.add_argument("checkpoint", nargs="?", metavar="CHECKPOINT", help="weights that the spec names, or a file")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    _adapt_option(parser)
    parser.add_argument("--export", metavar="NAME", help="names of torchvision, of timm, or as in these weights")
    parser.add_argument("-o", dest="output", type=checkpoint, metavar="FILE", help="write .safetensors, .pth or .pt")
    parser.set_defaults(run=lambda options: commands.weights(_with_checkpoint(parser, options)))


def _adapt_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--adapt-input", choices=("sum", "repeat"), help="the first kernel where the input has other channels"
    )


def _add_codegen(to: _Commands[argparse.ArgumentParser]) -> None:
    parser = _command(
        to,
        "codegen",
        "print the network as a PyTorch file that stands by itself",
        "archspec codegen resnet50",
        "archspec codegen specs/vgg16.yaml --set num_classes=10 -o vgg16.py",
        "archspec codegen specs/vgg16.yaml --set num_classes=10 -o vgg16.py --check",
        "archspec codegen specs/*.yaml --package nets",
        more=_PACKAGE,
    )
    parser.add_argument("specs", nargs="+", metavar="SPEC", help=f"{_SPEC}; several with --package")
    _network_options(parser)
    to_write = parser.add_mutually_exclusive_group()
    to_write.add_argument("-o", dest="output", type=Path, metavar="FILE", help="write here, not to standard output")
    to_write.add_argument("--package", type=Path, metavar="DIR", help="write a Python package of all the networks here")
    parser.add_argument("--check", action="store_true", help="say whether that is what would be written, and the diff")
    parser.set_defaults(run=lambda options: commands.codegen(_with_place(parser, options)))


def _add_check(to: _Commands[argparse.ArgumentParser]) -> None:
    parser = _command(
        to,
        "check",
        "report everything that is wrong with specs",
        "archspec check specs/*.yaml",
        "archspec check net.yaml --format github",
    )
    parser.add_argument("specs", nargs="+", metavar="SPEC", help=_SPEC)
    parser.add_argument("--format", choices=("text", "json", "sarif", "github"), default="text")
    parser.set_defaults(run=commands.check_files)


def _add_summary(to: _Commands[argparse.ArgumentParser]) -> None:
    parser = _command(
        to,
        "summary",
        "show every node: shapes, stride, receptive field, parameters, MACs",
        "archspec summary resnet50 --depth 1",
        "archspec summary specs/ghostnet.yaml --set width=1.3 --input 3x256x128",
        "archspec summary net.yaml --format json",
        more=f"""\
{_COUNTS}

Rows add up to the totals: with --depth N, a row N names deep stands for all that is in it. The field is the
theoretical receptive field in input pixels: `all` (null in JSON) once an op has seen its whole input. A cost
that isn't known says so. Activations are the outputs of all primitives for one sample in float32.

Where training runs something else than evaluation, parameters and buffers are those of the whole module, MACs,
activations and outputs those of the eval phase; --phase shows the module of one phase alone. In JSON, `phase`
says which phase it is, and `shape` is a list of shapes where a node has several outputs.""",
    )
    _spec_options(parser)
    parser.add_argument("--depth", type=positive, metavar="N", help="names of a path that are shown; default: all")
    parser.add_argument("--format", choices=("table", "json", "csv", "markdown"), default="table")
    parser.set_defaults(run=commands.summary)


def _add_expand(to: _Commands[argparse.ArgumentParser]) -> None:
    parser = _command(
        to,
        "expand",
        "print the network with every parameter, condition and repeat resolved, each value with where it came from",
        "archspec expand resnet50",
        "archspec expand specs/ghostnet.yaml --set width=0.5",
    )
    _spec_options(parser)
    parser.set_defaults(run=commands.expand)


def _add_explain(to: _Commands[argparse.ArgumentParser]) -> None:
    parser = _command(to, "explain", "explain a diagnostic, with a wrong and a right example", "archspec explain E501")
    parser.add_argument("code", metavar="CODE", help="as in error[E501]")
    parser.set_defaults(run=commands.explain)


def _add_list(to: _Commands[argparse.ArgumentParser]) -> None:
    parser = _command(
        to,
        "list",
        "list the networks of the zoo",
        "archspec list",
        "archspec list 'mobilenet_v?' --max-params 5M --max-macs 300M",
        "archspec list --task segmentation --format json",
        more=_COUNTS,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="part of a name, or a pattern; default: all")
    parser.add_argument("--task", choices=TASKS, metavar="TASK", help=f"what a network is for: {', '.join(TASKS)}")
    for limit, counted in (("--max-params", "parameters, as in 5M"), ("--max-macs", "MACs, as in 300M or 1.5G")):
        parser.add_argument(limit, metavar="N", help=f"at most so many {counted}")
    parser.add_argument("--format", choices=("table", "json", "csv", "markdown"), default="table")
    parser.set_defaults(run=commands.list_zoo)


def _add_schema(to: _Commands[argparse.ArgumentParser]) -> None:
    parser = _command(
        to,
        "schema",
        "print a JSON Schema (2020-12) of specs, for editors",
        "archspec schema > archspec.schema.json",
        more="With yaml-language-server, start a spec with: # yaml-language-server: $schema=archspec.schema.json",
    )
    parser.set_defaults(run=commands.schema)


def _command(
    to: _Commands[argparse.ArgumentParser], name: str, words: str, *examples: str, more: str = ""
) -> argparse.ArgumentParser:
    epilog = "examples:\n" + "\n".join(f"  {example}" for example in examples)
    return to.add_parser(
        name,
        help=words,
        description=f"{words[0].upper()}{words[1:]}." + (f"\n\n{more}" if more else ""),
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _spec_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("spec", metavar="SPEC", help=_SPEC)
    _network_options(parser)


def _network_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set", action="append", type=setting, default=[], metavar="NAME=VALUE", help="set a parameter of the network"
    )
    parser.add_argument("--input", metavar="CxHxW", help="shape of the input without batch, as in 3x256x128")
    parser.add_argument("--taps", metavar="NAME,...", help="give these feature maps alone, as in c3,c4,c5")
    parser.add_argument("--phase", choices=("train", "eval"), help="one phase alone: without what only the other needs")


def _with_place(parser: argparse.ArgumentParser, options: argparse.Namespace) -> argparse.Namespace:
    if len(options.specs) > 1 and options.package is None:
        parser.error("several networks need --package DIR, the folder to write them to")
    if options.check and options.output is None and options.package is None:
        parser.error("--check needs -o FILE or --package DIR, what to compare with")
    return options


def _with_values(parser: argparse.ArgumentParser, options: argparse.Namespace) -> argparse.Namespace:
    if options.output is not None and options.device == "meta":
        parser.error("-o needs weights, and the meta device has none")
    if options.weights is not None and options.device == "meta":
        parser.error("--weights needs memory, and the meta device has none")
    return options


def _with_checkpoint(parser: argparse.ArgumentParser, options: argparse.Namespace) -> argparse.Namespace:
    if options.output is not None and options.checkpoint is None:
        parser.error("-o needs CHECKPOINT, the weights to write")
    if options.export is not None and options.output is None:
        parser.error("--export needs -o FILE, the file to write")
    return options
