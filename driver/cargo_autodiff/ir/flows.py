"""How pointers, and values that nobody looks at, flow through a module: read once, as plain numbers."""

from __future__ import annotations

from enum import IntEnum
from itertools import count
from math import gcd
from typing import TYPE_CHECKING

from cargo_autodiff.ir.entry_calls import const_parameters
from cargo_autodiff.ir.holding import POINTER_SIZE
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.scaling import scaled
from cargo_autodiff.named import Named, each

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Type, Value

PASSING = frozenset({Opcode.PHI, Opcode.SELECT, Opcode.FREEZE})
_AGGREGATES = frozenset({Opcode.INSERTVALUE, Opcode.EXTRACTVALUE, Opcode.INSERTELEMENT, Opcode.EXTRACTELEMENT,
                         Opcode.BITCAST, Opcode.ADDRSPACECAST})  # fmt: skip
COPIES = ("llvm.memcpy.", "llvm.memmove.")
WRITERS = (*COPIES, "llvm.memset.")
"""How LLVM's functions begin that copy memory, and that write it: the first argument says where to."""
CARRY = "__cargo_autodiff_carry"
CARRY_SINGLE = f"{CARRY}_single"
"""A function of (to, start) that copies one word; see carried.py."""
INTEGERS = "__cargo_autodiff_integers"
"""A function that gives the same address, through which integers are accessed; see rules/shared_words.py."""
THREAD_LOCAL = "__cargo_autodiff_thread_local"
"""The address of a thread-local variable."""
_SAME = ("llvm.launder.", "llvm.strip.", "llvm.threadlocal.", "llvm.ptrmask.", INTEGERS, THREAD_LOCAL)
_ALLOCATORS = ("__rust_alloc", "__rust_alloc_zeroed", "malloc", "calloc", "aligned_alloc")
_FREEING = ("__rust_dealloc", "free")
CRATE = "cargo-autodiff-allocator"
"""Attribute of Rust's allocator: how its names begin that the linker knows."""
OUTGOING = "__cargo_autodiff_outgoing."
"""How functions are named that allocate and free for a while, before their own names; see rules/handed_out.py."""


class Origin(IntEnum):
    """Whose memory it is."""

    OWN = 0
    TABLE = 1
    """A constant's, whose content is all that is ever there."""
    CONST = 2
    """The caller's, but no derivative is asked of it."""
    OUTSIDE = 3


class Copy(Named):
    """Bytes that are moved from one place to another; `length` is None where it is not constant."""

    to: Value
    start: Value
    length: int | None


class Move(Named):
    """Values that are moved together: loads, what passes them on, and where they are stored."""

    function: Function
    loads: list[Instruction] = each(factory=list)
    passing: list[Instruction] = each(factory=list)
    stores: list[Instruction] = each(factory=list)
    computed: bool = False
    """Some of the values stored come from arithmetic."""

    @property
    def type(self) -> Type:
        """The integer's type."""
        return (self.loads or self.passing)[0].type

    @property
    def addresses(self) -> list[Value]:
        """Where it is moved from and to."""
        return [access.operands[-1] for access in (*self.loads, *self.stores)]


