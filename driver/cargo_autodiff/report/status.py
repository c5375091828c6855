"""Status lines in cargo's manner: a verb, then what it is done to."""

from __future__ import annotations

import sys


def waiting(what: str, holder: int | None) -> str:
    """Say that another process is at work on the same thing."""
    who = f"process {holder}" if holder else "another process"
    return status("Waiting", f"for `{what}`, which {who} is making")


def status(verb: str, rest: str) -> str:
    """Lay out a line."""
    return f"{verb:>12} {rest}"


def say(line: str) -> None:
    """Tell a person, at once."""
    print(line, file=sys.stderr, flush=True)
