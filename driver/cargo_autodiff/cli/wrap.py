"""What the launcher calls for a crate that may hold a derivative: `wrap RUSTC ARGS…`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.cargo.invocation import RustcInvocation
from cargo_autodiff.errors import DriverError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Compile the crate; a failure becomes a diagnostic in the form that was asked for."""
    if not argv:
        raise UsageError("there is no rustc to stand in for", hint="the launcher calls this: `wrap RUSTC ARGS…`")
    invocation = RustcInvocation.read(argv[1:])
    if not invocation.links:
        os.execv(argv[0], ["rustc", *argv[1:]])  # noqa: S606 - nothing to differentiate: become rustc
    from cargo_autodiff.pipeline.worker import Worker

    with Worker() as worker:  # gets ready on another processor from here on
        from cargo_autodiff.cargo.messages import tell
        from cargo_autodiff.cargo.unit import compile_unit
        from cargo_autodiff.settings import Settings

        try:
            return compile_unit(Path(argv[0]), invocation, worker, Settings.read(environ), environ)
        except DriverError as error:
            tell(error, as_json=invocation.wants_json)
            return error.exit_code
