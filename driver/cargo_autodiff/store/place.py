"""Where the store is, and whether code from there may be run: an entry is code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cargo_autodiff.errors import FileError
from cargo_autodiff.settings import CacheMode, user_folder

if TYPE_CHECKING:
    from pathlib import Path

    from cargo_autodiff.settings import Settings

_TAG = """\
Signature: 8a477f597d28d172789f06886806bc55
# Results of cargo-autodiff that can be made again. Backups may leave this folder out (bford.info/cachedir).
"""


def store_folder(settings: Settings) -> Path | None:
    """Say where the store is; none when it is off, or there is no home folder to put it in."""
    if settings.cache is CacheMode.OFF:
        return None
    return settings.cache_dir or user_folder("XDG_CACHE_HOME", ".cache")


def check_trust(folder: Path) -> None:
    """Raise FileError when somebody else could have put code there; a folder that is not there holds none."""
    try:
        status = folder.stat()
    except OSError:
        return
    if status.st_uid not in (os.geteuid(), 0):
        raise FileError(
            "the cache folder belongs to another user",
            where=str(folder),
            why="what is stored there becomes part of your programs",
            hint="set AUTODIFF_CACHE_DIR to a folder of your own, or AUTODIFF_CACHE=off",
        )
    if status.st_mode & 0o002:
        raise FileError(
            "the cache folder can be written by everybody",
            where=str(folder),
            why="what is stored there becomes part of your programs",
            hint=f"run `chmod o-w {folder}` if you trust what is in it, or set AUTODIFF_CACHE_DIR to another folder",
        )


def prepare(folder: Path) -> None:
    """Make the folder, for its owner alone, and mark it as a cache. Raises OSError."""
    if (folder / "CACHEDIR.TAG").exists():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "CACHEDIR.TAG").write_text(_TAG)
