"""Memory that counts is overwritten by what does not through a pointer that is kept elsewhere.

Enzyme takes a pointer for constant of which nothing is made but an address to write constants to
(ActivityAnalysis.cpp, isValueInactiveFromUsers), and the array that such pointers are loaded from with it. But the
memory may be one that counts by its own name: then its shadow keeps what the value had before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.flows import WRITERS, holds_pointer
from cargo_autodiff.ir.inactive_calls import looked_into
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.memory import Memory, holds_floats, of_const_parameters
from cargo_autodiff.ir.origins import is_made_here, let_count, origins
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.unwinding import without_unwinding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value


def apply(module: Module) -> None:
    """Let such pointers count, what they may mean, and what they are kept in."""
    memory = Memory(module)
    functions = looked_into(module)
    looked_at = {block for function in functions for block in without_unwinding(function)}
    reset = {
        memory.of(address)
        for function in functions
        for instruction in function.instructions()
        for address in _written(instruction)
        if any(map(_is_kept, origins(address)))
    } - of_const_parameters(module, memory)
    reset = {each for each in reset if holds_floats(memory, each)}
    if not reset:
        return
    for function in functions:
        pointers = (each for each in function.instructions() if _is_kept(each) or is_made_here(each))
        near = (pointer for pointer in pointers if pointer.block in looked_at)
        let_count(module, *(pointer for pointer in near if not reset.isdisjoint(memory.of(pointer).reaches())))


def _written(instruction: Instruction) -> Iterator[Value]:
    """Yield where floats are written: what does not count may come from anywhere, other memory, too."""
    callee = instruction.callee if instruction.is_call else None
    if callee is not None and callee.name.startswith(WRITERS):
        yield instruction.arguments[0]
    elif instruction.opcode == Opcode.STORE and instruction.operands[0].type.kind.is_float:
        yield instruction.operands[1]


def _is_kept(pointer: Value) -> bool:
    load = pointer.as_instruction()
    return load is not None and load.opcode == Opcode.LOAD and holds_pointer(load.type)


RULE = Rule(
    name="resets",
    reason="Enzyme leaves out that memory is overwritten by constants through a pointer that is only used for that",
    apply=apply,
)
