"""No static keeps a float from one place of a function to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.debug_info import place, written_in
from cargo_autodiff.ir.flows import written
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.memory import Memory, is_float_access
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Value


def check(module: Module) -> None:
    """Refuse what puts floats, or pointers to memory that can hold some, into statics that can change."""
    changing = [item for item in module.variables() if not module.llvm.LLVMIsGlobalConstant(item.ref)]
    if not changing:
        return
    memory = Memory(module)
    statics = {memory.of(item): item.name for item in changing}
    for function in module.definitions():
        for instruction in function.instructions():
            for address, value in written(instruction):
                name = statics.get(memory.of(address))
                if name is not None and _can_be_active(memory, value):
                    raise Refused(
                        "a static that changes cannot be differentiated",
                        where=place(instruction),
                        why=f"`{written_in(instruction)}` writes a float into `{name}`, or a pointer to where floats"
                        " can be, and a static has no shadow: what passes through it would be missing in the gradient",
                        hint="pass the static's content as a parameter",
                    )


def _can_be_active(memory: Memory, value: Value) -> bool:
    """Tell whether a value is a float, has the bits of one, or points to where there can be some."""
    source = value.as_instruction()
    if value.is_constant:
        return False
    if value.type.kind is TypeKind.POINTER:
        reached = memory.of(value).reaches()
        return any(near.is_open or any(map(is_float_access, near.accesses)) for near in reached)
    if source is not None and source.opcode == Opcode.BITCAST:
        value = source.operands[0]
    return any(kind.is_float for kind in value.type.scalars())


CHECK = Rule(name="statics", reason="Enzyme takes a static without shadow as inactive, whatever it holds", apply=check)
