"""Words that are merged as a pointer or an integer, and are a float at some time, lie in memory.

LLVM keeps a word of an enum's variants (`Result<f64, String>`) as one of its kinds wherever it goes, through loops and
branches: `phi ptr`, then `ptrtoint` and `bitcast` where it is a float. Enzyme finds a pointer there, which has no
adjoint, and says nothing. In memory each kind is read and written as what it is, and what is copied is decided when it
is copied (ir/carried.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import DividedWord, Refused
from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.debug_info import place, written_in
from cargo_autodiff.ir.flows import PASSING, passed
from cargo_autodiff.ir.inactive_calls import looked_into
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.memory import Memory
from cargo_autodiff.ir.plain_form import edge_behind
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Block, Function, Instruction, Type, Value

_BITS = 64
_OF_POINTERS = (Opcode.PTRTOINT, Opcode.INTTOPTR)
_CASTS = (*_OF_POINTERS, Opcode.BITCAST)
_BIT_BY_BIT = (Opcode.TRUNC, Opcode.ZEXT, Opcode.SHL, Opcode.LSHR, Opcode.AND, Opcode.OR)
_MADE_OF = {Opcode.BITCAST: Opcode.PTRTOINT, Opcode.INTTOPTR: Opcode.BITCAST}


def apply(module: Module) -> None:
    """Give each word that crosses from float to pointer, or back, a place in memory wherever it is merged.

    Raises Refused where the float is only a part of it (f32).
    """
    for function in looked_into(module):
        while starts := _crossings(function):
            put_in_memory(module, starts)
        for end in function.instructions():
            if end.opcode in _MADE_OF and _is_made_of(end, _MADE_OF[Opcode(end.opcode)]):
                raise _refusal(end)


def put_in_memory(module: Module, starts: list[Instruction]) -> None:
    """Give words, and all that they are merged with, a place in memory.

    What an invoke returns can only be written on its edge: where there is none yet, only that is made, and it is to be
    asked again.
    """
    webs: list[list[Instruction]] = []
    for start in starts:
        if not any(start in web for web in webs):
            webs.append(_web(start))
    calls = {call for web in webs for member in web for call in _results(member)}
    for call in calls:
        edge_behind(call)
    if not calls:
        memory = Memory(module)
        for web in webs:
            _InMemory(web, memory).move()


def _results(member: Instruction) -> Iterator[Instruction]:
    """Yield the invokes whose results a phi takes."""
    if member.opcode == Opcode.PHI:
        ends = ((value, origin.terminator) for value, origin in member.incoming())
        yield from (end for value, end in ends if value == end)


def _crossings(function: Function) -> list[Instruction]:
    """Give where floats and pointers are made of one another, by way of what is loaded, merged and cast."""
    found, seen = [], set[int]()
    for crossing in function.instructions():
        if crossing.opcode in _OF_POINTERS and crossing.ref not in seen and _is_word(crossing):
            web = _web(crossing)
            seen |= {member.ref for member in web}
            if any(member.opcode == Opcode.BITCAST for member in web):
                found.append(crossing)
    return found


def _is_made_of(end: Instruction, sought: Opcode) -> bool:
    """Tell a float that is made of an address, or an address that is made of a float, bit by bit."""
    todo: list[Value] = [end.operands[0]] if end.operands[0].type.kind is TypeKind.INTEGER else []
    seen = {value.ref for value in todo}
    for value in todo:
        found = value.as_instruction()
        if found is None or found.opcode not in (*_BIT_BY_BIT, *PASSING, sought):
            continue
        if found.opcode == sought and found.operands[0].type.kind is not TypeKind.INTEGER:
            return True
        fresh = [source for source in found.operands if source.ref not in seen]
        seen |= {source.ref for source in fresh}
        todo += fresh
    return False


def _web(start: Instruction) -> list[Instruction]:
    web, seen = [start], {start.ref}
    for member in web:
        for other in _near(member):
            if other.ref not in seen:
                seen.add(other.ref)
                web.append(other)
    return web


def _near(member: Instruction) -> Iterator[Instruction]:
    """Yield what a member is made of, and what is made of it, by passing it on."""
    for source in passed(member):
        found = source.as_instruction()
        if found is not None and (found.opcode == Opcode.LOAD or _passes(found)) and _is_word(found):
            yield found
    for user in member.users():
        found = user.as_instruction()
        if found is not None and _passes(found) and _is_word(found):
            yield found


def _passes(value: Instruction) -> bool:
    return value.opcode in PASSING or value.opcode in _CASTS


def _is_word(value: Instruction) -> bool:
    """Tell 64 bits of one kind, and of a cast that it is made of such."""
    sides = [value.type, value.operands[0].type] if value.opcode in _CASTS else [value.type]
    return all(
        side.kind in (TypeKind.DOUBLE, TypeKind.POINTER) or (side.kind is TypeKind.INTEGER and side.bits == _BITS)
        for side in sides
    )


class _InMemory:
    """The places in memory of one web, by the instruction whose word lies there; of casts, the innermost one's."""

    def __init__(self, web: list[Instruction], memory: Memory) -> None:
        self._memory = memory
        self._function = web[0].function
        self._casts = {member.ref: member for member in web if member.opcode in _CASTS}
        self._merged = [member for member in web if member.ref not in self._casts]
        self._places: dict[int, Value] = {member.ref: self._place() for member in self._merged}

    def move(self) -> None:
        """Let each word be written and read there, and take out what passed it on."""
        for member in self._merged:
            self._write(member)
        for cast in self._casts.values():
            self._home(cast)
        loads = [member for member in self._merged if member.opcode == Opcode.LOAD]
        gone = [member for member in (*self._merged, *self._casts.values()) if member not in loads]
        for member in gone:
            for user in dict.fromkeys(member.users()):
                found = user.as_instruction()
                if found is not None and found not in gone:
                    self._read(member, found)
        for member in gone:
            member.replace_uses(Builder.before(member).zero(member.type))
        for member in gone:
            member.erase()
        for load in loads:
            if next(load.users(), None) is None:
                load.erase()

    def _place(self) -> Instruction:
        builder = Builder.before(self._function.entry.first)
        return builder.alloca(builder.integer(_BITS), "word")

    def _write(self, member: Instruction) -> None:
        place = self._places[member.ref]
        if member.opcode == Opcode.LOAD:
            builder, start = Builder.after(member), member.operands[0]
            moved = builder.load(self._moved_as(builder, member, start), start)
            member.llvm.LLVMSetAlignment(moved.ref, member.llvm.LLVMGetAlignment(member.ref))
            builder.store(moved, place)
        elif member.opcode == Opcode.PHI:
            coming = self._place()
            for value, origin in member.incoming():
                self._put(Builder.before(origin.terminator), value, coming)
            _copy(Builder.before(_start(member.block)), place, coming)
        elif member.opcode == Opcode.SELECT:
            builder = Builder.before(member)
            condition, *choices = member.operands
            then, otherwise = self._place(), self._place()
            self._put(builder, choices[0], then)
            self._put(builder, choices[1], otherwise)
            _copy(builder, place, builder.select(condition, then, otherwise))
        else:
            self._put(Builder.before(member), member.operands[0], place)

    def _put(self, builder: Builder, value: Value, place: Value) -> None:
        home = self._home(value)
        if home is None:
            builder.store(_plain(builder, value), place)
        else:
            _copy(builder, place, home)

    def _home(self, value: Value) -> Value | None:
        """Give where a word lies that is one of the web's."""
        if value.ref in self._places:
            return self._places[value.ref]
        cast = self._casts.get(value.ref)
        if cast is None:
            return None
        inner = cast.operands[0]
        home = self._home(inner)
        if home is None:
            place = self._place()
            builder = Builder.before(cast)
            builder.store(_plain(builder, inner), place)
            home = place
        self._places[cast.ref] = home
        return home

    def _read(self, member: Instruction, user: Instruction) -> None:
        """Let a user load the word as what it was before it became the integer that is computed with."""
        builder = Builder.before(user)
        home = self._places[member.ref]
        value: Value
        if user.opcode == Opcode.STORE and user.operands[0] == member:
            value = builder.load(self._moved_as(builder, member, user.operands[1]), home)
        elif member.type.kind is not TypeKind.INTEGER or member.ref not in self._casts:
            value = builder.load(member.type, home)
        elif member.opcode == Opcode.PTRTOINT:
            value = builder.address_bits(builder.load(builder.pointer(), home), member.type)
        else:
            value = builder.bits(builder.load(member.operands[0].type, home), member.type)
        for number, operand in enumerate(user.operands):
            if operand == member:
                user.set_operand(number, value)

    def _moved_as(self, builder: Builder, member: Instruction, address: Value) -> Type:
        """Say as what a word is moved from or to memory: nobody knows, but that the caller may have only floats."""
        memory = self._memory.of(address)
        if not memory.is_open:
            return builder.integer(_BITS)
        return builder.double() if all(self._may_be_float(access) for access, _ in memory.accesses) else member.type

    def _may_be_float(self, access: Instruction) -> bool:
        value: Value = access if access.opcode == Opcode.LOAD else access.operands[0]
        return value.type.kind is TypeKind.DOUBLE or value.ref in self._places


