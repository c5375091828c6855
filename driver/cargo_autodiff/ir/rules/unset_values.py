"""What is not set is zero.

Enzyme takes a phi for the only value that comes in, if the phis before it lead to no other, and leaves undef out
(RemoveRedundantPHI, in every mode). Through a loop's phi that is wrong: an `Option` that is `None` at first, and then
what an earlier iteration has seen, became what this one sees. LLVM makes undef of what a `None` does not say.

Enzyme makes registers of more local variables than LLVM did, because it leaves unwinding out (preprocessForClone):
these are zero at first, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.transfers import fill_with_zeros, is_filling
from cargo_autodiff.ir.unwinding import without_unwinding

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Block, Instruction, Value


def apply(module: Module) -> None:
    """Give zero to what phis take for unset, to what structures are made of, and to variables that become registers."""
    builder = Builder(module.llvm, module.context)
    for function in module.definitions():
        for item in function.instructions():
            # of an insertvalue, what is inserted may be unset as well: it becomes a phi of its own (SplitPHIs)
            if item.opcode in (Opcode.PHI, Opcode.INSERTVALUE):
                for number, value in enumerate(item.operands):
                    if module.llvm.LLVMIsUndef(value.ref):
                        item.set_operand(number, builder.zero(value.type))
        going_on = without_unwinding(function)
        for variable in function.entry.instructions:
            if variable.opcode == Opcode.ALLOCA and _becomes_registers(variable, going_on):
                _clear(module, variable)


def _becomes_registers(variable: Instruction, going_on: set[Block]) -> bool:
    """Tell a variable of which only parts at known places are read and written."""
    found: set[Value] = {variable}
    todo: list[Value] = [variable]
    while todo:
        place = todo.pop()
        for user in place.users():
            step = user.as_instruction()
            if step is None or step in found or step.block not in going_on:
                continue
            if _leads_on(step):
                found.add(step)
                todo.append(step)
            elif not _only_accesses(step, place):
                return False
    return True


def _leads_on(step: Instruction) -> bool:
    """Tell an address at a place of the variable that is known, or one of several."""
    if step.opcode == Opcode.GETELEMENTPTR:
        return all(index.is_constant for index in step.operands[1:])
    return step.opcode in (Opcode.BITCAST, Opcode.PHI, Opcode.SELECT)


def _only_accesses(step: Instruction, place: Value) -> bool:
    if step.opcode == Opcode.STORE:
        return step.operands[0] != place
    return step.opcode == Opcode.LOAD or (step.is_call and step.callee is not None and step.callee.is_intrinsic)


def _clear(module: Module, variable: Instruction) -> None:
    behind = variable.next
    if is_filling(behind) and behind.arguments[0] == variable:
        return
    layout = module.llvm.LLVMGetModuleDataLayout(module.ref)
    size = module.llvm.LLVMABISizeOfType(layout, module.llvm.LLVMGetAllocatedType(variable.ref))
    fill_with_zeros(module, variable, Builder(module.llvm, module.context).constant(64, size))


RULE = Rule(
    name="unset-values",
    reason="Enzyme takes what a loop carries for this iteration's where it was not set before the loop",
    apply=apply,
)
