"""`cargo autodiff build|run|test|…`: cargo itself, with our launcher in front of rustc."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.cargo.launcher import PACKAGES, read_workspace, write_launcher
from cargo_autodiff.errors import ToolsetError
from cargo_autodiff.settings import Settings
from cargo_autodiff.toolchain.locate import check_agrees, choose_profile, locate, locate_rustc
from cargo_autodiff.toolchain.profile import read_profiles
from cargo_autodiff.toolchain.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Mapping

# verbs of cargo that compile nothing, or nothing that holds a derivative
_PLAIN = frozenset({"add", "clippy", "doc", "fetch", "fix", "fmt", "metadata", "new", "remove", "tree", "update"})
_OF_METADATA = ("--manifest-path", "--features", "-F", "--config")
_FLAGS_OF_METADATA = ("--all-features", "--no-default-features", "--locked", "--offline", "--frozen")


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Become cargo. Raises ToolsetError when a tool is missing: before anything is compiled, not in the middle."""
    cargo = _cargo(environ)
    if argv[0] in _PLAIN:
        os.execve(cargo.path, ["cargo", *argv], dict(environ))  # noqa: S606
    settings = Settings.read(environ)
    rustc = locate_rustc(None, environ)
    toolchain = locate(choose_profile(read_profiles(), settings, rustc), settings, rustc)
    check_agrees(rustc, toolchain)
    ours = argv[: argv.index("--")] if "--" in argv else argv
    workspace = read_workspace(cargo, _metadata_options(ours))
    added = [] if _option(ours, "--target") else ["--target", rustc.host]
    named = _option(ours, "--target-dir")
    if not named:
        # artefacts of our own beside cargo's, not among them: a wrapper is not part of cargo's fingerprints
        added += ["--target-dir", str(workspace.target / "autodiff")]
    command = ["cargo", argv[0], *added, *argv[1:]]
    changed = {
        "RUSTC_WRAPPER": str(write_launcher(settings.tools_folder() / "launchers" / str(os.getuid()))),
        PACKAGES: " ".join(workspace.packages),
        "AUTODIFF_TOOLS_DIR": str(settings.tools_folder()),
        "RUSTC": str(rustc.tool.path),
    }
    os.execve(cargo.path, command, {**environ, **changed})  # noqa: S606


def _cargo(environ: Mapping[str, str]) -> Tool:
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
