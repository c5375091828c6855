"""What the wrapper calls for a crate that may hold a derivative: `wrap RUSTC ARGS…`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.cargo.invocation import RustcInvocation
from cargo_autodiff.errors import DriverError, FileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Compile the crate; a failure becomes a diagnostic in the form that was asked for."""
    if not argv:
        raise UsageError("there is no rustc to stand in for", hint="the wrapper calls this: `wrap RUSTC ARGS…`")
    invocation = RustcInvocation.read(argv[1:])
    if not invocation.links or invocation.runs_in_the_build:
        os.execvp(argv[0], argv)  # noqa: S606 - nothing to differentiate: become rustc
    _mark(invocation)
    from cargo_autodiff.cargo.messages import tell
    from cargo_autodiff.cargo.unit import compile_unit
    from cargo_autodiff.report.audience import Audience
    from cargo_autodiff.settings import Settings

    audience = Audience(environ, invocation.crate_name)
    try:
        return compile_unit(Path(argv[0]), invocation, Settings.read(environ), environ, events=audience)
    except DriverError as error:
        tell(error, as_json=invocation.wants_json)
        return error.exit_code
    finally:
        audience.close()


def _mark(invocation: RustcInvocation) -> None:
    """Tell the wrapper that what is linked with this library can hold derivatives too. Raises FileError.

    Before rustc makes it: cargo goes on with dependents as soon as there is metadata.
    """
    if invocation.crate_types.isdisjoint({"dylib", "lib", "rlib"}):
        return
    extra = invocation.codegen("extra-filename") or ""
    mark = Path(invocation.last("--out-dir"), f"lib{invocation.crate_name}{extra}.autodiff")
    try:
        mark.touch()
    except OSError as error:
        raise FileError(f"the file cannot be written: {error.strerror}", where=str(mark)) from None
