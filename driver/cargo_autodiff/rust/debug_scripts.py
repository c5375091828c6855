"""What rustc puts into a module for debuggers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.kinds import Opcode

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_SCRIPTS = "__rustc_debug_gdb_scripts_section__"


def strip_debug_info(module: Module) -> None:
    """Remove debug information, and the section that names gdb's scripts, which `main` reads from to keep it."""
    module.llvm.LLVMStripModuleDebugInfo(module.ref)
    scripts = module.variable(_SCRIPTS)
    if scripts is None:
        return
    users = [user.as_instruction() for user in scripts.users()]
    loads = [user for user in users if user is not None and user.opcode == Opcode.LOAD]
    for load in loads:
        load.erase()
    if len(loads) == len(users):
        module.llvm.LLVMDeleteGlobal(scripts.ref)
