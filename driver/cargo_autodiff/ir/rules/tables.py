"""What a static table holds is not known while Enzyme looks.

Enzyme reads types out of a constant's initial value, and rustc's bytes there are of the type `Anything`, which no later
proof of a float changes (TypeAnalyzer::getConstantAnalysis, ConcreteType::checkedOrIn). In forward mode only what is a
float has the tangent zero where it is constant: of a number of type `Anything` the value itself became the tangent,
wherever it met one that counts, or was kept in memory that may (GradientUtils::invertPointerM).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.closure import constant_bytes
from cargo_autodiff.ir.inactive_calls import INACTIVE
from cargo_autodiff.ir.kinds import Linkage
from cargo_autodiff.ir.memory import Memory, is_float_access
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.value import Global

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Value

_UNREAD = "__cargo_autodiff_unread."
_MOST_CONTROL = 64  # bytes
_TABLE = "__cargo_autodiff_table"


def apply(module: Module) -> None:
    """Let a constant without content stand for every static that floats are read from, or leads to such memory.

    It counts for nothing, as the static does; the static keeps its content, and its name or gets one, and nothing uses
    it.
    """
    tables = [static for static in module.variables() if _is_table(module, static)]
    if not tables:
        return
    memory = Memory(module)
    for table in [table for table in tables if _leads_to_floats(memory, table)]:
        table.replace_uses(_unread(module, table))


def _leads_to_floats(memory: Memory, table: Global) -> bool:
    """Tell by what is read there, through pointers that are there, and of copies of it."""
    reached = {copy for near in memory.of(table).reaches() for copy in memory.joined(near)}
    return any(is_float_access(access) for near in reached for access in near.accesses)


def settle(module: Module) -> None:
    """Put the statics back."""
    for unread in module.variables():
        table = module.variable(unread.name.removeprefix(_UNREAD))
        if table is not None and table != unread:
            unread.replace_uses(table)
            module.llvm.LLVMDeleteGlobal(unread.ref)


def _is_table(module: Module, static: Global) -> bool:
    initial = static.initializer
    if initial is None or not module.llvm.LLVMIsGlobalConstant(static.ref):
        return False
    return not _is_empty(module, initial)


def _is_empty(module: Module, initial: Value) -> bool:
    """Tell the control bytes of a hash table with nothing in it, which merge with those of others."""
    size = module.llvm.LLVMABISizeOfType(module.llvm.LLVMGetModuleDataLayout(module.ref), initial.type.ref)
    return size <= _MOST_CONTROL and set(constant_bytes(module, initial)[0]) == {0xFF}


def _unread(module: Module, table: Global) -> Global:
    llvm = module.llvm
    table.name = table.name or _TABLE
    name = (_UNREAD + table.name).encode(errors="surrogateescape")
    unread = Global(llvm, llvm.LLVMAddGlobal(module.ref, table.value_type.ref, name))
    llvm.LLVMSetGlobalConstant(unread.ref, 1)
    llvm.LLVMSetAlignment(unread.ref, llvm.LLVMGetAlignment(table.ref))
    unread.set_linkage(Linkage.EXTERNAL)
    unread.refer(INACTIVE)
    return unread


RULE = Rule(
    name="tables",
    reason="in forward mode an element of a static may be its own tangent: Enzyme takes bytes for data of any type",
    apply=apply,
)
SETTLE = Rule(name="settle-tables", reason="derivatives read the statics themselves", apply=settle)
