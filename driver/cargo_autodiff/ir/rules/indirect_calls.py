"""Calls through pointers: none of what is Const, and none that gives a value back in forward mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.debug_info import place
from cargo_autodiff.ir.entry_calls import FORWARD, const_parameters
from cargo_autodiff.ir.flows import holds_pointer
from cargo_autodiff.ir.kinds import TypeKind
from cargo_autodiff.ir.memory import Memory
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.memory import MemoryClass
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Type


def check(module: Module) -> None:
    """Refuse a unit in forward mode in which a function behind a pointer returns something but memory."""
    if not any(function.name.startswith(FORWARD) for function in module.functions()):
        return
    for function in module.definitions():
        for call in function.instructions():
            if _is_indirect(call) and call.type.kind is not TypeKind.VOID:
                raise Refused(
                    "a call through a pointer cannot be differentiated in forward mode",
                    where=place(call),
                    why=f"`{function.name}` calls a function pointer, closure or trait object that returns a value;"
                    " Enzyme expects value and tangent, and the function's derivative returns the tangent alone",
                    hint="use reverse mode, or let the function write its result through a `&mut` parameter",
                )


def check_const(module: Module) -> None:
    """Refuse a call of a function pointer that a Const parameter is, or holds at any depth."""
    calls = [call for function in module.definitions() for call in function.instructions() if _is_indirect(call)]
    if not calls:
        return
    memory = Memory(module)
    held: set[MemoryClass] = set()
    for parameter in const_parameters(module):
        if holds_pointer(parameter.type):
            held |= memory.of(parameter).reaches()
    for call in calls:
        if memory.of(call.operands[-1]) in held:
            raise Refused(
                "a function behind a pointer that is Const cannot be differentiated",
                where=place(call),
                why=f"`{call.function.name}` calls a function pointer, closure or trait object that comes from a Const"
                " parameter; Enzyme would take what it returns as constant",
                hint="make the parameter generic (`impl Fn(f64) -> f64`), so that the call is direct",
            )


def check_results(module: Module) -> None:
    """Refuse a gradient that calls the reverse pass of a function behind a pointer without the adjoint of its float.

    The forward pass calls it as `{ tape, result } (parameters)`, and the reverse pass as `(parameters, adjoint, tape)`.
    Where Enzyme takes the result as inactive it leaves the adjoint out, which the function still reads. A function
    without a float to return is called so rightly: it is known by its own forward pass.
    """
    calls = [call for function in module.definitions() for call in function.instructions() if _is_indirect(call)]
    shapes = [(tuple(argument.type.ref for argument in call.arguments), call) for call in calls]
    forward = [(shape, _holds_float(call.type)) for shape, call in shapes if _has_tape(call.type)]
    for shape in {shape for shape, gives_float in forward if gives_float}:
        others = sum(found == shape and not gives_float for found, gives_float in forward)
        short = [
            call for found, call in shapes if found[:-1] == shape and call.arguments[-1].type.kind is TypeKind.POINTER
        ]
        if len(short) > others:
            raise Refused(
                "a call through a pointer whose result does not count cannot be differentiated in reverse mode",
                why="the function pointer, closure or trait object returns a float that no derivative depends on;"
                " Enzyme would let its derivative read an adjoint that nobody passed",
                hint="use the result, or do not make the call",
            )


def _has_tape(returned: Type) -> bool:
    members = returned.members
    first = members[0] if members else returned
    return first.kind is TypeKind.POINTER


def _holds_float(returned: Type) -> bool:
    return any(member.kind.is_float for member in returned.members)


def _is_indirect(call: Instruction) -> bool:
    return call.is_call and call.is_indirect


def keep_results_active(module: Module) -> None:
    """Mark what calls through pointers return as active, used or not: so the callee's derivative was made."""
    for function in module.definitions():
        for call in function.instructions():
            if _is_indirect(call) and any(kind.is_float for kind in call.type.scalars()):
                call.call_add_word("enzyme_active_val")


CHECK = Rule(
    name="indirect-calls",
    reason="in forward mode caller and callee of a call through a pointer disagree on what is returned",
    apply=check,
)
CHECK_CONST = Rule(
    name="const-pointers",
    reason="Enzyme takes the function behind a constant pointer as inactive",
    apply=check_const,
)
ACTIVE_RESULTS = Rule(
    name="active-results",
    reason="the derivative of a function behind a pointer expects the adjoint of its result, which Enzyme does not pass"
    " where that result counts for nothing",
    apply=keep_results_active,
)
CHECK_RESULTS = Rule(
    name="results-of-pointers",
    reason="caller and callee of a call through a pointer disagree on whether a result's adjoint is passed",
    apply=check_results,
)
