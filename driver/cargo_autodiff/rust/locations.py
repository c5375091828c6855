"""Places in the source that a program holds: `core::panic::Location`, which panics are handed.

A unit does not take them along: it names those of the crate it came from. So a line added above a function changes
none of its derivatives, and a panic in a derivative that was made before still names the right line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.closure import borrow, constant_bytes
from cargo_autodiff.ir.kinds import TypeKind
from cargo_autodiff.ir.value import Global

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_REST = 16  # bytes behind the pointer to the file's name: its length, line, column
_WIDEST = 1 << 16  # no source line has more columns


def borrow_locations(module: Module) -> None:
    """Leave to the crate every constant that is a location and that functions are only called with.

    Should another constant ever look like one, its content still stays what it is; only the optimiser does not know it.
    """
    for variable in module.variables():
        if _may_be_location(module, variable) and _is_location(module, variable):
            borrow(variable)


def _may_be_location(module: Module, variable: Global) -> bool:
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


def _is_location(module: Module, variable: Global) -> bool:
    """Tell a text's address and length, a line and a column from other 24 bytes that begin with a pointer."""
    initial = variable.initializer
    data, pointers = constant_bytes(module, initial) if initial is not None else (b"", {})
    if 0 not in pointers or not pointers[0].is_global:
        return False
    text = Global(module.llvm, pointers[0].ref).value_type
    length, line, column = (int.from_bytes(data[at:end], "little") for at, end in ((8, 16), (16, 20), (20, 24)))
    room = module.llvm.LLVMGetArrayLength(text.ref) if text.kind is TypeKind.ARRAY else 0
    return length in (room, room - 1) and line > 0 and 0 < column < _WIDEST  # newer rustc ends the text with a zero
