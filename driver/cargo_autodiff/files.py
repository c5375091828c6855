"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable


def write_whole(path: Path, put: Callable[[Path], object]) -> None:
    """Let `put` write a temporary file beside `path`, then rename it there. Raises FileError."""
    try:
        handle, name = fresh(f"{path.parent}/.{path.name}.", path.suffix)
        os.close(handle)
        temporary = Path(name)
        try:
            put(temporary)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FileError(
            f"the file cannot be written: {error.strerror}",
            where=str(path),
            hint="check that its folder exists, can be written and has room",
        ) from None


def fresh(start: str, end: str = "") -> tuple[int, str]:
    """Open a file that was not there, of a name with these ends; who may read it is what the umask says.

    Unlike `tempfile`, which makes files for their owner alone, and takes 5 ms to import in every process that writes.
    """
    name = f"{start}{os.urandom(8).hex()}{end}"
    return os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o666), name


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file by rename, so that a reader sees all of it or nothing. Raises FileError."""

    def put(temporary: Path) -> None:
        temporary.write_bytes(content)

    write_whole(path, put)


def is_alive(name: str) -> bool:
    """Tell whether the process that made an unfinished file, whose number its name begins with, still runs."""
    try:
        os.kill(int(name.partition("-")[0]), 0)
    except PermissionError:
        return True
    except (ValueError, ProcessLookupError, OverflowError):
        return False
    return True
