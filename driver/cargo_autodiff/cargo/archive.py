"""Archives of objects: members out, changed members in, the archive replaced whole."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cargo_autodiff.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cargo_autodiff.toolchain.tool import Tool

_ARCHIVE = b"!<arch>\n"
_HEADER = 60  # bytes; the last field but one is the size, in decimals
_BITCODE = (b"BC\xc0\xde", b"\xde\xc0\x17\x0b")


def is_bitcode(path: Path) -> bool:
    """Tell LLVM bitcode, plain or wrapped, by its first bytes."""
    try:
        with path.open("rb") as file:
            return file.read(4) in _BITCODE
    except OSError:
        return False


def bitcode_in(archive: Path) -> Iterator[bytes]:
    """Give the content of every member that is bitcode; a file that is no archive has none."""
    try:
        with archive.open("rb") as file:
            at, end = len(_ARCHIVE), file.seek(0, os.SEEK_END)
            file.seek(0)
            if file.read(at) != _ARCHIVE:
                return
            while at + _HEADER <= end:
                file.seek(at)
                size = int(file.read(_HEADER)[48:58])
                begin = file.read(4)
                if begin in _BITCODE:
                    yield begin + file.read(size - 4)
                at += _HEADER + size + size % 2
    except (OSError, ValueError):
        return


def replace_bitcode(ar: Tool, archive: Path, folder: Path, native: Callable[[Path], list[Path]]) -> None:
    """Replace every member that is bitcode by its native objects, the first under the same name.

    `folder` is empty and takes the members. Raises ToolFailed, FileError, and what `native` raises; then the archive is
    as it was.
    """
    members = ar.command("t", archive).run().split()
    ar.command("x", "--output", folder, archive).run()
    changed = []
    for member in members:
        path = folder / member
        if is_bitcode(path):
            for number, made in enumerate(native(path)):
                place = path.with_name(f"{number}.{member}") if number else path
                place.write_bytes(made.read_bytes())
                changed.append(place)
    if not changed:
        return

    def put(temporary: Path) -> None:
        temporary.write_bytes(archive.read_bytes())
        ar.command("r", temporary, *changed).run()

    write_whole(archive, put)
