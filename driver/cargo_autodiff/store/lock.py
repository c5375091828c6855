"""One process at a time makes a result; the kernel gives the lock back when its holder dies."""

from __future__ import annotations

import importlib
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SILENCE = 2.0  # seconds of waiting before anybody is told
PATIENCE = 1800.0  # seconds; then the result is made twice rather than never
_POLL = 0.02  # seconds


def get_ready() -> None:
    """Import what locking needs, which takes 30 ms, at a time when nobody waits."""
    importlib.import_module("filelock")


@contextmanager
def only_one(path: Path, waiting: Callable[[int | None], None]) -> Iterator[None]:
    """Hold the lock of a file, which stays there; without it where there can be no locks.

    `waiting` is told the holder's process number, if it is known, when it takes long.
    """
    from filelock import Timeout, UnixFileLock  # not imported by who asks for nothing but what is there

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = UnixFileLock(path, fallback_to_soft=False)
        try:
            lock.acquire(timeout=SILENCE, poll_interval=_POLL)
        except Timeout:
            waiting(holder(path))
            lock.acquire(timeout=PATIENCE, poll_interval=_POLL)
    except (OSError, NotImplementedError):  # a read-only folder, a file system without locks, or nobody ever lets go
        yield
        return
    try:
        yield
    finally:
        lock.release()


def is_held(path: Path) -> bool:
    """Tell whether some process holds the lock of a file."""
    import fcntl

    try:
        handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def holder(path: Path) -> int | None:
    """Say which process holds the lock, as the kernel knows it; none where it does not tell."""
    try:
        status = path.stat()
        lines = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return None
    place = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    found = (line.split() for line in lines if place in line and "->" not in line)
    return next((int(words[4]) for words in found if words[1] == "FLOCK" and int(words[4]) > 0), None)
