"""Ends by a signal: what we started ends too, what is half made goes, and whoever waits for us sees the signal."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_REQUESTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(KeyboardInterrupt):
    """Someone asked this process to end."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def stop_when_asked() -> None:
    """Let each of the signals that ask for an end raise Stopped, unless it is ignored (nohup, `&`)."""
    for number in _REQUESTS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    for request in _REQUESTS:
        signal.signal(request, signal.SIG_IGN)  # a second one must not break off the cleaning up
    for child in _children():
        with suppress(ProcessLookupError):
            os.kill(child, number)
    raise Stopped(number)


def _children() -> Iterator[int]:
    for path in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            yield from map(int, path.read_text().split())


def end_by(number: int) -> int:
    """End by a signal; return a shell's code for it, in case that it is blocked."""
    with suppress(OSError):  # there is nothing to reset for SIGKILL
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    return 128 + number
