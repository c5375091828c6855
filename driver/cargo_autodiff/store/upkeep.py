"""Keeping a store within its size and clean: what was used longest ago goes first. Never in the way of a build."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from cargo_autodiff.files import is_alive
from cargo_autodiff.named import Frozen, Named, each
from cargo_autodiff.store.entry import Entry, sha256
from cargo_autodiff.store.lock import is_held

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cargo_autodiff.store.local import Folder

_TARGET = 0.8  # of the limit: what an eviction leaves
_OURS = ("ac", "cas", "locks", "tmp", "builds")
_FILES = ("size", "log")


class Usage(Frozen):
    """What a store holds."""

    entries: int
    blobs: int
    size: int
    """Bytes of both."""


class Verdict(Named):
    """What an examination of every entry and blob found."""

    entries: int = 0
    blobs: int = 0
    damaged: list[str] = each(factory=list)
    """Blobs that were not what their name says, and entries that were damaged or lack a blob; all are removed."""


def usage(folder: Folder) -> Usage:
    """Count."""
    entries, blobs = list(_files(folder.path / "ac")), list(_files(folder.path / "cas"))
    return Usage(entries=len(entries), blobs=len(blobs), size=sum(file.stat().st_size for file in entries + blobs))


def keep_within(folder: Folder, limit: int, grown: int) -> None:
    """Note that the store has grown by some bytes, and evict when that makes it too large. Raises nothing."""
    with suppress(OSError):
        size = folder.path / "size"
        known = [int(word) for word in size.read_text().split() if word.isdigit()] if size.exists() else []
        if not known or sum(known) + grown > limit:
            evict(folder, limit)
        else:
            with size.open("a") as file:
                file.write(f"{grown}\n")


def evict(folder: Folder, limit: int) -> int:
    """Remove what was used longest ago until the store is well within its limit; give the bytes removed.

    Entries and blobs go alike: an entry without its blob is a miss, a blob without an entry will be the oldest.
    """
    files = sorted(_stamped(folder))
    size = sum(length for _, length, _ in files)
    removed = 0
    if size > limit:
        for _, length, path in files:
            if size - removed <= limit * _TARGET:
                break
            with suppress(OSError):
                os.unlink(path)  # noqa: PTH108 - as scandir gave it
                removed += length
    with suppress(OSError):
        folder.write(folder.path / "size", f"{size - removed}\n".encode())
    return removed


def _stamped(folder: Folder) -> Iterator[tuple[float, int, str]]:
    for table in ("ac", "cas"):
        for file in _files(folder.path / table):
            with suppress(OSError):
                status = file.stat()
                yield status.st_mtime, status.st_size, file.path


def _files(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    try:
        found = list(os.scandir(folder))
    except OSError:
        return
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path)
        else:
            yield entry


def sweep(folder: Folder) -> int:
    """Remove what killed processes left: unfinished files, and locks that nobody holds. Give how many."""
    left = [entry.path for entry in _files(folder.unfinished) if not is_alive(entry.name)]
    left += [lock.path for lock in _files(folder.locks) if not is_held(folder.locks / lock.name)]
    for path in left:
        with suppress(OSError):
            os.unlink(path)  # noqa: PTH108
    return len(left)


def verify(folder: Folder) -> Verdict:
    """Read every entry and every blob, and remove what is damaged."""
    verdict = Verdict()
    for file in _files(folder.path / "cas"):
        verdict.blobs += 1
        data = folder.read(folder.blob(file.name), mark=False)
        if data is None or sha256(data) != file.name:
            verdict.damaged.append(file.name)
            folder.remove(folder.blob(file.name))
    for file in _files(folder.path / "ac"):
        verdict.entries += 1
        raw = folder.read(folder.entry(file.name), mark=False)
        entry = Entry.read(raw, file.name) if raw is not None else None
        if entry is None or any(not folder.blob(digest).exists() for digest in entry.blobs.values()):
            verdict.damaged.append(file.name)
            folder.remove(folder.entry(file.name))
    return verdict


def clear(folder: Folder) -> None:
    """Remove everything that is the store's, and nothing else."""
    from shutil import rmtree  # imports decompressors

    for name in _OURS:
        rmtree(folder.path / name, ignore_errors=True)
    for name in _FILES:
        folder.remove(folder.path / name)
