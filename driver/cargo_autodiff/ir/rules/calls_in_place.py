"""A call is made where it stands, and is not put off to the reverse pass.

In the function that is differentiated, Enzyme makes one call of a function's primal and gradient together, in the
reverse pass, where it believes that nothing needs the results before, and moves there what reads them
(legalCombinedForwardReverse). It does not ask for two things: what reads a copy (a memcpy has no users), and what
overwrites: the call, or the store of its result, is moved past later writes to the same memory, and undoes them. It
never does this where something after the call may free memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.entry_calls import entry_calls, is_reverse
from cargo_autodiff.ir.inactive_calls import give_back, inactive, touch_arguments
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_END = "__cargo_autodiff_end"


def apply(module: Module) -> None:
    """Let what is differentiated in reverse mode end with a call of which Enzyme does not know that it frees nothing.

    It asks that only for calls that touch memory: those that do not are made to seem to.
    """
    asked = [call.arguments[0].as_function() for call in entry_calls(module) if is_reverse(call)]
    for source in dict.fromkeys(function for function in asked if function is not None):
        calls = [call for call in source.instructions() if call.is_call]
        called = {call.callee for call in calls if call.callee and not call.callee.is_intrinsic}
        if not called or any(function.name == _END for function in called):
            continue
        for function in called:
            if not function.is_declaration:
                touch_arguments(function)
        ends = [block.terminator for block in source.blocks if block.terminator.opcode == Opcode.RET]
        for builder in map(Builder.before, ends):
            end = inactive(module, _END, builder.void())
            end.drop("nofree")
            builder.call(end, [])


def settle(module: Module) -> None:
    """Take these calls out."""
    give_back(module, _END)


RULE = Rule(
    name="calls-in-place",
    reason="Enzyme puts calls off to the reverse pass past what overwrites their results, or reads a copy of them",
    apply=apply,
)
SETTLE = Rule(name="settle-calls-in-place", reason="nothing defines what was called", apply=settle)
