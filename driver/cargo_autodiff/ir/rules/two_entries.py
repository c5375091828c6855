"""A loop has one entry.

Loops with several are what `goto` makes, and what LLVM makes of the states of an `async fn`. LLVM's own pass lets them
begin with a block that decides where they go on. It knows no landing pads, and no other ends of blocks than branches.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.debug_info import place
from cargo_autodiff.ir.entry_calls import asks_for_reverse
from cargo_autodiff.ir.enzyme_names import is_reverse, primal
from cargo_autodiff.ir.loops import Flow, dominates
from cargo_autodiff.ir.machine import optimise
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.unwinding import is_landing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Block, Function

_PASSES = "function({switch},break-crit-edges,fix-irreducible,loop-simplify,lcssa)"
_REVERSE = re.compile("(inc|merge)?invert")
"""How the names of a reverse pass's blocks begin, but for those of functions that are inlined there."""


def apply(module: Module) -> None:
    """Let loops of several entries have one. Raises Refused where they are gone through by unwinding."""
    if not asks_for_reverse(module):
        return
    found = [function for function in module.definitions() if any(ways_back(function))]
    for function in found:
        flow = Flow(function)
        if any(is_landing(flow.blocks[number]) for number in flow.in_cycles()):
            raise _refusal(function, function.name)
        function.drop("optnone")
    if found:
        optimise(module, _PASSES.format(switch="lowerswitch" if module.llvm.major <= 15 else "lower-switch"))
    for function in found:
        if any(ways_back(function)):
            raise _refusal(function, function.name)


def check(module: Module) -> None:
    """Refuse a derivative for which Enzyme has simplified them back. Raises Refused."""
    for function in module.definitions():
        if is_reverse(function.name) and not _reverse_pass(function).issuperset(ways_back(function)):
            raise _refusal(function, primal(function.name))


def _reverse_pass(function: Function) -> set[Block]:
    """Give the blocks that only a reverse pass leads to: it goes into a loop wherever the loop was left."""
    todo = [block for block in function.blocks if _REVERSE.match(block.as_value().name)]
    found = set(todo)
    while todo:
        fresh = set(todo.pop().successors) - found
        found |= fresh
        todo += fresh
    return found


def ways_back(function: Function) -> Iterator[Block]:
    """Yield blocks that go back to one that is no loop's header: there is a way to them that leaves it out."""
    flow = Flow(function)
    above = flow.dominators()
    rank = {block: index for index, block in enumerate(flow.order)}
    for block in flow.order:
        for after in flow.successors[block]:
            if rank[after] <= rank[block] and not dominates(above, after, block):
                yield flow.blocks[block]


def _refusal(function: Function, name: str) -> Refused:
    return Refused(
        "a loop that is entered at two places cannot be differentiated in reverse",
        where=next((where for block in ways_back(function) if (where := place(block.terminator))), ""),
        why=f"`{name}` has one, of which Enzyme does not know what belongs to which iteration",
        hint="write it as a loop with one beginning: without `goto`, or without `.await` in loops; or use forward mode",
    )


RULE = Rule(
    name="two-entries",
    reason="Enzyme takes what is entered at two places for no loop: it keeps one value for all iterations, or hangs",
    apply=apply,
)
CHECK = Rule(
    name="check-two-entries", reason="Enzyme may make loops of two entries again where it simplifies", apply=check
)
