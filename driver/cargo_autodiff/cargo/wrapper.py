"""What cargo calls in place of rustc and rustdoc: the scripts `cargo-autodiff-rustc` and `cargo-autodiff-rustdoc`.

rustdoc compiles doctests by itself, but hands its codegen options on to the rustc of each. So it is given the options
of the driver's front end, and a linker that puts native objects in place of the bitcode: `cargo-autodiff-cc`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

_BIN = Path(__file__).parents[1] / "bin"
WRAPPER = _BIN / "cargo-autodiff-rustc"
RUSTDOC = _BIN / "cargo-autodiff-rustdoc"
LINKER = _BIN / "cargo-autodiff-cc"
"""rustc takes the flavour of a linker's command line from its name, which must end in `cc`."""


def is_wrapped(environ: Mapping[str, str]) -> bool:
    """Tell whether cargo calls our wrapper already: a program that `cargo autodiff` runs may run it again."""
    return Path(environ.get("RUSTC_WRAPPER", "")).name == WRAPPER.name


def wrapping(chained: str, rustdoc: str) -> dict[str, str]:
    """Give the variables with which cargo calls us; `chained` and `rustdoc` are the user's own, or empty.

    The version is for the `.d` files: some installers give new files old times.
    """
    return {
        "RUSTC_WRAPPER": str(WRAPPER),
        "AUTODIFF_CHAINED_WRAPPER": chained,
        "RUSTDOC": str(RUSTDOC),
        "AUTODIFF_RUSTDOC": rustdoc,
        "AUTODIFF_PYTHON": sys.executable,
        "AUTODIFF_DRIVER": __version__,
    }
