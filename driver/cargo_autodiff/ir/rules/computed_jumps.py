"""Functions that jump to addresses (`goto *table[i]` in C) are not differentiated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.closure import needs_of, reached
from cargo_autodiff.ir.debug_info import place, written_in
from cargo_autodiff.ir.entry_calls import entry_calls
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value


def keep_tables(module: Module) -> None:
    """Make tables of blocks that nobody writes constant: units have constants of their own.

    Of what can change they use the crate's, which leads into functions of the crate.
    """
    for variable in module.variables():
        content = variable.initializer
        if not variable.is_local or content is None or module.llvm.LLVMIsGlobalConstant(variable.ref):
            continue
        if _has_blocks(content) and _is_only_read(variable):
            module.llvm.LLVMSetGlobalConstant(variable.ref, 1)


def check(module: Module) -> None:
    """Refuse derivatives of what jumps so, and functions whose table may be the crate's. Raises Refused."""
    jumps = [
        (function, jump)
        for function in module.definitions()
        if (jump := next(filter(_is_jump, function.instructions()), None)) is not None
    ]
    if not jumps:
        return
    roots = [source.name for call in entry_calls(module) if (source := call.arguments[0].as_function()) is not None]
    differentiated, needs = reached(module, roots), needs_of(module)
    changing = {variable.ref for variable in module.variables() if variable.is_declaration}
    for function, jump in jumps:
        if function.ref in differentiated or not changing.isdisjoint(needs.get(function.ref, ())):
            raise Refused(
                "a computed goto cannot be differentiated",
                where=place(jump),
                why=f"`{written_in(jump)}` jumps to an address, of which Enzyme does not know where it leads",
                hint="write it as a `switch` (in C) or `match`",
            )


def _is_jump(item: Instruction) -> bool:
    return item.opcode == Opcode.INDIRECTBR


def _has_blocks(content: Value) -> bool:
    """Tell a constant that holds blocks' addresses, in arrays and structures or not."""
    if content.llvm.LLVMIsABlockAddress(content.ref):
        return True
    return bool(content.type.members) and any(map(_has_blocks, _parts(content)))


def _parts(content: Value) -> list[Value]:
    return [] if content.llvm.LLVMIsNull(content.ref) else [each for each in content.operands if each.ref]


def _is_only_read(pointer: Value) -> bool:
    """Tell a pointer by which nothing is done but to load."""
    for user in pointer.users():
        opcode = _opcode(user)
        if opcode not in (Opcode.LOAD, Opcode.GETELEMENTPTR, Opcode.BITCAST):
            return False
        if opcode != Opcode.LOAD and not _is_only_read(user):
            return False
    return True


def _opcode(user: Value) -> int:
    step = user.as_instruction()
    if step is not None:
        return step.opcode
    return user.llvm.LLVMGetConstOpcode(user.ref) if user.llvm.LLVMIsAConstantExpr(user.ref) else 0


CHECK = Rule(
    name="computed-jumps",
    reason="Enzyme fails an assertion on a jump to an address; tables of addresses lead out of the derivative",
    apply=check,
)
