"""What the stand-in for rustdoc calls for the doctests of a crate that may hold derivatives: `doctest ARGS…`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cargo_autodiff.cargo.invocation import RustcInvocation
from cargo_autodiff.cargo.wrapper import LINKER

if TYPE_CHECKING:
    from collections.abc import Mapping


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Become rustdoc, with doctests compiled to bitcode and linked by us."""
    invocation = RustcInvocation(argv)
    rustdoc = environ.get("AUTODIFF_RUSTDOC") or "rustdoc"
    os.execvpe(  # noqa: S606
        rustdoc, ["rustdoc", *invocation.ours(str(LINKER))], {**environ, "AUTODIFF_LINKER": invocation.linker}
    )
