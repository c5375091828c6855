"""An integer made of a float carries no derivative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_CONVERSIONS = ("llvm.fptosi.sat.", "llvm.fptoui.sat.", "llvm.lround.", "llvm.llround.", "llvm.lrint.", "llvm.llrint.")


def apply(module: Module) -> None:
    """Mark the calls of LLVM's saturating and rounding conversions as inactive."""
    for function in module.functions():
        if function.name.startswith(_CONVERSIONS):
            for call in function.calls():
                call.set_metadata("enzyme_inactive", Builder.before(call).empty_node())


RULE = Rule(
    name="conversions",
    reason="Enzyme does not know Rust's `as` from floats to integers where the integer is kept in memory",
    apply=apply,
)
