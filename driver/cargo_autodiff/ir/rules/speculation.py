"""What stands under a condition is computed only under it, until Enzyme has run.

LLVM computes a root, a logarithm or a quotient ahead of its condition and selects afterwards: that costs the value
nothing. It costs the derivative: where that is infinite or NaN on the side not taken, its product with the adjoint
zero is NaN. SimplifyCFG does so, LICM, and Enzyme's own preprocessing. None of them moves a call of an unknown function
(isSafeToSpeculativelyExecute in LLVM's ValueTracking.cpp), so the operand gets the result of one added to it: -0.0,
which changes no number. LLVM unrolls loops that hold a call less gladly than others (analyzeLoopUnrollCost in its
LoopUnrollPass.cpp), unless it is of an intrinsic; so it is one until Enzyme, of a name that LLVM gives no meaning, and
then a function, because Enzyme refuses what it does not know.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.inactive_calls import inactive_number
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.loops import Flow, skippable
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Type, Value

HERE = "__cargo_autodiff_here"
INTRINSIC = "llvm.cargo-autodiff.here"
_NAMES = (HERE, INTRINSIC)
_CACHED = "invariant.group"
_QUOTIENTS = {Opcode.FDIV: "fdiv", Opcode.FREM: "frem"}
# the derivative of each is infinite or NaN somewhere, or its value is; what is not LLVM's own is never moved
_SINGULAR = re.compile(r"llvm\.(sqrt|pow|powi|exp|exp2|exp10|log|log2|log10|sin|cos|tan|asin|acos|cosh|sinh)\.")
_SCALARS = (TypeKind.FLOAT, TypeKind.DOUBLE)


def apply(module: Module) -> None:
    """Hold every such operation in its place; which stand under conditions is known when all is inlined."""
    for function in module.definitions():
        for operation, index, name in list(_singular(function)):
            operand = operation.operands[index]
            if not operand.is_constant and _held(operand) is None:
                hold(module, operation, index, f"{INTRINSIC}.{name}")


def hold(module: Module, operation: Instruction, index: int, name: str) -> None:
    """Put a sum with nothing, which neither LLVM nor Enzyme sees through, in place of an operand."""
    operation.set_operand(index, held(module, Builder.before(operation), operation.operands[index], name))


def name_functions(module: Module) -> None:
    """Call what was an intrinsic for LLVM a function."""
    for function in module.functions():
        if function.name.startswith(INTRINSIC):
            function.name = HERE + function.name.removeprefix(INTRINSIC)


def is_summed(of: Type) -> bool:
    """Tell what can be held: a float, or a vector of some."""
    element = of.members[0] if of.kind is TypeKind.VECTOR else of
    return element.kind.is_float


def held(module: Module, builder: Builder, operand: Value, name: str) -> Value:
    """Compute such a sum."""
    return builder.float_sum(operand, builder.call(_here(module, name, operand), [operand]))


def loosen(module: Module) -> None:
    """Let go of what every iteration of its loop, or every call of its function, computes anyway."""
    for function in module.definitions():
        sums = [(sum_, held) for sum_ in function.instructions() if (held := _held(sum_)) is not None]
        if not sums:
            continue
        flow = Flow(function)
        conditional = {flow.blocks[number].ref for number in skippable(flow)}
        for sum_, held in sums:
            if sum_.block.ref not in conditional or held.operand.is_constant:
                _let_go(sum_, held)


def settle(module: Module) -> None:
    """Let go of all, in the derivatives too, where Enzyme may have split call and sum, and kept what the call gave."""
    for function in module.functions():
        if function.name.startswith(_NAMES):
            for call in function.calls():
                forget(call)
                call.replace_uses(Builder.before(call).negative_zero(call.type))
                call.erase()


def forget(call: Instruction) -> None:
    """Let the reverse pass know what it would load, and store nothing for it.

    Enzyme gives what it writes into a cache, and reads there, a group of their own (CacheUtility.cpp). Where no reading
    is to be seen, another function may do it.
    """
    for store in [user.as_instruction() for user in call.users()]:
        group = store.metadata(_CACHED) if store is not None and store.opcode == Opcode.STORE else None
        if store is None or group is None:
            continue
        loads = [item for item in call.function.instructions() if item.opcode == Opcode.LOAD]
        kept = [load for load in loads if load.metadata(_CACHED) == group]
        for load in kept:
            load.replace_uses(Builder.before(load).negative_zero(load.type))
            load.erase()
        if kept:
            store.erase()


def _singular(function: Function) -> Iterator[tuple[Instruction, int, str]]:
    """Each operation with the operand to hold and a name for its kind."""
    for instruction in function.instructions():
        if instruction.type.kind not in _SCALARS:
            continue
        if instruction.opcode in _QUOTIENTS:
            yield instruction, 1, _QUOTIENTS[Opcode(instruction.opcode)]
        elif instruction.is_call and instruction.callee and (found := _SINGULAR.match(instruction.callee.name)):
            yield instruction, 0, found[1]


class _Held(NamedTuple):
    operand: Value
    call: Instruction


def _held(value: Value) -> _Held | None:
    """Tell what is held by which call, if the value is such a sum; LLVM puts its parts in either order."""
    found = value.as_instruction()
    if found is None or found.opcode != Opcode.FADD:
        return None
    one, other = found.operands
    for operand, nothing in ((one, other), (other, one)):
        call = nothing.as_instruction()
        if call is not None and call.is_call and call.callee is not None and call.callee.name.startswith(_NAMES):
            return _Held(operand, call)
    return None


def _let_go(sum_: Instruction, held: _Held) -> None:
    sum_.replace_uses(held.operand)
    sum_.erase()
    if next(held.call.users(), None) is None:
        held.call.erase()


def _here(module: Module, name: str, operand: Value) -> Function:
    """One function for each kind of operation, so that none of another kind stands for it."""
    of, many = operand.type, ""
    if of.kind is TypeKind.VECTOR:
        of, many = of.members[0], f"{module.llvm.LLVMGetVectorSize(of.ref)}x"
    return inactive_number(module, f"{name}.{many}{of.kind.name.lower()}", operand.type)


RULE = Rule(
    name="speculation",
    reason="the derivative of what a condition keeps from being computed may be NaN, and NaN times zero is NaN",
    apply=apply,
)
AS_FUNCTIONS = Rule(name="speculation-as-functions", reason="Enzyme refuses an unknown intrinsic", apply=name_functions)
LOOSEN = Rule(name="speculation-loosened", reason="what is computed anyway needs no holding", apply=loosen)
SETTLE = Rule(name="settle-speculation", reason="nothing defines what was called", apply=settle)
