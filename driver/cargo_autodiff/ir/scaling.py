"""What an index is a multiple of."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from cargo_autodiff.ir.kinds import Opcode

if TYPE_CHECKING:
    from cargo_autodiff.ir.value import Instruction, Value

_DIVISIONS = (Opcode.UDIV, Opcode.SDIV)
_QUOTIENTS = (*_DIVISIONS, Opcode.LSHR, Opcode.ASHR)
_EXACT = "exact"
"""LLVM's word for a quotient without rest, of which its C interface tells only from version 18 on."""
_DEEP = 6  # how far arithmetic on an index is followed


def scaled(index: Value, size: int, depth: int = _DEEP) -> tuple[int, int]:
    """Give the constant part of index times size, and what the rest is a multiple of (0 when there is no rest)."""
    number = index.constant_int()
    if number is not None:
        bits = index.type.bits
        return (number - (1 << bits) if number >> (bits - 1) else number) * size, 0
    instruction = index.as_instruction()
    if instruction is None or not depth:
        return 0, size
    code, operands = instruction.opcode, instruction.operands
    if code in (Opcode.SEXT, Opcode.ZEXT, Opcode.FREEZE):
        inner = gcd(*scaled(operands[0], size, depth - 1)) // size
        return 0, size * (inner & -inner or 1)  # a narrow product can have wrapped round
    if code in (Opcode.MUL, Opcode.SHL):
        factor = operands[1].constant_int()
        if factor is not None and factor < 1 << 32:
            return scaled(operands[0], size * (factor if code == Opcode.MUL else 1 << factor), depth - 1)
    if code == Opcode.SUB and (apart := _apart(instruction)) > 1:
        return 0, size * apart
    if code in (Opcode.ADD, Opcode.SUB):
        left, right = (scaled(operand, size, depth - 1) for operand in operands)
        return left[0] + (right[0] if code == Opcode.ADD else -right[0]), gcd(left[1], right[1])
    if code in (Opcode.PHI, Opcode.SELECT):
        choices = operands[1:] if code == Opcode.SELECT else [_advance(choice, instruction) for choice in operands]
        return 0, gcd(*(part for choice in choices for part in scaled(choice, size, depth // 2))) or size
    return 0, size


def _apart(difference: Instruction) -> int:
    """Find the size of the elements between which two pointers differ: what the difference is divided by, exactly."""
    for user in difference.users():
        step = user.as_instruction()
        if step is None or step.opcode not in _QUOTIENTS or step.operands[0] != difference:
            continue
        by = step.operands[1].constant_int()
        if by is not None and 0 < by < 1 << 32 and f" {_EXACT} " in step.text().partition(",")[0]:
            return by if step.opcode in _DIVISIONS else 1 << by
    return 1


def _advance(value: Value, phi: Instruction) -> Value:
    """Give by how much a loop's phi grows in one round, where that is what comes to it; else what comes."""
    step = value.as_instruction()
    if step is not None and step.opcode == Opcode.ADD and phi in step.operands:
        return next((operand for operand in step.operands if operand != phi), value)
    return value
