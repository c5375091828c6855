"""What must not be computed where its guard has not been asked: loads, and divisions by what may be zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.inactive_calls import OURS, is_call_of
from cargo_autodiff.ir.kinds import Opcode

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from cargo_autodiff.ir.value import Block, Instruction, Value

_DIVISIONS = (Opcode.UDIV, Opcode.SDIV, Opcode.UREM, Opcode.SREM)


def hazards(value: Value, body: Container[Block]) -> set[Block]:
    """Give those of these blocks of which a load or a division is needed for a value."""
    return {step.block for step in sources(value, body) if _is_hazard(step)}


def sources(value: Value, body: Container[Block]) -> Iterator[Instruction]:
    """Yield what a value is computed from, as far as that is in these blocks, and no call has kept it."""
    todo, seen = [value], {value}
    while todo:
        step = todo.pop().as_instruction()
        if step is None or step.block not in body or is_kept(step):
            continue
        yield step
        fresh = set(step.operands) - seen
        seen |= fresh
        todo += fresh


def is_kept(step: Instruction) -> bool:
    """Tell what one of our calls gave: it is not computed again."""
    return is_call_of(step, OURS)


def _is_hazard(step: Instruction) -> bool:
    return step.opcode == Opcode.LOAD or (step.opcode in _DIVISIONS and step.operands[1].constant_int() is None)
