"""Shadows of statics, where Enzyme took a static for its own: zeros, because no static with a shadow ever changes.

In reverse mode adjoints are added to them that nobody reads, so they can be written there. In forward mode tangents are
read from them, so they cannot.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.closure import constant_bytes
from cargo_autodiff.ir.enzyme_names import is_forward, is_reverse
from cargo_autodiff.ir.kinds import Linkage, Opcode, TypeKind
from cargo_autodiff.ir.value import Global, Value

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_NAME = "__cargo_autodiff_static_shadow."


class StaticShadows:
    """Those of one module, which Enzyme has been through."""

    def __init__(self, module: Module) -> None:
        names = [function.name for function in module.functions()]
        forward, reverse = any(map(is_forward, names)), any(map(is_reverse, names))
        self._module = module
        self._is_possible = not (forward and reverse)
        """One that both modes use would have adjoints for tangents."""
        self._is_fixed = forward
        self._being_made: set[Value] = set()
        """None of these is there yet: a static may refer to itself."""

    def of(self, pointer: Value) -> Value | None:
        """Give the shadow of a constant pointer to a static that cannot change; None where there is none."""
        llvm = self._module.llvm
        if not self._is_possible or not pointer.is_constant:
            return None
        if llvm.LLVMIsAConstantExpr(pointer.ref):
            return self._of_expression(pointer)
        if not llvm.LLVMIsAGlobalVariable(pointer.ref) or not llvm.LLVMIsGlobalConstant(pointer.ref):
            return None
        static = Global(llvm, pointer.ref)
        if static.initializer is None or static.name.startswith(_NAME):
            return None
        if static in self._being_made:
            return None
        self._being_made.add(static)
        made = self._module.variable(_NAME + static.name) or self._made(static, static.initializer)
        self._being_made.remove(static)
        return made

    def _of_expression(self, pointer: Value) -> Value | None:
        base, *indices = pointer.operands
        shadow = self.of(base)
        if shadow is None or pointer.llvm.LLVMGetConstOpcode(pointer.ref) != Opcode.GETELEMENTPTR:
            return None
        of = pointer.llvm.LLVMGetGEPSourceElementType(pointer.ref)
        array = (ctypes.c_void_p * len(indices))(*(index.ref for index in indices))
        return Value(pointer.llvm, pointer.llvm.LLVMConstGEP2(of, shadow.ref, array, len(indices)))

    def _made(self, static: Global, initial: Value) -> Value | None:
        llvm, context = static.llvm, self._module.context
        data, scalars = constant_bytes(self._module, initial)
        pointers = {at: scalar for at, scalar in scalars.items() if scalar.type.kind is TypeKind.POINTER}
        shadows = {at: self._kept(pointer) for at, pointer in pointers.items()}
        word = Builder(llvm, context).pointer()
        size = llvm.LLVMABISizeOfType(llvm.LLVMGetModuleDataLayout(self._module.ref), word.ref)
        byte = Builder(llvm, context).integer(8)

        def zeros(count: int) -> list[int]:
            return [llvm.LLVMConstNull(llvm.LLVMArrayType(byte.ref, count))] if count else []

        parts: list[int] = []
        done = 0
        for at, shadow in sorted(shadows.items()):
            if shadow is None:
                return None
            parts += zeros(at - done)
            parts.append(shadow.ref)
            done = at + size
        parts += zeros(len(data) - done)
        array = (ctypes.c_void_p * len(parts))(*parts)
        content = Value(llvm, llvm.LLVMConstStructInContext(context, array, len(parts), 1))
        made = Global(llvm, llvm.LLVMAddGlobal(self._module.ref, content.type.ref, (_NAME + static.name).encode()))
        llvm.LLVMSetInitializer(made.ref, content.ref)
        llvm.LLVMSetGlobalConstant(made.ref, int(self._is_fixed))
        llvm.LLVMSetAlignment(made.ref, llvm.LLVMGetAlignment(static.ref))
        made.set_linkage(Linkage.INTERNAL)
        return made

    def _kept(self, pointer: Value) -> Value | None:
        """Say what stands in a shadow for a pointer: nothing (an empty vector's) for itself; functions have none."""
        if pointer.llvm.LLVMIsNull(pointer.ref) or _is_number(pointer):
            return pointer
        return self.of(pointer)


def _is_number(pointer: Value) -> bool:
    is_expression = bool(pointer.llvm.LLVMIsAConstantExpr(pointer.ref))
    return is_expression and pointer.llvm.LLVMGetConstOpcode(pointer.ref) == Opcode.INTTOPTR
