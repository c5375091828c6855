"""What a condition guards is not computed before it is asked.

Enzyme computes anew what it takes for cheap, and asks only whether that gives the same; not whether it may be done
where it does it. How long an inner loop is, it computes before the loops around it, to allocate for all at once
(CacheUtility::getSubLimits). A load or a division by what may be zero must not be done there: it crashed, or LLVM took
the guard itself for known, because a division by zero is undefined. What a call gave is kept, and not computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.entry_calls import asks_for_reverse
from cargo_autodiff.ir.hazards import hazards, is_kept, sources
from cargo_autodiff.ir.inactive_calls import give_back, kept_integer
from cargo_autodiff.ir.inductions import is_in
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.loops import Flow, certain, natural_loops
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.rules.counted_exits import deciding, hide

if TYPE_CHECKING:
    from cargo_autodiff.ir.loops import Loop
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Block, Value

_GUARDED = "__cargo_autodiff_guarded."


def apply(module: Module) -> None:
    """Keep such bounds and starts of inner loops; where these are addresses, keep how often the loop ran."""
    if not asks_for_reverse(module):
        return
    for function in module.definitions():
        flow = Flow(function)
        loops = natural_loops(flow)
        sure = {loop: certain(flow, loop) for loop in loops}
        for loop in loops:
            _keep_bounds(module, flow, loop, sure)


def settle(module: Module) -> None:
    """Let what was called be what was given."""
    give_back(module, _GUARDED)


def _keep_bounds(module: Module, flow: Flow, loop: Loop, sure: dict[Loop, set[Block]]) -> None:
    """Keep a loop's; `sure` are the blocks of each loop that every iteration goes through."""
    body, header = flow.body(loop), flow.blocks[loop.header]
    around = [(flow.body(other), sure[other]) for other in sure if other != loop and loop.header in other.body]
    before = [flow.blocks[number] for number in flow.predecessors[loop.header] if number not in loop.body]
    if not around or len(before) != 1:
        return
    headers = {flow.blocks[other.header] for other in sure}
    for step in [each for each in deciding(flow, loop) if each.opcode == Opcode.ICMP]:
        fixed = [number for number, value in enumerate(step.operands) if not is_in(value, body)]
        starts = [
            (phi, at)
            for phi in sources(step, body)
            if phi.opcode == Opcode.PHI and phi.block == header
            for at, (_, origin) in enumerate(phi.incoming())
            if origin == before[0]
        ]
        values = [*(step.operands[number] for number in fixed), *(phi.operands[at] for phi, at in starts)]
        if not any(_is_early(headers, value, *other) for value in values for other in around):
            continue
        if step.operands[0].type.kind is TypeKind.POINTER:
            hide(module, step)
            continue
        builder = Builder.before(before[0].terminator)
        for number in fixed:
            step.set_operand(number, _kept(module, builder, step.operands[number]))
        for phi, at in starts:
            phi.set_operand(at, _kept(module, builder, phi.operands[at]))


def _is_early(headers: set[Block], value: Value, body: set[Block], sure: set[Block]) -> bool:
    """Tell what may be computed before a loop, of which not every iteration does what it takes.

    What hangs on a loop's phi cannot be.
    """
    if any(step.opcode == Opcode.PHI and step.block in headers for step in sources(value, body)):
        return False
    return not hazards(value, body) <= sure


def _kept(module: Module, builder: Builder, value: Value) -> Value:
    step = value.as_instruction()
    if step is None or value.type.kind is not TypeKind.INTEGER or is_kept(step):
        return value
    return kept_integer(module, builder, _GUARDED, value)


RULE = Rule(
    name="guarded-values",
    reason="Enzyme computes loops' lengths where their guards have not been asked",
    apply=apply,
)
SETTLE = Rule(name="settle-guarded-values", reason="nothing defines what was called", apply=settle)
