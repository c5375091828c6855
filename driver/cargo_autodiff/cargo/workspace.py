"""What cargo and its configuration files say of a workspace."""

from __future__ import annotations

import json
import shutil
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cargo_autodiff.cargo.runtime import RUNTIME, expect_ours
from cargo_autodiff.errors import FileError, ToolFailed, ToolsetError, UsageError
from cargo_autodiff.files import write_whole
from cargo_autodiff.toolchain.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def find_cargo(environ: Mapping[str, str]) -> Tool:
    """Find the cargo that called us, or the one on the PATH. Raises ToolsetError."""
    found = shutil.which(environ.get("CARGO") or "cargo", path=environ.get("PATH"))
    if found is None:
        raise ToolsetError("there is no cargo", hint="install Rust, or set CARGO to its path")
    return Tool(name="cargo", path=Path(found).absolute())


def unreadable_workspace(error: ToolFailed) -> UsageError:
    """Say that cargo cannot read the workspace, in its own words."""
    hint = "run `cargo autodiff init`: it tells cargo where the crate is" if _misses_runtime(error) else ""
    return UsageError("cargo cannot read the workspace", why=error.why.removeprefix("error: "), hint=hint)


def _misses_runtime(error: ToolFailed) -> bool:
    return f"no matching package named `{RUNTIME}`" in error.why


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Where cargo builds it, and whether a member depends on the runtime crate."""

    target: Path
    build: Path
    uses_runtime: bool

    @classmethod
    def ask(cls, cargo: Tool, options: Sequence[str]) -> Workspace | None:
        """Ask cargo, with options of the user's command; None where there is no workspace.

        Nothing is resolved, and no network used.
        """
        try:
            found = _metadata(cargo, ["--no-deps", *options])
        except ToolFailed:
            return None
        needed = (each["name"] for package in found["packages"] for each in package["dependencies"])
        return cls(
            target=Path(found["target_directory"]),
            build=Path(found.get("build_directory") or found["target_directory"]),  # since cargo 1.91
            uses_runtime=RUNTIME in needed,
        )

    def expect_our_runtime(self, cargo: Tool, options: Sequence[str]) -> None:
        """Make sure that cargo finds the runtime crate, and finds ours. Raises UsageError, ToolsetError."""
        try:
            packages = _metadata(cargo, options)["packages"]
        except ToolFailed as error:
            if _misses_runtime(error):
                raise unreadable_workspace(error) from None
            return  # the command itself says it
        for package in packages:
            if package["name"] == RUNTIME:
                expect_ours(Path(package["manifest_path"]))


def _metadata(cargo: Tool, options: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(cargo.command("metadata", "--format-version", "1", *options).run())
    return found


def remember(record: Path, changes: Mapping[str, str], state: str) -> None:
    """Keep the changes of cargo's environment for `bin/cargo-autodiff`; where that cannot be, it calls us again."""
    lines = [f"{name}={value}" for name, value in changes.items()]
    if any("\n" in line for line in lines):
        return

    def put(temporary: Path) -> None:
        temporary.write_text("\n".join([*lines, "", state, ""]), errors="surrogateescape")

    with suppress(OSError, FileError):
        record.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(record, put)


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Cargo's configuration files for a folder (doc.rust-lang.org/cargo/reference/config.html)."""

    tables: tuple[tuple[Path, dict[str, Any]], ...]
    """Those that are there, nearest first, and what they say."""

    @classmethod
    def read(cls, folder: Path, environ: Mapping[str, str]) -> Configuration:
        """Read them; of one that cannot be read cargo will complain."""
        homes = [above / ".cargo" for above in (folder, *folder.parents)]
        homes.append(Path(environ.get("CARGO_HOME") or Path(environ.get("HOME", "/"), ".cargo")))
        files = [home / name for home in homes for name in ("config", "config.toml")]
        return cls(tables=tuple(_tables(files)))

    @property
    def includes(self) -> bool:
        """Tell whether one names files that are not read here."""
        return any("include" in table for _, table in self.tables)

    @property
    def is_quiet(self) -> bool:
        """Tell whether cargo is to say nothing of what it does (`term.quiet`)."""
        tables = (table["term"] for _, table in self.tables if isinstance(table.get("term"), dict))
        return bool(next((term["quiet"] for term in tables if "quiet" in term), False))

    def program(self, key: str) -> str:
        """Give a program of the table `build`: a name, or a path relative to the folder that holds `.cargo`."""
        for path, table in self.tables:
            build = table.get("build")
            named = build.get(key) if isinstance(build, dict) else None
            if isinstance(named, str):
                return str(path.parents[1] / named) if "/" in named else named
        return ""


def _tables(files: Sequence[Path]) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in files:
        with suppress(OSError, ValueError):
            yield path, tomllib.loads(path.read_text())
