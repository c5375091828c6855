"""Native objects in place of bitcode: on a link line, and in archives."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.cargo.archive import bitcode_in, is_bitcode, replace_bitcode
from cargo_autodiff.codegen import Lto
from cargo_autodiff.ir.asking import asks
from cargo_autodiff.named import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from cargo_autodiff.pipeline.plan import Crate
    from cargo_autodiff.pipeline.run import Run

_LTO_OPTION = "-Wl,-plugin-opt"
_END = re.compile(r"(\.[0-9a-z]{7})?\.rcgu\.o$")  # of an incremental build's object the part before differs in each run


class Natives:
    """The native objects of one crate's link and archives, derivatives in place; each bitcode is compiled once.

    `scratch` is an empty folder of our own. What is raised is what the stages raise.
    """

    def __init__(self, run: Run, crate: Crate, scratch: Path) -> None:
        self.given: list[Path] = []
        """The bitcode that was on link lines."""
        self._run = run
        self._crate = crate
        self._scratch = scratch
        self._made: dict[str, list[Path]] = {}

    def on_line(self, arguments: Iterable[str]) -> list[str]:
        """Replace the bitcode on a link line.

        With LTO, rlibs hold bitcode, and what the crate itself brings stays bitcode: rustc's own lld gets it as it is,
        for any other linker it is compiled here.
        """
        given = list(arguments)
        has_lto = _has_lto(given)
        kept = [word for word in given if has_lto or not word.startswith(_LTO_OPTION)]
        own = {word for word in kept if word.endswith(".o") and is_bitcode(Path(word))}
        crate = self._crate if has_lto else replace(self._crate, lto=Lto.NONE)
        self.given += map(Path, own)
        objects = self._objects_of({_name(Path(word)): Path(word) for word in kept if word in own}, crate)
        natives: list[str] = []
        for word in kept:
            if word in own:
                natives += map(str, objects[_name(Path(word))])
            else:
                natives.append(self._library(word, has_lto=has_lto))
        return natives

    def _library(self, word: str, *, has_lto: bool) -> str:
        if word.endswith(".rlib") and any(not has_lto or asks(bitcode) for bitcode in bitcode_in(Path(word))):
            return str(self._native_copy(Path(word)))
        return word

    def in_archive(self, archive: Path) -> None:
        """Replace the bitcode in an archive that rustc wrote; what is no rlib is for linkers that know only objects."""
        crate = self._crate if archive.suffix == ".rlib" else replace(self._crate, lto=Lto.NONE)
        self._replace(archive, lambda path: self._objects_of_one(path, _name(path), crate))

    def _native_copy(self, archive: Path) -> Path:
        copy = self._scratch / archive.name
        if not copy.exists():
            copy.write_bytes(archive.read_bytes())
            plain = replace(self._crate, is_library=False, lto=Lto.NONE)
            self._replace(copy, lambda path: self._objects_of_one(path, f"{archive.stem}.{path.name}", plain))
        return copy

    def _replace(self, archive: Path, native: Callable[[Path], list[Path]]) -> None:
        members = self._scratch / f"{archive.name}.members"
        members.mkdir()
        replace_bitcode(self._run.toolchain.ar, archive, members, native)

    def _objects_of_one(self, bitcode: Path, name: str, crate: Crate) -> list[Path]:
        return self._objects_of({name: bitcode}, crate)[name]

    def _objects_of(self, modules: Mapping[str, Path], crate: Crate) -> dict[str, list[Path]]:
        """Make those that were not made yet."""
        # what stays bitcode may be asked for again, native: those are files of their own
        end = "" if crate.lto is self._crate.lto else ".native"
        new: dict[str, Path] = {}
        for name, bitcode in modules.items():
            if name + end not in self._made:
                new[name + end] = self._run.folder / f"{name}{end}.bc"
                new[name + end].write_bytes(bitcode.read_bytes())
        self._made |= self._run.objects_of(new, crate)
        return {name: self._made[name + end] for name in modules}


def _name(bitcode: Path) -> str:
    return _END.sub("", bitcode.name)


def is_plain(line: Sequence[str]) -> bool:
    """Tell whether a link needs nothing of ours: there is no placeholder in it, and its linker takes bitcode."""
    objects = (Path(word).read_bytes() for word in line if word.endswith(".o") and is_bitcode(Path(word)))
    members = (bitcode for word in line if word.endswith(".rlib") for bitcode in bitcode_in(Path(word)))
    return _has_lto(line) and not any(map(asks, chain(objects, members)))


def _has_lto(line: Sequence[str]) -> bool:
    """Tell whether rustc chose its own lld, which has rustc's LLVM, and nobody another linker after it."""
    chosen = [word for word in line if word.startswith("-fuse-ld=")]
    return chosen[-1:] == ["-fuse-ld=lld"] and any(word.endswith("gcc-ld") for word in line)
