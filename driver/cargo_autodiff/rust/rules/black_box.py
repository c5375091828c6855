"""`std::hint::black_box` hides nothing while derivatives are made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_EMPTY = re.compile(r' asm (?:[a-z]+ )*"", ')


def apply(module: Module) -> None:
    """Take out assembly of no instruction and no result, which is what rustc makes of it (codegen_llvm, intrinsic.rs).

    It stands behind a store of the value and before a load of it. What the function itself does, called as it is, is
    not touched: only its derivative is made of this.
    """
    for function in module.definitions():
        for call in function.instructions():
            if call.opcode == Opcode.CALL and call.type.kind is TypeKind.VOID and _EMPTY.search(call.assembly):
                call.erase()


RULE = Rule(
    name="black-box",
    reason="Enzyme fails an assertion on assembly that is given pointers to numbers that count",
    apply=apply,
)
