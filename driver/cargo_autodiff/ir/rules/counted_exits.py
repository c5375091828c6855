"""Enzyme counts the iterations only of loops of which it can.

It writes `i < n` as `i != n` where a loop ends, without asking whether n moves, too (CanonicalizeLatches): two that
move towards each other step over each other. Where a loop goes on while `i >= n`, it says that adding -1 to n does not
wrap around, which is true of n = 0 alone (MustExitScalarEvolution, computeExitLimitFromICmp: FlagNUW): n - 1 is the
largest number there is then, for every loop of the function, and the loop ends after one iteration; of signed numbers
it does this, too, as if they were unsigned (SLE stands where SGE is meant). And it takes a number of iterations that
holds only if nothing wraps around, which nobody checks (CacheUtility::getContext, AllowPredicates). Loops that it does
not count it goes through in the reverse pass as often as it has in the forward pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.inactive_calls import give_back, is_call_of, kept_integer
from cargo_autodiff.ir.inductions import is_in, is_moved
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.loops import Flow, ends, natural_loops
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.loops import Loop
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Block, Instruction, Value

_UNCOUNTED = "__cargo_autodiff_uncounted."
_JOINS = (Opcode.AND, Opcode.OR, Opcode.XOR, Opcode.SELECT, Opcode.FREEZE, Opcode.PHI)
_GREATER_OR_EQUAL, _LESS_OR_EQUAL = (35, 39), (37, 41)
"""Of LLVMIntPredicate, for unsigned and signed numbers."""
_OTHERWISE = {34: 37, 35: 36, 36: 35, 37: 34, 38: 41, 39: 40, 40: 39, 41: 38}
"""What is so where another one is not."""


def apply(module: Module) -> None:
    """Let a call that no pass sees through give what decides about a loop's end, if Enzyme would count it wrongly.

    Comparisons of what each iteration moves by as much with what stays the same are left alone, but those that let the
    loop go on while one is not less than the other.
    """
    for function in module.definitions():
        flow = Flow(function)
        for loop in natural_loops(flow):
            body, header = flow.body(loop), flow.blocks[loop.header]
            for step in deciding(flow, loop):
                moving = [number for number in range(_compared(step)) if is_in(step.operands[number], body)]
                is_plain = len(moving) == 1 and is_moved(step.operands[moving[0]], header, body)
                if moving and not is_plain:
                    hide(module, step)
            for step in _not_less(flow, loop, body):
                hide(module, step)


def settle(module: Module) -> None:
    """Let what was called be what was given."""
    give_back(module, _UNCOUNTED)


def deciding(flow: Flow, loop: Loop) -> list[Instruction]:
    """List what decides whether the loop is left: comparisons and switches. What ends in a panic decides nothing."""
    body = flow.body(loop)
    leaving = [block.terminator for block in ends(flow, loop)]
    found = [end for end in leaving if end.opcode == Opcode.SWITCH]
    todo: list[Value] = [end.operands[0] for end in leaving if end.opcode == Opcode.BR]
    seen: set[Value] = set()
    while todo:
        value = todo.pop()
        step = value.as_instruction()
        if step is None or value in seen or step.block not in body:
            continue
        seen.add(value)
        if step.opcode == Opcode.ICMP:
            found.append(step)
        elif step.opcode in _JOINS:
            todo += step.operands
    return found


def _compared(step: Instruction) -> int:
    """Say how many of its operands are compared."""
    return 2 if step.opcode == Opcode.ICMP else 1


def _not_less(flow: Flow, loop: Loop, body: set[Block]) -> list[Instruction]:
    """List the comparisons, of the loop or from before it, that let it go on while `i >= n`, where n is not known."""
    found = []
    for end in ends(flow, loop):
        goes_on = end.successors[0] in body
        todo = end.terminator.operands[:1] if end.terminator.opcode == Opcode.BR else []
        seen: set[Value] = set()
        while todo:
            step = todo.pop().as_instruction()
            if step is None or step in seen:
                continue
            seen.add(step)
            if step.opcode in (Opcode.AND, Opcode.OR, Opcode.SELECT):
                todo += step.operands
            elif step.opcode == Opcode.ICMP and _asks_for_not_less(step, body, goes_on=goes_on):
                found.append(step)
    return list(dict.fromkeys(found))


def _asks_for_not_less(step: Instruction, body: set[Block], *, goes_on: bool) -> bool:
    """Tell `i >= n`, or `n <= i`, where the loop goes on; of two that stay the same, Enzyme may take either for i."""
    if any(operand.constant_int() is not None for operand in step.operands):
        return False
    predicate = step.llvm.LLVMGetICmpPredicate(step.ref)
    predicate = predicate if goes_on else _OTHERWISE.get(predicate, predicate)
    left, right = (is_in(operand, body) for operand in step.operands)
    return (predicate in _GREATER_OR_EQUAL and (left or not right)) or (
        predicate in _LESS_OR_EQUAL and (right or not left)
    )


def hide(module: Module, step: Instruction) -> None:
    """Let a call stand for what a comparison says, or for what a switch asks."""
    if step.opcode == Opcode.ICMP:
        call = kept_integer(module, Builder.after(step), _UNCOUNTED, step)
        step.replace_uses(call)
        call.set_operand(0, step)
    elif not is_call_of(step.operands[0], _UNCOUNTED):
        step.set_operand(0, kept_integer(module, Builder.before(step), _UNCOUNTED, step.operands[0]))


RULE = Rule(
    name="counted-exits",
    reason="Enzyme counts iterations wrongly where a bound moves, numbers go down to one, or something may wrap around",
    apply=apply,
)
SETTLE = Rule(name="settle-counted-exits", reason="nothing defines what was called", apply=settle)
