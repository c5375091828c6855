"""No memory of a derivative is taken for aligned by more than an allocator aligns it.

Enzyme makes allocations of local variables, and of their shadows (UpgradeAllocasToMallocs), whatever alignment those
were declared with, and leaves it on all accesses: an instruction for wide vectors then ends the program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction

_MOST = 16
"""What malloc and Rust's allocator align everything by."""


def apply(module: Module) -> None:
    """Take back larger promises, of accesses, of parameters and of what is loaded."""
    for function in module.definitions():
        _of_parameters(function)
        for instruction in function.instructions():
            if instruction.opcode in (Opcode.LOAD, Opcode.STORE):
                _of_access(instruction)
            elif instruction.is_call:
                _of_arguments(instruction)


def _of_parameters(function: Function) -> None:
    for at in range(1, len(function.parameters) + 1):
        if function.value_of("align", at) > _MOST:
            function.drop("align", at)


def _of_access(access: Instruction) -> None:
    llvm = access.llvm
    if llvm.LLVMGetAlignment(access.ref) > _MOST:
        llvm.LLVMSetAlignment(access.ref, _MOST)
    if access.opcode == Opcode.LOAD and access.metadata("align") is not None:
        access.set_metadata("align", None)


def _of_arguments(call: Instruction) -> None:
    for at in range(1, len(call.arguments) + 1):
        if call.call_value("align", at) > _MOST:
            call.call_drop("align", at)


RULE = Rule(
    name="alignments",
    reason="Enzyme allocates variables that are aligned by more than an allocator aligns, and leaves the promise",
    apply=apply,
)
