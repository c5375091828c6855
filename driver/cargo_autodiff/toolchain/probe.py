"""Run an Enzyme host on a three-line module, under a timeout: a plugin of another LLVM build can hang for ever."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.errors import ToolFailed, ToolsetError

if TYPE_CHECKING:
    from cargo_autodiff.toolchain.hosts import EnzymeHost

MODULE = """\
declare double @__enzyme_autodiff(...)
define double @square(double %x) { %y = fmul double %x, %x  ret double %y }
define double @slope(double %x) { %d = call double (...) @__enzyme_autodiff(ptr @square, metadata !"enzyme_out", \
double %x)  ret double %d }
"""


def probe(host: EnzymeHost, timeout: float) -> None:
    """Differentiate x * x; raises ToolsetError that says how the host fails: hangs, crashes, or does nothing."""
    with tempfile.TemporaryDirectory(prefix="cargo-autodiff-") as folder:
        given, out = Path(folder, "probe.ll"), Path(folder, "probe.grad.ll")
        given.write_text(MODULE)
        command = host.command(given, out)
        try:
            command.run(timeout=timeout)
        except ToolFailed as error:
            raise ToolsetError(
                f"the Enzyme host ({host.name}) fails on a three-line module: {error.problem}",
                why=error.why,
                hint="a plugin must be built against the very LLVM of the opt that loads it (--plugin)",
            ) from None
        made = out.read_text() if out.exists() else ""
    if "@diffesquare(" not in made:
        raise ToolsetError(f"the Enzyme host ({host.name}) ran, but made no derivative of a three-line module")
