"""Notes whether the bits of floats travel as integers, before optimisation hides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.evidence import FLOAT_BITS_TRAVEL, FLOATS_OF_BITS, float_bits_travel
from cargo_autodiff.ir.flows import PASSING, is_integer
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value


def apply(module: Module) -> None:
    """Note it in the module when a float's bits are kept as an integer anywhere: stored, or put into an aggregate.

    And when any integer is taken as a float's bits.
    """
    if any(_is_float(item) for function in module.definitions() for item in function.instructions()):
        _note(module, FLOATS_OF_BITS)
    if float_bits_travel(module):
        return
    todo: list[Value] = [
        item for function in module.definitions() for item in function.instructions() if _is_bits(item)
    ]
    seen = {value.ref for value in todo}
    while todo:
        for near in _onward(todo.pop()):
            if near is None:
                _note(module, FLOAT_BITS_TRAVEL)
                return
            if near.ref not in seen:
                seen.add(near.ref)
                todo.append(near)


def _note(module: Module, what: bytes) -> None:
    if not module.llvm.LLVMGetNamedMetadataNumOperands(module.ref, what):
        node = Builder(module.llvm, module.context).empty_node()
        module.llvm.LLVMAddNamedMetadataOperand(module.ref, what, node.ref)


def _is_float(instruction: Instruction) -> bool:
    """Tell a float that is made of bits."""
    if instruction.opcode != Opcode.BITCAST or not is_integer(instruction.operands[0].type):
        return False
    return any(kind.is_float for kind in instruction.type.scalars())


def _is_bits(instruction: Instruction) -> bool:
    if instruction.opcode != Opcode.BITCAST or not is_integer(instruction.type):
        return False
    return any(kind.is_float for kind in instruction.operands[0].type.scalars())


def _onward(value: Value) -> Iterator[Value | None]:
    """Yield the values that the same bits become; None where they go into memory that is more than one variable."""
    for user in value.users():
        instruction = user.as_instruction()
        if instruction is None:
            continue
        callee = instruction.callee if instruction.is_call else None
        if instruction.opcode in PASSING:
            yield instruction
        elif instruction.opcode == Opcode.RET:
            yield from instruction.function.calls()
        elif callee is not None and not callee.is_declaration:
            for given, formal in zip(instruction.arguments, callee.parameters, strict=False):
                if given == value:
                    yield formal
        elif instruction.opcode == Opcode.STORE and instruction.operands[0] == value:
            yield from _loaded(instruction.operands[1])
        elif instruction.opcode in (Opcode.INSERTVALUE, Opcode.ATOMICRMW, Opcode.CMPXCHG):
            yield None


def _loaded(address: Value) -> Iterator[Value | None]:
    """Yield what is loaded from a variable of its own, as rustc makes one for a transmutation; else None."""
    variable = address.as_instruction()
    users = [user.as_instruction() for user in variable.users()] if variable is not None else []
    if variable is None or variable.opcode != Opcode.ALLOCA:
        yield None
        return
    for user in users:
        if user is not None and user.opcode == Opcode.LOAD:
            if not all(kind.is_float for kind in user.type.scalars()):
                yield user
        elif user is None or not _is_own_use(user, variable):
            yield None


def _is_own_use(user: Instruction, variable: Instruction) -> bool:
    """Tell a store into a variable, and what says how long it is there."""
    if user.opcode == Opcode.STORE:
        return user.operands[0] != variable
    return user.is_call and user.callee is not None and user.callee.name.startswith("llvm.lifetime.")


RULE = Rule(
    name="float-bits",
    reason="where Vec<u64> can hold f64::to_bits, Rust's types do not tell what carries a derivative",
    apply=apply,
)
