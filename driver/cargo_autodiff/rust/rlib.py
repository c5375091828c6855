"""Bitcode inside the objects of rlibs, found by the archives' own tables; nothing of LLVM is needed for it."""

from __future__ import annotations

import hashlib
import os
import re
import struct
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

SECTION = ".llvmbc"
_MAGIC = b"!<arch>\n"
_HEADER = 60
_MANGLED = ("_R", "_ZN")
_PART = re.compile(rb"^\d+\.")
_SECTION_HEADER = struct.Struct("<IIQQQQII")  # name, type, flags, address, offset, size, link, info


class Member(NamedTuple):
    """An object inside an archive: where its header starts."""

    archive: Path
    offset: int
    optional: bool

    @property
    def label(self) -> str:
        """Name it wherever the archive is."""
        return f"{self.archive.name} at {self.offset}"

    def bitcode(self) -> bytes:
        """Read the bitcode inside, if there is any."""
        with self.archive.open("rb") as file:
            file.seek(self.offset)
            header = file.read(_HEADER)
            return _section(file.read(int(header[48:58])))


class Archive:
    """An archive and its symbol table, which is left in bytes: std's has thousands of names, and few are asked for."""

    def __init__(self, path: Path, *, optional: bool) -> None:
        self.path = path
        self.optional = optional
        self._offsets = _index(path)

    def member(self, name: str) -> Member | None:
        """Find the object that defines a function."""
        if self.optional and not name.startswith(_MANGLED):
            return None
        offset = self._offsets.get(name.encode(errors="surrogateescape"))
        if offset is None:
            return None
        member = Member(self.path, offset, self.optional)
        return member if self.optional or member.bitcode() else self._holders.get(self._module(member), member)

    @cached_property
    def _holders(self) -> dict[bytes, Member]:
        """The objects that hold bitcode, by the module that they are of."""
        members = (Member(self.path, offset, self.optional) for offset in _offsets(self.path))
        return {self._module(member): member for member in members if member.bitcode()}

    @cached_property
    def _names(self) -> bytes:
        """The names that are too long for a header: a member of its own, which comes first but for the symbols."""
        with self.path.open("rb") as file:
            for offset in _offsets(self.path):
                file.seek(offset)
                header = file.read(_HEADER)
                if header.startswith(b"//"):
                    return file.read(int(header[48:58]))
        return b""

    def _module(self, member: Member) -> bytes:
        """Say of which module an object is: its name without the number of the part (cargo/archive.py)."""
        with self.path.open("rb") as file:
            file.seek(member.offset)
            name = file.read(16).rstrip()
        if name[:1] == b"/":
            name = self._names[int(name[1:]) :].partition(b"\n")[0]
        return _PART.sub(b"", name.removesuffix(b"/"))


def providers(names: Iterable[str], archives: Sequence[Archive]) -> dict[str, Member]:
    """Find the object of each name in the first archive that has it, as far as there is one."""
    found = ((name, (archive.member(name) for archive in archives)) for name in names)
    firsts = ((name, next(filter(None, members), None)) for name, members in found)
    return {name: member for name, member in firsts if member is not None}


def _index(archive: Path) -> dict[bytes, int]:
    """Read an archive's own symbol table (System V: big-endian count, offsets, then names)."""
    try:
        with archive.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                return {}
            header = file.read(_HEADER)
            if header[:16].rstrip() != b"/":
                return {}
            table = file.read(int(header[48:58]))
    except (OSError, ValueError):
        return {}
    (count,) = struct.unpack_from(">I", table)
    offsets = struct.unpack_from(f">{count}I", table, 4)
    names = table[4 + 4 * count :].split(b"\0")[:count]
    return dict(zip(reversed(names), reversed(offsets[: len(names)]), strict=True))  # the first of a name counts


def _offsets(archive: Path) -> Iterator[int]:
    """Give where each member's header starts."""
    with archive.open("rb") as file:
        at, end = len(_MAGIC), file.seek(0, os.SEEK_END)
        while at + _HEADER <= end:
            yield at
            file.seek(at)
            size = int(file.read(_HEADER)[48:58])
            at += _HEADER + size + size % 2


def outside(names: Iterable[str], libraries: Sequence[Path]) -> dict[str, str]:
    """Say which bitcode of the libraries has each function: its sha256, or nothing if none has it. Raises OSError."""
    wanted = list(names)
    found = providers(wanted, [Archive(path, optional=False) for path in libraries]) if wanted else {}
    digests = {member: hashlib.sha256(member.bitcode()).hexdigest() for member in set(found.values())}
    return {name: digests[found[name]] if name in found else "" for name in wanted}


def _section(data: bytes) -> bytes:
    """Find the section in an ELF object of 64 bits, little-endian; LLVM 15 aborts when its C API is asked for it."""
    if data[:6] != b"\x7fELF\x02\x01":
        return b""
    (start,) = struct.unpack_from("<Q", data, 0x28)
    size, count, names = struct.unpack_from("<HHH", data, 0x3A)
    first = _SECTION_HEADER.unpack_from(data, start)
    count = count or first[5]  # where there are too many for two bytes the first header says how many
    names = first[6] if names == 0xFFFF else names
    strings = _SECTION_HEADER.unpack_from(data, start + names * size)[4]
    for number in range(count):
        name, _, _, _, offset, length, _, _ = _SECTION_HEADER.unpack_from(data, start + number * size)
        if data.startswith(f"{SECTION}\0".encode(), strings + name):
            return data[offset : offset + length]
    return b""
