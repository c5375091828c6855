"""Notes whether the bits of floats travel as integers, before optimisation hides it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.evidence import BITS_OF_FLOATS, FLOAT_BITS_TRAVEL, FLOATS_OF_BITS, float_bits_travel
from cargo_autodiff.ir.flows import PASSING, is_integer
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Type, Value


def apply(module: Module) -> None:
    """Note it in the module when a float's bits are kept as an integer anywhere: stored, or put into an aggregate.

    And when any integer is taken as a float's bits, or the other way round.
    """
    if any(_is_float(item) for function in module.definitions() for item in function.instructions()):
        _note(module, FLOATS_OF_BITS)
    todo = [Bits(item) for function in module.definitions() for item in function.instructions() if _is_bits(item)]
    if todo:
        _note(module, BITS_OF_FLOATS)
    if float_bits_travel(module):
        return
    seen = set(todo)
    while todo:
        for near in _onward(todo.pop()):
            if near is None:
                _note(module, FLOAT_BITS_TRAVEL)
                return
            if near not in seen:
                seen.add(near)
                todo.append(near)


class Bits(NamedTuple):
    """A float's bits, as an integer."""

    value: Value
    from_variable: bool = False
    """They were in a variable of integers before: if they become a float again, that is a way of their own."""


def _note(module: Module, what: bytes) -> None:
    if not module.llvm.LLVMGetNamedMetadataNumOperands(module.ref, what):
        node = Builder(module.llvm, module.context).empty_node()
        module.llvm.LLVMAddNamedMetadataOperand(module.ref, what, node.ref)


def _is_float(instruction: Instruction) -> bool:
    """Tell a float that is made of bits."""
    if instruction.opcode != Opcode.BITCAST or not is_integer(instruction.operands[0].type):
        return False
    return _has_float(instruction.type)


def _is_bits(instruction: Instruction) -> bool:
    if instruction.opcode != Opcode.BITCAST or not is_integer(instruction.type):
        return False
    return _has_float(instruction.operands[0].type)


def _has_float(of: Type) -> bool:
    return any(kind.is_float for kind in of.scalars())


def _onward(bits: Bits) -> Iterator[Bits | None]:
    """Yield what the same bits become; None where they are kept, or become a float again behind a variable."""
    for user in bits.value.users():
        instruction = user.as_instruction()
        if instruction is None:
            continue
        if bits.from_variable and _is_float(instruction):
            yield None
        elif instruction.opcode in PASSING:
            yield Bits(instruction, bits.from_variable)
        elif instruction.opcode == Opcode.RET:
            yield from (Bits(call, bits.from_variable) for call in instruction.function.calls())
        elif instruction.is_call:
            yield from (Bits(formal, bits.from_variable) for formal in _formals(instruction, bits.value))
        elif instruction.opcode == Opcode.STORE:
            yield from _stored(bits.value, instruction)
        elif instruction.opcode in (Opcode.INSERTVALUE, Opcode.ATOMICRMW, Opcode.CMPXCHG):
            yield None


def _formals(call: Instruction, value: Value) -> list[Value]:
    """Give the parameters that a value is given for, of a function that is known."""
    callee = call.callee
    if callee is None or callee.is_declaration:
        return []
    return [formal for given, formal in zip(call.arguments, callee.parameters, strict=False) if given == value]


def _stored(bits: Value, store: Instruction) -> Iterator[Bits | None]:
    """Yield what is loaded of a variable into which bits are stored; None for other memory."""
    if store.operands[0] != bits or _is_transmuted(store.operands[1]):
        return
    loads = _read_from(store.operands[1])
    if loads is None or any(_has_float(load.type) for load in loads):
        yield None
        return
    yield from (Bits(load, from_variable=True) for load in loads)


def _read_from(address: Value) -> list[Instruction] | None:
    """Give what is loaded of a variable that is only loaded and stored, here and where its address is given to.

    None for other memory. `f64::total_cmp` has two such variables, which may be compared by reference.
    """
    variable = address.as_instruction()
    if variable is None or variable.opcode != Opcode.ALLOCA:
        return None
    loads: list[Instruction] = []
    todo: list[Value] = [address]
    for pointer in todo:
        for user in pointer.users():
            instruction = user.as_instruction()
            if instruction is None:
                return None
            given = _given(instruction, pointer)
            if given is None:
                return None
            todo += [formal for formal in given if formal not in todo]
            loads += [instruction] if instruction.opcode == Opcode.LOAD else []
    return loads


def _given(user: Instruction, pointer: Value) -> list[Value] | None:
    """Give the parameters that a use hands a pointer to; None where it may be kept, or point elsewhere."""
    if user.opcode == Opcode.LOAD:
        return []
    if user.opcode == Opcode.STORE:
        return None if user.operands[0] == pointer else []
    callee = user.callee if user.is_call else None
    if callee is None:
        return None
    if callee.name.startswith("llvm.lifetime."):
        return []
    if callee.is_declaration or len(user.arguments) != len(callee.parameters):
        return None
    return _formals(user, pointer)


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
