"""Integers that atomic instructions change carry no derivative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.evidence import Evidence, Unknown, float_bits_travel
from cargo_autodiff.ir.flows import PASSING, is_integer
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value

_ATOMIC = (Opcode.ATOMICRMW, Opcode.CMPXCHG)
_EXCHANGE = 0  # LLVMAtomicRMWBinOp
_COMPUTED = frozenset({Opcode.ADD, Opcode.SUB, Opcode.MUL, Opcode.AND, Opcode.OR, Opcode.ICMP})


def apply(module: Module) -> None:
    """Mark atomic instructions as inactive that compute with integers, or put one in place of another.

    Not where floats are seen in the same memory, or where bits of floats travel as integers.
    """
    found = [
        instruction
        for function in module.definitions()
        for instruction in function.instructions()
        if instruction.opcode in _ATOMIC and is_integer(instruction.operands[1].type)
    ]
    if not found or float_bits_travel(module):
        return
    evidence = Evidence(module)
    for instruction in found:
        if _moves_numbers(evidence, instruction) and not _is_near_floats(evidence, instruction):
            instruction.set_metadata("enzyme_inactive", Builder.before(instruction).empty_node())


def _moves_numbers(evidence: Evidence, atomic: Instruction) -> bool:
    if atomic.opcode == Opcode.ATOMICRMW and atomic.llvm.LLVMGetAtomicRMWBinOp(atomic.ref) != _EXCHANGE:
        return True
    return all(_is_number(evidence, atomic, value, set()) for value in atomic.operands[1:])


def _is_number(evidence: Evidence, atomic: Instruction, value: Value, seen: set[int]) -> bool:
    """Tell whether what is put there is constant, computed as an integer, or was there already."""
    made = value.as_instruction()
    if value.is_constant or value.ref in seen:
        return True
    if made is None:
        return False
    seen.add(value.ref)
    if made.opcode == Opcode.LOAD or made.opcode in _ATOMIC:
        memory = evidence.memory
        return memory.of(made.operands[0]) is memory.of(atomic.operands[0])
    if made.opcode in PASSING or made.opcode in (Opcode.ZEXT, Opcode.SEXT, Opcode.EXTRACTVALUE):
        operands = made.operands[1:] if made.opcode == Opcode.SELECT else made.operands
        return all(_is_number(evidence, atomic, operand, seen) for operand in operands)
    return made.opcode in _COMPUTED


def _is_near_floats(evidence: Evidence, atomic: Instruction) -> bool:
    address, value = atomic.operands[:2]
    try:
        layout = evidence.at([address], sum(piece.size for piece in evidence.pieces(value.type)))
    except Unknown as unknown:
        return any(kind.is_float for kind in unknown.kinds)
    return any(piece.kind.is_float for piece in layout)


RULE = Rule(
    name="atomic-integers",
    reason="Enzyme takes every atomic instruction on memory that it knows nothing of for one on floats, and stops",
    apply=apply,
)
