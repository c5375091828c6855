"""What a pointer may point into, followed through the steps of one function, and what is computed from one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.value import Instruction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Value

MERGES = (Opcode.PHI, Opcode.SELECT)
_STEPS = (
    Opcode.GETELEMENTPTR, Opcode.BITCAST, Opcode.ADDRSPACECAST, Opcode.PTRTOINT, Opcode.INTTOPTR, Opcode.FREEZE,
)  # fmt: skip
_COUNTS = "enzyme_active_val"
"""What Enzyme's ActivityAnalysis asks for first."""


def merged(merge: Instruction) -> dict[int, Value]:
    """Say what is merged, by where it comes from."""
    if merge.opcode == Opcode.PHI:
        return {block.ref: value for value, block in merge.incoming()}
    return dict(enumerate(merge.operands[1:]))


def origins(pointer: Value) -> set[Value]:
    """Find what a pointer may point into; constants, such as the address of an empty vector, are nothing."""
    found: set[Value] = set()
    todo, seen = [pointer], set[int]()
    while todo:
        value = todo.pop()
        if value.ref in seen or value.is_constant:
            continue
        seen.add(value.ref)
        source = value.as_instruction()
        if source is not None and source.opcode in _STEPS:
            todo.append(source.operands[0])
        elif source is not None and source.opcode in MERGES:
            todo += merged(source).values()
        elif source is not None and _is_of_lanes(source):
            todo += source.operands
        else:
            found.add(value)
    return found


def let_count(module: Module, *starts: Value) -> None:
    """Let allocations, or pointers that are loaded, have a shadow, and all that is computed from them.

    What Enzyme finds out of one that is not marked would count for all.
    """
    mark = Builder(module.llvm, module.context).empty_node()
    for pointer in _computed_from([Instruction(start.llvm, start.ref) for start in starts]):
        pointer.set_metadata(_COUNTS, mark)


def let_later_ones_count(module: Module) -> None:
    """Do the same for what rules have computed since from pointers that count."""
    for function in module.definitions():
        let_count(module, *(each for each in function.instructions() if each.metadata(_COUNTS)))


def is_made_here(value: Value) -> bool:
    """Tell a local variable and a fresh allocation."""
    source = value.as_instruction()
    if source is None:
        return False
    callee = source.callee if source.is_call else None
    return source.opcode == Opcode.ALLOCA or (callee is not None and callee.has("allockind"))


def _is_of_lanes(step: Instruction) -> bool:
    """Tell what takes a lane's pointer out of an array of all lanes, or puts it there."""
    return step.opcode in (Opcode.EXTRACTVALUE, Opcode.INSERTVALUE) and step.operands[0].type.kind is TypeKind.ARRAY


def _computed_from(starts: list[Instruction]) -> Iterator[Instruction]:
    found, todo = {start.ref for start in starts}, list(starts)
    while todo:
        pointer = todo.pop()
        yield pointer
        for user in pointer.users():
            step = user.as_instruction()
            if step is not None and step.ref not in found and step.opcode in (*_STEPS, *MERGES):
                found.add(step.ref)
                todo.append(step)
