"""No function that floats and integers leave together by value is called inside a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.debug_info import place, written_in
from cargo_autodiff.ir.kinds import TypeKind
from cargo_autodiff.ir.plain_form import call_plainly, move_body
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Type


def inline(module: Module) -> None:
    """Mark every function that returns a mixed aggregate for inlining by the first round."""
    for function in module.definitions():
        if is_mixed(function.return_type):
            function.allow_inlining()
            function.add("alwaysinline")


def return_through_memory(module: Module) -> None:
    """Let such functions that are only called by name return through memory, where they could not be inlined."""
    for function in module.definitions():
        calls = function.calls()
        if calls and is_mixed(function.return_type) and len(calls) == sum(1 for _ in function.users()):
            plain = move_body(module, function)
            for call in function.calls():
                call_plainly(module, call, plain)
            name = function.name
            module.llvm.LLVMDeleteFunction(function.ref)
            plain.name = name


def check(module: Module) -> None:
    """Refuse calls of such functions that are left: those through a pointer."""
    for function in module.definitions():
        for call in function.instructions():
            if not call.is_call or not is_mixed(call.type):
                continue
            callee = call.callee
            if callee is None or not callee.is_declaration:
                raise _refusal(call, callee)


def is_mixed(returned: Type) -> bool:
    """Tell an aggregate of floats and other things."""
    if returned.kind is not TypeKind.STRUCT:
        return False
    kinds = [kind.is_float for kind in returned.scalars()]
    return any(kinds) and not all(kinds)


def _refusal(call: Instruction, callee: Function | None) -> Refused:
    called = f"`{callee.name}`" if callee is not None else "a function behind a pointer"
    return Refused(
        "a call cannot be differentiated",
        where=place(call),
        why=f"`{written_in(call)}` calls {called}, which returns floats and integers together by value and cannot be"
        " inlined; Enzyme would lose its part of the gradient",
        hint="return the result through a `&mut` parameter, or make the call direct and not recursive",
    )


RULE = Rule(
    name="mixed-returns",
    reason="the activity of floats and integers in one aggregate is taken as a pointer's: the callee's part is lost",
    apply=inline,
)
IN_MEMORY = Rule(
    name="mixed-returns-in-memory",
    reason="what the first round could not inline (recursion) would be silently wrong",
    apply=return_through_memory,
)
CHECK = Rule(name="no-mixed-calls", reason="what the first round could not inline would be silently wrong", apply=check)
