"""Ends by a signal: what we started ends too, what is half made goes, and whoever waits for us sees the signal."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Iterator
    from types import FrameType
    from typing import NoReturn
else:
    import _signal as signal  # the same without its enums, which take 6 ms to import before rustc is started

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
        try:
            os.kill(child, number)
        except ProcessLookupError:
            continue
    raise Stopped(number)


def _children() -> Iterator[int]:
    """Give their numbers. Nothing is imported: a signal can come while that very module is."""
    for task in os.listdir("/proc/self/task"):  # noqa: PTH208
        try:
            with open(f"/proc/self/task/{task}/children") as file:  # noqa: PTH123
                yield from map(int, file.read().split())
        except OSError:
            continue


def end_by(number: int) -> int:
    """End by a signal; return a shell's code for it, in case that it is blocked."""
    if number != signal.SIGKILL:  # there is nothing to reset
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    return 128 + number
