"""Functions that return through memory do not say so to Enzyme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_MARK = "sret"


def apply(module: Module) -> None:
    """Take the mark `sret` from functions that are only called by name, and from these calls."""
    for function in module.definitions():
        calls = function.calls()
        if function.has(_MARK, 1) and len(calls) == sum(1 for _ in function.users()):
            function.drop(_MARK, 1)
            for call in calls:
                call.call_drop(_MARK, 1)


RULE = Rule(
    name="struct-returns",
    reason="Enzyme takes a function that writes only where its result goes for one that writes nothing, and so the"
    " function that passes its own result's place on",
    apply=apply,
)
