"""Functions that return through memory do not say so to Enzyme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.debug_info import place, written_in
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction

_MARK = "sret"


def apply(module: Module) -> None:
    """Take the mark `sret` from functions that are only called by name, and from these calls.

    Others are called from elsewhere with it: Refused where a call hands them the place of somebody's own result.
    """
    for function in module.definitions():
        if not function.has(_MARK, 1):
            continue
        calls = function.calls()
        if len(calls) == sum(1 for _ in function.users()):
            function.drop(_MARK, 1)
            for call in calls:
                call.call_drop(_MARK, 1)
        else:
            for call in calls:
                _require_own_place(call)


def _require_own_place(call: Instruction) -> None:
    place_of_result = call.arguments[0].as_instruction()
    if place_of_result is None or place_of_result.opcode != Opcode.ALLOCA:
        raise Refused(
            "a call cannot be differentiated",
            where=place(call),
            why=f"`{written_in(call)}` hands on the place of its result to a function that is behind a pointer, too;"
            " Enzyme would take both for functions that write nothing",
            hint="keep the result in a variable before it is returned",
        )


RULE = Rule(
    name="struct-returns",
    reason="Enzyme takes a function that writes only where its result goes for one that writes nothing, and so the"
    " function that passes its own result's place on",
    apply=apply,
)
