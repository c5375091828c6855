"""What must not be computed where its guard has not been asked: loads, and divisions by what may be zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.kinds import Opcode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.value import Block, Instruction, Value

_DIVISIONS = (Opcode.UDIV, Opcode.SDIV, Opcode.UREM, Opcode.SREM)


def has_hazards(value: Value, body: set[Block], guarded: set[Block]) -> bool:
    """Tell what a load or a division in some of these blocks is needed for."""
    return any(step.block in guarded and _is_hazard(step) for step in sources(value, body))


def sources(value: Value, body: set[Block]) -> Iterator[Instruction]:
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
    return step.is_call and step.callee is not None and step.callee.name.startswith("__cargo_autodiff_")


def _is_hazard(step: Instruction) -> bool:
    return step.opcode == Opcode.LOAD or (step.opcode in _DIVISIONS and step.operands[1].constant_int() is None)
