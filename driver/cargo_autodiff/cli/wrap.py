"""What the launcher calls for a crate that may hold a derivative: `wrap RUSTC ARGS…`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.cargo.unit import compile_unit, tell
from cargo_autodiff.errors import DriverError
from cargo_autodiff.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Compile the crate; a failure becomes a diagnostic in the form that was asked for."""
    try:
        return compile_unit(Path(argv[0]), argv[1:], Settings.read(environ), environ)
    except DriverError as error:
        tell(error, as_json=any(arg.startswith("--error-format=json") for arg in argv))
        return error.exit_code