class Flows:
    """What Memory needs to know of a module; pointers are named by the number of LLVM's object."""

    def __init__(self, module: Module) -> None:
        self.origins: dict[int, Origin] = {}
        """Pointers that begin here, and to whose memory they point."""
        self.offsets: list[tuple[int, int, int, int]] = []
        """A pointer, the one it is computed from, a constant distance, and a step."""
        self.joins: list[tuple[int, int]] = []
        """A pointer, and one that it may be."""
        self.loaded: list[tuple[int, int]] = []
        self.stored: list[tuple[int, int, int]] = []
        """A pointer, the address it is stored to, and a distance from that address."""
        self.copies: list[Copy] = []
        self.moves: list[Move] = []
        self.accesses: list[tuple[Instruction, Value]] = []
        self._module = module
        self._data = module.llvm.LLVMGetModuleDataLayout(module.ref)
        self._constants: set[int] = set()
        self._places_beside = count(-1, -1)  # names of addresses that no value is
        self._read_functions()

    def _read_functions(self) -> None:
        called = set()
        for function in self._module.definitions():
            for instruction in function.instructions():
                self._read(function, instruction)
                callee = instruction.callee if instruction.is_call else None
                if callee is not None:
                    called.add(callee.ref)
        const = {parameter.ref for parameter in const_parameters(self._module)}
        for function in self._module.definitions():
            if function.ref not in called or _address_taken(function):
                for parameter in function.parameters:
                    if holds_pointer(parameter.type):
                        self._origin(parameter, Origin.CONST if parameter.ref in const else Origin.OUTSIDE)
            self._read_moves(function)

    def _read_moves(self, function: Function) -> None:
        for move in moves(function):
            self.moves.append(move)
            size = self.size(move.loads[0].type)
            self.copies += [
                Copy(to=store.operands[1], start=load.operands[0], length=size)
                for load in move.loads
                for store in move.stores
            ]

    def size(self, of: Type) -> int:
        """Bytes of a type in memory."""
        return self._module.llvm.LLVMABISizeOfType(self._data, of.ref)

    def _origin(self, value: Value, origin: Origin) -> None:
        """Say that a pointer begins here; what is outside for any reason is outside."""
        self.origins[value.ref] = max(self.origins.get(value.ref, origin), origin)

    def _use(self, value: Value) -> int:
        """Name a pointer that is an operand; read it first if it is a constant."""
        if value.is_constant and value.ref not in self._constants:
            self._constants.add(value.ref)
            self._read_constant(value)
        return value.ref

    def _read_constant(self, value: Value) -> None:
        llvm = value.llvm
        if value.is_global:
            self._read_global(value)
        elif llvm.LLVMIsAConstantExpr(value.ref):
            code = llvm.LLVMGetConstOpcode(value.ref)
            if code == Opcode.GETELEMENTPTR:
                self._offset(value, value.operands)
            elif code == Opcode.INTTOPTR:
                if value.operands[0].constant_int() is None:  # an empty Vec's points nowhere
                    self._origin(value, Origin.OUTSIDE)
            else:
                self._join(value, value.operands)
        elif holds_pointer(value.type):  # a structure or vector of constants
            self._join(value, value.operands)

    def _read_global(self, value: Value) -> None:
        from cargo_autodiff.ir.closure import constant_bytes
        from cargo_autodiff.ir.value import Global

        llvm = value.llvm
        if llvm.LLVMIsAGlobalAlias(value.ref):
            self._join(value, value.operands)
            return
        if value.as_function() is not None:
            self._origin(value, Origin.OWN)
            return
        initial = Global(llvm, value.ref).initializer
        fixed = initial is not None and llvm.LLVMIsGlobalConstant(value.ref)
        self._origin(value, Origin.TABLE if fixed else Origin.OUTSIDE)
        if initial is not None and holds_pointer(initial.type):
            for at, pointer in constant_bytes(self._module, initial)[1].items():
                if holds_pointer(pointer.type):
                    self.stored.append((self._use(pointer), value.ref, at))

    def _read(self, function: Function, instruction: Instruction) -> None:
        code = instruction.opcode
        if code in (Opcode.LOAD, Opcode.STORE):
            self._read_access(instruction)
        elif instruction.is_call:
            self._read_call(instruction)
        elif code == Opcode.GETELEMENTPTR:
            self._offset(instruction, instruction.operands)
        elif code == Opcode.RET:
            self._join(function, instruction.operands)
        elif code in (Opcode.ATOMICRMW, Opcode.CMPXCHG):
            if any(holds_pointer(operand.type) for operand in instruction.operands[1:]):
                self._read_unknown([instruction, *instruction.operands])
        elif holds_pointer(instruction.type):
            self._read_pointer(instruction, code)

    def _read_pointer(self, instruction: Instruction, code: int) -> None:
        if code == Opcode.ALLOCA:
            self._origin(instruction, Origin.OWN)
        elif code == Opcode.INTTOPTR and (pointers := _pointers_in(instruction.operands[0])):
            self._join(instruction, pointers)
        elif code in PASSING or code in _AGGREGATES:
            self._join(instruction, instruction.operands)
        else:
            self._origin(instruction, Origin.OUTSIDE)

    def _read_access(self, instruction: Instruction) -> None:
        *stored, address = instruction.operands
        self.accesses.append((instruction, address))
        moved = stored[0] if stored else instruction
        self._use(address)
        for at in self._pointers(moved.type, 0):
            if stored:
                self.stored.append((self._use(moved), address.ref, at))
            elif at:
                beside = next(self._places_beside)
                self.offsets.append((beside, address.ref, at, 0))
                self.loaded.append((instruction.ref, beside))
            else:
                self.loaded.append((instruction.ref, address.ref))

    def _pointers(self, of: Type, at: int) -> Iterator[int]:
        """Yield where the pointers are in a value of a type."""
        kind, llvm = of.kind, self._module.llvm
        if kind is TypeKind.POINTER:
            yield at
        elif kind is TypeKind.STRUCT:
            for number, member in enumerate(of.members):
                yield from self._pointers(member, at + llvm.LLVMOffsetOfElement(self._data, of.ref, number))
        elif kind in (TypeKind.ARRAY, TypeKind.VECTOR) and holds_pointer(of):
            (element,) = of.members
            length = (llvm.LLVMGetArrayLength if kind is TypeKind.ARRAY else llvm.LLVMGetVectorSize)(of.ref)
            for number in range(length):
                yield from self._pointers(element, at + number * self.size(element))

    def _read_call(self, call: Instruction) -> None:
        callee, arguments = call.callee, call.arguments
        if callee is None:
            self._read_unknown([call, *arguments])
        elif callee.name.startswith(COPIES):
            for pointer in arguments[:2]:
                self._use(pointer)
            self.copies.append(Copy(to=arguments[0], start=arguments[1], length=arguments[2].constant_int()))
        elif callee.name in (CARRY, CARRY_SINGLE):
            self.copies.append(Copy(to=arguments[0], start=arguments[1], length=POINTER_SIZE))
        elif not callee.is_declaration:
            self._read_known(call, callee)
        elif callee.name.startswith(_SAME):
            self._join(call, arguments)
        elif is_allocator(callee):
            self._origin(call, Origin.OWN)
        elif not callee.is_intrinsic:
            for value in filter(lambda given: holds_pointer(given.type), arguments):
                self._use(value)
            self._read_unknown([call] if _is_harmless(callee) else [call, *arguments])

    def _read_known(self, call: Instruction, callee: Function) -> None:
        for given, formal in zip(call.arguments, callee.parameters, strict=False):
            if holds_pointer(formal.type):
                self._join(formal, [given])
        if holds_pointer(call.type):
            self.joins.append((call.ref, self._result(callee)))

    def _read_unknown(self, values: list[Value]) -> None:
        for value in values:
            if holds_pointer(value.type):
                self._use(value)
                self._origin(value, Origin.OUTSIDE)

    def _result(self, function: Function) -> int:
        """Name what a function returns; its own number names the function itself."""
        return -function.ref

    def _join(self, value: Value, sources: list[Value]) -> None:
        to = self._result(value.as_function()) if value.as_function() else value.ref  # type: ignore[arg-type]
        for source in sources:
            if holds_pointer(source.type):
                self.joins.append((to, self._use(source)))

    def _offset(self, value: Value, operands: list[Value]) -> None:
        llvm = value.llvm
        base, first, *inner = operands
        of = type(value.type)(llvm, llvm.LLVMGetGEPSourceElementType(value.ref))
        by, step = scaled(first, self.size(of))
        for index in inner:
            if of.kind is TypeKind.STRUCT:
                number = index.constant_int() or 0
                by += llvm.LLVMOffsetOfElement(self._data, of.ref, number)
                of = of.members[number]
            else:
                of = of.members[0]
                more, further = scaled(index, self.size(of))
                by, step = by + more, gcd(step, further)
        self.offsets.append((value.ref, self._use(base), by, step))


