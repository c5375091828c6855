"""Integers that are loaded and stored again get the type of what they move."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.memory import Memory, MemoryClass
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.rules.typed_floats import NAMES
from cargo_autodiff.ir.value import Type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Value

_BITS = {TypeKind.FLOAT: 32, TypeKind.DOUBLE: 64}
_PASSING = (Opcode.PHI, Opcode.SELECT, Opcode.FREEZE)
_KEPT_METADATA = ("alias.scope", "noalias", "invariant.load")
_HINTS = ("range", "noundef")  # rustc's, on loads of integers
_COPIES = ("llvm.memcpy.", "llvm.memmove.")

Place = tuple[int, int]


def apply(module: Module) -> None:
    """Turn integer moves of memory that is only accessed as one kind of float into moves of that float.

    Where nothing accesses the memory as a float they stay. Copies of arrays of one kind of float are marked as such.
    Raises Refused where the memory holds floats and other things and nothing tells what is moved.
    """
    moves = [move for function in module.definitions() for move in _moves(function)]
    copies = [copy for function in module.definitions() for copy in _copies(function)]
    if not moves and not copies:
        return
    evidence = _Evidence(Memory(module))
    for copy in copies:
        _tell(evidence, copy)
    for move in moves:
        kind = _kind(evidence, move)
        if kind is not None:
            _retype(module, move, kind)


@dataclass(kw_only=True)
class _Move:
    """Integers that are moved together: loads, what passes them on, and where they are stored."""

    function: Function
    loads: list[Instruction] = field(default_factory=list)
    passing: list[Instruction] = field(default_factory=list)
    stores: list[Instruction] = field(default_factory=list)
    computed: bool = False
    """Some of the values stored come from arithmetic."""

    @property
    def accesses(self) -> list[tuple[Instruction, Value]]:
        return [(access, access.operands[-1]) for access in (*self.loads, *self.stores)]


def _moves(function: Function) -> Iterator[_Move]:
    seen: set[int] = set()
    for load in function.instructions():
        if load.opcode != Opcode.LOAD or load.ref in seen or _bits(load.type) < min(_BITS.values()):
            continue
        move = _move(function, load)
        seen |= {found.ref for found in move.loads}
        if move.stores:
            yield move


def _move(function: Function, start: Instruction) -> _Move:
    move, todo, seen = _Move(function=function), [start], {start.ref}
    while todo:
        value = todo.pop()
        (move.loads if value.opcode == Opcode.LOAD else move.passing).append(value)
        near: list[Value] = list(_passed(value))
        for user in (user for user in value.users() if user.as_instruction()):
            instruction = user.as_instruction()
            if instruction is None:
                continue
            if instruction.opcode == Opcode.STORE and instruction.operands[0] == value:
                move.stores.append(instruction)
            elif instruction.opcode in _PASSING and instruction.type == value.type:
                near.append(instruction)
        for other in near:
            found = other.as_instruction()
            if found is None:
                move.computed |= not other.is_constant
            elif found.opcode != Opcode.LOAD and found.opcode not in _PASSING:
                move.computed |= found.opcode != Opcode.BITCAST
            elif found.ref not in seen:
                seen.add(found.ref)
                todo.append(found)
    return move


def _passed(value: Instruction) -> list[Value]:
    if value.opcode == Opcode.LOAD:
        return []
    return value.operands[1:] if value.opcode == Opcode.SELECT else value.operands


def _copies(function: Function) -> Iterator[Instruction]:
    for call in function.instructions():
        callee = call.callee if call.is_call else None
        if callee is not None and callee.name.startswith(_COPIES):
            yield call


class _Evidence:
    """As what memory is accessed by anything but a move; the rule never changes it while it reads."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self._kinds: dict[int, dict[Place | None, set[TypeKind]]] = {}

    def of_class(self, address: Value) -> set[TypeKind]:
        """As what the whole class is accessed."""
        return self._of(self.memory.of(address))[None]

    def at(self, address: Value) -> set[TypeKind]:
        """As what the very place is accessed: the same offset from the same base, or in the same type of element."""
        return self._of(self.memory.of(address)).get(_place(address), set())

    def _of(self, memory: MemoryClass) -> dict[Place | None, set[TypeKind]]:
        found = self._kinds.get(id(memory))
        if found is None:
            found = self._kinds[id(memory)] = {None: set()}
            for access, address in memory.accesses:
                kinds = self._told(access)
                found[None] |= kinds
                found.setdefault(_place(address), set()).update(kinds)
        return found

    def _told(self, access: Instruction) -> set[TypeKind]:
        value: Value = access if access.opcode == Opcode.LOAD else access.operands[0]
        kinds = set(value.type.scalars())
        if TypeKind.INTEGER not in kinds:
            return kinds
        if access.opcode == Opcode.LOAD:
            return set().union(*(_told_by_use(user, access) for user in access.users()))
        source = value.as_instruction()
        if source is None:
            return set() if value.is_constant else kinds
        if source.opcode == Opcode.BITCAST:
            return set(source.operands[0].type.scalars())
        return set() if source.opcode in (*_PASSING, Opcode.LOAD) else kinds


