"""What is a float in LLVM is a float for Enzyme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import NAMES, Builder
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_MOVED = (Opcode.LOAD, Opcode.PHI, Opcode.SELECT)


def apply(module: Module) -> None:
    """Tag loads, phis and selects of floats."""
    builder = Builder(module.llvm, module.context)
    tags = {kind: builder.enzyme_type(name) for kind, name in NAMES.items() if kind.is_float}
    for function in module.definitions():
        for instruction in function.instructions():
            if instruction.opcode in _MOVED and (tag := tags.get(instruction.type.kind)):
                instruction.set_metadata("enzyme_type", tag)


RULE = Rule(
    name="typed-floats",
    reason="Enzyme does not trust LLVM's types where a value is only moved, and stops: cannot deduce type of phi",
    apply=apply,
)
