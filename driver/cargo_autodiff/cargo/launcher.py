"""The launcher: the RUSTC_WRAPPER that becomes rustc at once for everything that cannot hold a derivative."""

from __future__ import annotations

import hashlib
import json
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cargo_autodiff.cargo.runtime import RUNTIME
from cargo_autodiff.errors import FileError, ToolFailed, UsageError
from cargo_autodiff.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cargo_autodiff.toolchain.tool import Tool

PACKAGES = "AUTODIFF_PACKAGES"
CHAINED = "AUTODIFF_CHAINED_WRAPPER"
"""Variables from `cargo autodiff` to the launcher: the packages that matter, and the wrapper the user had (sccache)."""

# cargo asks questions, and compiles build scripts and proc macros, without --target; it names the package of the rest
_SCRIPT = """\
#!/bin/sh
# RUSTC_WRAPPER of cargo autodiff (cargo/launcher.py): what cannot hold a derivative is rustc's at once.
plain() { exec $AUTODIFF_CHAINED_WRAPPER "$@"; }
case " $* " in *" --target "*|*" --target="*) ;; *) plain "$@" ;; esac
case " $AUTODIFF_PACKAGES " in *" $CARGO_PKG_NAME@$CARGO_PKG_VERSION "*) ;; *) plain "$@" ;; esac
exec PYTHON -P -m cargo_autodiff wrap "$@"
"""


def write_launcher(folder: Path) -> Path:
    """Write the script if it is not there as it should be; return its path. Raises FileError.

    Each installation of the driver has its own: two may build at the same time.
    """
    path = folder / hashlib.sha256(sys.executable.encode()).hexdigest()[:16] / "launcher"
    text = _SCRIPT.replace("PYTHON", shlex.quote(sys.executable))
    if not path.is_file() or path.read_text() != text:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"the folder cannot be made: {error.strerror}", where=str(path.parent)) from None

        def put(temporary: Path) -> None:
            temporary.write_text(text)
            temporary.chmod(0o755)

        write_whole(path, put)
    return path


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """What cargo's metadata says that matters here."""

    packages: tuple[str, ...]
    """`name@version` of the packages that depend on the runtime crate, directly or not."""
    target: Path
    runtime: Path | None
    """The manifest of the runtime crate, if a package depends on it."""


def read_workspace(cargo: Tool, options: Sequence[str]) -> Workspace:
    """Ask cargo for its metadata.

    `options` are those of the user's command that choose the manifest and the features. Raises UsageError, with cargo's
    own words, when the manifest cannot be read.
    """
    try:
        found = json.loads(cargo.command("metadata", "--format-version", "1", *options).run())
    except ToolFailed as error:
        raise unreadable_workspace(error) from None
    places = [Path(package["manifest_path"]) for package in found["packages"] if package["name"] == RUNTIME]
    return Workspace(
        packages=tuple(sorted(_depending(found))),
        target=Path(found["target_directory"]),
        runtime=places[0] if places else None,
    )


def unreadable_workspace(error: ToolFailed) -> UsageError:
    """Say that cargo cannot read the workspace, in its own words."""
    missing = f"no matching package named `{RUNTIME}`" in error.why
    hint = "run `cargo autodiff init`: it tells cargo where the crate is" if missing else ""
    return UsageError("cargo cannot read the workspace", why=error.why.removeprefix("error: "), hint=hint)


def _depending(metadata: dict[str, Any]) -> Iterable[str]:
    packages = {package["id"]: package for package in metadata["packages"]}
    needed_by: dict[str, set[str]] = {}
    for node in metadata["resolve"]["nodes"]:
        for dependency in node["dependencies"]:
            needed_by.setdefault(dependency, set()).add(node["id"])
    todo = [key for key, package in packages.items() if package["name"] == RUNTIME]
    found: set[str] = set()
    while todo:
        for user in needed_by.get(todo.pop(), ()):
            if user not in found:
                found.add(user)
                todo.append(user)
    return [f"{packages[key]['name']}@{packages[key]['version']}" for key in found]
