"""What stands in for rustdoc is rustdoc at once, but for doctests that can hold a derivative."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.cargo.wrapper import LINKER, RUSTDOC
from driving import script

if TYPE_CHECKING:
    from pathlib import Path


def said(folder: Path, *args: str) -> str:
    """Call it as cargo does; give who was called, and with what. It finds no other program to start."""
    environ = {
        "PATH": "/nowhere",
        "AUTODIFF_PYTHON": str(script(folder / "a python", 'echo "driver: $*"')),
        "AUTODIFF_RUSTDOC": str(script(folder / "my rustdoc", 'echo "rustdoc: $*"')),
    }
    return subprocess.run([RUSTDOC, *args], env=environ, capture_output=True, text=True, check=True).stdout.strip()


def test_doctests_of_a_crate_that_is_linked_with_the_runtime_go_to_the_driver(tmp_path: Path) -> None:
    args = ["--test", "x.rs", "--extern", "autodiff=/t/libautodiff-1.rlib"]

    assert said(tmp_path, *args) == f"driver: -P -m cargo_autodiff doctest {' '.join(args)}"


def test_so_do_those_of_a_crate_that_is_linked_with_a_library_that_can(tmp_path: Path) -> None:
    (tmp_path / "libmodel-1.autodiff").touch()
    args = ["--test", "x.rs", "--extern", f"model={tmp_path}/libmodel-1.rlib"]

    assert said(tmp_path, *args) == f"driver: -P -m cargo_autodiff doctest {' '.join(args)}"


@pytest.mark.parametrize(
    "args",
    [
        ["x.rs", "--extern", "autodiff=/t/libautodiff-1.rlib"],
        ["--test", "x.rs", "--extern", "serde=/t/libserde-1.rlib"],
        ["-vV"],
    ],
    ids=["documentation", "other crates", "version"],
)
def test_all_else_is_rustdocs(tmp_path: Path, args: list[str]) -> None:
    assert said(tmp_path, *args) == f"rustdoc: {' '.join(args)}"


def test_rustc_takes_the_flavour_of_its_command_line_from_the_linkers_name() -> None:
    assert LINKER.name.endswith("cc")
