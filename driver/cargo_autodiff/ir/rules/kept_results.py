"""The reverse pass takes exp, tanh and the like from the forward pass.

Enzyme computes the derivative of exp(x) from x, by another exp, that of tanh(x) by cosh(x), that of sin(x) by cos(x)
(InstructionDerivatives.td); but exp(x) is its own derivative, that of tanh is known from its result, and who computes a
sine has the cosine for little. So for Enzyme y = exp(x) is written e + e·z, where e is exp(x) of a function that
carries no derivative, and z = x - x is nothing, but for its derivative: one of both x comes from a function of that
kind. It keeps e, instead of x. Afterwards y is e again.

The derivative is as exact as the result: where tanh(x) is 1.0, it is zero.

The same way, what a power's exponent counts for is written so that it is zero where the base is: Enzyme multiplies the
power with the base's logarithm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.entry_calls import entry_calls
from cargo_autodiff.ir.inactive_calls import give_back, inactive_number, is_call_of
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.rules.speculation import forget

if TYPE_CHECKING:
    from collections.abc import Callable

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Value

_RESULT = "__cargo_autodiff_result."
_LN_2 = "0.693147180559945309417232121458176568"
_SAME = "__cargo_autodiff_same."
_PLAIN = "__cargo_autodiff_plain."
"""Both give a number without its derivative; the reverse pass needs only what the second gave."""
_NOTHING = "__cargo_autodiff_nothing"  # Enzyme keeps the names of what it copies, and puts something after them


class _Place(NamedTuple):
    """Where a function's result is known, and the derivative that follows from it is written."""

    builder: Builder
    result: Value
    cofunction: Callable[[], Value]
    """Computes the cosine where the function is a sine, and the other way round."""


def _exp(at: _Place) -> Value:
    return at.result


def _exp2(at: _Place) -> Value:
    return at.builder.float_product(at.result, at.builder.float_constant(at.result.type, _LN_2))


def _tan(at: _Place) -> Value:
    one = at.builder.float_constant(at.result.type, "1.0")
    return at.builder.float_sum(one, at.builder.float_product(at.result, at.result))


def _tanh(at: _Place) -> Value:
    """Write (1-t)(1+t): the first difference is exact from one half on."""
    one = at.builder.float_constant(at.result.type, "1.0")
    return at.builder.float_product(at.builder.float_difference(one, at.result), at.builder.float_sum(one, at.result))


def _sin(at: _Place) -> Value:
    return at.cofunction()


def _cos(at: _Place) -> Value:
    return at.builder.float_difference(at.builder.negative_zero(at.result.type), at.cofunction())


_SLOPES = {"exp": _exp, "exp2": _exp2, "tan": _tan, "tanh": _tanh, "sin": _sin, "cos": _cos}
_POWERS = ("llvm.pow.f64", "llvm.pow.f32", "pow", "powf")
_EQUAL, _GREATER = 1, 2  # LLVMRealPredicate
_COFUNCTIONS = {"sin": "cos", "cos": "sin"}
_NAMES = {
    name: of for of in _SLOPES for name in (of, f"{of}f", f"llvm.{of}.f64", f"llvm.{of}.f32")
}  # fmt: skip


def apply(module: Module) -> None:
    """Write such functions so, if there is one derivative: a second one would take e for a constant."""
    if len(entry_calls(module)) != 1:
        return
    for function in list(module.functions()):
        of = _NAMES.get(function.name)
        if of is not None and _is_of_floats(function, 1):
            for call in function.calls():
                if call.opcode == Opcode.CALL and not call.arguments[0].is_constant:
                    _write(module, call, function.name, of)
        if function.name in _POWERS and _is_of_floats(function, 2):
            for call in function.calls():
                if (
                    call.opcode == Opcode.CALL
                    and not call.arguments[1].is_constant
                    and not is_call_of(call.arguments[1], _PLAIN)
                ):
                    _write_power(module, call)


