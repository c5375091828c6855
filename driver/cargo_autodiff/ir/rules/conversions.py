"""An integer made of a float, or of an integer's bits, carries no derivative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.evidence import makes_floats_of_bits
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_ROTATIONS = ("llvm.fshl.", "llvm.fshr.", "llvm.bswap.", "llvm.bitreverse.")
_CONVERSIONS = ("llvm.fptosi.sat.", "llvm.fptoui.sat.", "llvm.lround.", "llvm.llround.", "llvm.lrint.", "llvm.llrint.")


def apply(module: Module) -> None:
    """Mark the calls of LLVM's saturating and rounding conversions as inactive.

    Those that move an integer's bits about are, too, where no integer is ever taken as the bits of a float.
    """
    inactive = _CONVERSIONS if makes_floats_of_bits(module) else (*_CONVERSIONS, *_ROTATIONS)
    for function in module.functions():
        if function.name.startswith(inactive):
            for call in function.calls():
                call.set_metadata("enzyme_inactive", Builder.before(call).empty_node())


RULE = Rule(
    name="conversions",
    reason="Enzyme does not know Rust's `as` from floats to integers where the integer is kept in memory, and its"
    " forward mode does not know rotations",
    apply=apply,
)
