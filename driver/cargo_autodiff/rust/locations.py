"""Places in the source that a program holds: `core::panic::Location`, which panics are handed.

A unit does not take them along: it names those of the crate it came from. So a line added above a function changes
none of its derivatives, and a panic in a derivative that was made before still names the right line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.closure import borrow
from cargo_autodiff.ir.kinds import TypeKind

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Global

_REST = 16  # bytes behind the pointer to the file's name: its length, line, column


def borrow_locations(module: Module) -> None:
    """Leave to the crate every constant that looks like a location and that functions are only called with.

    One that only looks like it comes to no harm: its content stays what it is, but is not known to the optimiser.
    """
    for variable in module.variables():
        if _is_location(module, variable):
            borrow(variable)


def _is_location(module: Module, variable: Global) -> bool:
    llvm = module.llvm
    if not variable.is_local or not llvm.LLVMIsGlobalConstant(variable.ref) or variable.is_declaration:
        return False
    members = variable.value_type.members
    if len(members) != 2 or members[0].kind is not TypeKind.POINTER or members[1].kind is not TypeKind.ARRAY:
        return False
    if llvm.LLVMGetArrayLength(members[1].ref) != _REST:
        return False
    users = [user.as_instruction() for user in variable.users()]
    return all(user is not None and user.is_call for user in users)
