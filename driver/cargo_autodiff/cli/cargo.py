"""`cargo autodiff build|run|test|…`: cargo itself, with our launcher in front of rustc.

All that is changed goes through the environment, so that every verb, cargo's own or another subcommand's, is called
with the user's words. Only `--target-dir` is moved to a folder of ours: a wrapper is not part of cargo's fingerprints.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.cargo.launcher import CHAINED, PACKAGES, read_workspace, write_launcher
from cargo_autodiff.cargo.runtime import expect_ours
from cargo_autodiff.errors import ToolsetError
from cargo_autodiff.settings import Settings
from cargo_autodiff.store.store import Store
from cargo_autodiff.toolchain.locate import locate_rustc, toolchain_for
from cargo_autodiff.toolchain.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# verbs of cargo that compile nothing, or nothing that holds a derivative
_PLAIN = frozenset({"add", "clippy", "doc", "fetch", "fix", "fmt", "metadata", "new", "remove", "tree", "update"})
_OF_METADATA = ("--manifest-path", "--features", "-F", "--config")
_FLAGS_OF_METADATA = ("--all-features", "--no-default-features", "--locked", "--offline", "--frozen")
TARGET = "autodiff"
"""The folder in cargo's target directory that is ours."""


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Become cargo. Raises ToolsetError when a tool is missing: before anything is compiled, not in the middle."""
    environ = dict(environ)
    if argv[0].startswith("+") and len(argv) > 1:
        environ["RUSTUP_TOOLCHAIN"] = os.environ["RUSTUP_TOOLCHAIN"] = argv[0][1:]
        argv = argv[1:]
    cargo = find_cargo(environ)
    if argv[0] in _PLAIN:
        os.execve(cargo.path, ["cargo", *argv], environ)  # noqa: S606
    settings = Settings.read(environ)
    rustc = locate_rustc(None, environ)
    toolchain_for(rustc, settings)
    store = Store.open(settings)
    before, after = (argv[: argv.index("--")], argv[argv.index("--") :]) if "--" in argv else (argv, [])
    workspace = read_workspace(cargo, _metadata_options(before))
    if workspace.runtime is not None:
        expect_ours(workspace.runtime)
    environ |= {
        "RUSTC": str(rustc.tool.path),
        "CARGO_TARGET_DIR": str(workspace.target / TARGET),
        "AUTODIFF_TOOLS_DIR": str(settings.tools_folder()),
        "RUSTC_WRAPPER": str(write_launcher(settings.tools_folder() / "launchers")),
        PACKAGES: " ".join(workspace.packages),
        CHAINED: environ.get("RUSTC_WRAPPER", ""),
    }
    environ |= {"AUTODIFF_CACHE_DIR": str(store.folder.path)} if store else {"AUTODIFF_CACHE": "off"}
    if not _has_target(environ):
        environ["CARGO_BUILD_TARGET"] = rustc.host  # cargo tells target from host units only where a target is named
    os.execve(cargo.path, ["cargo", *_moved(before), *after], environ)  # noqa: S606


def find_cargo(environ: Mapping[str, str]) -> Tool:
    """Find the cargo that called us, or the one on the PATH. Raises ToolsetError."""
    found = shutil.which(environ.get("CARGO") or "cargo", path=environ.get("PATH"))
    if found is None:
        raise ToolsetError("there is no cargo", hint="install Rust, or set CARGO to its path")
    return Tool(name="cargo", path=Path(found).absolute())


def _option(argv: list[str], name: str) -> str:
    """Give the value of an option in either spelling, or nothing."""
    for word, following in zip(argv, [*argv[1:], ""], strict=True):
        if word == name:
            return following
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return ""


def _metadata_options(argv: list[str]) -> list[str]:
    kept = [word for word in argv if word in _FLAGS_OF_METADATA]
    for name in _OF_METADATA:
        value = _option(argv, name)
        if value:
            kept += [name, value]
    return kept


def _moved(argv: list[str]) -> list[str]:
    """Put our folder behind the user's `--target-dir`."""
    moved = []
    previous = ""
    for word in argv:
        if previous == "--target-dir":
            moved.append(str(Path(word) / TARGET))
        elif word.startswith("--target-dir="):
            moved.append(f"{word}/{TARGET}")
        else:
            moved.append(word)
        previous = word
    return moved


def _has_target(environ: Mapping[str, str]) -> bool:
    """Tell whether the environment or a configuration file of cargo names a target."""
    return bool(environ.get("CARGO_BUILD_TARGET")) or any(
        "target" in configuration.get("build", {}) for configuration in _configurations(environ)
    )


def _configurations(environ: Mapping[str, str]) -> Iterator[dict[str, dict[str, object]]]:
    here = Path.cwd()
    homes = [folder / ".cargo" for folder in (here, *here.parents)]
    homes.append(Path(environ.get("CARGO_HOME") or Path("~/.cargo").expanduser()))
    for path in (home / name for home in homes for name in ("config.toml", "config")):
        with suppress(OSError, ValueError, RuntimeError):
            yield tomllib.loads(path.read_text())
