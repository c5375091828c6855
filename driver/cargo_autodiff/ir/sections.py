"""A section of its own for each function and variable, so that linkers can leave out what nobody needs.

What `-function-sections -data-sections` do in `llc`, and rustc always does: the C API has no word for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.kinds import Linkage

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Global, Value


def separate(module: Module) -> None:
    """Name the section of everything that has none. Do this last: passes neither merge nor fold what has a section."""
    for function in module.definitions():
        _put(function, f".text.{function.name}")
    for number, variable in enumerate(module.variables()):
        if variable.is_declaration or variable.linkage == Linkage.APPENDING:
            continue
        kind = _kind(variable)
        if kind == ".rodata" and variable.linkage == Linkage.PRIVATE:
            continue  # nothing depends on it, and linkers merge equal ones
        _put(variable, f"{kind}.{variable.name or number}")


def _put(item: Global, section: str) -> None:
    if not item.llvm.LLVMGetSection(item.ref):
        item.llvm.LLVMSetSection(item.ref, section.encode(errors="surrogateescape"))


def _kind(variable: Global) -> str:
    llvm = variable.llvm
    value = variable.initializer
    zero = value is None or bool(llvm.LLVMIsNull(value.ref))
    if llvm.LLVMIsThreadLocal(variable.ref):
        return ".tbss" if zero else ".tdata"
    if llvm.LLVMIsGlobalConstant(variable.ref):
        return ".data.rel.ro" if value is not None and _relocated(value) else ".rodata"
    return ".bss" if zero else ".data"


def _relocated(value: Value) -> bool:
    """Tell whether a constant holds an address."""
    todo, seen = [value], {value.ref}
    while todo:
        for operand in todo.pop().operands:
            if operand.is_global:
                return True
            if operand.ref not in seen:
                seen.add(operand.ref)
                todo.append(operand)
    return False
