"""Tool sets small enough to be made in a test: wheels of a few bytes, tools of a few lines of C."""

from __future__ import annotations

import hashlib
import os
import subprocess
import zipfile
from pathlib import Path, PurePosixPath

from cargo_autodiff.named import Frozen
from cargo_autodiff.settings import Settings
from cargo_autodiff.toolchain.profile import HostKind, Member, Profile, Role, Wheel

PLUGIN = b"\0not really a plugin\0" * 500


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def make_archive(path: Path, content: dict[str, bytes]) -> bytes:
    """Make an archive, the same bytes each time; one that is there already is left alone."""
    if not path.exists():
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in content.items():
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return path.read_bytes()


class FakeSet(Frozen):
    """A profile whose one wheel is really there, in a folder of wheels."""

    profile: Profile
    settings: Settings

    @property
    def wheel(self) -> Wheel:
        return self.profile.wheels[0]

    @property
    def archive(self) -> Path:
        assert self.settings.wheels is not None
        return self.settings.wheels / self.wheel.file

    @property
    def tools(self) -> Path:
        return self.settings.tools_folder()

    @property
    def place(self) -> Path:
        return self.tools / self.wheel.folder


def fake_set(folder: Path, content: dict[str, bytes] | None = None, *, pinned: bytes = PLUGIN) -> FakeSet:
    """Make a plugin's wheel; `content` is what the archive holds, `pinned` what its member is expected to be."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    raw = make_archive(wheels / "fake-1.0-py3-none-any.whl", {"fake/x.so": PLUGIN} if content is None else content)
    member = Member(
        path="fake/x.so",
        to=PurePosixPath("lib/LLVMEnzyme-99.so"),
        size=len(pinned),
        sha256=sha256(pinned),
        executable=False,
    )
    wheel = Wheel(
        gives=Role.HOST,
        machine=os.uname().machine,
        project="fake",
        version="1.0",
        file="fake-1.0-py3-none-any.whl",
        sha256=sha256(raw),
        size=len(raw),
        python="3.11",
        platform="any",
        members=(member,),
    )
    profile = Profile(name="fake", llvm=99, accepts=frozenset({99}), host=HostKind.PLUGIN, wheels=(wheel,))
    return FakeSet(profile=profile, settings=Settings(tools_dir=folder / "tools", wheels=wheels))


def make_tools(folder: Path, version: str, *, names: tuple[str, ...] = ("opt", "llc", "llvm-ar")) -> Path:
    """Compile programs that say they are of an LLVM, and load a libLLVM from ../lib; returns their folder."""
    binaries, library = folder / "bin", folder / "lib" / f"libLLVM.so.{version}"
    binaries.mkdir(parents=True)
    library.parent.mkdir()
    cc(library, "int LLVMGetVersion(void) { return 0; }", "-shared", "-fPIC", f"-Wl,-soname,{library.name}")
    body = f'puts("  LLVM version {version}"); return LLVMGetVersion();'
    says = f"#include <stdio.h>\nint LLVMGetVersion(void);\nint main(void) {{ {body} }}"
    for name in names:
        cc(binaries / name, says, str(library), "-Wl,-rpath,$ORIGIN/../lib")
    return binaries


def cc(out: Path, source: str, *flags: str) -> None:
    """Compile a line of C."""
    subprocess.run(["cc", "-x", "c", "-", "-x", "none", "-o", str(out), *flags], input=source.encode(), check=True)  # noqa: S607


def left_behind(tools: Path) -> list[str]:
    """List unfinished files and folders."""
    return sorted(path.name for path in tools.rglob(".unfinished-*"))
