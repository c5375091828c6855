"""Fetch pinned wheels, take the pinned members out of them, and put the result into place in one step."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import zipfile
import zlib
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from cargo_autodiff.errors import DriverError, FileError, InstallError, ToolFailed, ToolsetError
from cargo_autodiff.toolchain.builds import ask_build
from cargo_autodiff.toolchain.hosts.catalyst import SOURCE, loader_path
from cargo_autodiff.toolchain.locate import MANIFEST, find_binaries, read_manifest, why_distrusted
from cargo_autodiff.toolchain.profile import HostKind, Profile, Role
from cargo_autodiff.toolchain.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.settings import Settings
    from cargo_autodiff.toolchain.locate import Rustc
    from cargo_autodiff.toolchain.profile import Member, Wheel

PREFIX = ".unfinished-"  # of every file and folder that is not whole yet
CHUNK = 1 << 20


class InstallEvents(Protocol):
    """Who wants to know how far the installation is."""

    def began(self, what: str, size: int) -> None:
        """Say that a step of `size` bytes (0: unknown) begins."""

    def advanced(self, count: int) -> None:
        """Say that `count` more bytes of it are done."""

    def ended(self, what: str) -> None:
        """Say that the step is done."""


class Silent:
    """Nobody wants to know."""

    def began(self, what: str, size: int) -> None:
        """Do nothing."""

    def advanced(self, count: int) -> None:
        """Do nothing."""

    def ended(self, what: str) -> None:
        """Do nothing."""


def install(
    profile: Profile, settings: Settings, events: InstallEvents | None = None, rustc: Rustc | None = None
) -> tuple[str, ...]:
    """Install what the profile needs and the system does not have; returns what was done, nothing if all was there.

    Raises InstallError for a wheel that cannot be fetched or is not the pinned one, FileError when the tools folder
    cannot be written. Whatever happens, no half-unpacked folder is ever taken for a whole one.
    """
    events = events or Silent()
    tools = settings.tools_folder()
    wheels = [wheel for wheel in needed_wheels(profile, settings, rustc) if not is_unpacked(wheel, tools)]
    loader = profile.host is HostKind.CATALYST and not loader_path(tools).exists()
    if not wheels and not loader:
        return ()
    with writing(tools):
        prepare_folder(tools)
        with only_one(tools, events):
            sweep(tools)
            done = [install_wheel(wheel, settings, events) for wheel in wheels if not is_unpacked(wheel, tools)]
            if loader and not loader_path(tools).exists():
                done.append(build_loader(tools, settings))
    return tuple(done)


def needed_wheels(profile: Profile, settings: Settings, rustc: Rustc | None) -> list[Wheel]:
    """List the profile's wheels for this machine; tools are not needed where the system has them."""
    machine = os.uname().machine
    if profile.wheels and not any(wheel.machine == machine for wheel in profile.wheels):
        raise ToolsetError(
            f"the tool set {profile.name} is not made for {machine}",
            hint="name an Enzyme plugin of your own with --plugin (docs/toolsets.md)",
        )
    wheels = [wheel for wheel in (profile.wheel(role, machine) for role in Role) if wheel is not None]
    if find_binaries(profile, settings, rustc, []) is None:
        return wheels
    return [wheel for wheel in wheels if wheel.gives is not Role.TOOLS]


def is_unpacked(wheel: Wheel, tools: Path) -> bool:
    """Say whether a wheel's folder is in place."""
    return read_manifest(tools / wheel.folder) is not None


