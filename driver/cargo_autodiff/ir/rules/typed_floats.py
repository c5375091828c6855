"""What is a float in LLVM is a float for Enzyme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import NAMES, Builder
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction

_MOVED = (Opcode.LOAD, Opcode.PHI, Opcode.SELECT)


def apply(module: Module) -> None:
    """Tag loads, phis and selects of floats, and what functions of the module return."""
    builder = Builder(module.llvm, module.context)
    tags = {kind: builder.enzyme_type(name) for kind, name in NAMES.items() if kind.is_float}
    for function in module.definitions():
        for instruction in function.instructions():
            if _is_moved(instruction) and (tag := tags.get(instruction.type.kind)):
                instruction.set_metadata("enzyme_type", tag)


def _is_moved(instruction: Instruction) -> bool:
    callee = instruction.callee if instruction.is_call else None
    return instruction.opcode in _MOVED or (callee is not None and not callee.is_declaration)


RULE = Rule(
    name="typed-floats",
    reason="Enzyme does not trust LLVM's types where a value is only moved, and stops: cannot deduce type of phi",
    apply=apply,
)
