"""`cargo autodiff init`: prepare a package, so that plain cargo and editors know the attributes too.

The package gets a dependency on the runtime crate by version, which is the same on every machine; where that crate is
on this one goes into `.cargo/config.toml` of the workspace.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cargo_autodiff import __version__
from cargo_autodiff.cargo.runtime import NAME, RUNTIME, crates_folder
from cargo_autodiff.cargo.toml_file import TomlFile
from cargo_autodiff.cargo.workspace import find_cargo, unreadable_workspace
from cargo_autodiff.errors import ToolFailed, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cargo_autodiff.toolchain.tool import Tool

_DEPENDENCY = {"package": RUNTIME, "version": __version__}
_PATCH = ("patch", "crates-io", RUNTIME)
_COMMENT = "written by `cargo autodiff init`: the crate that belongs to the cargo-autodiff of this machine"


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Write what is missing, and only after everything was found possible."""
    parser = argparse.ArgumentParser(prog="cargo autodiff init", description=(__doc__ or "").partition("\n")[0])
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        "-p", "--package", metavar="NAME", action="append", help="a package of the workspace (repeatable)"
    )
    chosen.add_argument("--workspace", action="store_true", help="every package of the workspace")
    parser.add_argument("--manifest-path", metavar="PATH", type=Path, help="the Cargo.toml to start from")
    options = parser.parse_args(argv)
    cargo = find_cargo(environ)
    manifest = ["--manifest-path", str(options.manifest_path)] if options.manifest_path else []
    workspace = json.loads(_asked(cargo, "metadata", "--no-deps", "--format-version", "1", *manifest))
    if options.workspace:
        packages = workspace["packages"]
    elif options.package:
        packages = [_named(workspace, name) for name in dict.fromkeys(options.package)]
    else:
        here = Path(_asked(cargo, "locate-project", "--message-format", "plain", *manifest).strip())
        packages = [_at(workspace, here)]
    root = Path(workspace["workspace_root"])
    for before, after in _changes(root, packages):
        if after.text != before.text:
            after.write()
        verb = "Fresh" if after.text == before.text else "Changed" if before.text else "Created"
        print(f"{verb:>12} {_shown(after.path, root)}", file=sys.stderr)
    return 0


def _asked(cargo: Tool, *words: str) -> str:
    try:
        return cargo.command(*words).run()
    except ToolFailed as error:
        raise unreadable_workspace(error) from None


def _named(workspace: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] | None = next((each for each in workspace["packages"] if each["name"] == name), None)
    if found is None:
        raise UsageError(f"there is no package `{name}` in the workspace", hint=f"there are {_names(workspace)}")
    return found


def _at(workspace: dict[str, Any], manifest: Path) -> dict[str, Any]:
    found: dict[str, Any] | None = next(
        (each for each in workspace["packages"] if Path(each["manifest_path"]) == manifest), None
    )
    if found is None:
        raise UsageError(
            "this is a workspace, not a package",
            where=str(manifest),
            hint=f"say `--workspace`, or `-p NAME` with one of {_names(workspace)}",
        )
    return found


def _names(workspace: dict[str, Any]) -> str:
    return ", ".join(sorted(f"`{each['name']}`" for each in workspace["packages"]))


def _changes(root: Path, packages: Iterable[dict[str, Any]]) -> Iterator[tuple[TomlFile, TomlFile]]:
    """Give each file as it is and as it shall be. Everything is refused here, before the first file is written."""
    shared = TomlFile.read(root / "Cargo.toml")
    made = [_depending(package, shared) for package in packages]
    patch = [_patched(root)] if any(by_version for *_, by_version in made) else []
    return iter([*patch, *((before, after) for before, after, _ in made)])


def _depending(package: dict[str, Any], shared: TomlFile) -> tuple[TomlFile, TomlFile, bool]:
    """Give a manifest before and after, and whether the dependency is found by its version, not by a path."""
    manifest = TomlFile.read(Path(package["manifest_path"]))
    for each in package["dependencies"]:
        called = each["rename"] or each["name"]
        if each["name"] == RUNTIME and called in (RUNTIME, NAME):
            return manifest, manifest, "path" not in each
        if NAME in (called, each["name"]) or each["name"] == RUNTIME:
            raise UsageError(
                f"the package `{package['name']}` depends on `{each['name']}` under the name `{called}`",
                where=str(manifest.path),
                why=f"the code which the attributes write needs the package `{RUNTIME}` under the name `{NAME}`",
                hint="rename that dependency (`other = { package = … }`), and run this again",
            )
    if shared.entry("workspace", "dependencies", NAME, "package") == RUNTIME:
        by_path = shared.entry("workspace", "dependencies", NAME, "path") is not None
        return manifest, manifest.with_entry(("dependencies",), NAME, {"workspace": True}), not by_path
    return manifest, manifest.with_entry(("dependencies",), NAME, _DEPENDENCY), True


def _patched(root: Path) -> tuple[TomlFile, TomlFile]:
    folder = root / ".cargo"
    old = folder / "config"  # cargo prefers it when there are both
    configuration = TomlFile.read(old if old.is_file() else folder / "config.toml")
    place = {"path": str(crates_folder() / NAME)}
    present = configuration.entry(*_PATCH)
    if present == place:
        return configuration, configuration
    if present is None or _COMMENT in configuration.text:
        return configuration, configuration.with_block(_PATCH, place, _COMMENT)
    raise UsageError(
        f"the configuration already says where `{RUNTIME}` is",
        where=str(configuration.path),
        hint=f"take the entry `{'.'.join(_PATCH)}` out, and run this again",
    )


def _shown(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
