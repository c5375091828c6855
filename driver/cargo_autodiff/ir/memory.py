"""Which memory can be the same, and where in it a pointer points: Steensgaard's classes, with offsets.

All memory that one pointer may point into is one class. Inside a class a pointer has an offset, or, for elements of an
array, an offset and a step. What comes from outside (parameters of the root, unknown calls, integers) is open.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.ir.entry_calls import const_parameters
from cargo_autodiff.ir.flows import Flows, Origin, holds_pointer
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.named import Named, each

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cargo_autodiff.ir.flows import Copy
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Value

WORD = 8
"""Bytes of a pointer on every target that is supported."""
_MANY = 64
"""Up to how many elements a copy of constant length is followed one by one."""


class MemoryClass(Named):
    """Memory that may be the same."""

    is_open: bool = False
    """Who is not in this unit can have put something there, or can look at it."""
    is_const: bool = False
    """All of it belongs to parameters that no derivative is asked of."""
    is_table: bool = False
    """All of it is constants, and every pointer in them is known."""
    accesses: list[tuple[Instruction, Value]] = each(factory=list)
    """Loads and stores, each with its address."""
    copies: list[Copy] = each(factory=list)
    """What is moved into it or out of it without being looked at."""
    parent: MemoryClass | None = None
    shift: int = 0
    """Where its offset 0 is in the parent."""
    pointers: list[Kept] = each(factory=list)

    def reaches(self) -> set[MemoryClass]:
        """Find this class and all that pointers kept in it lead to."""
        found, todo = {self}, [self]
        while todo:
            fresh = todo.pop().leads_to() - found
            found |= fresh
            todo += fresh
        return found

    def leads_to(self) -> set[MemoryClass]:
        """Find where pointers kept in it lead at once."""
        return {kept.place.resolved().memory for kept in self.pointers if kept.place}


class Place(NamedTuple):
    """Where a pointer points: at an offset in a class or, with a step, any number of steps away from it."""

    memory: MemoryClass
    offset: int = 0
    step: int = 0

    def resolved(self) -> Place:
        """The same in the class that represents its memory now."""
        memory, offset = self.memory, self.offset
        while memory.parent is not None:
            offset, memory = offset + memory.shift, memory.parent
        return Place(memory, offset % self.step if self.step else offset, self.step)

    def moved(self, by: int, step: int) -> Place:
        """A constant number of bytes further, and any number of steps."""
        return Place(self.memory, self.offset + by, gcd(self.step, step)).resolved()

    def covers(self, other: Place) -> bool:
        """Tell whether a pointer to the other place may be what a pointer to this one is."""
        apart = gcd(other.step, other.offset - self.offset)
        return self.memory is other.memory and (apart % self.step == 0 if self.step else apart == 0)

    def positions(self, offset: int, step: int, size: int, within: int) -> Iterator[int]:
        """Yield where something at another place of the class lies from here, as far as it touches `within` bytes."""
        apart, period = offset - self.offset, gcd(step, self.step)
        if not period:
            if -size < apart < within:
                yield apart
            return
        at = apart % period
        at -= period * ((at + size - 1) // period)
        while at < within:
            yield at
            at += period


class Kept(Named):
    """A pointer in memory."""

    offset: int
    step: int
    place: Place | None = None


class Memory:
    """The classes of a module; read once, before anything is changed."""

    def __init__(self, module: Module) -> None:
        self.flows = flows = Flows(module)
        self.moves = flows.moves
        self._places: dict[int, Place] = {
            ref: Place(
                MemoryClass(
                    is_open=origin is Origin.OUTSIDE,
                    is_const=origin is Origin.CONST,
                    is_table=origin is Origin.TABLE,
                )
            )
            for ref, origin in flows.origins.items()
        }
        self._changed = True
        self._settle()
        while self._invent():
            self._settle()
        self._spread_openness()
        for access, address in flows.accesses:
            self.of(address).accesses.append((access, address))
        for copy in flows.copies:
            for end in {self.of(copy.to), self.of(copy.start)}:
                end.copies.append(copy)

    def of(self, pointer: Value) -> MemoryClass:
        """The class of the memory a pointer points to."""
        return self.place(pointer).memory

    def place(self, pointer: Value) -> Place:
        """Where a pointer points; one that points nowhere (null) has a class of its own."""
        found = self._places.get(pointer.ref)
        if found is None:
            found = self._places[pointer.ref] = Place(MemoryClass())
        return found.resolved()

    def place_of(self, ref: int) -> Place | None:
        """The same of a pointer as `flows` names it, if it points anywhere."""
        found = self._places.get(ref)
        return found.resolved() if found is not None else None

    def classes(self) -> set[MemoryClass]:
        """All classes that a pointer points into."""
        return {place.resolved().memory for place in self._places.values()}

    def joined(self, memory: MemoryClass) -> set[MemoryClass]:
        """Find this class and all that copies lead to and from."""
        near, todo = {memory}, [memory]
        while todo:
            for copy in todo.pop().copies:
                fresh = {self.of(end) for end in (copy.to, copy.start)} - near
                near |= fresh
                todo += fresh
        return near

    def _settle(self) -> None:
        flows = self.flows
        self._changed = True
        while self._changed:
            self._changed = False
            self._follow_values(flows)
            self._follow_memory(flows)

    def _follow_values(self, flows: Flows) -> None:
        for to, start, by, step in flows.offsets:
            if start in self._places:
                self._join(to, self._places[start].moved(by, step))
        for to, start in flows.joins:
            if start in self._places:
                self._join(to, self._places[start])

    def _follow_memory(self, flows: Flows) -> None:
        for value, address, by in flows.stored:
            if value in self._places and address in self._places:
                self._keep(self._places[address].moved(by, 0), self._places[value])
        for value, address in flows.loaded:
            if address in self._places:
                for kept in overlapping(self._places[address].resolved(), WORD):
                    if kept.place is not None:
                        self._join(value, kept.place)
        for copy in flows.copies:
            if copy.to.ref in self._places and copy.start.ref in self._places:
                self._copy(copy)

    def _invent(self) -> bool:
        """Let pointers that are loaded from where nothing was stored point to memory that nobody knows.

        In a table there is none but null: a vtable's place for the destructor of what needs none.
        """
        found = False
        for value, address in self.flows.loaded:
            if value not in self._places and address in self._places:
                at = self._places[address].resolved()
                if not at.memory.is_table and not any(kept.place for kept in overlapping(at, WORD)):
                    const = at.memory.is_const
                    self._keep(at, Place(MemoryClass(is_open=not const, is_const=const)))
                    found = True
        return found

    def _join(self, ref: int, new: Place) -> None:
        old = self._places.get(ref)
        self._places[ref] = new.resolved() if old is None else self._united(old.resolved(), new)
        self._changed |= old is None or self._places[ref] != old

    def _united(self, one: Place, other: Place) -> Place:
        one, other = one.resolved(), other.resolved()
        if one.memory is other.memory:
            return one.moved(0, gcd(other.step, one.offset - other.offset))
        gone = other.memory
        gone.parent, gone.shift = one.memory, one.offset - other.offset
        one.memory.is_open |= gone.is_open
        one.memory.is_const &= gone.is_const
        one.memory.is_table &= gone.is_table
        self._changed = True
        for kept in gone.pointers:
            if kept.place is not None:
                self._keep(Place(gone, kept.offset, kept.step).resolved(), kept.place)
        gone.pointers = []
        return one.moved(0, other.step)

    def _keep(self, at: Place, place: Place) -> None:
        pointers = at.memory.pointers
        kept = next((kept for kept in pointers if Place(at.memory, kept.offset, kept.step).covers(at)), None)
        if kept is None:
            kept = Kept(offset=at.offset, step=at.step)
            pointers.append(kept)
        old = kept.place
        kept.place = place.resolved() if old is None else self._united(old, place)
        self._changed |= kept.place != old
        if len(pointers) > _MANY:
            self._keep_together(at.memory)

    def _keep_together(self, memory: MemoryClass) -> None:
        """Tell too many pointers in one class no longer apart."""
        first, *others = memory.pointers
        step = gcd(first.step, *(gcd(kept.step, kept.offset - first.offset) for kept in others))
        memory.pointers = []
        for kept in (first, *others):
            if kept.place is not None:
                self._keep(Place(memory, first.offset, step).moved(0, 0), kept.place)

    def _copy(self, copy: Copy) -> None:
        """Let both ends of a copy keep the same pointers."""
        for start, to in ((copy.start, copy.to), (copy.to, copy.start)):
            here, there = self._places[start.ref].resolved(), self._places[to.ref].resolved()
            for kept in list(here.memory.pointers):
                if kept.place is not None:
                    for at, step in copied(here, kept.offset, kept.step, WORD, copy.length):
                        self._keep(there.moved(at, step), kept.place)

    def _spread_openness(self) -> None:
        for place in list(self._places.values()):
            memory = place.resolved().memory
            if memory.is_open:
                for reached in memory.reaches():
                    reached.is_open = True


def copied(here: Place, offset: int, step: int, size: int | None, length: int | None) -> Iterator[tuple[int, int]]:
    """Yield where something at another place of the class lies in what is copied from here: its offset and step.

    A size or length of None has no end.
    """
    apart, period = offset - here.offset, gcd(step, here.step)
    if not period:
        if (size is None or apart > -size) and (length is None or apart < length):
            yield apart, 0
    elif size is None and length is not None and length <= period:
        yield apart % period, 0  # whichever element it is, it goes to, or comes from, one place
    elif size is None or length is None or length > _MANY * period:
        yield apart % period, period
    else:
        for at in here.positions(offset, step, size, length):
            yield at, 0


def of_const_parameters(module: Module, memory: Memory) -> set[MemoryClass]:
    """Find the memory that Const parameters lead to at any depth."""
    pointers = (parameter for parameter in const_parameters(module) if holds_pointer(parameter.type))
    return _reached(memory, pointers)


def given_to(functions: Iterable[Function], memory: Memory) -> set[MemoryClass]:
    """Find the memory that calls of some functions give, at any depth."""
    calls = (call for function in functions for call in function.calls())
    return _reached(memory, (value for call in calls for value in call.arguments if holds_pointer(value.type)))


def _reached(memory: Memory, pointers: Iterable[Value]) -> set[MemoryClass]:
    starts = {memory.of(pointer) for pointer in pointers}
    return {reached for start in starts for reached in start.reaches()}


def leads_to_floats(memory: Memory, start: MemoryClass, is_copied: bool = False) -> bool:
    """Tell whether floats can be there, or where pointers in it lead; of what is copied, only the latter."""
    reached = start.reaches() - ({start} if is_copied else set())
    return any(holds_floats(memory, far) for far in reached)


def holds_floats(memory: Memory, where: MemoryClass) -> bool:
    """Tell whether floats can be right there."""
    return any(is_float_access(access) for one in memory.joined(where) for access in one.accesses)


def is_float_access(access: tuple[Instruction, Value]) -> bool:
    """Tell a load or store of floats."""
    instruction = access[0]
    moved = instruction if instruction.opcode == Opcode.LOAD else instruction.operands[0]
    return any(kind.is_float for kind in moved.type.scalars())


def overlapping(at: Place, size: int) -> Iterator[Kept]:
    """Yield the pointers that are kept in so many bytes at a place."""
    for kept in at.memory.pointers:
        if next(at.positions(kept.offset, kept.step, size, size), None) is not None:
            yield kept
