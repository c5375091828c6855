"""Whose memory a pointer may point into: the caller's, or what a unit allocates and may hand out by a pointer."""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.ir.entry_calls import const_parameters, entry_calls
from cargo_autodiff.ir.flows import PASSING, is_allocator
from cargo_autodiff.ir.inactive_calls import OURS
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.memory import WORD, copied, overlapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cargo_autodiff.ir.memory import Memory, MemoryClass
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value


class Owner(IntFlag):
    """Whose memory it is; a pointer may have several."""

    NOBODY = 0
    FRESH = 1
    """An allocation's of the unit."""
    LOCAL = 2
    """A local variable's."""
    CALLERS = 4
    """Where a parameter leads, or a static that can change, or what a function without body gave."""
    CONST = 8
    """Where a Const parameter leads."""


_THEIRS = Owner.CALLERS | Owner.CONST
_FIRST_CELL = -(2**80)
"""So low that no value, and no function's result (`Flows`), has such a number."""
Cell = tuple[int, Owner]
"""A pointer that is kept in a class of memory, and whose memory it lies in: own and the caller's may be one class."""


class _Write(NamedTuple):
    value: int
    address: int
    cells: list[int]


class _Transfer(NamedTuple):
    to: int
    start: int
    cells: list[tuple[int, int]]
    """From which pointer that is kept to which."""


class Owners:
    """Follows pointers in the direction they are handed on, which the classes of memory do not know."""

    def __init__(self, module: Module, memory: Memory) -> None:
        self._memory = memory
        self._pointers = dict(enumerate((kept for each in memory.classes() for kept in each.pointers), _FIRST_CELL))
        self._numbers = {id(kept): cell for cell, kept in self._pointers.items()}
        self._of: dict[int, Owner] = dict(_starts(module))
        self._allocated = {ref for ref, owner in self._of.items() if owner == Owner.FRESH}
        self._in: dict[Cell, Owner] = {}
        self._changed = True
        flows = memory.flows
        self._joins = [(to, start) for to, start, *_ in (*flows.joins, *flows.offsets)]
        self._loads = [(value, address, self._cells(address)) for value, address in flows.loaded]
        self._stores = [_Write(value, address, self._cells(address, at)) for value, address, at in flows.stored]
        self._copies = [self._transfer(copy.to.ref, copy.start.ref, copy.length) for copy in flows.copies]
        self._read_integers(module)
        while self._changed:
            self._changed = False
            self._follow()
        self._sources = self._find_sources()

    def kept_in(self, memory: set[MemoryClass]) -> Iterator[int]:
        """Yield the pointers that are kept in this memory."""
        yield from (self._numbers[id(kept)] for each in memory for kept in each.pointers)

    def handed_out(self) -> Iterator[tuple[Owner, int, MemoryClass]]:
        """Yield which pointers to allocations get into the caller's memory: into whose, as `allocations` takes them."""
        for write in self._stores:
            theirs = self._of_ref(write.address) & _THEIRS
            given = self._memory.place_of(write.value)
            if theirs and given is not None and self._of_ref(write.value) & Owner.FRESH:
                yield theirs, write.value, given.memory
        for move in self._copies:
            theirs, owned = self._of_ref(move.to) & _THEIRS, self._of_ref(move.start)
            for start, _ in move.cells if theirs else ():
                place = self._pointers[start].place
                if place is not None and self._kept(start, owned) & Owner.FRESH:
                    yield theirs, start, place.resolved().memory

    def allocations(self, starts: Iterable[int]) -> set[int]:
        """Find the calls that may have allocated what these pointers mean, values or such that are kept."""
        todo = list(starts)
        seen = set(todo)
        while todo:
            fresh = self._sources.get(todo.pop(), set()) - seen
            seen |= fresh
            todo += fresh
        return seen & self._allocated

    def _find_sources(self) -> dict[int, set[int]]:
        """Say of values and of pointers that are kept what they may be."""
        found: dict[int, set[int]] = {}
        pairs = [
            *self._joins,
            *((value, cell) for value, _, cells in self._loads for cell in cells),
            *((cell, write.value) for write in self._stores for cell in write.cells),
            *((end, start) for move in self._copies for start, end in move.cells),
        ]
        for to, start in pairs:
            found.setdefault(to, set()).add(start)
        return found

    def _of_ref(self, ref: int) -> Owner:
        return self._of.get(ref, Owner.NOBODY)

    def _cells(self, address: int, at: int = 0) -> list[int]:
        place = self._memory.place_of(address)
        return [self._numbers[id(kept)] for kept in overlapping(place.moved(at, 0), WORD)] if place is not None else []

    def _transfer(self, to: int, start: int, length: int | None) -> _Transfer:
        here, there = self._memory.place_of(start), self._memory.place_of(to)
        if here is None or there is None:
            return _Transfer(to, start, [])
        cells = [
            (self._numbers[id(kept)], self._numbers[id(end)])
            for kept in here.memory.pointers
            for at, step in copied(here, kept.offset, kept.step, WORD, length)
            for end in overlapping(there.moved(at, step), WORD)
        ]
        return _Transfer(to, start, cells)

    def _read_integers(self, module: Module) -> None:
        """Follow addresses that LLVM has made integers of; what only moves is known."""
        for function in module.definitions():
            for instruction in function.instructions():
                if instruction.opcode == Opcode.INTTOPTR:
                    self._read_integer(instruction, instruction.operands[0])
                elif instruction.opcode == Opcode.STORE:
                    value, address = instruction.operands
                    self._stores += [
                        _Write(step.operands[0].ref, address.ref, self._cells(address.ref))
                        for step in _merged(value)
                        if step.opcode == Opcode.PTRTOINT
                    ]

    def _read_integer(self, to: Value, number: Value) -> None:
        for step in _merged(number):
            if step.opcode == Opcode.PTRTOINT:
                self._joins.append((to.ref, step.operands[0].ref))
            elif step.opcode == Opcode.LOAD:
                address = step.operands[0].ref
                self._loads.append((to.ref, address, self._cells(address)))

    def _follow(self) -> None:
        for to, start in self._joins:
            self._add(to, self._of_ref(start))
        for value, address, cells in self._loads:
            owner = self._of_ref(address)
            self._add(value, owner & _THEIRS)
            for cell in cells:
                self._add(value, self._kept(cell, owner))
        for write in self._stores:
            for cell in write.cells:
                self._keep(cell, self._of_ref(write.address), self._of_ref(write.value))
        for move in self._copies:
            owner, onto = self._of_ref(move.start), self._of_ref(move.to)
            for start, end in move.cells:
                self._keep(end, onto, self._kept(start, owner) | (owner & _THEIRS))

    def _kept(self, cell: int, owner: Owner) -> Owner:
        found = Owner.NOBODY
        for one in Owner:
            if one & owner:
                found |= self._in.get((cell, one), Owner.NOBODY)
        return found

    def _keep(self, cell: int, where: Owner, what: Owner) -> None:
        for one in Owner:
            if one & where and what & ~self._in.get((cell, one), Owner.NOBODY):
                self._in[cell, one] = self._in.get((cell, one), Owner.NOBODY) | what
                self._changed = True

    def _add(self, ref: int, owner: Owner) -> None:
        old = self._of_ref(ref)
        if owner & ~old:
            self._of[ref] = old | owner
            self._changed = True


