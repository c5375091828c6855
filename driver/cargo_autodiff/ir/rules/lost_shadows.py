"""A function that writes into a shadow is given one.

In the forward pass of a call that is differentiated apart from its reverse pass, Enzyme writes what is no float into
the shadow of memory, too. The caller leaves that shadow out where nothing reads it before the reverse pass, which makes
its own (a local variable, of which only floats are read afterwards), and passes `undef` to the function that writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.flows import WRITERS
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.value import Type, Value

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction

_STEPS = (
    Opcode.GETELEMENTPTR, Opcode.BITCAST, Opcode.ADDRSPACECAST, Opcode.FREEZE, Opcode.PHI, Opcode.SELECT,
)  # fmt: skip


def apply(module: Module) -> None:
    """Give it memory like that whose shadow it is. Raises Refused where it is not known, and for several lanes."""
    for function in module.definitions():
        for call in list(function.instructions()):
            callee = call.callee if call.is_call else None
            if callee is None or callee.is_declaration:
                continue
            for index, (given, formal) in enumerate(zip(call.arguments, callee.parameters, strict=False)):
                if not _is_nothing(given):
                    continue
                if given.type.kind is TypeKind.ARRAY and given.type.members[0].kind is TypeKind.POINTER:
                    if any(formal.users()):
                        raise _refused(callee)
                elif given.type.kind is TypeKind.POINTER and _is_written(formal):
                    primal = call.arguments[index - 1] if index else None
                    call.set_operand(index, _memory_like(function, primal, callee))


def _is_nothing(value: Value) -> bool:
    return bool(value.llvm.LLVMIsUndef(value.ref))


def _is_written(pointer: Value) -> bool:
    """Tell whether something is written through a pointer, here or in a function that it is passed on to."""
    todo, seen = [pointer], {pointer.ref}
    while todo:
        value = todo.pop()
        for user in value.users():
            item = user.as_instruction()
            if item is None:
                continue
            if item.opcode == Opcode.STORE or (_is_writer(item) and item.arguments[0] == value):
                return True
            onward = [item] if item.opcode in _STEPS else _formals(item, value)
            todo += [one for one in onward if one.ref not in seen]
            seen |= {one.ref for one in onward}
    return False


def _is_writer(item: Instruction) -> bool:
    callee = item.callee if item.is_call else None
    return callee is not None and callee.name.startswith(WRITERS)


def _formals(item: Instruction, value: Value) -> list[Value]:
    """Give the parameters that a value is passed for."""
    callee = item.callee if item.is_call else None
    if callee is None or callee.is_declaration:
        return []
    return [formal for given, formal in zip(item.arguments, callee.parameters, strict=False) if given == value]


def _memory_like(function: Function, primal: Value | None, callee: Function) -> Value:
    """Make a local variable as large as that which the argument before the shadow points into."""
    origin = primal.as_instruction() if primal is not None else None
    while origin is not None and origin.opcode in (Opcode.GETELEMENTPTR, Opcode.BITCAST):
        origin = origin.operands[0].as_instruction()
    builder = Builder.before(function.entry.first)
    of = _type_of(builder, origin) if origin is not None else None
    if of is None:
        raise _refused(callee)
    return builder.alloca(of)


def _refused(callee: Function) -> Refused:
    return Refused(
        "a shadow that is written is not there",
        why=f"Enzyme calls `{callee.name}` with no memory where it writes",
        hint="please report this with the kept stages (AUTODIFF_KEEP)",
    )


def _type_of(builder: Builder, memory: Instruction) -> Type | None:
    """Give a type of the size of a local variable, or of one that Enzyme keeps for the reverse pass."""
    if memory.opcode == Opcode.ALLOCA:
        return Type(memory.llvm, memory.llvm.LLVMGetAllocatedType(memory.ref))
    callee = memory.callee if memory.is_call else None
    size = memory.arguments[0].constant_int() if callee is not None and callee.name == "malloc" else None
    return builder.integer(8 * size) if size else None


RULE = Rule(
    name="lost-shadows",
    reason="Enzyme writes integers into a shadow that it does not make: what follows is undefined",
    apply=apply,
)
