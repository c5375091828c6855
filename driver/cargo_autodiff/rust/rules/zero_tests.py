"""`vec![value; n]` has one way to its memory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

# <f32 or f64 as alloc::vec::is_zero::IsZero>::is_zero, in both manglings
_IS_ZERO = re.compile(
    r"_RNvX\w*?3vec7is_zero[df]Nt\w*7is_zero|_ZN\d+_\$LT\$f(?:32|64)\$\w*.*is_zero\.\.IsZero.*7is_zero"
)


def apply(module: Module) -> None:
    """Let no float be found to be zero: then `vec!` asks for memory as it is, and writes the value itself.

    Where the value is the constant zero, LLVM makes zeroed memory of that again.
    """
    for function in module.definitions():
        if _IS_ZERO.match(function.name):
            function.clear()
            builder = Builder.at_end(function.append_block("entry"))
            builder.ret(builder.constant(1, 0))


RULE = Rule(
    name="zero-tests",
    reason="Enzyme frees twice what comes from one of two allocations and goes to one deallocation",
    apply=apply,
)
