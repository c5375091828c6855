"""`cargo autodiff rewrite`: Enzyme calls in IR that no attribute of ours marked."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.cli.toolset_options import add_toolset_options, with_toolset_options
from cargo_autodiff.errors import UsageError
from cargo_autodiff.ir.request import GRAMMAR
from cargo_autodiff.pipeline.worker import Worker
from cargo_autodiff.settings import Settings
from cargo_autodiff.toolchain.locate import choose_profile, locate, rustc_if_any
from cargo_autodiff.toolchain.profile import read_profiles

if TYPE_CHECKING:
    from collections.abc import Mapping


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Rewrite one file of IR; the output is written whole or not at all."""
    parser = argparse.ArgumentParser(prog="cargo autodiff rewrite", description=__doc__)
    add_toolset_options(parser)
    parser.add_argument("file", type=Path, help="IR, text or bitcode")
    parser.add_argument("-o", dest="out", type=Path, required=True, help="where the result goes; `.ll` is text")
    parser.add_argument("--request", action="append", default=[], metavar="TEXT", help=f"one derivative: '{GRAMMAR}'")
    parser.add_argument("--requests", type=Path, metavar="FILE", help="a list: [[request]] tables (.toml) or .json")
    options = parser.parse_args(argv)
    if not options.request and options.requests is None:
        raise UsageError("no derivative was asked for", hint=f"add --request '{GRAMMAR}' or --requests FILE")
    settings = with_toolset_options(Settings.read(environ), options)
    toolchain = locate(choose_profile(read_profiles(), settings), settings, rustc_if_any(environ))
    with Worker(toolchain.libllvm, toolchain.llvm.major) as worker:
        worker.do(
            "rewrite",
            given=str(options.file),
            out=str(options.out),
            requests=options.request,
            table=str(options.requests or ""),
        )
    return 0
