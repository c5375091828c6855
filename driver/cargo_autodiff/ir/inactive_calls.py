"""Functions without a body that carry no derivative: what a call of one gives is nothing that Enzyme knows of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Type

_INACCESSIBLE_MEMORY = 0b1100  # MemoryEffects: both bits of its second location


def inactive(module: Module, name: str, returns: Type, *parameters: Type) -> Function:
    """Declare it. It seems to touch memory of its own: Enzyme asks for the derivative of what touches none."""
    found = module.function(name)
    if found is None:
        builder = Builder(module.llvm, module.context)
        found = module.declare(name, builder.function_type(returns, *parameters).ref)
        found.set_string_attribute("enzyme_inactive")
        for promise in ("nofree", "nounwind", "willreturn"):
            found.add(promise)
        if module.llvm.major >= 16:
            found.add("memory", value=_INACCESSIBLE_MEMORY)
        else:
            found.add("inaccessiblememonly")
    return found
