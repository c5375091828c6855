"""What is computed from a word that may be no float is computed from zero where it is none.

LLVM computes both arms of a condition ahead and selects: a product of an integer's bits, which can be NaN as a float,
counts for nothing then, but its derivative multiplies NaN by the adjoint zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.origins import MERGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.value import Block, Instruction, Value

_ARITHMETIC = (Opcode.FADD, Opcode.FSUB, Opcode.FMUL, Opcode.FDIV, Opcode.FREM, Opcode.FNEG, Opcode.FPTRUNC,
               Opcode.FPEXT, Opcode.SELECT)  # fmt: skip
_ARMS = 2


class _Taken(NamedTuple):
    """The condition under which control goes a way, if there is one, and whether that holds then."""

    condition: Value | None
    holds: bool


def keep_apart(words: list[Value]) -> None:
    """Compute what only one arm of a select or phi needs under its condition, from zero where that does not hold."""
    seen: set[int] = set()
    refs = {word.ref for word in words}
    for merge in [found for word in words for found in _merges(word, seen)]:
        for number, arm in enumerate(_arms(merge)):
            chain = _only_for(merge, arm)
            if chain:
                _sink(merge, number, chain, refs)


def _merges(word: Value, seen: set[int]) -> Iterator[Instruction]:
    """Yield the selects and phis that arithmetic with a word leads to."""
    todo = [word]
    while todo:
        for user in _users(todo.pop()):
            if user.ref not in seen and (user.opcode in MERGES or _is_arithmetic(user)):
                seen.add(user.ref)
                todo.append(user)
                if user.opcode in MERGES and user.type.kind.is_float:
                    yield user


def _arms(merge: Instruction) -> list[Value]:
    return merge.operands[1:] if merge.opcode == Opcode.SELECT else merge.operands


def _only_for(merge: Instruction, arm: Value) -> list[Instruction]:
    """Give the arithmetic that nothing but one arm needs, users first."""
    if sum(other == arm for other in _arms(merge)) > 1 or (merge.opcode == Opcode.SELECT and merge.operands[0] == arm):
        return []
    chain: list[Instruction] = []
    todo = [arm]
    while todo:
        instruction = todo.pop(0).as_instruction()
        if instruction is None or instruction in chain or not _is_arithmetic(instruction):
            continue
        # the merge may take what the arm is computed from as another arm
        if all(user in chain or (user == merge and instruction == arm) for user in instruction.users()):
            chain.append(instruction)
            todo += instruction.operands
    return chain


def _sink(merge: Instruction, number: int, chain: list[Instruction], words: set[int]) -> None:
    """Move the arithmetic to where it is needed, and let its words be zero where the other arm is."""
    place, taken = merge, _Taken(merge.operands[0], holds=number == 0)
    if merge.opcode == Opcode.PHI:
        place = merge.incoming()[number][1].terminator
        found = _taken(place, merge.block)
        if found is None:
            return
        taken = found
    condition, holds = taken
    for instruction in reversed(chain):
        Builder.before(place).take(instruction)
        if instruction.opcode == Opcode.SELECT and instruction.operands[0] == condition:
            continue  # one of ours
        for index, operand in enumerate(instruction.operands):
            if operand.ref in words and condition is not None and operand.type.kind.is_float:
                inside = Builder.before(instruction)
                zero = inside.zero(operand.type)
                arms = (operand, zero) if holds else (zero, operand)
                instruction.set_operand(index, inside.select(condition, *arms))


def _taken(terminator: Instruction, block: Block) -> _Taken | None:
    """Say when control goes to a block; None where it cannot be said."""
    successors = terminator.block.successors
    if len(successors) == 1:
        return _Taken(None, holds=True)
    if terminator.opcode != Opcode.BR or len(successors) != _ARMS or successors[0] == successors[1]:
        return None
    return _Taken(terminator.operands[0], holds=successors[0] == block)


def _is_arithmetic(instruction: Instruction) -> bool:
    if instruction.is_call:
        callee = instruction.callee
        return callee is not None and callee.is_intrinsic and instruction.type.kind.is_float
    return instruction.opcode in _ARITHMETIC and instruction.type.kind.is_float


def _users(value: Value) -> Iterator[Instruction]:
    return (user for item in value.users() if (user := item.as_instruction()) is not None)
