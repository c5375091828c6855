"""No static keeps a float from one place of a function to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.memory import Memory
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Value


def check(module: Module) -> None:
    """Refuse stores of floats, or of pointers to floats, into statics that can change."""
    changing = [item for item in module.variables() if not module.llvm.LLVMIsGlobalConstant(item.ref)]
    if not changing:
        return
    memory = Memory(module)
    statics = {id(memory.of(item)): item.name for item in changing}
    for function in module.definitions():
        for store in function.instructions():
            if store.opcode != Opcode.STORE:
                continue
            value, address = store.operands
            name = statics.get(id(memory.of(address)))
            if name is not None and _can_be_active(memory, value):
                raise Refused(
                    "a static that changes cannot be differentiated",
                    where=function.place,
                    why=f"`{function.name}` writes a float into `{name}`, and a static has no shadow: what passes"
                    " through it would be missing in the gradient",
                    hint="pass the static's content as a parameter",
                )


def _can_be_active(memory: Memory, value: Value) -> bool:
    if value.is_constant:
        return False
    if value.type.kind is not TypeKind.POINTER:
        return any(kind.is_float for kind in value.type.scalars())
    accesses = memory.of(value).accesses
    moved = (access if access.opcode == Opcode.LOAD else access.operands[0] for access, _ in accesses)
    return any(kind.is_float for item in moved for kind in item.type.scalars())


CHECK = Rule(name="statics", reason="Enzyme takes a static without shadow as inactive, whatever it holds", apply=check)
