"""What Enzyme's output needs before any further pass, and what must not be left in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_FAST = 0x7F
_REASSOC, _NSZ, _ARCP, _CONTRACT = 1 << 0, 1 << 3, 1 << 4, 1 << 5


def strip_invariant_groups(module: Module) -> None:
    """Remove the tags of Enzyme's cache accesses."""
    for function in module.definitions():
        for instruction in function.instructions():
            if instruction.metadata("invariant.group") is not None:
                instruction.set_metadata("invariant.group", None)


def keep_nan(module: Module) -> None:
    """Let derivative arithmetic keep NaN and infinity: `fast` becomes `reassoc nsz arcp contract`.

    LLVM before 18 has no such function in its C API; there the host runs with `-enzyme-fast-math=0`.
    """
    if not module.llvm.has("LLVMSetFastMathFlags"):
        return
    for function in module.definitions():
        for instruction in function.instructions():
            ref = instruction.ref
            if module.llvm.LLVMCanValueUseFastMathFlags(ref) and module.llvm.LLVMGetFastMathFlags(ref) == _FAST:
                module.llvm.LLVMSetFastMathFlags(ref, _REASSOC | _NSZ | _ARCP | _CONTRACT)


def no_leftovers(module: Module) -> None:
    """Refuse a module that still calls Enzyme: what was not differentiated must not link."""
    for function in module.functions():
        if function.name.startswith("__enzyme_") and next(function.users(), None) is not None:
            raise Refused(
                "a derivative was asked for that Enzyme did not make",
                why=f"`{function.name}` is still called after Enzyme has run",
                hint="please report this with the kept stages (AUTODIFF_KEEP)",
            )


INVARIANT_GROUPS = Rule(
    name="invariant-groups",
    reason="LLVM merges loads of one group across the cache's reallocation: wrong values, heap corruption",
    apply=strip_invariant_groups,
)
KEEP_NAN = Rule(name="keep-nan", reason="`fast` promises that no NaN or infinity occurs", apply=keep_nan)
NO_LEFTOVERS = Rule(
    name="no-leftovers", reason="no derivative is ever a number that nothing computed", apply=no_leftovers
)
