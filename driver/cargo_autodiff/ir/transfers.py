"""LLVM's calls that write a number of bytes: copies, and zeros where memory comes to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value

_MEMCPY = "llvm.memcpy.p0.p0.i64"
_MEMSET = "llvm.memset.p0.i64"


def copy_bytes(module: Module, builder: Builder, to: Value, start: Value, size: Value) -> Instruction:
    """Copy as many bytes from `start`, which do not overlap those at `to`."""
    pointer, word, flag = builder.pointer(), builder.integer(64), builder.integer(1)
    copying = builder.function_type(builder.void(), pointer, pointer, word, flag)
    memcpy = module.declare(_MEMCPY, copying.ref)
    return builder.call(memcpy, [to, start, size, builder.constant(1, 0)])


def fill_with_zeros(module: Module, fresh: Instruction, size: Value) -> None:
    """Write as many bytes of zeros behind an instruction that gives a pointer to new memory."""
    builder = Builder.before(fresh.next)
    byte, word, flag = (builder.integer(bits) for bits in (8, 64, 1))
    filling = builder.function_type(builder.void(), builder.pointer(), byte, word, flag)
    memset = module.declare(_MEMSET, filling.ref)
    builder.call(memset, [fresh, builder.constant(8, 0), size, builder.constant(1, 0)])


def is_filling(step: Instruction) -> bool:
    """Tell an instruction that fills memory."""
    return step.is_call and step.callee is not None and step.callee.name == _MEMSET
