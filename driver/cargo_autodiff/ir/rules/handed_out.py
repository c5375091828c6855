"""Memory that goes out of a call is the caller's afterwards: the derivative must not free it.

In reverse mode Enzyme frees every allocation of a function, and its shadow, at the end of the reverse pass
(CallDerivatives.cpp, `EnzymeFreeInternalAllocations`), and drops the function's own frees: it takes for granted that
what a function allocates stays inside. The caller gets freed memory, and frees it once more.

Where no float is there and nobody wants a shadow (the text or the indices that are a Const result), allocating and
freeing are calls that carry no derivative: they stay where they are in the forward pass. Else it is refused: a shadow
that is made inside cannot have been given a seed by the caller.

In forward mode nothing is put off, and what goes out takes its shadow along. But a text that a function without body
writes into is another one afterwards, and its shadow is not: there, too, only the memory itself is freed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.debug_info import place
from cargo_autodiff.ir.entry_calls import asks_for_reverse
from cargo_autodiff.ir.flows import CRATE, OUTGOING, is_allocator, is_freeing
from cargo_autodiff.ir.inactive_calls import INACTIVE, NOT_ITS_OWN, OURS, inactive
from cargo_autodiff.ir.memory import Memory, given_to, leads_to_floats
from cargo_autodiff.ir.owners import Owner, Owners
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.value import RETURN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cargo_autodiff.ir.memory import MemoryClass
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction

_BLOCK_AND_INACCESSIBLE_MEMORY = 0b1111  # MemoryEffects: two bits for each location


def apply(module: Module) -> None:
    """Keep what goes out and carries no derivative out of Enzyme's sight. Raises Refused for other memory."""
    is_reverse = asks_for_reverse(module) and any(_calls(module, is_allocator))
    if not is_reverse and not any(_calls(module, is_freeing)):
        return
    memory = Memory(module)
    outgoing = set(_lent(module, memory))
    if not is_reverse and not outgoing:
        return
    owners = Owners(module, memory)
    pointers: set[int] = set()
    for whose, pointer, given in owners.handed_out() if is_reverse else ():
        made = owners.allocations([pointer])
        if whose & Owner.CALLERS:
            raise _refused(module, made, "has a shadow there, which would have to go out, too")
        if leads_to_floats(memory, given):
            raise _refused(module, made, "holds numbers, or leads to some")
        pointers.add(pointer)
        outgoing |= given.reaches()
    hidden = owners.allocations({*pointers, *owners.kept_in(outgoing)})
    freeing = [call for call in _calls(module, is_freeing) if memory.of(call.arguments[0]) in outgoing]
    _hide_all(module, owners, hidden, freeing)


def _hide_all(module: Module, owners: Owners, hidden: set[int], freeing: list[Instruction]) -> None:
    """Hide these allocations, what frees them, and what else that may free; other allocations stay Enzyme's to free."""
    freed = {call: owners.allocations([call.arguments[0].ref]) for call in freeing}
    while more := {ref for refs in freed.values() if refs & hidden for ref in refs - hidden}:
        hidden |= more
    for call in _calls(module, is_allocator):
        if call.ref in hidden:
            _hide(module, call)
    for call, refs in freed.items():
        if refs <= hidden:
            _hide(module, call)


def settle(module: Module) -> None:
    """Let these functions be the allocator's again."""
    for function in module.functions():
        if function.name.startswith(OUTGOING):
            own = module.declare(function.name.removeprefix(OUTGOING), function.value_type.ref)
            crate = function.string_attribute(CRATE)
            if crate is not None:
                own.set_string_attribute(CRATE, crate)
            function.replace_uses(own)


def _lent(module: Module, memory: Memory) -> Iterator[MemoryClass]:
    """Yield memory without floats that functions without body get, which may free it: a text that is written into."""
    inactive_ones = (
        function
        for function in module.functions()
        if function.is_declaration
        and function.string_attribute(INACTIVE) is not None
        and not function.name.startswith(OURS)
    )
    yield from (given for given in given_to(inactive_ones, memory) if not leads_to_floats(memory, given))


def _calls(module: Module, wanted: Callable[[Function], bool]) -> list[Instruction]:
    named = (function for function in module.functions() if function.is_declaration and wanted(function))
    return [call for function in named for call in function.calls()]


def _hide(module: Module, call: Instruction) -> None:
    """Call a function instead that carries no derivative."""
    callee = call.callee
    if callee is None or callee.name.startswith(OUTGOING):
        return
    hidden = inactive(module, OUTGOING + callee.name, call.type, *(given.type for given in call.arguments))
    crate = callee.string_attribute(CRATE)
    if crate is not None:
        hidden.set_string_attribute(CRATE, crate)
    hidden.set_string_attribute(NOT_ITS_OWN)
    if is_allocator(callee):
        hidden.add("noalias", RETURN)
    else:
        _let_change_block(hidden)
    call.set_operand(len(call.operands) - 1, hidden)


def _let_change_block(freeing: Function) -> None:
    """Say that what was read there is not there afterwards: Enzyme keeps what the reverse pass needs of it."""
    if freeing.llvm.major >= 16:
        freeing.add("memory", value=_BLOCK_AND_INACCESSIBLE_MEMORY)
    else:
        freeing.drop("inaccessiblememonly")
        freeing.add("inaccessiblemem_or_argmemonly")


def _refused(module: Module, made: set[int], what: str) -> Refused:
    where = next((at for call in _calls(module, is_allocator) if call.ref in made and (at := place(call))), "")
    return Refused(
        "memory that the function allocates goes out to the caller",
        where=where,
        why=f"it {what}: in reverse mode Enzyme frees what a function allocates, and its shadow, at the end",
        hint="write into a slice of the caller's instead; text and indices can go out as a `Const` result",
    )


RULE = Rule(
    name="handed-out",
    reason="in reverse mode Enzyme frees all that a function allocates, also what the caller gets",
    apply=apply,
)
SETTLE = Rule(
    name="settle-handed-out", reason="the same: allocating and freeing are the allocator's again", apply=settle
)
