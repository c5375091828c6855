"""The store on this machine's disk: entries `ac/KEY`, blobs `cas/AA/SHA256`, everything written whole or not at all."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from cargo_autodiff.files import fresh
from cargo_autodiff.store.place import prepare

if TYPE_CHECKING:
    from pathlib import Path

_AGE = 3600.0  # seconds; a file that was used within the last hour need not be marked as used again


class Folder:
    """Two tables of files. Reading never raises; writing raises OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unfinished = path / "tmp"
        self.locks = path / "locks"

    def entry(self, key: str) -> Path:
        """Where a key's entry is."""
        return self.path / "ac" / key

    def blob(self, digest: str) -> Path:
        """Where a blob is."""
        return self.path / "cas" / digest[:2] / digest

    def read(self, path: Path, *, mark: bool) -> bytes | None:
        """Read a file that may not be there; `mark` it as used, so that it is evicted later than others."""
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return None
        with os.fdopen(handle, "rb") as file:
            try:
                if mark and time.time() - os.fstat(handle).st_mtime > _AGE:
                    os.utime(handle)
            except OSError:
                pass  # somebody else's file, or a read-only disk: it is only evicted earlier
            try:
                return file.read()
            except OSError:
                return None

    def write(self, path: Path, data: bytes) -> None:
        """Write a file by rename; what was there is replaced."""
        prepare(self.path)
        self.unfinished.mkdir(exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = fresh(f"{self.unfinished}/{os.getpid()}-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(name, path)  # noqa: PTH105
        except BaseException:
            with suppress(OSError):
                os.unlink(name)  # noqa: PTH108
            raise

    def remove(self, path: Path) -> None:
        """Remove what is damaged, as far as it can be."""
        with suppress(OSError):
            path.unlink()
