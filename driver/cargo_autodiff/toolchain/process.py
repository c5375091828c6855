"""Starting a process that we do not wait for. Imports next to nothing: rustc is started first."""

from __future__ import annotations

import os

from cargo_autodiff.errors import ToolsetError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping, Sequence
else:
    import _signal as signal  # as in cli/endings.py

_IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)
"""A program must not find them so (as subprocess does it)."""


class Running:
    """A process that was started and not waited for; the one who starts it owns it."""

    def __init__(self, words: Sequence[str], env: Mapping[str, str]) -> None:
        """Start it with our own standard streams and open descriptors (cargo's jobserver is one).

        Raises ToolsetError when the program cannot be started.
        """
        try:
            self.pid = os.posix_spawnp(words[0], list(words), dict(env), setsigdef=_IGNORED_BY_PYTHON)
        except OSError as error:
            raise cannot_start(words[0], error) from None
        self._code: int | None = None

    def wait(self) -> int:
        """Wait for its end; give its exit code, negative for a signal."""
        if self._code is None:
            _, status = os.waitpid(self.pid, 0)
            self._code = os.waitstatus_to_exitcode(status)
        return self._code

    def kill(self) -> None:
        """End it at once."""
        if self._code is None:
            os.kill(self.pid, signal.SIGKILL)


def cannot_start(program: str, error: OSError) -> ToolsetError:
    """Say that there is no such program, or none that can be run."""
    name = program.rpartition("/")[2]
    return ToolsetError(f"{name} cannot be started: {os.strerror(error.errno or 0)}", where=program)
