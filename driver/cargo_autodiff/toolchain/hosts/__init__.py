"""What can run Enzyme, and nothing but Enzyme, on a module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cargo_autodiff.toolchain.tool import Command


class EnzymeHost(Protocol):
    """Enzyme as a program: one command that means `-passes=enzyme`."""

    @property
    def name(self) -> str:
        """Name the host as people and logs see it."""

    @property
    def files(self) -> tuple[Path, ...]:
        """List the files whose content decides what comes out."""

    def command(self, given: Path, out: Path, options: Sequence[str] = ()) -> Command:
        """Say how to differentiate the textual IR `given` into the textual IR `out`.

        `options` are Enzyme's own (`--enzyme-print`, …). Target triple and data layout stay as they are, no other pass
        runs, and no file but `out` is written; after a failure `out` is absent or empty.
        """