def _told_by_use(user: Value, of: Instruction) -> set[TypeKind]:
    """As what an integer is used; being moved says nothing."""
    instruction = user.as_instruction()
    if instruction is None or instruction.opcode in _PASSING:
        return set()
    if instruction.opcode == Opcode.STORE and instruction.operands[0] == of:
        return set()
    return set((instruction if instruction.opcode == Opcode.BITCAST else of).type.scalars())


def _place(address: Value) -> Place:
    """A base and a constant offset; an element of an array has its type as the base."""
    offset = 0
    while (step := address.as_instruction()) is not None and step.opcode == Opcode.GETELEMENTPTR:
        llvm = step.llvm
        of = llvm.LLVMGetGEPSourceElementType(step.ref)
        by = step.operands[1].constant_int() if len(step.operands) == 2 else None
        if by is None or Type(llvm, of).kind is not TypeKind.INTEGER or llvm.LLVMGetIntTypeWidth(of) != 8:
            return (of, offset) if Type(llvm, of).kind is TypeKind.STRUCT else (step.ref, offset)
        offset, address = offset + by, step.operands[0]
    return address.ref, offset


def _kind(evidence: _Evidence, move: _Move) -> TypeKind | None:
    """Find the kind of float that is moved; None for integers. Raises Refused."""
    whole: set[TypeKind] = set()
    exact: set[TypeKind] = set()
    for _, address in move.accesses:
        whole |= evidence.of_class(address)
        exact |= evidence.at(address)
    if not any(kind.is_float for kind in whole):
        _check_outside(evidence, move, whole)
        return None
    told = exact or whole
    if not any(kind.is_float for kind in told):
        return None
    kind = next(iter(told))
    if len(told) > 1 or kind not in _BITS or move.computed or _bits(move.loads[0].type) % _BITS[kind]:
        raise _refusal(move.function, f"moves {_names(told)} without saying which")
    return kind


def _check_outside(evidence: _Evidence, move: _Move, whole: set[TypeKind]) -> None:
    """Refuse to move memory of the caller as integers when nothing here says that it holds any."""
    if whole or move.computed or any(load.metadata(hint) for load in move.loads for hint in _HINTS):
        return
    if any(evidence.memory.of(address).is_open for _, address in move.accesses):
        raise _refusal(move.function, "moves memory of its caller without saying what it holds")


def _tell(evidence: _Evidence, copy: Instruction) -> None:
    """Say what a copy moves where all of it is one kind of float; refuse mixed elements.

    Enzyme would take a copy of dynamic length over mixed elements for what its first byte is.
    """
    kinds = evidence.of_class(copy.arguments[0]) | evidence.of_class(copy.arguments[1])
    if not any(kind.is_float for kind in kinds):
        return
    if len(kinds) == 1 and (kind := next(iter(kinds))) in NAMES:
        copy.set_metadata("enzyme_truetype", Builder.before(copy).true_type(NAMES[kind]))
    elif copy.arguments[2].constant_int() is None:
        raise _refusal(copy.function, f"copies elements that hold {_names(kinds)}")