def moves(function: Function) -> Iterator[Move]:
    """Yield the integers of a function that are loaded and stored."""
    return (move for move in webs(function) if move.loads and move.stores)


def webs(function: Function) -> Iterator[Move]:
    """Yield all integers of a function that are loaded, or merged with others."""
    seen: set[int] = set()
    for start in function.instructions():
        if (
            (start.opcode == Opcode.LOAD or start.opcode in PASSING)
            and start.ref not in seen
            and is_integer(start.type)
        ):
            move = _move(function, start)
            seen |= {found.ref for found in (*move.loads, *move.passing)}
            yield move


def _move(function: Function, start: Instruction) -> Move:
    move, todo, seen = Move(function=function), [start], {start.ref}
    while todo:
        value = todo.pop()
        (move.loads if value.opcode == Opcode.LOAD else move.passing).append(value)
        near: list[Value] = list(passed(value))
        for user in value.users():
            instruction = user.as_instruction()
            if instruction is None:
                continue
            if instruction.opcode == Opcode.STORE and instruction.operands[0] == value:
                move.stores.append(instruction)
            elif instruction.opcode in PASSING and instruction.type == value.type:
                near.append(instruction)
        for other in near:
            found = other.as_instruction()
            if found is None:
                move.computed |= not other.is_constant
            elif found.opcode != Opcode.LOAD and found.opcode not in PASSING:
                move.computed |= found.opcode != Opcode.BITCAST
            elif found.ref not in seen:
                seen.add(found.ref)
                todo.append(found)
    return move


