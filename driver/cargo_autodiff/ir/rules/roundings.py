"""Numbers that are rounded by adding a large constant and taking it away again.

That is how C's mathematics, in Rust too (the crate `libm`), rounds without a function for it: x + 2^52 has no room for
a fraction. To Enzyme it is the identity, and what a sine or an exponential leaves of its argument, x - round(x), has
no derivative. The rounded number is a step, which has none; only where the number is too large for the constant to
round it, it is itself.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.inactive_calls import give_back, inactive_number, looked_into
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value

_ROUNDED = "__cargo_autodiff_rounded."
_FORMATS = {TypeKind.DOUBLE: ("<d", 64, 2.0**40), TypeKind.FLOAT: ("<f", 32, 2.0**20)}
"""How a constant is read, and from where on it rounds: its last bit is worth 2^-12, or 2^-3 of an f32."""
_SUMS = (Opcode.FADD, Opcode.FSUB)
_OF_PRODUCTS = ("llvm.fma.", "llvm.fmuladd.")
_LESS, _GREATER = 4, 2  # LLVMRealOLT, LLVMRealOGT


def apply(module: Module) -> None:
    """Let what comes of taking the constant away have no derivative, as far as it is rounded."""
    for function in looked_into(module):
        for sum_ in list(function.instructions()):
            for constant, size in _large(module, sum_):
                users = list(_back(module, sum_, constant, size))
                if users:
                    _round(module, sum_, size, users)


def _large(module: Module, sum_: Instruction) -> Iterator[tuple[Value, float]]:
    """Yield what is large among what is added, and how large it is."""
    if sum_.type.kind not in _FORMATS:
        return
    callee = sum_.callee if sum_.is_call else None
    if callee is not None and callee.name.startswith(_OF_PRODUCTS):
        added = [sum_.arguments[2]]
    else:
        added = sum_.operands if sum_.opcode in _SUMS else []
    for value in added:
        size = _size(module, value)
        if size is not None and size >= _FORMATS[sum_.type.kind][-1]:
            yield value, size


def _size(module: Module, value: Value) -> float | None:
    """Give how large a number is that is known but for its sign."""
    found = value.as_instruction()
    if value.is_constant:
        number = _number(module, value)
        return None if number is None else abs(number)
    callee = found.callee if found is not None and found.is_call else None
    if found is not None and callee is not None and callee.name.startswith("llvm.copysign."):
        return _size(module, found.arguments[0])
    if found is not None and found.opcode == Opcode.SELECT:
        sizes = {_size(module, choice) for choice in found.operands[1:]}
        return sizes.pop() if len(sizes) == 1 else None
    return None


def _number(module: Module, value: Value) -> float | None:
    if not value.llvm.LLVMIsAConstantFP(value.ref):
        return None
    code, bits, _ = _FORMATS[value.type.kind]
    integer = Builder(module.llvm, module.context).integer(bits)
    pattern = type(value)(value.llvm, value.llvm.LLVMConstBitCast(value.ref, integer.ref)).constant_int() or 0
    number: float = struct.unpack(code, pattern.to_bytes(bits // 8, "little"))[0]
    return number


def _back(module: Module, sum_: Instruction, constant: Value, size: float) -> Iterator[Instruction]:
    """Yield what takes the constant away again."""
    for user in dict.fromkeys(sum_.users()):
        found = user.as_instruction()
        if found is None or found.opcode not in _SUMS:
            continue
        others = [other for other in found.operands if other != sum_]
        if len(others) != 1:
            continue
        are_known = others[0].is_constant and constant.is_constant
        if others[0] == constant or (are_known and _size(module, others[0]) == size):
            yield found


def _round(module: Module, sum_: Instruction, size: float, users: list[Instruction]) -> None:
    builder = Builder.after(sum_)
    ends = [builder.float_constant(sum_.type, repr(sign * 2.0 * size)) for sign in (1, -1)]
    is_rounded = builder.both(
        builder.compare_floats(_LESS, sum_, ends[0]), builder.compare_floats(_GREATER, sum_, ends[1])
    )
    step = builder.call(inactive_number(module, _ROUNDED + sum_.type.kind.name.lower(), sum_.type), [sum_])
    chosen = builder.select(is_rounded, step, sum_)
    for user in users:
        for number, operand in enumerate(user.operands):
            if operand == sum_:
                user.set_operand(number, chosen)


def settle(module: Module) -> None:
    """Let the numbers be what they are."""
    give_back(module, _ROUNDED)


RULE = Rule(
    name="roundings",
    reason="Enzyme takes adding and taking away a large constant for the identity: it is a step",
    apply=apply,
)
SETTLE = Rule(name="settle-roundings", reason="nothing defines what was called", apply=settle)
