"""Small caches of known size are on the stack.

Enzyme gets each from malloc, and gives it back at the end of the same call: for a function of a microsecond that is
most of its gradient's time, and LLVM takes nothing apart that is on the heap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.loops import Flow
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.value import Type

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction

MOST = 1024  # bytes; a loop of known length has some such caches, and a thread two megabytes
_ALLOCATED, _FREED = "enzyme_cache_alloc", "enzyme_cache_free"
_ALIGNMENT = 16  # malloc's


def apply(module: Module) -> None:
    """Give a place on the stack to what is allocated once a call, and freed in the same function."""
    for function in module.definitions():
        caches = _caches(function)
        if caches:
            for cache in caches:
                _move(module, function, *cache)
            for call in function.instructions():
                if call.is_call:
                    module.llvm.LLVMSetTailCall(call.ref, 0)  # it promises that the call reaches nothing on this stack


def _caches(function: Function) -> list[tuple[Instruction, list[Instruction], int]]:
    """Find the caches that can be moved: the allocation, what frees it, and its size."""
    allocated, freed = _by_cache(function, _ALLOCATED, "malloc"), _by_cache(function, _FREED, "free")
    if not allocated.keys() & freed.keys():
        return []
    flow = Flow(function)
    again = {flow.blocks[number].ref for number in flow.in_cycles()}
    found = []
    for cache, allocations in allocated.items():
        size = allocations[0].arguments[0].constant_int()
        is_once = len(allocations) == 1 and allocations[0].block.ref not in again
        if is_once and cache in freed and size is not None and size <= MOST:
            found.append((allocations[0], freed[cache], size))
    return found


def _by_cache(function: Function, kind: str, name: str) -> dict[int, list[Instruction]]:
    """Sort the calls of a function that Enzyme marked with a cache's node."""
    found: dict[int, list[Instruction]] = {}
    for call in function.instructions():
        if call.is_call and call.callee is not None and call.callee.name == name:
            node = call.metadata(kind)
            if node is not None:
                found.setdefault(node.ref, []).append(call)
    return found


def _move(module: Module, function: Function, allocation: Instruction, frees: list[Instruction], size: int) -> None:
    builder = Builder.before(function.entry.first)
    place = builder.alloca(Type(module.llvm, module.llvm.LLVMArrayType(builder.integer(8).ref, size)))
    module.llvm.LLVMSetAlignment(place.ref, _ALIGNMENT)
    allocation.replace_uses(place)
    for call in (allocation, *frees):
        call.erase()


RULE = Rule(
    name="stack-caches",
    reason="a derivative of a small function spends most of its time in malloc and free",
    apply=apply,
)