def _retype(module: Module, move: _Move, kind: TypeKind) -> None:
    old = move.loads[0].type
    new = _float_type(module, kind, _bits(old) // _BITS[kind])
    made: dict[int, Value] = {}
    for load in move.loads:
        made[load.ref] = _retyped_load(load, new)
    for passing in move.passing:
        if passing.opcode == Opcode.PHI:
            made[passing.ref] = Builder.before(passing).phi(new)
    for passing in move.passing:
        _value(made, passing, new)
    for passing in move.passing:
        if passing.opcode == Opcode.PHI:
            phi = made[passing.ref].as_instruction()
            if phi is not None:
                phi.add_incoming(*((_value(made, value, new), block) for value, block in passing.incoming()))
    for store in move.stores:
        store.set_operand(0, made[store.operands[0].ref])
    _replace_rest(move, made, old)


def _value(made: dict[int, Value], value: Value, new: Type) -> Value:
    """Give the float that stands for an integer of the move."""
    if value.ref in made:
        return made[value.ref]
    llvm, instruction = value.llvm, value.as_instruction()
    if instruction is None:
        return type(value)(llvm, llvm.LLVMConstBitCast(value.ref, new.ref))
    if instruction.opcode == Opcode.BITCAST:
        return made.setdefault(value.ref, Builder.before(instruction).bits(instruction.operands[0], new))
    if instruction.opcode == Opcode.FREEZE:
        return made.setdefault(value.ref, _value(made, instruction.operands[0], new))
    condition, then, otherwise = instruction.operands
    chosen = Builder.before(instruction).select(condition, _value(made, then, new), _value(made, otherwise, new))
    return made.setdefault(value.ref, chosen)


def _retyped_load(load: Instruction, new: Type) -> Instruction:
    made = Builder.before(load).load(new, load.operands[0])
    load.llvm.LLVMSetAlignment(made.ref, load.llvm.LLVMGetAlignment(load.ref))
    for name in _KEPT_METADATA:
        made.set_metadata(name, load.metadata(name))
    return made


def _replace_rest(move: _Move, made: dict[int, Value], old: Type) -> None:
    """Let what else uses the integers see the float's bits; remove the integers."""
    gone = [*move.loads, *move.passing]
    refs = {value.ref for value in gone}
    for value in gone:
        if any(user.ref not in refs for user in value.users()):
            after = (
                next(item for item in value.block.instructions if item.opcode != Opcode.PHI)
                if value.opcode == Opcode.PHI
                else value
            )
            value.replace_uses(Builder.before(after).bits(made[value.ref], old))
    for value in gone:
        value.replace_uses(type(value)(value.llvm, value.llvm.LLVMGetUndef(old.ref)))
        value.erase()


def _float_type(module: Module, kind: TypeKind, count: int) -> Type:
    llvm = module.llvm
    double = kind is TypeKind.DOUBLE
    one = llvm.LLVMDoubleTypeInContext(module.context) if double else llvm.LLVMFloatTypeInContext(module.context)
    return Type(llvm, llvm.LLVMVectorType(one, count) if count > 1 else one)


def _bits(of: Type) -> int:
    """The width of an integer or of a vector of integers; 0 for anything else."""
    if of.kind is TypeKind.VECTOR:
        return _bits(of.members[0]) * of.llvm.LLVMGetVectorSize(of.ref)
    return of.llvm.LLVMGetIntTypeWidth(of.ref) if of.kind is TypeKind.INTEGER else 0


def _names(kinds: set[TypeKind]) -> str:
    words = sorted(
        {"floats" if kind.is_float else "pointers" if kind is TypeKind.POINTER else "integers" for kind in kinds}
    )
    return " and ".join(words)


def _refusal(function: Function, what: str) -> Refused:
    return Refused(
        "a copy of unknown type cannot be differentiated",
        where=function.place,
        why=f"`{function.name}` {what}, and Enzyme would lose the gradient of what it does not know as floats",
        hint="keep floats and integers in separate containers, or assign the fields one by one",
    )


RULE = Rule(
    name="untyped-copies",
    reason="Enzyme takes an integer of unknown type that is only moved as inactive, and a copy of dynamic length as"
    " what its first byte is",
    apply=apply,
)
