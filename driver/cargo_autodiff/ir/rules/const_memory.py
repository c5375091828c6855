"""What a function writes into memory of a `Const` parameter and reads there again cannot be differentiated.

`Const` says that nobody asks for a derivative by what is there. Enzyme takes it for more: memory that is constant has
no shadow, so that a value which is computed from `x`, put into a buffer of the caller's and read again, comes back
without its derivative, and without a word (ActivityAnalysis.cpp: a store to a constant pointer is inactive, and what is
loaded from one is constant). The gradient would lack all that went through the buffer.

A function that is not inlined may get such memory in one call, and a local variable in another: then both are one class
of memory. Such a class counts as written to by the first, too, unless rustc says that nothing is written through the
parameter at all (`&T`): that is asked before the first round, as LLVM says the same of the parameter itself, but not of
what it leads to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import NoShadow
from cargo_autodiff.ir.debug_info import place
from cargo_autodiff.ir.entry_calls import const_parameters, const_positions, entry_calls, shadows
from cargo_autodiff.ir.flows import holds_pointer, written
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.memory import Memory, is_float_access
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.memory import MemoryClass
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value

_SHARED = "cargo-autodiff-shared"
_OF_INTEGERS = (Opcode.SITOFP, Opcode.UITOFP)


def mark(module: Module) -> None:
    """Note at each function to be differentiated through which parameters nothing is written."""
    for call in entry_calls(module):
        source = call.arguments[0].as_function()
        if source is not None:
            shared = [number for number in range(len(source.parameters)) if source.has("readonly", number + 1)]
            source.set_string_attribute(_SHARED, " ".join(map(str, shared)))


def check(module: Module) -> None:
    """Refuse a float that may count where it is written to such memory, if floats are read there, too."""
    parameters = list(const_parameters(module))
    if not any(holds_pointer(parameter.type) for parameter in parameters):
        return  # lengths of slices are Const, too
    const = {parameter.ref for parameter in parameters}
    memory = Memory(module)
    for call in entry_calls(module):  # a derivative inside adds to the shadows it is given
        for shadow in shadows(call):
            if _base(shadow).ref in const and _is_read(memory, memory.of(shadow)):
                raise _refused(call)
    lent = _lent(module, memory)
    writes = [write for write in _writes(module) if (where := memory.of(write[1])).is_const or where in lent]
    if not writes:
        return
    activity = _Activity(memory, const, writes)
    for instruction, address, _ in writes:
        where = memory.of(address)
        if where in activity.written and _is_read(memory, where):
            raise _refused(instruction)


def _lent(module: Module, memory: Memory) -> set[MemoryClass]:
    """Find the memory that Const parameters lead to, and that may be written to through them."""
    found: set[MemoryClass] = set()
    for source, number in const_positions(module):
        parameter = source.parameters[number]
        shared = (source.string_attribute(_SHARED) or "").split()
        if str(number) not in shared and parameter.type.kind is TypeKind.POINTER:
            near = memory.of(parameter)
            found |= _read_through(near) - ({near} if source.has("readonly", number + 1) else set())
    return found


def _read_through(start: MemoryClass) -> set[MemoryClass]:
    """Find this memory and all that pointers read from it lead to; what is only put there belongs to someone else."""
    found, todo = {start}, [start]
    while todo:
        here = todo.pop()
        if any(access.opcode == Opcode.LOAD and holds_pointer(access.type) for access, _ in here.accesses):
            fresh = here.leads_to() - found
            found |= fresh
            todo += fresh
    return found


def _refused(write: Instruction) -> NoShadow:
    return NoShadow(
        "what goes through the memory of a Const parameter cannot be differentiated",
        where=place(write),
        why="a number that counts is written to where a Const parameter leads, and numbers are read there, too: Enzyme"
        " would leave out what depends on them",
        hint="pass the buffer as a slice, make it inside the function, or mark the parameter `Duplicated` (in forward"
        " mode `Dual`) and pass a shadow of zeros",
    )


def _writes(module: Module) -> Iterator[tuple[Instruction, Value, Value]]:
    """Yield what writes floats or copies: the instruction, where to, and the value, or from where it is copied."""
    for function in module.definitions():
        for instruction in function.instructions():
            for address, value in written(instruction):
                if instruction.is_call or any(kind.is_float for kind in value.type.scalars()):
                    yield instruction, address, value


def _is_read(memory: Memory, where: MemoryClass) -> bool:
    reads = (access for access in where.accesses if access[0].opcode == Opcode.LOAD)
    return any(map(is_float_access, reads)) or any(memory.of(copy.start) is where for copy in where.copies)


class _Activity:
    """Which values may carry a derivative: those that do not come from numbers, integers and constant memory alone."""

    def __init__(self, memory: Memory, const: set[int], writes: list[tuple[Instruction, Value, Value]]) -> None:
        self._memory = memory
        self._const = const
        self.written: set[MemoryClass] = set()
        """Constant memory that such values are written to."""
        found = True
        while found:
            fresh = {memory.of(address) for _, address, value in writes if self._may_count(value)} - self.written
            found = bool(fresh)
            self.written |= fresh

    def _may_count(self, value: Value) -> bool:
        todo, seen = [value], {value.ref}
        while todo:
            parts = self._parts(todo.pop())
            if parts is None:
                return True
            todo += [part for part in parts if part.ref not in seen]
            seen |= {part.ref for part in parts}
        return False

    def _parts(self, value: Value) -> list[Value] | None:
        """Give what decides whether a value counts: others, or nothing at all; None where it may in any case."""
        if value.type.kind is TypeKind.POINTER:  # from where something is copied
            return self._in_memory(value)
        if value.is_constant or value.ref in self._const:
            return []
        source = value.as_instruction()
        if source is None or source.opcode == Opcode.BITCAST:
            return None
        if source.opcode == Opcode.LOAD:
            return self._in_memory(source.operands[0])
        if source.opcode in _OF_INTEGERS:
            return []
        if source.is_call:
            callee = source.callee
            return source.arguments if callee is not None and callee.is_intrinsic else None
        return [part for part in source.operands if any(kind.is_float for kind in part.type.scalars())]

    def _in_memory(self, address: Value) -> list[Value] | None:
        """Nothing counts in tables and, as long as nobody writes it there, in memory of Const parameters."""
        where = self._memory.of(address)
        if where.is_const and where not in self.written:
            return []
        if not any(is_float_access(access) for near in self._memory.joined(where) for access in near.accesses):
            return [] if not where.is_open else None
        return [] if _is_table(address) else None


def _is_table(address: Value) -> bool:
    base = _base(address)
    return base.is_global and bool(base.llvm.LLVMIsGlobalConstant(base.ref))


def _base(address: Value) -> Value:
    step = address.as_instruction()
    while step is not None and step.opcode in (Opcode.GETELEMENTPTR, Opcode.ADDRSPACECAST):
        address = step.operands[0]
        step = address.as_instruction()
    return address


MARK = Rule(
    name="shared-parameters",
    reason="what rustc promises of all that a reference leads to, LLVM promises of less once it has optimised",
    apply=mark,
)
CHECK = Rule(
    name="const-memory",
    reason="Enzyme leaves out what goes through memory of a Const parameter",
    apply=check,
)