@contextmanager
def writing(tools: Path) -> Iterator[None]:
    """Turn a failure to write into one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        hints = {errno.ENOSPC: "make room, or set AUTODIFF_TOOLS_DIR to a folder on another disk"}
        raise FileError(
            f"the tool set cannot be unpacked: {os.strerror(error.errno)}",
            where=str(error.filename or tools),
            hint=hints.get(error.errno, "set AUTODIFF_TOOLS_DIR to a folder that you can write"),
        ) from None


def prepare_folder(tools: Path) -> None:
    """Make the tools folder, for its owner alone; refuse one in which others could put code."""
    tools.mkdir(mode=0o700, parents=True, exist_ok=True)
    distrust = why_distrusted(tools)
    if distrust:
        raise ToolsetError(
            f"the tools folder {tools} {distrust}", hint="repair it, or set AUTODIFF_TOOLS_DIR to another"
        )


@contextmanager
def only_one(tools: Path, events: InstallEvents) -> Iterator[None]:
    """Let one process at a time install; the kernel gives the lock back when its holder dies."""
    from filelock import FileLock, Timeout  # 46 ms: only who installs

    lock = FileLock(tools / "setup.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        events.began(f"Blocking waiting for file lock on {lock.lock_file}", 0)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def sweep(tools: Path) -> None:
    """Remove what killed installations left; we hold the lock, so nobody is at work on it."""
    for left in (*tools.glob(f"{PREFIX}*"), *(tools / "wheels").glob(f"{PREFIX}*")):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def install_wheel(wheel: Wheel, settings: Settings, events: InstallEvents) -> str:
    """Fetch a wheel, unpack it beside its place, and rename it into place."""
    tools = settings.tools_folder()
    archive = offline_wheel(wheel, settings.wheels) if settings.wheels else fetch(wheel, tools, events)
    what = f"{wheel.project} {wheel.version}"
    with unfinished_folder(tools, f"{wheel.folder}-") as folder:
        events.began(f"Unpacking {what}", sum(member.size for member in wheel.members))
        unpack(archive, wheel, folder, events)
        manifest = {"file": wheel.file, "sha256": wheel.sha256, **measured(wheel, folder)}
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=1))
        put_into_place(folder, tools / wheel.folder)
        events.ended(f"Unpacking {what}")
    if not settings.wheels:
        archive.unlink(missing_ok=True)
    return what


@contextmanager
def unfinished_folder(parent: Path, name: str) -> Iterator[Path]:
    """Give a folder to work in; what is not renamed away by the end is removed."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{name}", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_into_place(folder: Path, place: Path) -> None:
    """Rename a whole folder to its place; a damaged one there makes way."""
    if place.exists():
        place.rename(folder.with_name(f"{folder.name}-old"))
    folder.rename(place)
    shutil.rmtree(folder.with_name(f"{folder.name}-old"), ignore_errors=True)


def offline_wheel(wheel: Wheel, folder: Path) -> Path:
    """Find a wheel in the folder that the user named."""
    archive = folder / wheel.file
    if not archive.is_file():
        raise InstallError(f"the folder of wheels has no {wheel.file}", where=str(folder))
    check_archive(archive, wheel)
    return archive


def fetch(wheel: Wheel, tools: Path, events: InstallEvents) -> Path:
    """Download a wheel with pip, unless an earlier run did; only a verified one gets its own name."""
    wheels = tools / "wheels"
    archive = wheels / wheel.file
    if archive.exists():
        with suppress(InstallError):
            check_archive(archive, wheel)
            return archive
        archive.unlink()
    if importlib.util.find_spec("pip") is None:
        raise InstallError(
            "pip is missing, which downloads the tool set",
            hint=f"install it (`{sys.executable} -m ensurepip`), or use `--offline DIR` with {wheel.file}",
        )
    wheels.mkdir(mode=0o700, exist_ok=True)
    with unfinished_folder(wheels, f"{wheel.project}-") as folder:
        events.began(f"Downloading {wheel.project} {wheel.version}", wheel.size)
        download(wheel, folder)
        arrived = folder / wheel.file
        if not arrived.is_file():
            raise InstallError(f"pip downloaded another file than {wheel.file}")
        check_archive(arrived, wheel)
        arrived.rename(archive)
        events.ended(f"Downloading {wheel.project} {wheel.version}")
    return archive


def download(wheel: Wheel, folder: Path) -> None:
    """Let pip fetch one file into a folder; pip checks the hash as well."""
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{wheel.project}=={wheel.version} --hash=sha256:{wheel.sha256}\n")
    pip = Tool(name="pip", path=Path(sys.executable), env=(("PIP_DISABLE_PIP_VERSION_CHECK", "1"),))
    options = ("--no-deps", "--no-cache-dir", "--no-input", "--only-binary=:all:", "--require-hashes")
    place = (f"--python-version={wheel.python}", f"--platform={wheel.platform}", "--implementation=cp")
    command = pip.command("-m", "pip", "download", *options, *place, "-d", folder, "-r", wanted)
    try:
        command.run()
    except ToolFailed as error:
        raise InstallError(
            f"{wheel.project} {wheel.version} could not be downloaded",
            why=error.why or error.problem,
            hint=f"run it again, or use `--offline DIR` with {wheel.file}",
        ) from None


