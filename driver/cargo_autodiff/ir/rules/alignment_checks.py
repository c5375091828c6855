"""Alignment is checked one pointer at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value


def apply(module: Module) -> None:
    """Turn `(a | b) & mask` into `(a & mask) | (b & mask)`, if a or b is an address; the other may be one, merged."""
    for function in module.definitions():
        for masked in list(function.instructions()):
            joined = masked.operands[0].as_instruction() if masked.opcode == Opcode.AND else None
            if joined is not None and joined.opcode == Opcode.OR and any(map(_is_address, joined.operands)):
                _split(masked, joined)


def _is_address(value: Value) -> bool:
    instruction = value.as_instruction()
    return instruction is not None and instruction.opcode == Opcode.PTRTOINT


def _split(masked: Instruction, joined: Instruction) -> None:
    builder = Builder.before(masked)
    mask = masked.operands[1]
    masked.replace_uses(builder.either(*(builder.both(address, mask) for address in joined.operands)))
    masked.erase()
    if next(joined.users(), None) is None:
        joined.erase()


RULE = Rule(
    name="alignment-checks",
    reason="type analysis stops at the bits of two pointers joined, which debug builds test for copies",
    apply=apply,
)
