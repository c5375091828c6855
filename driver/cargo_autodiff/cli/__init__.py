"""What a person types: one module a verb. Every failure leaves here as one message and one exit code."""

from __future__ import annotations

import importlib
import os
import sys

from cargo_autodiff.cli.endings import Stopped, end_by, stop_when_asked
from cargo_autodiff.errors import DriverError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

OWN = {
    "init": "prepare a package, so that plain cargo and editors work too",
    "setup": "install what is missing of a tool set",
    "doctor": "say what is there and what is missing",
    "compile": "compile one file, FILE.rs or FILE.c, derivatives included",
    "rewrite": "turn placeholder functions of an IR file into Enzyme calls",
    "cache": "look at the cache of results, and tidy it",
    "explain": "say which derivatives the last build made, and why they were not in the cache",
    "step": "run one step on IR, as a kept build.sh does",
    "wrap": "compile one crate in place of rustc (the wrapper calls this)",
    "doctest": "become rustdoc, for doctests with derivatives (the stand-in for rustdoc calls this)",
    "link": "link a doctest (its rustc calls this)",
}
_HIDDEN = ("step", "wrap", "doctest", "link")

_HELP = """\
Derivatives of unchanged f64 functions, made by the compiler, on stable Rust.

Usage: cargo autodiff [--keep DIR] build|run|test|check|bench|doc|clean|… [cargo's options]
       cargo autodiff [--keep DIR] {own} [options]

  --keep DIR  keep every step's result below DIR, with a build.sh that replays the tools

The first form is cargo itself, with derivatives; `--verify` among its options lets each call of a derivative check
itself. The second:
{verbs}
`cargo autodiff VERB --help` tells more; see also docs/ of the project."""


def run(argv: list[str], environ: Mapping[str, str]) -> int:
    """Run one command line; a DriverError becomes its message and its exit code.

    Ctrl-C and its like are an end by the same signal, and so is a rustc that a signal killed.
    """
    stop_when_asked()
    if argv[:1] == ["--keep"] and len(argv) > 1:
        environ = {**environ, "AUTODIFF_KEEP": os.path.abspath(argv[1])}  # noqa: PTH100 - must not follow links
        argv = argv[2:]
    if argv[:1] == ["help"] and len(argv) > 1:
        argv = [*argv[1:], "--help"]
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(_help())
        return 0
    if argv[0] in ("-V", "--version"):
        from cargo_autodiff import __version__

        print(f"cargo-autodiff {__version__}")
        return 0
    try:
        if argv[0] in OWN:
            code: int = importlib.import_module(f"cargo_autodiff.cli.{argv[0]}").main(argv[1:], environ)
            return code if code >= 0 else end_by(-code)
        from cargo_autodiff.cli import cargo

        return cargo.main(argv, environ)
    except DriverError as error:
        print(*error.each, sep="\n\n", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        return 1
    except Stopped as request:
        print("error: interrupted; nothing half-written was left", file=sys.stderr)
        return end_by(request.number)


def _help() -> str:
    verbs = [verb for verb in OWN if verb not in _HIDDEN]
    lines = "".join(f"  {verb:<10}{OWN[verb]}\n" for verb in verbs)
    return _HELP.format(own="|".join(verbs), verbs=lines)
