"""No call through a pointer gives a value back in forward mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.activity import DiffMode
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.value import TypeKind

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_FORWARD = DiffMode.FORWARD.entry_point


def check(module: Module) -> None:
    """Refuse a unit in forward mode in which a function behind a pointer returns something but memory."""
    if not any(function.name.startswith(_FORWARD) for function in module.functions()):
        return
    for function in module.definitions():
        for call in function.instructions():
            if call.is_call and call.is_indirect and call.type.kind is not TypeKind.VOID:
                raise Refused(
                    "a call through a pointer cannot be differentiated in forward mode",
                    where=function.place,
                    why=f"`{function.name}` calls a function pointer, closure or trait object that returns a value;"
                    " Enzyme expects value and tangent, and the function's derivative returns the tangent alone",
                    hint="use reverse mode, or let the function write its result through a `&mut` parameter",
                )


CHECK = Rule(
    name="indirect-calls",
    reason="in forward mode caller and callee of a call through a pointer disagree on what is returned",
    apply=check,
)
