"""Overlapping copies go through a temporary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.value import Type

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Value

_ON_STACK = 4096  # bytes of constant length up to which the temporary is a stack slot


def apply(module: Module) -> None:
    """Replace each memmove by two memcpys through a slot, on the stack for short constant lengths, else on the heap."""
    for function in module.definitions():
        for instruction in list(function.instructions()):
            callee = instruction.callee if instruction.is_call else None
            if callee is not None and callee.name.startswith("llvm.memmove."):
                _replace(module, function, instruction)


def _replace(module: Module, function: Function, move: Instruction) -> None:
    to, start, length, volatile = move.arguments
    copy = _memcpy(module, move)
    builder = Builder.before(move)
    constant = length.constant_int()
    if constant is not None and constant <= _ON_STACK:
        array = Type(module.llvm, module.llvm.LLVMArrayType(builder.integer(8).ref, constant))
        between: Value = Builder.before(function.entry.first).alloca(array)
        module.llvm.LLVMSetAlignment(between.ref, 16)
    else:
        between = builder.call(_allocator(module, builder), [builder.widened(length, 64)])
    for pair in ((between, start), (to, between)):
        builder.call(copy, [*pair, length, volatile])
    if constant is None or constant > _ON_STACK:
        builder.call(_deallocator(module, builder), [between])
    move.erase()


def _memcpy(module: Module, move: Instruction) -> Function:
    callee = move.callee
    if callee is None:
        raise AssertionError
    return module.declare(callee.name.replace("memmove", "memcpy"), callee.value_type.ref)


def _allocator(module: Module, builder: Builder) -> Function:
    return module.declare("malloc", builder.function_type(builder.pointer(), builder.integer(64)).ref)


def _deallocator(module: Module, builder: Builder) -> Function:
    return module.declare("free", builder.function_type(builder.void(), builder.pointer()).ref)


RULE = Rule(
    name="memmove",
    reason="Enzyme's derivative of an overlapping memmove is wrong",
    apply=apply,
)
