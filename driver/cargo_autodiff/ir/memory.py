"""Which memory can be the same, and as what it is accessed: Steensgaard's analysis over a whole unit.

Pointers that may point into one object are in one class, whatever the offset; so are arrays of which one is copied into
the other. A class has one pointee class: all pointers kept in it point there. What comes from outside (parameters of
the root, unknown calls, integers) makes a class open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cargo_autodiff.ir.kinds import Opcode, TypeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Value

_TRANSPARENT = frozenset({Opcode.PHI, Opcode.SELECT, Opcode.FREEZE})
_COPIES = ("llvm.memcpy.", "llvm.memmove.")
_ALLOCATORS = ("__rust_alloc", "malloc", "calloc")


@dataclass(eq=False)
class MemoryClass:
    """Memory that may be the same."""

    parent: MemoryClass | None = None
    pointee: MemoryClass | None = None
    is_open: bool = False
    accesses: list[tuple[Instruction, Value]] = field(default_factory=list)
    """Loads and stores, each with its address."""

    def root(self) -> MemoryClass:
        """The representative."""
        found = self
        while found.parent is not None:
            found = found.parent
        if found is not self:
            self.parent = found
        return found


class Memory:
    """The classes of a module; read once, before anything is changed."""

    def __init__(self, module: Module) -> None:
        self._of: dict[int, MemoryClass] = {}
        self._results: dict[int, MemoryClass] = {}
        called = set()
        for function in module.definitions():
            for instruction in function.instructions():
                self._read(function, instruction)
                callee = instruction.callee if instruction.is_call else None
                if callee is not None:
                    called.add(callee.ref)
        for function in module.definitions():
            if function.ref not in called or _address_taken(function):
                for parameter in _pointers(function.parameters):
                    self.of(parameter).is_open = True

    def of(self, pointer: Value) -> MemoryClass:
        """The class of the memory a pointer points to."""
        while pointer.is_constant and not pointer.is_global and pointer.operands:
            pointer = pointer.operands[0]  # an address inside a static
        found = self._of.get(pointer.ref)
        if found is None:
            found = self._of[pointer.ref] = MemoryClass()
        return found.root()

    def _returned(self, function: Function) -> MemoryClass:
        return self._results.setdefault(function.ref, MemoryClass()).root()

    def _read(self, function: Function, instruction: Instruction) -> None:
        code, operands = instruction.opcode, instruction.operands
        if code in (Opcode.LOAD, Opcode.STORE):
            self._access(instruction, operands)
        elif instruction.is_call:
            self._call(instruction)
        elif code == Opcode.GETELEMENTPTR:
            self._join(instruction, operands[0])
        elif code == Opcode.RET and operands and _is_pointer(operands[0]):
            self._unite(self.of(operands[0]), self._returned(function))
        elif _is_pointer(instruction):
            if code in _TRANSPARENT:
                for operand in _pointers(operands):
                    self._join(instruction, operand)
            elif code != Opcode.ALLOCA:
                self.of(instruction).is_open = True

    def _access(self, instruction: Instruction, operands: list[Value]) -> None:
        address = operands[-1]
        at = self.of(address)
        at.accesses.append((instruction, address))
        moved = instruction if instruction.opcode == Opcode.LOAD else operands[0]
        if _is_pointer(moved):
            self._unite(self._pointee(at), self.of(moved))

    def _call(self, call: Instruction) -> None:
        callee = call.callee
        if callee is not None and callee.name.startswith(_COPIES):
            to, start = call.arguments[:2]
            self._unite(self._pointee(self.of(to)), self._pointee(self.of(start)))
            if call.arguments[2].constant_int() is None:
                self._unite(self.of(to), self.of(start))
        elif callee is not None and not callee.is_declaration:
            for given, formal in zip(call.arguments, callee.parameters, strict=False):
                if _is_pointer(formal):
                    self._join(given, formal)
            if _is_pointer(call):
                self._unite(self.of(call), self._returned(callee))
        elif callee is None or not (callee.is_intrinsic or callee.name in _ALLOCATORS):
            for pointer in _pointers([call, *call.arguments]):
                self.of(pointer).is_open = True

    def _join(self, left: Value, right: Value) -> None:
        if right.is_constant and not right.is_global and not right.operands:
            return  # null and undef point nowhere
        self._unite(self.of(left), self.of(right))

    def _pointee(self, of: MemoryClass) -> MemoryClass:
        of = of.root()
        if of.pointee is None:
            of.pointee = MemoryClass()
        return of.pointee.root()

    def _unite(self, left: MemoryClass, right: MemoryClass) -> None:
        todo = [(left, right)]
        while todo:
            one, other = (item.root() for item in todo.pop())
            if one is other:
                continue
            other.parent = one
            one.is_open |= other.is_open
            one.accesses += other.accesses
            if one.pointee is not None and other.pointee is not None:
                todo.append((one.pointee, other.pointee))
            one.pointee = one.pointee or other.pointee


def _address_taken(function: Function) -> bool:
    return any((user.as_instruction() is None) for user in function.users())


def _pointers(values: list[Value]) -> Iterator[Value]:
    return (value for value in values if _is_pointer(value))


def _is_pointer(value: Value) -> bool:
    return value.type.kind is TypeKind.POINTER
