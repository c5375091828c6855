"""What files are, by content: worked out once, and again when a file was touched in any way."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from cargo_autodiff.errors import FileError
from cargo_autodiff.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_REMEMBERED = "digests.json"


def digests(files: Iterable[Path], tools: Path) -> dict[Path, str]:
    """Give the sha256 of each file, remembered in the tools folder. Raises FileError when one cannot be read.

    A file counts as unchanged as long as its place, size and all its times are: no program can set `ctime`.
    """
    memory = tools / _REMEMBERED
    known = _read(memory)
    found: dict[Path, str] = {}
    fresh = dict(known)
    for path in files:
        try:
            status = path.stat()
            mark = [status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns]
            entry = known.get(str(path))
            if not isinstance(entry, list) or entry[:-1] != mark:
                with path.open("rb") as file:
                    entry = fresh[str(path)] = [*mark, hashlib.file_digest(file, "sha256").hexdigest()]
        except OSError as error:
            raise FileError("the file cannot be read", where=str(path), why=error.strerror or "") from None
        found[path] = str(entry[-1])
    if fresh != known:
        there = {path: entry for path, entry in fresh.items() if os.path.lexists(path)}
        with suppress(FileError):  # a read-only folder only means working it out again
            write_whole(memory, lambda temporary: _write(temporary, there))
    return found


def _read(memory: Path) -> dict[str, object]:
    """Read what is remembered; damaged memory is no memory."""
    try:
        known = json.loads(memory.read_text())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _write(path: Path, known: dict[str, object]) -> None:
    path.write_text(json.dumps(known, indent=1))
