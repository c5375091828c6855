"""What the wrapper calls for a crate that may hold a derivative: `wrap RUSTC ARGS…`."""

from __future__ import annotations

import os
import sys

from cargo_autodiff.cargo.front_end import FrontEnd
from cargo_autodiff.cargo.invocation import RustcInvocation
from cargo_autodiff.errors import DriverError, FileError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Compile the crate; a failure becomes a diagnostic in the form that was asked for."""
    if not argv:
        raise UsageError("there is no rustc to stand in for", hint="the wrapper calls this: `wrap RUSTC ARGS…`")
    invocation = RustcInvocation(argv[1:])
    if not invocation.links or invocation.runs_in_the_build:
        os.execvp(argv[0], argv)  # noqa: S606 - nothing to differentiate: become rustc
    _mark(invocation)
    try:
        with FrontEnd(argv[0], invocation, environ, _keep(environ)) as rustc:
            return _compile(rustc, invocation, environ)
    except DriverError as error:
        from cargo_autodiff.cargo.messages import tell

        tell(error, as_json=invocation.wants_json)
        return error.exit_code


def _compile(rustc: FrontEnd, invocation: RustcInvocation, environ: Mapping[str, str]) -> int:
    """Do the rest, for which there is time: rustc runs."""
    if sys.flags.no_site:
        import site

        site.main()  # the script left it out: rustc needed nothing of what is installed
    from cargo_autodiff.cargo.unit import compile_unit
    from cargo_autodiff.report.audience import Audience
    from cargo_autodiff.settings import Settings

    audience = Audience(environ, invocation.crate_name)
    try:
        return compile_unit(rustc, invocation, Settings.read(environ), environ, events=audience)
    finally:
        audience.close()


def _keep(environ: Mapping[str, str]) -> Path | None:
    if not environ.get("AUTODIFF_KEEP"):
        return None
    from cargo_autodiff.settings import Settings

    return Settings.read(environ).keep


def _mark(invocation: RustcInvocation) -> None:
    """Tell the wrapper that what is linked with this library can hold derivatives too. Raises FileError.

    Before rustc makes it: cargo goes on with dependents as soon as there is metadata.
    """
    if invocation.crate_types.isdisjoint({"dylib", "lib", "rlib"}):
        return
    extra = invocation.codegen("extra-filename") or ""
    mark = os.path.join(invocation.last("--out-dir"), f"lib{invocation.crate_name}{extra}.autodiff")  # noqa: PTH118
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_WRONLY, 0o666))
    except OSError as error:
        raise FileError(f"the file cannot be written: {error.strerror}", where=mark) from None
