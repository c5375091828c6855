"""Which functions the pointers of a module can mean."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cargo_autodiff.ir.flows import is_allocator, is_freeing
from cargo_autodiff.ir.inactive_calls import OURS
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.memory import Memory, given_to
from cargo_autodiff.named import Named, each

if TYPE_CHECKING:
    from cargo_autodiff.ir.memory import MemoryClass
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Value


class Family(Named):
    """Functions of one type that the same pointers can mean, and the calls through these pointers.

    A function that no pointer means is a family of its own, without calls.
    """

    functions: list[Function] = each(factory=list)
    calls: list[Instruction] = each(factory=list)
    is_closed: bool = False
    """All functions that the calls can reach are known and have bodies, and nobody outside can reach them.

    It may be none: the destructor of what needs none.
    """


def families(module: Module) -> list[Family]:
    """Find all families of a module."""
    memory = Memory(module)
    found: dict[tuple[MemoryClass, int], Family] = defaultdict(Family)
    for function in module.functions():
        found[memory.of(function), function.value_type.ref].functions.append(function)
    for call in indirect_calls(module):
        key = memory.of(call.operands[-1]), module.llvm.LLVMGetCalledFunctionType(call.ref)
        found[key].calls.append(call)
    outside = _outside(module, memory)
    of_any = {where for (where, _), family in found.items() if family.functions}
    for (where, _), family in found.items():
        is_known = bool(family.functions) or where not in of_any  # else one is called as another type
        family.is_closed = (
            is_known and not where.is_open and where not in outside and not any(map(_is_loose, family.functions))
        )
    return list(found.values())


def _outside(module: Module, memory: Memory) -> set[MemoryClass]:
    """Find what functions without a body are given, and may call: std's formatting calls what a vtable says."""
    declared = (each for each in module.functions() if each.is_declaration and not each.is_intrinsic)
    return given_to((function for function in declared if not _calls_nothing(function)), memory)


def _calls_nothing(function: Function) -> bool:
    return is_freeing(function) or is_allocator(function) or function.name.startswith(OURS)


def indirect_calls(module: Module) -> list[Instruction]:
    """Find all calls through pointers."""
    return [
        call
        for function in module.definitions()
        for call in function.instructions()
        if call.is_call and call.is_indirect
    ]


def _is_loose(function: Function) -> bool:
    return function.is_declaration or _is_a_number(function)


def _is_a_number(value: Value) -> bool:
    """Tell whether a function's address is used as an integer, or the function has another name."""
    llvm = value.llvm
    for user in value.users():
        if llvm.LLVMIsAGlobalAlias(user.ref):
            return True
        instruction = user.as_instruction()
        code = instruction.opcode if instruction else 0
        if llvm.LLVMIsAConstantExpr(user.ref):
            code = llvm.LLVMGetConstOpcode(user.ref)
            if _is_a_number(user):
                return True
        if code == Opcode.PTRTOINT:
            return True
    return False
