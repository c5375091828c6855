"""Calls through pointers: none of what is Const, and of what may come from elsewhere only destructors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.debug_info import place, written_in
from cargo_autodiff.ir.families import indirect_calls
from cargo_autodiff.ir.kinds import TypeKind
from cargo_autodiff.ir.memory import Memory, of_const_parameters
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module


def check(module: Module) -> None:
    """Refuse calls of functions that are not all known; only destructors, which take one pointer, come out right."""
    for call in indirect_calls(module):
        kinds = [argument.type.kind for argument in call.arguments]
        if call.type.kind is not TypeKind.VOID or kinds != [TypeKind.POINTER] or call.call_has("byval", 1):
            raise Refused(
                "a call through a pointer cannot be differentiated",
                where=place(call),
                why=f"`{written_in(call)}` calls a function pointer, closure or trait object that may come from"
                " elsewhere; Enzyme would take what is constant among its arguments for its own derivative",
                hint="make function pointers, closures and trait objects inside the function, or make it generic",
            )


def check_const(module: Module) -> None:
    """Refuse a call of a function pointer that a Const parameter is, or holds at any depth."""
    calls = indirect_calls(module)
    if not calls:
        return
    memory = Memory(module)
    held = of_const_parameters(module, memory)
    for call in calls:
        if memory.of(call.operands[-1]) in held:
            raise Refused(
                "a function behind a pointer that is Const cannot be differentiated",
                where=place(call),
                why=f"`{written_in(call)}` calls a function pointer, closure or trait object that comes from a Const"
                " parameter; Enzyme would take what it returns as constant",
                hint="make the parameter generic (`impl Fn(f64) -> f64`), so that the call is direct",
            )


CHECK = Rule(
    name="indirect-calls",
    reason="Enzyme's functions behind pointers take a shadow for every argument and return the tangent alone, whatever"
    " their callers pass and expect",
    apply=check,
)
CHECK_CONST = Rule(
    name="const-pointers",
    reason="Enzyme takes the function behind a constant pointer as inactive",
    apply=check_const,
)
