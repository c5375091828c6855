"""Small caches of known size are on the stack.

Enzyme gets each from malloc, and gives it back at the end of the same call: for a function of a microsecond that is
most of its gradient's time, and LLVM takes nothing apart that is on the heap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.caches import Order, own_caches, reaches_the_stack
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.value import Type

if TYPE_CHECKING:
    from cargo_autodiff.ir.caches import Cache
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function

MOST = 1024  # bytes; a loop of known length has some such caches, and a thread two megabytes
_ALIGNMENT = 16  # malloc's


def apply(module: Module) -> None:
    """Give a place on the stack to what is got once a call."""
    for function, caches in own_caches(module):
        order = Order(function)
        small = [cache for cache in caches if order.is_got_once(cache) and _size(cache) <= MOST]
        for cache in small:
            _move(function, cache)
        if small:
            reaches_the_stack(function)


def _size(cache: Cache) -> int:
    """Give its bytes; more than any that is small, where they are not known."""
    size = cache.got[0].arguments[0].constant_int()
    return MOST + 1 if size is None else size


def _move(function: Function, cache: Cache) -> None:
    builder = Builder.before(function.entry.first)
    place = builder.alloca(Type(function.llvm, function.llvm.LLVMArrayType(builder.integer(8).ref, _size(cache))))
    function.llvm.LLVMSetAlignment(place.ref, _ALIGNMENT)
    cache.got[0].replace_uses(place)
    for call in [*cache.got, *cache.freed]:
        call.erase()


RULE = Rule(
    name="stack-caches",
    reason="a derivative of a small function spends most of its time in malloc and free",
    apply=apply,
)
