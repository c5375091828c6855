"""Notes whether the bits of floats travel as integers, before optimisation hides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.evidence import BITS_OF_FLOATS, FLOAT_BITS_TRAVEL, FLOATS_OF_BITS, float_bits_travel
from cargo_autodiff.ir.flows import PASSING, is_integer
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value


def apply(module: Module) -> None:
    """Note it in the module when a float's bits are kept as an integer anywhere: stored, or put into an aggregate.

    And when any integer is taken as a float's bits, or the other way round.
    """
    if any(_is_float(item) for function in module.definitions() for item in function.instructions()):
        _note(module, FLOATS_OF_BITS)
    todo: list[Value] = [
        item for function in module.definitions() for item in function.instructions() if _is_bits(item)
    ]
    if todo:
        _note(module, BITS_OF_FLOATS)
    if float_bits_travel(module):
        return
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
    """Yield the values that the same bits become; None where they go into memory, and not to be a float again."""
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
        elif _is_kept(value, instruction):
            yield None


def _is_kept(bits: Value, user: Instruction) -> bool:
    if user.opcode == Opcode.STORE:
        return user.operands[0] == bits and not _is_transmuted(user.operands[1])
    return user.opcode in (Opcode.INSERTVALUE, Opcode.ATOMICRMW, Opcode.CMPXCHG)


def _is_transmuted(address: Value) -> bool:
    """Tell a variable of its own out of which floats only are loaded, as rustc makes one for a transmutation."""
    variable = address.as_instruction()
    if variable is None or variable.opcode != Opcode.ALLOCA:
        return False
    users = [user.as_instruction() for user in variable.users()]
    return all(user is not None and _is_own_use(user, variable) for user in users)


def _is_own_use(user: Instruction, variable: Instruction) -> bool:
    """Tell a load of a float, a store into the variable, and what says how long it is there."""
    if user.opcode == Opcode.LOAD:
        return all(kind.is_float for kind in user.type.scalars())
    if user.opcode == Opcode.STORE:
        return user.operands[0] != variable
    return user.is_call and user.callee is not None and user.callee.name.startswith("llvm.lifetime.")


RULE = Rule(
    name="float-bits",
    reason="where Vec<u64> can hold f64::to_bits, Rust's types do not tell what carries a derivative",
    apply=apply,
)
