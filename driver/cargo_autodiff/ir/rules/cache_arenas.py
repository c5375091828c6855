"""Caches that a loop gets again and again come out of one arena, which is given back at the end of the call.

For a loop in a loop Enzyme gets a cache in each iteration of the outer one, and frees it in the same iteration of the
reverse pass: a sparse matrix of ten thousand rows is as many blocks for malloc to find and to join again, half of the
gradient's time. Nothing is got after the first of them was freed, so that they may as well be freed together.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.caches import Order, own_caches, reaches_the_stack
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.module import Module
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.value import Type

if TYPE_CHECKING:
    from cargo_autodiff.ir.caches import Cache
    from cargo_autodiff.ir.value import Function

FUNCTIONS = Path(__file__).with_suffix(".ll")
_GET, _FREE = "__cargo_autodiff_arena_get", "__cargo_autodiff_arena_free"
_WORDS = 3


def apply(module: Module) -> None:
    """Take what a loop gets, and what is freed when nothing is got any more, out of an arena."""
    found = [(function, some) for function, caches in own_caches(module) if (some := _of_loops(function, caches))]
    if not found:
        return
    builder = Builder(module.llvm, module.context)
    pointer = builder.pointer()
    get = module.declare(_GET, builder.function_type(pointer, pointer, builder.integer(64)).ref)
    free = module.declare(_FREE, builder.function_type(builder.void(), pointer).ref)
    for function, caches in found:
        _move(function, caches, get, free)
    arenas = Module.parse(module.llvm, module.context, FUNCTIONS.read_bytes(), str(FUNCTIONS))
    arenas.set_target(module.triple, module.layout)
    module.link(arenas)


def _of_loops(function: Function, caches: list[Cache]) -> list[Cache]:
    order = Order(function)
    return [cache for cache in caches if order.is_got_again(cache) and order.is_freed_at_last(cache)]


def _move(function: Function, caches: list[Cache], get: Function, free: Function) -> None:
    builder = Builder.before(function.entry.first)
    words = Type(function.llvm, function.llvm.LLVMArrayType(builder.pointer().ref, _WORDS))
    arena = builder.alloca(words)
    builder.store(builder.zero(words), arena)
    for cache in caches:
        for call in cache.got:
            call.replace_uses(Builder.before(call).call(get, [arena, call.arguments[0]]))
        for call in [*cache.got, *cache.freed]:
            call.erase()
    for block in function.blocks:
        if block.terminator.opcode == Opcode.RET:
            Builder.before(block.terminator).call(free, [arena])
    reaches_the_stack(function)


RULE = Rule(
    name="cache-arenas",
    reason="a cache for each iteration of a loop costs more in malloc and free than in what is kept there",
    apply=apply,
)
