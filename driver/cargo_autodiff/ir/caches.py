"""The caches of Enzyme that one function gets and frees: whatever else does with them, it does in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.loops import Flow

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction

_MARKS = ("enzyme_cache_alloc", "enzyme_cache_free")


class Cache(NamedTuple):
    """The calls of malloc and of free that Enzyme marked with one node."""

    got: list[Instruction]
    freed: list[Instruction]


def own_caches(module: Module) -> list[tuple[Function, list[Cache]]]:
    """Find them by function; what grows (realloc) is not among them."""
    marked: dict[int, list[tuple[str, Instruction]]] = {}
    for name in ("malloc", "realloc", "free"):
        function = module.function(name)
        for call in function.calls() if function is not None else ():
            node = next((it for mark in _MARKS if (it := call.metadata(mark)) is not None), None)
            if node is not None:
                marked.setdefault(node.ref, []).append((name, call))
    found: dict[Function, list[Cache]] = {}
    for calls in marked.values():
        functions = {call.function for _, call in calls}
        if len(functions) == 1 and {name for name, _ in calls} == {"malloc", "free"}:
            got, freed = ([call for name, call in calls if name == which] for which in ("malloc", "free"))
            found.setdefault(functions.pop(), []).append(Cache(got, freed))
    return list(found.items())


class Order:
    """When a function gets caches, and when it frees them."""

    def __init__(self, function: Function) -> None:
        self._flow = Flow(function)
        self._number = {block.ref: index for index, block in enumerate(self._flow.blocks)}
        self._again = self._flow.in_cycles()

    def is_got_again(self, cache: Cache) -> bool:
        """Tell whether a loop gets it."""
        return self._blocks(cache.got) <= self._again

    def is_got_once(self, cache: Cache) -> bool:
        """Tell whether it is got at one place, at most once a call."""
        return len(cache.got) == 1 and self._blocks(cache.got).isdisjoint(self._again)

    def is_freed_at_last(self, cache: Cache) -> bool:
        """Tell whether it is never got after it was freed."""
        return self._flow.reaching(self._blocks(cache.got)).isdisjoint(self._blocks(cache.freed))

    def _blocks(self, calls: list[Instruction]) -> set[int]:
        return {self._number[call.block.ref] for call in calls}


def reaches_the_stack(function: Function) -> None:
    """Take back what calls promise: that they reach nothing on this function's stack."""
    for call in function.instructions():
        if call.opcode == Opcode.CALL:
            function.llvm.LLVMSetTailCall(call.ref, 0)
