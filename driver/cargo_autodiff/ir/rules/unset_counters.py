"""What the reverse pass looks up by the counter of a loop that has not begun is not used.

Enzyme keeps a variable for each loop that says at which iteration its reverse pass is. Where it looks up what a loop
has kept from outside of that loop's reverse pass, it reads what happens to be there: adjoints are of other iterations,
or go anywhere. The rules `loop-results` and `loads-apart` leave no such place that is known; this looks for others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.enzyme_names import primal
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.loops import Flow
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Block, Function, Instruction, Value

_COMPUTED = frozenset(Opcode) - {
    Opcode.RET, Opcode.BR, Opcode.SWITCH, Opcode.INVOKE, Opcode.STORE, Opcode.CALL, Opcode.CMPXCHG, Opcode.ATOMICRMW,
    Opcode.RESUME,
}  # fmt: skip
"""What does nothing but to give a value."""


def check(module: Module) -> None:
    """Refuse a derivative that needs what a counter says before it is set. Raises Refused."""
    for function in module.definitions():
        counters = [item for item in function.entry.instructions if _is_counter(item)]
        if counters and any(map(_is_needed, _read_unset(function, counters))):
            raise Refused(
                "the reverse pass of a loop cannot be made",
                why=f"in `{primal(function.name)}` Enzyme would look up what it needs there at an iteration of another"
                " loop, which has not begun",
                hint="put the loop into a function of its own with `#[inline(never)]`, or read what it needs into a"
                " variable before",
            )


def _is_counter(item: Instruction) -> bool:
    return item.opcode == Opcode.ALLOCA and item.name.startswith("iv") and item.name.endswith("'ac")


def _read_unset(function: Function, counters: list[Instruction]) -> Iterator[Instruction]:
    """Yield loads of a counter to which some way leads without a store to it."""
    flow = Flow(function)
    numbers = {counter.ref: 1 << number for number, counter in enumerate(counters)}
    everything = (1 << len(counters)) - 1
    stores = [_stored(block, numbers) for block in flow.blocks]
    before = dict.fromkeys(flow.order, everything) | {0: 0}
    changed = True
    while changed:
        changed = False
        for block in flow.order[1:]:
            known = everything
            for earlier in flow.predecessors[block]:
                if earlier in before:
                    known &= before[earlier] | stores[earlier]
            changed |= known != before[block]
            before[block] = known
    for block in flow.order:
        if before[block] != everything:
            yield from _unset_in(flow.blocks[block], before[block], numbers)


def _stored(block: Block, numbers: dict[int, int]) -> int:
    found = 0
    for item in block.instructions:
        if item.opcode == Opcode.STORE:
            found |= numbers.get(item.operands[1].ref, 0)
    return found


def _unset_in(block: Block, known: int, numbers: dict[int, int]) -> Iterator[Instruction]:
    for item in block.instructions:
        if item.opcode == Opcode.STORE:
            known |= numbers.get(item.operands[1].ref, 0)
        elif item.opcode == Opcode.LOAD and numbers.get(item.operands[0].ref, 0) & ~known:
            yield item


def _is_needed(value: Value) -> bool:
    """Tell whether anything is done with it, and not only computed."""
    found, todo = {value}, [value]
    while todo:
        for user in todo.pop().users():
            step = user.as_instruction()
            if step is None or step.opcode not in _COMPUTED:
                return True
            if step not in found:
                found.add(step)
                todo.append(step)
    return False


CHECK = Rule(
    name="unset-counters",
    reason="Enzyme looks up what a loop has kept where that loop's reverse pass has not begun",
    apply=check,
)
