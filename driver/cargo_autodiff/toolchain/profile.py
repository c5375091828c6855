"""Tool sets as `toolchain.toml` pins them."""

from __future__ import annotations

import hashlib
import re
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from cargo_autodiff.errors import UsageError
from cargo_autodiff.named import Frozen, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

FREE_MAJORS = range(16, 24)  # `llvmN` that needs no entry in the table: opt and plugin are the user's own


class LlvmVersion(NamedTuple):
    """A release of LLVM, as its tools print it."""

    major: int
    minor: int = 0
    patch: int = 0

    @classmethod
    def parse(cls, text: str) -> LlvmVersion:
        """Find the first `A.B[.C]` in a text; raises ValueError when there is none."""
        found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
        if found is None:
            raise ValueError(f"no version in {text!r}")
        major, minor, patch = found.groups(default="0")
        return cls(major=int(major), minor=int(minor), patch=int(patch))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


class HostKind(Enum):
    """How Enzyme is run."""

    PLUGIN = "plugin"
    CATALYST = "catalyst"


class Role(Enum):
    """What a wheel gives to its profile."""

    TOOLS = "tools"
    HOST = "host"


class Member(Frozen):
    """One file of a wheel that we take out, pinned to the byte; `to` is relative to the set's folder."""

    path: str
    to: PurePosixPath
    size: int
    sha256: str
    executable: bool


class Wheel(Frozen):
    """One archive, pinned to the byte, and what we take out of it."""

    gives: Role
    machine: str
    project: str
    version: str
    file: str
    sha256: str
    size: int
    python: str
    platform: str
    members: tuple[Member, ...]

    @property
    def folder(self) -> str:
        """Name the folder it is unpacked into: another pin or another allow-list is another folder."""
        digest = hashlib.sha256(self.sha256.encode())
        for member in self.members:
            digest.update(f"{member.to}\0{member.sha256}\0{member.executable}\n".encode())
        return f"{self.project}-{self.version}-{digest.hexdigest()[:12]}"


class Profile(Frozen):
    """A tool set: tools of one LLVM major and an Enzyme host for it; `plugin` is the user's own, if any."""

    name: str
    llvm: int
    accepts: frozenset[int]
    host: HostKind
    wheels: tuple[Wheel, ...] = ()
    packages: tuple[str, ...] = ()
    alias: str | None = None
    plugin: Path | None = None

    def wheel(self, role: Role, machine: str) -> Wheel | None:
        """Find the wheel that gives `role` to hosts of this machine."""
        return next((wheel for wheel in self.wheels if wheel.gives is role and wheel.machine == machine), None)

    def with_plugin(self, plugin: Path) -> Profile:
        """Run Enzyme from the user's plugin instead of the pinned host."""
        tools = tuple(wheel for wheel in self.wheels if wheel.gives is Role.TOOLS)
        return replace(self, host=HostKind.PLUGIN, plugin=plugin, wheels=tools, alias=None)


class Profiles(Frozen):
    """The whole table, and the name of the profile that is used when nothing else is said."""

    default: str
    table: Mapping[str, Profile]

    def named(self, name: str) -> Profile:
        """Find a profile by name; `llvmN` without an entry is one of the user's own tools."""
        if name in self.table:
            return self.table[name]
        number = name.removeprefix("llvm")
        if name.startswith("llvm") and number.isdecimal() and int(number) in FREE_MAJORS:
            return own_profile(int(number))
        raise UsageError(
            f"there is no profile `{name}`",
            hint=f"profiles are {', '.join(self.table)}, and llvm{FREE_MAJORS[0]} to llvm{FREE_MAJORS[-1]} "
            "with a plugin of your own (AUTODIFF_PLUGIN)",
        )


def own_profile(major: int) -> Profile:
    """Make the profile of an LLVM major for which nothing is pinned."""
    return Profile(
        name=f"llvm{major}",
        llvm=major,
        accepts=frozenset({major}),
        host=HostKind.PLUGIN,
        packages=(f"llvm-{major}",),
    )


def read_profiles(path: Path | None = None) -> Profiles:
    """Read the table, by default the one that came with this package."""
    import tomllib  # 8 ms: not for those who only need the types

    data = tomllib.loads((path or shipped_table()).read_text())
    table = {name: read_profile(name, entry) for name, entry in data["profile"].items()}
    return Profiles(default=data["default"], table=table)


def shipped_table() -> Path:
    """Find toolchain.toml: inside an installed package, at the repository's root in an editable one."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "toolchain.toml"
    return inside if inside.exists() else package.parents[1] / "toolchain.toml"


def read_profile(name: str, entry: Mapping[str, Any]) -> Profile:
    """Read one profile's entry."""
    return Profile(
        name=name,
        llvm=entry["llvm"],
        accepts=frozenset(entry["accepts"]),
        host=HostKind(entry["host"]),
        wheels=tuple(map(read_wheel, entry.get("wheel", ()))),
        packages=tuple(entry.get("packages", ())),
        alias=entry.get("alias"),
    )


def read_wheel(entry: Mapping[str, Any]) -> Wheel:
    """Read one wheel's entry."""
    pins = {
        key: entry[key] for key in ("machine", "project", "version", "file", "sha256", "size", "python", "platform")
    }
    return Wheel(gives=Role(entry["gives"]), members=tuple(map(read_member, entry["member"])), **pins)


def read_member(entry: Mapping[str, Any]) -> Member:
    """Read one member's entry; a destination outside the set's folder is refused."""
    to = PurePosixPath(entry["to"])
    if to.is_absolute() or ".." in to.parts:
        raise ValueError(f"{to} is outside the tool set")
    return Member(path=entry["path"], to=to, size=entry["size"], sha256=entry["sha256"], executable=entry["executable"])