def _is_of_floats(function: Function, count: int) -> bool:
    """Tell the function of that name from another that a program calls so."""
    kinds = [function.return_type.kind, *(parameter.type.kind for parameter in function.parameters)]
    return function.is_declaration and kinds in ([TypeKind.FLOAT] * (count + 1), [TypeKind.DOUBLE] * (count + 1))


def _write(module: Module, call: Instruction, name: str, of: str) -> None:
    builder, x = Builder.before(call), call.arguments[0]

    def cofunction() -> Value:
        return _computed(module, builder, name.replace(of, _COFUNCTIONS[of]), x)

    place = _Place(builder, _computed(module, builder, name, x), cofunction)
    nothing = builder.float_difference(x, _same(module, builder, x, _SAME), _NOTHING)
    call.replace_uses(builder.float_sum(place.result, builder.float_product(_SLOPES[of](place), nothing)))
    call.erase()


def _write_power(module: Module, call: Instruction) -> None:
    """Write x^n as x^m + x^m·ln(x)·(n - m), where m is n without a derivative, and ln(x) is zero for 0^n with n > 0."""
    builder, (x, exponent) = Builder.before(call), call.arguments
    zero, one = (builder.float_constant(x.type, number) for number in ("0.0", "1.0"))
    same = _same(module, builder, exponent)
    power = builder.copied(call)
    power.set_operand(1, same)
    of_zero = builder.compare_floats(_EQUAL, x, zero)
    is_zero = builder.select(of_zero, builder.compare_floats(_GREATER, same, zero), builder.constant(1, 0))
    base = builder.select(is_zero, one, _same(module, builder, x))
    logarithm = _computed(module, builder, f"llvm.log.f{64 if x.type.kind is TypeKind.DOUBLE else 32}", base)
    slope = builder.float_product(_same(module, builder, power), logarithm)
    nothing = builder.float_difference(exponent, same, _NOTHING)
    call.replace_uses(builder.float_sum(power, builder.float_product(slope, nothing)))
    call.erase()


def _same(module: Module, builder: Builder, x: Value, name: str = _PLAIN) -> Instruction:
    """Give a number without its derivative."""
    return builder.call(inactive_number(module, name + x.type.kind.name.lower(), x.type), [x])


def _computed(module: Module, builder: Builder, name: str, x: Value) -> Value:
    """Compute a function, once."""
    result = builder.call(inactive_number(module, _RESULT + name, x.type), [x])
    result.set_metadata("enzyme_mustcache", builder.empty_node())
    return result


def settle(module: Module) -> None:
    """Write the functions as they were, in the derivatives, too."""
    for function in module.definitions():
        for difference in list(filter(_is_nothing, function.instructions())):
            _vanish(difference)
    give_back(module, _PLAIN)
    for function in list(module.functions()):
        if function.name.startswith(_SAME):
            for call in function.calls():
                forget(call)
                call.replace_uses(call.arguments[0])
                call.erase()
        if function.name.startswith(_RESULT):
            _restore(module, function)


def _is_nothing(item: Instruction) -> bool:
    """Tell z, and a copy of it, from what is named after its shadow."""
    return item.opcode == Opcode.FSUB and item.name.startswith(_NOTHING) and "'" not in item.name


def _vanish(difference: Instruction) -> None:
    """Take z for the zero that it is, times anything, wherever Enzyme has computed it."""
    for product in [found for user in difference.users() if (found := user.as_instruction()) is not None]:
        if product.opcode == Opcode.FMUL:
            product.replace_uses(Builder.before(product).negative_zero(product.type))
            product.erase()
    difference.replace_uses(Builder.before(difference).zero(difference.type))
    difference.erase()


def _restore(module: Module, function: Function) -> None:
    """Let the function be what it stands for."""
    name = function.name.removeprefix(_RESULT)
    there = module.function(name)
    if there is None:
        function.name = name
    else:
        function.replace_uses(there)
        module.llvm.LLVMDeleteFunction(function.ref)


RULE = Rule(
    name="kept-results",
    reason="exp, tanh and sin take longer than what they are used in, and Enzyme computes them again",
    apply=apply,
)
SETTLE = Rule(name="settle-kept-results", reason="nothing defines what was called", apply=settle)