def passed(value: Instruction) -> list[Value]:
    if value.opcode == Opcode.LOAD:
        return []
    return value.operands[1:] if value.opcode == Opcode.SELECT else value.operands


def is_integer(of: Type) -> bool:
    """Tell an integer, or a vector of integers."""
    return of.kind is TypeKind.INTEGER or (of.kind is TypeKind.VECTOR and of.members[0].kind is TypeKind.INTEGER)


def _pointers_in(number: Value) -> list[Value]:
    """Give the pointers that an integer is one of, if it is no other than them and constants (an empty Vec's)."""
    pointers: list[Value] = []
    todo, seen = [number], {number.ref}
    while todo:
        value = todo.pop()
        instruction = value.as_instruction()
        if value.constant_int() is not None:
            continue
        if instruction is None or instruction.opcode not in (*PASSING, Opcode.PTRTOINT):
            return []
        if instruction.opcode == Opcode.PTRTOINT:
            pointers.append(instruction.operands[0])
            continue
        fresh = [near for near in passed(instruction) if near.ref not in seen]
        seen |= {near.ref for near in fresh}
        todo += fresh
    return pointers


def is_address(access: Instruction) -> bool:
    """Tell whether an integer that is loaded or stored is a pointer's: made of one before, or into one afterwards."""
    loaded = access.opcode == Opcode.LOAD
    start: Value = access if loaded else access.operands[0]
    sought = Opcode.INTTOPTR if loaded else Opcode.PTRTOINT
    todo, seen = [start] if is_integer(start.type) else [], {start.ref}
    while todo:
        value = todo.pop()
        near: list[Value] = []
        for other in value.users() if loaded else [value]:
            instruction = other.as_instruction()
            if instruction is None:
                continue
            if instruction.opcode == sought:
                return True
            if instruction.opcode in PASSING:
                near += [instruction] if loaded else passed(instruction)
        todo += [other for other in near if other.ref not in seen]
        seen |= {other.ref for other in near}
    return False


def written(instruction: Instruction) -> Iterator[tuple[Value, Value]]:
    """Yield where something is written and what: a value, or for a copy the address of what is copied."""
    if instruction.opcode == Opcode.STORE:
        value, address = instruction.operands
        yield address, value
    elif instruction.opcode in (Opcode.ATOMICRMW, Opcode.CMPXCHG):
        address, *_, value = instruction.operands
        yield address, value
    elif instruction.is_call and instruction.callee is not None and instruction.callee.name.startswith(COPIES):
        yield instruction.arguments[0], instruction.arguments[1]


def holds_pointer(of: Type) -> bool:
    """Tell whether a value of a type is a pointer or has one inside."""
    return TypeKind.POINTER in of.scalars()


def is_allocator(function: Function) -> bool:
    """Tell a function that gives new memory."""
    return function.name.removeprefix(OUTGOING) in _ALLOCATORS


def is_freeing(function: Function) -> bool:
    """Tell a function that gives memory back."""
    return function.name.removeprefix(OUTGOING) in _FREEING


def _is_harmless(callee: Function) -> bool:
    """Tell functions that leave no float in memory: those that free it, never return, or carry no derivative."""
    return is_freeing(callee) or callee.has("noreturn") or callee.string_attribute("enzyme_inactive") is not None


def _address_taken(function: Function) -> bool:
    return any((user.as_instruction() is None) for user in function.users())
