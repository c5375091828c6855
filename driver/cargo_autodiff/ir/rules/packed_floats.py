"""No function inside a unit is given, or gives back, floats packed into an integer.

rustc passes what is no larger than a pointer (`struct { a: f32, b: bool }`, `[f32; 2]`) as one integer. Enzyme takes an
integer that is returned for one that carries no derivative, and loses the callee's part; most others it refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.debug_info import place, written_in
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.memory import is_float_access
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Value

_PACKING = (Opcode.OR, Opcode.SHL, Opcode.LSHR, Opcode.ZEXT, Opcode.TRUNC)
_PASSING = (*_PACKING, Opcode.AND, Opcode.PHI, Opcode.SELECT, Opcode.FREEZE)


def inline(module: Module) -> None:
    """Mark such functions for inlining by the first round: an integer goes through memory in which floats may be."""
    for function in module.definitions():
        if any(map(_may_hold_floats, _integers_in_memory(function))):
            function.allow_inlining()
            function.add("alwaysinline")


def _integers_in_memory(function: Function) -> Iterator[Value]:
    """Yield the local variables that integer parameters are stored to, and integer results loaded from."""
    for parameter in function.parameters:
        if parameter.type.kind is TypeKind.INTEGER:
            stores = (user.as_instruction() for user in parameter.users())
            yield from (store.operands[1] for store in stores if store is not None and store.opcode == Opcode.STORE)
    if function.return_type.kind is TypeKind.INTEGER:
        for block in function.blocks:
            end = block.terminator
            result = end.operands[0].as_instruction() if end.opcode == Opcode.RET else None
            if result is not None and result.opcode == Opcode.LOAD:
                yield result.operands[0]


def _may_hold_floats(address: Value) -> bool:
    """Tell whether a local variable is accessed as a float, or copied as a whole."""
    base = address.as_instruction()
    while base is not None and base.opcode == Opcode.GETELEMENTPTR:
        base = base.operands[0].as_instruction()
    if base is None or base.opcode != Opcode.ALLOCA:
        return False
    todo: list[Value] = [base]
    while todo:
        for user in todo.pop().users():
            use = user.as_instruction()
            if use is None:
                continue
            if use.opcode == Opcode.GETELEMENTPTR:
                todo.append(use)
            elif _moves_floats(use):
                return True
    return False


def _moves_floats(use: Instruction) -> bool:
    if use.opcode in (Opcode.LOAD, Opcode.STORE):
        return is_float_access((use, use))
    return use.is_call and use.callee is not None and use.callee.name.startswith("llvm.memcpy")


def check(module: Module) -> None:
    """Refuse calls of such functions that are left: recursion, and calls through pointers."""
    for function in module.definitions():
        for call in function.instructions():
            if call.is_call and (call.callee is None or not call.callee.is_declaration) and _carries_floats(call):
                raise _refusal(call)


def _carries_floats(call: Instruction) -> bool:
    """Tell whether floats go in or come out packed: taken out on the other side, or put into memory there."""
    callee = call.callee
    results = _results(callee) if callee is not None else []
    if _is_unpacked(call) or (any(map(_is_packed, results)) and _is_stored(call)):
        return True
    parameters = callee.parameters if callee is not None else []
    if any(map(_is_unpacked, parameters)):
        return True
    packed = [number for number, value in enumerate(call.arguments) if _is_packed(value)]
    return any(number >= len(parameters) or _is_stored(parameters[number]) for number in packed)


def _results(function: Function) -> list[Value]:
    ends = (block.terminator for block in function.blocks)
    return [end.operands[0] for end in ends if end.opcode == Opcode.RET and end.operands]


def _is_packed(value: Value) -> bool:
    """Tell an integer that holds a float's bits beside others."""
    seen: set[tuple[int, bool]] = set()
    todo = [(value, False)]
    while todo:
        one, is_packed = todo.pop()
        item = one.as_instruction()
        if item is None or (item.ref, is_packed) in seen:
            continue
        seen.add((item.ref, is_packed))
        if item.opcode == Opcode.BITCAST and is_packed and item.operands[0].type.kind.is_float:
            return True
        if item.opcode in _PASSING:
            todo += [(operand, is_packed or item.opcode in _PACKING) for operand in item.operands]
    return False


def _is_unpacked(value: Value) -> bool:
    """Tell an integer of which a part is taken for a float."""
    seen: set[tuple[int, bool]] = set()
    todo = [(value, False)]
    while todo:
        one, is_part = todo.pop()
        for item in (found for user in one.users() if (found := user.as_instruction()) is not None):
            if item.opcode == Opcode.BITCAST and is_part and item.type.kind.is_float:
                return True
            step = (item, is_part or item.opcode in _PACKING)
            if item.opcode in _PASSING and (item.ref, step[1]) not in seen:
                seen.add((item.ref, step[1]))
                todo.append(step)
    return False


def _is_stored(value: Value) -> bool:
    items = (user.as_instruction() for user in value.users())
    return any(item is not None and item.opcode == Opcode.STORE and item.operands[0] == value for item in items)


def _refusal(call: Instruction) -> Refused:
    called = f"`{call.callee.name}`" if call.callee is not None else "a function behind a pointer"
    return Refused(
        "a call cannot be differentiated",
        where=place(call),
        why=f"`{written_in(call)}` calls {called}, and hands over or gets back floats of single precision packed into"
        " an integer; Enzyme would lose their part of the gradient",
        hint="pass a reference to the structure or array, or make the call direct and not recursive",
    )


RULE = Rule(
    name="packed-floats",
    reason="an integer that a function returns carries no derivative for Enzyme, whatever is packed into it",
    apply=inline,
)
CHECK = Rule(
    name="no-packed-calls", reason="what the first round could not inline would be silently wrong", apply=check
)
