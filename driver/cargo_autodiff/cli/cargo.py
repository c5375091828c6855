"""`cargo autodiff build|run|test|…`: cargo itself, with our wrapper in front of rustc.

All that is changed goes through the environment, so that every verb, cargo's own or another subcommand's, is called
with the user's words. Only `--target-dir` is moved to a folder of ours: a wrapper is not part of cargo's fingerprints.
The changes are remembered for `bin/cargo-autodiff`, which makes them without us.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.cargo.workspace import Configuration, Workspace, find_cargo, remember
from cargo_autodiff.cargo.wrapper import is_wrapped, wrapping
from cargo_autodiff.settings import Settings
from cargo_autodiff.toolchain.locate import locate_rustc, toolchain_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cargo_autodiff.toolchain.tool import Tool

# verbs of cargo that compile nothing, or nothing that holds a derivative
_PLAIN = frozenset({"add", "clippy", "doc", "fetch", "fix", "fmt", "metadata", "new", "remove", "tree", "update"})
_PLACING = ("--manifest-path", "--config")
_RESOLVING = ("--locked", "--offline", "--frozen")
_VERIFY = "--verify"
TARGET = "autodiff"
"""The folder in cargo's target directory that is ours."""


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Become cargo.

    Before anything is compiled, raises ToolsetError if there is no cargo, if a member of the workspace depends on a
    runtime crate that is not ours, or if derivatives are made and the tool set is not complete.
    """
    environ = dict(environ)
    toolchain = argv[:1] if argv[0].startswith("+") else []
    if toolchain:  # rustup's cargo understands it; the one that called us is of one toolchain
        environ["RUSTUP_TOOLCHAIN"] = os.environ["RUSTUP_TOOLCHAIN"] = toolchain[0][1:]
        environ.pop("CARGO", None)
    argv = argv[len(toolchain) :]
    record, state = Path(environ.pop("AUTODIFF_RECORD", "")), environ.pop("AUTODIFF_STATE", "")
    before, after = (argv[: argv.index("--")], argv[argv.index("--") :]) if "--" in argv else (argv, [])
    if _VERIFY in before:
        before.remove(_VERIFY)
        environ["AUTODIFF_VERIFY"] = "1"  # the attributes read it
    cargo = find_cargo(environ)
    if before and before[0] not in _PLAIN:
        if "--help" in before or "-h" in before:
            print(f"cargo's {before[0]}, with derivatives; `cargo autodiff --help` tells more.\n", flush=True)
        elif not is_wrapped(environ):
            changes, lasting = _changes(cargo, before, environ)
            if lasting and state:
                remember(record, changes, state)
            environ |= changes
        before = _moved(before)
        environ |= _placed(before)
    if environ.get("CARGO_TERM_QUIET") == "true":
        environ["AUTODIFF_REPORT"] = environ.get("AUTODIFF_REPORT", "").replace(" status", "")
    os.execve(cargo.path, ["cargo", *toolchain, *before, *after], environ)  # noqa: S606


def _changes(cargo: Tool, argv: list[str], environ: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """Say what cargo must find in its environment, and whether that holds for the next command in this folder too."""
    options = _options(argv)
    configuration = Configuration.read(Path.cwd(), environ)
    own = environ.get("CARGO_BUILD_RUSTC_WRAPPER") or configuration.program("rustc-wrapper")
    wrapped = wrapping(
        environ.get("RUSTC_WRAPPER", own),
        environ.get("RUSTDOC") or environ.get("CARGO_BUILD_RUSTDOC") or configuration.program("rustdoc"),
    )
    if configuration.is_quiet and "CARGO_TERM_QUIET" not in environ:
        wrapped["CARGO_TERM_QUIET"] = "true"  # for status lines of ours: the door reads no configuration
    workspace = Workspace.ask(cargo, options)
    if workspace is None:  # the command itself says what is wrong, or needs none
        return wrapped, False
    if workspace.uses_runtime and argv[0] != "clean":
        if argv[0] not in ("c", "check"):
            rustc = environ.get("RUSTC") or environ.get("CARGO_BUILD_RUSTC") or configuration.program("rustc")
            toolchain_for(locate_rustc(Path(rustc) if rustc else None, environ), Settings.read(environ))
        workspace.expect_our_runtime(cargo, options)
    folders = {"CARGO_TARGET_DIR": str(workspace.target / TARGET)}
    if workspace.build != workspace.target:
        folders["CARGO_BUILD_BUILD_DIR"] = str(workspace.build / TARGET)
    lasting = not configuration.includes and not any(word.startswith(_PLACING) for word in options)
    return {**wrapped, **folders}, lasting


def _options(argv: list[str]) -> list[str]:
    """Choose the options that `cargo metadata` must have too, each with its value."""
    kept: list[str] = []
    for word, following in zip(argv, [*argv[1:], ""], strict=True):
        if word in _PLACING:
            kept += [word, following]
        elif word in _RESOLVING or word.startswith(tuple(f"{name}=" for name in _PLACING)):
            kept.append(word)
    return kept


def _placed(argv: list[str]) -> dict[str, str]:
    """Say where the command line puts what is built, for whoever writes beside it."""
    words = zip(argv, [*argv[1:], ""], strict=True)
    named = [
        word.partition("=")[2] or following for word, following in words if word.partition("=")[0] == "--target-dir"
    ]
    return {"CARGO_TARGET_DIR": str(Path(named[-1]).absolute())} if named else {}


def _moved(argv: list[str]) -> list[str]:
    """Put our folder behind the user's `--target-dir`."""
    moved = []
    previous = ""
    for word in argv:
        if previous == "--target-dir" or word.startswith("--target-dir="):
            moved.append(f"{word}/{TARGET}")
        else:
            moved.append(word)
        previous = word
    return moved
