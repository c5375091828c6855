"""The wrapper that cargo calls in place of rustc, the script `cargo-autodiff-rustc`, and what it is told."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

WRAPPER = Path(__file__).parents[1] / "bin" / "cargo-autodiff-rustc"


def is_wrapped(environ: Mapping[str, str]) -> bool:
    """Tell whether cargo calls our wrapper already: a program that `cargo autodiff` runs may run it again."""
    return Path(environ.get("RUSTC_WRAPPER", "")).name == WRAPPER.name


def wrapping(chained: str) -> dict[str, str]:
    """Give the variables with which cargo calls our wrapper; `chained` is the one that the user has, if any.

    The version is for the `.d` files: some installers give new files old times.
    """
    return {
        "RUSTC_WRAPPER": str(WRAPPER),
        "AUTODIFF_CHAINED_WRAPPER": chained,
        "AUTODIFF_PYTHON": sys.executable,
        "AUTODIFF_DRIVER": __version__,
    }
