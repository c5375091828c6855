"""Enzyme linked into the program `catalyst`, told to run nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cargo_autodiff.toolchain.tool import Command, Tool

SOURCE = Path(__file__).with_name("enzyme_alone.c")
LOADER = "enzyme_alone.so"


class CatalystHost(Frozen):
    """`catalyst` with our loader, which takes over as soon as it is loaded.

    By itself catalyst runs LLVM's O2 before and after Enzyme whatever its flags say (`--opt-bisect-limit=0` stops only
    code generation), so rules that must hold between Enzyme and the next pass could not; see docs/toolsets.md.
    """

    catalyst: Tool
    loader: Path

    @property
    def name(self) -> str:
        """Name the program."""
        return "catalyst"

    @property
    def files(self) -> tuple[Path, ...]:
        """Give the program and the loader."""
        return (self.catalyst.path, self.loader)

    def command(self, given: Path, out: Path, options: Sequence[str] = ()) -> Command:
        """Load the loader first: it reads the rest."""
        load = f"--load-pass-plugin={self.loader}"
        return self.catalyst.command(load, "--enzyme-rust-type=1", *options, given, "-o", out)


def loader_path(tools: Path) -> Path:
    """Say where the loader made from the present source is kept."""
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()
    return tools / f"enzyme-alone-{digest[:12]}" / LOADER
