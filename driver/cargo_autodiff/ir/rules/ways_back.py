"""What is known on the way back to a loop's header: `a..=b` is then a counter like any other.

A range that includes its end remembers whether it has ended: its counter grows by one unless it was the last
(`i + zext(i < end)`), and the loop is left when it was the last, or when what it became is beyond the end. On the way
back it was not the last. LLVM does not look at it so, finds no number of iterations, and unrolls nothing; Enzyme keeps
every value in memory that grows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value

_CONDITIONAL = 3
"""Operands of a branch that has a condition."""
_WIDEST = 64
"""Bits of integers whose constants the C API makes in one piece."""


class _Leaving(Frozen):
    """How a loop is left at the end of an iteration: when `first` is `value`, or else when `second` is."""

    branch: Instruction
    first: Value
    second: Instruction
    value: bool


def apply(module: Module) -> bool:
    """Let counters of ranges that include their end be plain ones; tell whether there was one."""
    changed = False
    for function in module.definitions():
        for block in function.blocks:
            for phi in block.phis:
                if phi.type.kind is TypeKind.INTEGER:
                    changed |= _simplify(phi)
    return changed


def _simplify(counter: Instruction) -> bool:
    changed = False
    for number, (value, block) in enumerate(counter.incoming()):
        step, leaving = value.as_instruction(), _leaving(block.terminator, counter)
        if step is None or leaving is None:
            continue
        plain = _plain(step, counter, leaving)
        if plain is not None:
            counter.set_operand(number, plain)
            _leave_by(leaving, step, plain)
            changed = True
    return changed


def _leaving(branch: Instruction, counter: Instruction) -> _Leaving | None:
    """Read a branch that goes back to a counter's block unless one of two conditions holds."""
    if branch.opcode != Opcode.BR or len(branch.operands) != _CONDITIONAL:
        return None
    then, otherwise = branch.block.successors
    if then == otherwise or counter.block not in (then, otherwise):
        return None
    leaves = then != counter.block
    condition = branch.operands[0].as_instruction()
    if condition is None:
        return None
    first, second = _in_turn(condition, leaves=leaves)
    last = second.as_instruction() if second is not None else None
    if first is None or last is None or last.opcode != Opcode.ICMP:
        return None
    return _Leaving(branch=branch, first=first, second=last, value=leaves)


def _in_turn(condition: Instruction, *, leaves: bool) -> tuple[Value | None, Value | None]:
    """Give the two of which one is enough to leave, or which are both needed to go on."""
    operands = condition.operands
    if condition.opcode == (Opcode.OR if leaves else Opcode.AND):
        return operands[0], operands[1]
    settled, asked = (1, 2) if leaves else (2, 1)
    if condition.opcode == Opcode.SELECT and operands[settled].constant_int() == int(leaves):
        return operands[0], operands[asked]
    return None, None


def _plain(step: Instruction, counter: Instruction, leaving: _Leaving) -> Value | None:
    """Say what a step is if the loop is not left by the first condition; none, if that is not known or nothing else."""
    operands = step.operands
    if step.opcode == Opcode.SELECT:
        truth = _truth(operands[0], leaving)
        chosen = operands[1 if truth else 2].as_instruction() if truth is not None else None
        return chosen if chosen is not None and counter in chosen.operands else None
    if step.opcode != Opcode.ADD or operands[0] != counter:
        return None
    widened = operands[1].as_instruction()
    if widened is None or widened.opcode not in (Opcode.ZEXT, Opcode.SEXT):
        return None
    bits = step.type.bits
    if bits > _WIDEST or _truth(widened.operands[0], leaving) is not True:
        return None
    builder = Builder.before(step)
    plain = builder.copied(step)
    plain.set_operand(1, builder.constant(bits, 1 if widened.opcode == Opcode.ZEXT else 2**bits - 1))
    return plain


def _truth(value: Value, leaving: _Leaving) -> bool | None:
    """Tell what a condition is where the first one to leave by does not hold."""
    if value == leaving.first:
        return not leaving.value
    instruction = value.as_instruction()
    if instruction is not None and instruction.opcode == Opcode.XOR and instruction.operands[1].constant_int() == 1:
        inner = _truth(instruction.operands[0], leaving)
        return None if inner is None else not inner
    return None


def _leave_by(leaving: _Leaving, step: Instruction, plain: Value) -> None:
    """Ask the second condition of the plain step; where the first holds it must not count, not even as poison."""
    if step not in leaving.second.operands:
        return
    builder = Builder.before(leaving.branch)
    second = builder.copied(leaving.second)
    for number, operand in enumerate(second.operands):
        if operand == step:
            second.set_operand(number, plain)
    truth = builder.constant(1, int(leaving.value))
    both = (truth, second) if leaving.value else (second, truth)
    leaving.branch.set_operand(0, builder.select(leaving.first, *both))


RULE = Rule(
    name="ways-back",
    reason="LLVM does not count the iterations of a range that includes its end, so that Enzyme caches step by step",
    apply=apply,
)
