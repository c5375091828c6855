"""Cargo's jobserver: a pipe with one byte for every job that may run beside those that do (GNU make's protocol)."""

from __future__ import annotations

import os
import re
import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping

_AUTH = re.compile(r"--jobserver-(?:auth|fds)=(?:fifo:(?P<fifo>\S+)|(?P<read>\d+),(?P<write>\d+))")
_PATIENCE = 0.05  # seconds between two looks at whether the work is over


class JobServer:
    """Tokens from the jobserver of the environment; without one, the machine's processors.

    The pipe's read end is opened anew, so that it can be read without blocking while other processes that share
    it go on blocking.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.most = max((os.cpu_count() or 1) - 1, 0)
        self._read = self._write = -1
        found = _AUTH.search(environ.get("CARGO_MAKEFLAGS") or environ.get("MAKEFLAGS") or "")
        if found is None:
            return
        ends = (found["fifo"],) * 2 if found["fifo"] else (f"/proc/self/fd/{found[end]}" for end in ("read", "write"))
        read, write = ends
        try:
            self._read = os.open(read, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            self._write = os.open(write, os.O_WRONLY | os.O_CLOEXEC)
        except OSError:
            self.most = 0  # it was named but is gone: only the job we were given

    def acquire(self, stop: threading.Event) -> bool:
        """Wait for a token."""
        while not stop.is_set():
            if self._write < 0:
                return True
            ready, _, _ = select.select([self._read], [], [], _PATIENCE)
            try:
                if ready and os.read(self._read, 1):
                    return True
            except BlockingIOError:
                continue  # another process was quicker
        return False

    def release(self) -> None:
        """Put the token back."""
        if self._write >= 0:
            os.write(self._write, b"+")
