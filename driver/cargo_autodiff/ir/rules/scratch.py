"""What a function reads of memory that it has written is written, though its caller needs nothing of it.

Enzyme leaves out every store to a parameter that the caller calls `enzyme_dupnoneed` (`DuplicatedOnly`, `DualOnly`),
without asking whether the function reads there (EnzymeLogic.cpp, calculateUnusedStoresInFunction): one that sorts such
a slice, or adds up in it, went on with what had been there before. So it is only said of what is never read. That is
what LLVM's first round says of a parameter (`writeonly`), if no other leads to the same memory (`noalias`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.activity import DiffActivity
from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.entry_calls import asked, entry_calls
from cargo_autodiff.ir.kinds import TypeKind
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function

_NEEDED = {
    DiffActivity.DUAL_ONLY: DiffActivity.DUAL,
    DiffActivity.DUALV_ONLY: DiffActivity.DUALV,
    DiffActivity.DUPLICATED_ONLY: DiffActivity.DUPLICATED,
}


def apply(module: Module) -> None:
    """Say of each parameter that its memory is needed, unless it is only written."""
    for call in entry_calls(module):
        source = call.arguments[0].as_function()
        for number, (activity, at) in enumerate(asked(call)):
            if activity in _NEEDED and not (source and _is_only_written(source, number)):
                call.call_drop("noundef", at + 1)  # C's, which a word cannot have
                call.set_operand(at, Builder.before(call).word(_NEEDED[activity].marker))


def _is_only_written(source: Function, number: int) -> bool:
    if source.parameters[number].type.kind is not TypeKind.POINTER:
        return True
    at = number + 1
    return source.has("noalias", at) and (source.has("writeonly", at) or source.has("readnone", at))


RULE = Rule(
    name="scratch",
    reason="Enzyme leaves out stores to what the caller does not need, though the function itself reads it",
    apply=apply,
)
