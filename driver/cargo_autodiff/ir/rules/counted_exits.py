"""Enzyme counts the iterations only of loops of which it can.

It writes `i < n` as `i != n` where a loop ends, without asking whether n moves, too (CanonicalizeLatches): two that
move towards each other step over each other. It counts `i >= n` of signed numbers as if they were unsigned
(MustExitScalarEvolution, computeExitLimitFromICmp: SLE stands where SGE is meant). And it takes a number of iterations
that holds only if nothing wraps around, which nobody checks (CacheUtility::getContext, AllowPredicates). Loops that it
does not count it goes through in the reverse pass as often as it has in the forward pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.inactive_calls import give_back, is_call_of, kept_integer
from cargo_autodiff.ir.inductions import is_in, is_moved, is_moved_up
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.loops import Flow, ends, natural_loops
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.loops import Loop
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Block, Instruction, Value

_UNCOUNTED = "__cargo_autodiff_uncounted."
_JOINS = (Opcode.AND, Opcode.OR, Opcode.XOR, Opcode.SELECT, Opcode.FREEZE, Opcode.PHI)
_GREATER_OR_EQUAL, _LESS = 39, 40
"""Two of LLVMIntPredicate, for signed numbers; one is the other where the branch goes the other way."""
_SWAPPED = {38: 40, 39: 41, 40: 38, 41: 39}


def apply(module: Module) -> None:
    """Let a call that no pass sees through give what decides about a loop's end, if Enzyme would count it wrongly.

    Comparisons of what each iteration moves by as much with what stays the same are left alone, but signed ones of what
    is moved down.
    """
    for function in module.definitions():
        flow = Flow(function)
        for loop in natural_loops(flow):
            body, header = flow.body(loop), flow.blocks[loop.header]
            for step in deciding(flow, loop):
                moving = [number for number in range(_compared(step)) if is_in(step.operands[number], body)]
                is_plain = len(moving) == 1 and is_moved(step.operands[moving[0]], header, body)
                if moving and (not is_plain or _is_miscounted(step, moving[0], header, body)):
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


def _is_miscounted(step: Instruction, number: int, header: Block, body: set[Block]) -> bool:
    """Tell a comparison that may let the loop go on while a signed number is not less than another."""
    if step.opcode != Opcode.ICMP:
        return False
    predicate = step.llvm.LLVMGetICmpPredicate(step.ref)
    predicate = _SWAPPED.get(predicate, predicate) if number else predicate
    return predicate in (_GREATER_OR_EQUAL, _LESS) and not is_moved_up(step.operands[number], header, body)


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
    reason="Enzyme counts iterations wrongly where a bound moves, signed numbers go down, or something may wrap around",
    apply=apply,
)
SETTLE = Rule(name="settle-counted-exits", reason="nothing defines what was called", apply=settle)