def _copy(builder: Builder, to: Value, start: Value) -> None:
    builder.store(builder.load(builder.integer(_BITS), start), to)


def _plain(builder: Builder, value: Value) -> Value:
    """Give a constant, unless it is an address, as a float: it has no derivative, whatever it is."""
    if not value.is_constant or value.type.kind is TypeKind.DOUBLE:
        return value
    if value.llvm.LLVMIsNull(value.ref) or value.llvm.LLVMIsUndef(value.ref):
        return builder.zero(builder.double())
    return builder.bits(value, builder.double()) if value.type.kind is TypeKind.INTEGER else value


def _start(block: Block) -> Instruction:
    """Give what comes first behind the phis, and what must come first."""
    return next(item for item in block.instructions if item.opcode not in (Opcode.PHI, Opcode.LANDINGPAD))


def _refusal(end: Instruction) -> Refused:
    return DividedWord(
        "an enum cannot be differentiated",
        where=place(end),
        why=f"`{written_in(end)}` merges an f32 with pointers in one word, and Enzyme would lose its gradient",
        hint="use f64 there, or let the other variants, or a Result's error, hold no String, Box or slice",
    )


RULE = Rule(
    name="merged-words",
    reason="a float that LLVM merges as a pointer or an integer has no adjoint for Enzyme",
    apply=apply,
)
