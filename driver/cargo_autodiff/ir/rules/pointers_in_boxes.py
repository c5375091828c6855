"""What a box begins with may be a pointer to anything.

Enzyme takes what is loaded from the beginning of an allocation for other memory than any parameter's, and than other
allocations that are not captured (arePointersGuaranteedNoAlias, made for Julia, where it may hold): the parameter may
have been stored there, as in a `Box` of a structure that holds a slice. What is written through it overwrote what the
reverse pass reads. It stops to look where an address has an unknown offset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.entry_calls import asks_for_reverse
from cargo_autodiff.ir.flows import holds_pointer
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.rules.address_guard import guarded

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value


def apply(module: Module) -> None:
    """Guard the addresses of pointers that are loaded from where an allocation begins."""
    if not asks_for_reverse(module):
        return
    for function in module.definitions():
        for load in list(function.instructions()):
            if load.opcode == Opcode.LOAD and _gives_pointer(load) and _begins_allocation(load.operands[0]):
                load.set_operand(0, guarded(module, function, Builder.before(load), load.operands[0]))


def _gives_pointer(load: Instruction) -> bool:
    users = (user.as_instruction() for user in load.users())
    return holds_pointer(load.type) or any(user is not None and user.opcode == Opcode.INTTOPTR for user in users)


def _begins_allocation(address: Value) -> bool:
    step = address.as_instruction()
    while step is not None and _is_same(step):
        step = step.operands[0].as_instruction()
    return step is not None and step.is_call and step.callee is not None and step.callee.has("allockind")


def _is_same(step: Instruction) -> bool:
    """Tell a step from an address to the same."""
    if step.opcode == Opcode.GETELEMENTPTR:
        return all(index.constant_int() == 0 for index in step.operands[1:])
    return step.opcode == Opcode.BITCAST or (step.opcode == Opcode.PHI and len(step.incoming()) == 1)


RULE = Rule(
    name="pointers-in-boxes",
    reason="Enzyme takes a pointer out of a box for none to what parameters point to",
    apply=apply,
)
