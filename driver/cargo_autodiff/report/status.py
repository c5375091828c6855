"""Status lines in cargo's manner: a verb, then what it is done to.

They go where cargo's own go, to the standard error of the process that became cargo. A wrapper's own is no place for
them: cargo reads it, and says every line again when the crate is fresh.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.named import Frozen
from cargo_autodiff.pipeline.events import Making, Reused, Waiting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cargo_autodiff.pipeline.events import Event

_ERASE = "\r\x1b[K"  # cargo's progress bar, which stands in the line
_STYLE = "\x1b[1m\x1b[32m{}\x1b[0m"  # cargo's
_WIDTH = 12


class StatusLines(Frozen):
    """Where lines go, and how they look there."""

    crate: str
    to: int
    """A descriptor."""
    terminal: bool = False
    styled: bool = False

    @classmethod
    def of(cls, process: str, crate: str, environ: Mapping[str, str]) -> StatusLines | None:
        """Open the standard error of a process; none where that cannot be written to without harm."""
        place = Path(f"/proc/{process}/fd/2")
        try:
            kind = place.stat().st_mode
            if stat.S_ISREG(kind) and not _appends(process):
                return None  # cargo writes where it stopped, over what others have written since
            to = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError:
            return None
        terminal = os.isatty(to)
        plain = environ.get("NO_COLOR") or environ.get("CARGO_TERM_COLOR") == "never" or environ.get("TERM") == "dumb"
        return cls(crate=crate, to=to, terminal=terminal, styled=terminal and not plain)

    def __call__(self, event: Event) -> None:
        """Say what is worth a line."""
        if isinstance(event, Making):
            self._say("Differentiating", f"{event.derivative.name} ({event.number}/{event.of})")
        elif isinstance(event, Reused):
            names = [each.name for each in event.derivatives]
            self._say("Reusing", names[0] if len(names) == 1 else f"{len(names)} derivatives of {self.crate}")
        elif isinstance(event, Waiting):
            self._say(*_waiting(event))

    def _say(self, verb: str, rest: str) -> None:
        verb = f"{verb:>{_WIDTH}}"
        shown = _STYLE.format(verb) if self.styled else verb
        try:
            # in one piece: others write there too
            os.write(self.to, f"{_ERASE if self.terminal else ''}{shown} {rest}\n".encode(errors="replace"))
        except OSError:
            return  # whoever read it is gone

    def close(self) -> None:
        """Let go of it."""
        os.close(self.to)


def _appends(process: str) -> bool:
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{process}/fdinfo/2").read_text().splitlines())
    return bool(int(fields["flags"], 8) & os.O_APPEND)


def _waiting(event: Waiting) -> tuple[str, str]:
    who = f"process {event.holder}" if event.holder else "another process"
    return "Waiting", f"for `{event.what}`, which {who} is making"


def say_waiting(event: Event) -> None:
    """Tell a person who sees our own standard error, at once, that another process is at work on the same thing."""
    if isinstance(event, Waiting):
        verb, rest = _waiting(event)
        print(f"{verb:>{_WIDTH}} {rest}", file=sys.stderr, flush=True)
