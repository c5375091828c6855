"""The door: `cargo-autodiff`, `cargo autodiff`, and what the scripts in `bin` call."""

from __future__ import annotations

import os
import sys


def main(argv: list[str]) -> int:
    """Run the command line without the program's name; return the exit code."""
    if argv[:1] == ["autodiff"]:  # cargo calls its subcommands with their own name first
        argv = argv[1:]
    from cargo_autodiff.cli import run

    return run(argv, os.environ)


def entry() -> None:
    """Run the program, and end without taking the interpreter apart: nothing is left to do, and that takes 10 ms."""
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    entry()
