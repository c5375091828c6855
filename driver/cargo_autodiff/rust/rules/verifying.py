"""What is differentiated does not verify itself: an inner check would be one more thing to differentiate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.kinds import Linkage
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

ASKED = "cargo_autodiff_verifies"
"""The function of the runtime crate that tells a derivative whether to check itself (`autodiff::verify::here`)."""


def apply(module: Module) -> None:
    """Let it say no in this unit."""
    asked = module.function(ASKED)
    if asked is None:
        return
    asked.clear()
    builder = Builder.at_end(asked.append_block("no"))
    builder.ret(builder.constant(1, 0))
    asked.set_linkage(Linkage.INTERNAL)
    asked.allow_inlining()


RULE = Rule(name="verifying", reason="copies, text and panics of a check carry no derivative", apply=apply)
