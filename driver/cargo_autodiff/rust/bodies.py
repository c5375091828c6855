"""Bodies of functions that live in other crates: from the bitcode inside the objects of their rlibs.

rustc puts the bitcode of each of std's objects into it, in a section `.llvmbc`; the driver puts a crate's into an
object of its own beside the others. A body is fetched only when a derivative reaches it.
"""

from __future__ import annotations

import os
import re
import struct
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.closure import divide_statics, keep, own, undefined
from cargo_autodiff.ir.module import Module
from cargo_autodiff.rust.rules.inactive import is_inactive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from cargo_autodiff.ir.libllvm import LibLLVM

SECTION = ".llvmbc"
_MAGIC = b"!<arch>\n"
_HEADER = 60
_ALLOCATOR = "7___rustc"
_MANGLED = ("_R", "_ZN")
_PART = re.compile(rb"^\d+\.")
_SECTION_HEADER = struct.Struct("<IIQQQQII")  # name, type, flags, address, offset, size, link, info


def holder(like: Module, bitcode: bytes) -> Module:
    """Make a module, for the target of another, whose object holds nothing but bitcode in a section.

    As assembly, because only there a section can be marked (`e`) as one that linkers leave out of programs.
    """
    module = Module.empty(like.llvm, like.context, "bitcode")
    module.set_target(like.triple, like.layout)
    text = "".join(f"\\{byte:03o}" for byte in bitcode)
    assembly = f'.section {SECTION},"e"\n.ascii "{text}"\n.text\n'.encode()
    module.llvm.LLVMAppendModuleInlineAsm(module.ref, assembly, len(assembly))
    return module


def make(what: str, names: Sequence[str], made: Callable[[], bytes]) -> bytes:
    """Make prepared bodies, and remember none."""
    return made()


def fetch(
    module: Module,
    roots: Sequence[str],
    libraries: Iterable[Path],
    std: Iterable[Path] = (),
    remember: Callable[[str, Sequence[str], Callable[[], bytes]], bytes] = make,
) -> bool:
    """Leave what the roots reach, and link the bodies that it lacks, as far as the libraries have their bitcode.

    A body that needs a private static of its crate is refused, or, of `std`, left out: only its own crate can reach the
    static. Raises Refused. `remember` is asked for bodies of `std`, whose bitcode is large: it is given the object, the
    names, and what makes their bitcode, which is empty where they are left out. Tells whether anything was linked.
    """
    keep(module, roots)
    missing = _missing(module)
    if not missing:
        return False
    # of std only Rust's own functions: what has a C name there (fmod, …) Enzyme knows by that name
    archives = [_Archive(path, optional=False) for path in libraries] + [_Archive(path, optional=True) for path in std]
    seen: set[str] = set()
    while wanted := _providers(missing - seen, archives):
        seen |= wanted.keys()
        for member in sorted(set(wanted.values())):
            names = sorted(name for name in wanted if wanted[name] == member)
            if member.optional:
                bitcode = remember(member.label, names, partial(_prepared, module, member, names))
                if bitcode:
                    module.link(Module.parse(module.llvm, module.context, bitcode, member.label))
            elif (body := _read_body(module.llvm, module.context, member)) is not None:
                _close(body, names, member)
                module.link(body)
        missing = _missing(module)
    return bool(seen)


def _prepared(module: Module, member: _Member, wanted: Sequence[str]) -> bytes:
    """Read what is wanted of a member of std; nothing, if it has no bitcode or needs a private static."""
    body = _read_body(module.llvm, module.context, member)
    if body is None:
        return b""
    try:
        _close(body, wanted, member)
    except Refused:
        return b""
    return body.bitcode()


def _close(body: Module, wanted: Sequence[str], member: _Member) -> None:
    """Leave what is wanted of a crate's bitcode, with copies of its own of what that needs. Raises Refused."""
    keep(body, wanted)
    private = _private_static(body)
    if private:
        raise Refused(
            "a function of another crate cannot be differentiated here",
            why=f"it uses the private static `{private}` of {member.archive.name}",
            hint="put the derivative into that crate, or pass the static's content as a parameter",
        )
    for function in body.definitions():
        if function.name not in wanted:
            own(function)
    divide_statics(body)


def _private_static(body: Module) -> str:
    for variable in body.variables():
        if variable.is_local and not variable.is_declaration and not body.llvm.LLVMIsGlobalConstant(variable.ref):
            return variable.name
    return ""


@dataclass(frozen=True, order=True)
class _Member:
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


def _missing(module: Module) -> set[str]:
    """Name the functions without body that could carry a derivative."""
    functions = (function for name in undefined(module) if (function := module.function(name)))
    return {
        function.name
        for function in functions
        if not function.has("noreturn") and not is_inactive(function.name) and _ALLOCATOR not in function.name
    }


class _Archive:
    """An archive and its symbol table, which is left in bytes: std's has thousands of names, and few are asked for."""

    def __init__(self, path: Path, *, optional: bool) -> None:
        self.path = path
        self.optional = optional
        self._offsets = _index(path)

    def member(self, name: str) -> _Member | None:
        """Find the object that defines a function."""
        if self.optional and not name.startswith(_MANGLED):
            return None
        offset = self._offsets.get(name.encode(errors="surrogateescape"))
        if offset is None:
            return None
        member = _Member(self.path, offset, self.optional)
        return member if self.optional or member.bitcode() else self._holders.get(self._module(member), member)

    @cached_property
    def _holders(self) -> dict[bytes, _Member]:
        """The objects that hold bitcode, by the module that they are of."""
        members = (_Member(self.path, offset, self.optional) for offset in _offsets(self.path))
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

    def _module(self, member: _Member) -> bytes:
        """Say of which module an object is: its name without the number of the part (cargo/archive.py)."""
        with self.path.open("rb") as file:
            file.seek(member.offset)
            name = file.read(16).rstrip()
        if name[:1] == b"/":
            name = self._names[int(name[1:]) :].partition(b"\n")[0]
        return _PART.sub(b"", name.removesuffix(b"/"))


def _providers(names: Iterable[str], archives: Sequence[_Archive]) -> dict[str, _Member]:
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


def _read_body(llvm: LibLLVM, context: int, member: _Member) -> Module | None:
    """Read the module inside an object of an archive, if it has any."""
    bitcode = member.bitcode()
    return Module.parse(llvm, context, bitcode, f"{member.archive} at {member.offset}") if bitcode else None


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