def _starts(module: Module) -> Iterator[tuple[int, Owner]]:
    """Yield the pointers that begin somewhere, and whose they are."""
    const = {parameter.ref for parameter in const_parameters(module)}
    for call in entry_calls(module):
        source = call.arguments[0].as_function()
        for parameter in source.parameters if source is not None else ():
            yield parameter.ref, Owner.CONST if parameter.ref in const else Owner.CALLERS
    for variable in module.variables():
        if not module.llvm.LLVMIsGlobalConstant(variable.ref):
            yield variable.ref, Owner.CALLERS
    for function in module.definitions():
        for instruction in function.instructions():
            owner = _begins(instruction)
            if owner:
                yield instruction.ref, owner


def _begins(instruction: Instruction) -> Owner:
    if instruction.opcode == Opcode.ALLOCA:
        return Owner.LOCAL
    callee = instruction.callee if instruction.is_call else None
    if callee is None or not callee.is_declaration or callee.is_intrinsic:
        return Owner.NOBODY
    if is_allocator(callee):
        return Owner.FRESH
    return Owner.NOBODY if callee.name.startswith(OURS) else Owner.CALLERS


def _merged(number: Value) -> Iterator[Instruction]:
    """Yield what an integer may be, through phis and selects."""
    todo, seen = [number], {number.ref}
    while todo:
        step = todo.pop().as_instruction()
        if step is None:
            continue
        if step.opcode not in PASSING:
            yield step
            continue
        fresh = [value for value in step.operands if value.ref not in seen]
        seen |= {value.ref for value in fresh}
        todo += fresh
