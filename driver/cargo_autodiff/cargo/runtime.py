"""The runtime crate that belongs to this driver: its place, whether cargo uses it, its build for one-file programs."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff import __version__
from cargo_autodiff.errors import ToolFailed, ToolsetError
from cargo_autodiff.toolchain.tool import Tool

if TYPE_CHECKING:
    from cargo_autodiff.settings import Settings
    from cargo_autodiff.toolchain.locate import Rustc

RUNTIME = "std-autodiff"
NAME = "autodiff"
"""The package, and what code written by the attributes calls it."""

_PACKAGE = Path(__file__).parents[1]
_PATIENCE = 600.0  # seconds


def crates_folder() -> Path:
    """Where the crates that belong to this driver are: inside the package, or beside its sources."""
    inside = _PACKAGE / "crates"
    return inside if inside.is_dir() else _PACKAGE.parents[1] / "crates"


def expect_ours(manifest: Path) -> None:
    """Make sure that the runtime crate which cargo found is the one of this driver.

    Attributes and driver share a format. Another place is as good as ours if it holds the same. Raises ToolsetError.
    """
    ours, theirs = crates_folder(), manifest.parent.parent
    if theirs.resolve() == ours.resolve() or _digest(theirs) == _digest(ours):
        return
    raise ToolsetError(
        f"the crate `{NAME}` is not the one that belongs to this cargo-autodiff",
        where=str(manifest),
        why=f"this is cargo-autodiff {__version__}, and its crate is in {ours}",
        hint="run `cargo autodiff init` again if it wrote the place into .cargo/config.toml; else change Cargo.toml",
    )


def mentions_runtime(source: Path) -> bool:
    """Tell whether a source file can use the attributes."""
    return re.search(r"\bautodiff\b", source.read_text(errors="replace")) is not None


def runtime_options(rustc: Rustc, target: str, settings: Settings) -> list[str]:
    """Build the runtime crate if it is not built, and give the options of rustc that make it known.

    Raises ToolsetError when cargo is missing, or its packages cannot be had.
    """
    found = shutil.which("cargo", path=settings.search)
    if found is None:
        raise ToolsetError("there is no cargo to build the runtime crate with", hint="install Rust with cargo")
    folder = settings.tools_folder() / "runtime" / f"{_digest(crates_folder())[:16]}-{rustc.release}"
    built, macros = folder / target / "release", folder / "release" / "deps"
    options = ["--extern", f"autodiff={built / 'libautodiff.rlib'}"]
    options += ["-L", f"dependency={built / 'deps'}", "-L", f"dependency={macros}"]
    if (built / "libautodiff.rlib").exists():
        return options
    env = (("RUSTC", str(rustc.tool.path)), ("RUSTC_WRAPPER", ""))
    cargo = Tool(name="cargo", path=Path(found).absolute(), env=env)
    manifest = crates_folder() / "autodiff" / "Cargo.toml"
    try:
        cargo.command(
            "build", "--release", "--locked", "--quiet", "--manifest-path", manifest, "--target-dir", folder,
            "--target", target,
        ).run(timeout=_PATIENCE)  # fmt: skip
    except ToolFailed as error:
        raise ToolsetError(
            "the runtime crate cannot be built",
            where=str(manifest),
            why=error.why,
            hint="it needs syn and quote from crates.io once; check the network, or run `cargo fetch` there",
        ) from None
    return options


def _digest(folder: Path) -> str:
    """Name the runtime crate by what it is compiled from."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("Cargo.toml"), *folder.glob("*/Cargo.toml"), *folder.glob("*/src/**/*.rs")]):
        digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()