def check_archive(archive: Path, wheel: Wheel) -> None:
    """Prove that a file is the pinned wheel."""
    size = archive.stat().st_size
    if size != wheel.size:
        raise InstallError(
            f"{archive.name} has {size} bytes instead of {wheel.size}: it is damaged", where=str(archive)
        )
    digest = hashlib.sha256()
    with archive.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != wheel.sha256:
        raise InstallError(
            f"{archive.name} is not the pinned wheel: its sha256 is {digest.hexdigest()}",
            where=str(archive),
            why=f"expected {wheel.sha256}",
        )


def unpack(archive: Path, wheel: Wheel, folder: Path, events: InstallEvents) -> None:
    """Take the pinned members, and nothing else, out of a wheel."""
    try:
        with zipfile.ZipFile(archive) as content:
            for member in wheel.members:
                unpack_member(content, member, folder, events)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise InstallError(f"{wheel.file} cannot be taken apart: {error}", where=str(archive)) from None


def unpack_member(content: zipfile.ZipFile, member: Member, folder: Path, events: InstallEvents) -> None:
    """Write one member to its destination; the size is capped by its pin, whatever the archive claims."""
    try:
        info = content.getinfo(member.path)
    except KeyError:
        raise InstallError(f"{content.filename} has no member {member.path}") from None
    if info.file_size != member.size:
        raise InstallError(f"{member.path} has {info.file_size} bytes instead of {member.size}")
    target = folder / member.to
    target.parent.mkdir(parents=True, exist_ok=True)
    with content.open(info) as source, target.open("xb") as sink:
        digest = copy(source, sink, member.size, events)
        sink.flush()
        os.fsync(sink.fileno())  # the manifest must not survive a power cut that the members do not
    if digest != member.sha256:
        raise InstallError(
            f"{member.path} is not the pinned file: its sha256 is {digest}", why=f"expected {member.sha256}"
        )
    target.chmod(0o755 if member.executable else 0o644)


def copy(source: IO[bytes], sink: IO[bytes], size: int, events: InstallEvents) -> str:
    """Copy at most `size` bytes; returns their sha256."""
    digest = hashlib.sha256()
    left = size
    while left and (chunk := source.read(min(CHUNK, left))):
        digest.update(chunk)
        sink.write(chunk)
        left -= len(chunk)
        events.advanced(len(chunk))
    return digest.hexdigest()


def measured(wheel: Wheel, folder: Path) -> dict[str, str]:
    """Start unpacked tools once: they must run on this machine, and say which LLVM they are."""
    if wheel.gives is not Role.TOOLS:
        return {}
    try:
        opt, llc = ask_build(folder / "bin" / "opt"), ask_build(folder / "bin" / "llc")
    except DriverError as error:
        raise InstallError(f"the tools of {wheel.project} {wheel.version} do not run here: {error.problem}") from None
    if opt != llc:
        raise InstallError(f"opt and llc of {wheel.project} {wheel.version} are not of one LLVM")
    return {"llvm": str(opt.llvm), "libllvm": str(opt.libllvm.relative_to(folder.resolve()))}


def build_loader(tools: Path, settings: Settings) -> str:
    """Compile the loader that makes catalyst run Enzyme alone, with the C compiler that Rust links with."""
    compiler = shutil.which("cc", path=settings.search)
    if compiler is None:
        raise ToolsetError(
            "there is no C compiler: `cc` was not found", hint="install it (Debian: gcc); Rust links with it"
        )
    place = loader_path(tools)
    with unfinished_folder(tools, f"{place.parent.name}-") as folder:
        flags = ("-std=c11", "-shared", "-fPIC", "-O1")
        try:
            Tool(name="cc", path=Path(compiler)).command(*flags, "-o", folder / place.name, SOURCE).run()
        except ToolFailed as error:
            raise InstallError("the loader of the Enzyme host could not be compiled", why=error.why) from None
        put_into_place(folder, place.parent)
    return "enzyme-alone"
