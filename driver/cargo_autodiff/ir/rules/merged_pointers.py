"""Memory that is reached through a phi or select, or kept in a loop, too, is said to be known elsewhere.

Enzyme asks whether memory of its own (`noalias`: a fresh allocation, a local variable, a parameter) is captured before
a phi, and if not takes the phi for a pointer to something else, although the phi may be that very memory
(arePointersGuaranteedNoAlias in its Utils.cpp). It asks the same of a pointer that is loaded, and does not go round
loops (notCapturedBefore): what an iteration keeps may be what a later one loads. A call that captures the pointer
makes it ask alias analysis instead.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.flows import holds_pointer
from cargo_autodiff.ir.inactive_calls import give_back, inactive
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.loops import Flow
from cargo_autodiff.ir.origins import MERGES
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Block, Function, Instruction, Value

SEEN = "__cargo_autodiff_seen"
_OWN = (Opcode.ALLOCA, Opcode.CALL, Opcode.INVOKE)


def apply(module: Module) -> None:
    """Call a function that sees the pointer, where it comes into being."""
    for function in module.definitions():
        cycles = _cycles_that_load(function)
        for pointer, place in list(_owned(function)):
            if (_merges(pointer) or _is_kept(pointer, cycles)) and not _is_seen(pointer):
                Builder.before(place).call(_seen(module), [pointer])


def settle(module: Module) -> None:
    """Take the calls out again."""
    give_back(module, SEEN)


def _owned(function: Function) -> Iterator[tuple[Value, Instruction]]:
    """Each pointer to memory of its own, with the instruction before which it can first be used."""
    for parameter in function.parameters:
        if parameter.type.kind is TypeKind.POINTER:
            yield parameter, function.entry.first
    for block in function.blocks:
        for made, following in pairwise(block.instructions):
            if made.opcode in _OWN and made.type.kind is TypeKind.POINTER:
                yield made, following


def _cycles_that_load(function: Function) -> set[Block]:
    """Give the blocks that can run again after themselves, if pointers are loaded in any of them."""
    flow = Flow(function)
    blocks = {flow.blocks[number] for number in flow.in_cycles()}
    loads = (item for block in blocks for item in block.instructions if item.opcode == Opcode.LOAD)
    return blocks if any(holds_pointer(load.type) for load in loads) else set()


def _is_kept(pointer: Value, blocks: set[Block]) -> bool:
    """Tell whether a pointer is stored in one of the blocks, or given to a function there that may store it."""
    found, todo = {pointer}, [pointer] if blocks else []
    while todo:
        value = todo.pop()
        for user in value.users():
            step = user.as_instruction()
            if step is None or step in found:
                continue
            if step.block in blocks and _captures(step, value):
                return True
            if step.opcode in (Opcode.GETELEMENTPTR, *MERGES):
                found.add(step)
                todo.append(step)
    return False


def _captures(step: Instruction, pointer: Value) -> bool:
    if step.opcode == Opcode.STORE:
        return step.operands[0] == pointer
    if step.is_call:
        callee = step.callee
        return callee is None or not (callee.is_intrinsic or callee.name.startswith(SEEN))
    return step.opcode in (Opcode.INSERTVALUE, Opcode.PTRTOINT, Opcode.CMPXCHG, Opcode.ATOMICRMW)


def _merges(pointer: Value) -> bool:
    found, todo = {pointer}, [pointer]
    while todo:
        for user in todo.pop().users():
            step = user.as_instruction()
            if step is None or step in found or step.type.kind is not TypeKind.POINTER:
                continue
            if step.opcode in MERGES:
                return True
            if step.opcode == Opcode.GETELEMENTPTR:
                found.add(step)
                todo.append(step)
    return False


def _is_seen(pointer: Value) -> bool:
    calls = (user.as_instruction() for user in pointer.users())
    return any(call is not None and call.is_call and call.callee and call.callee.name == SEEN for call in calls)


def _seen(module: Module) -> Function:
    builder = Builder(module.llvm, module.context)
    return inactive(module, SEEN, builder.void(), builder.pointer())


RULE = Rule(
    name="merged-pointers",
    reason="Enzyme takes a phi of an allocation for other memory, and does not keep what is overwritten through it",
    apply=apply,
)
SETTLE = Rule(name="settle-merged-pointers", reason="nothing defines what was called", apply=settle)
