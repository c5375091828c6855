"""Words that are a float at one time, and an integer or a pointer at another: the words of an enum's variants.

An integer there carries no derivative: its loads and stores leave the shadow alone, and its copies are a float's. A
pointer's loads and stores get an address that hides from Enzyme that it is the float's; copies of the word decide at
run time (ir/carried.py).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from cargo_autodiff.errors import DividedWord, Refused
from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.carried import LANES_MOST
from cargo_autodiff.ir.computed_bits import are_numbers, bits_become_floats, loads_behind
from cargo_autodiff.ir.debug_info import place, written_in
from cargo_autodiff.ir.entry_calls import entry_calls, width
from cargo_autodiff.ir.flows import INTEGERS, PASSING, Move, is_address, is_integer, webs
from cargo_autodiff.ir.holding import POINTER_SIZE
from cargo_autodiff.ir.inactive_calls import give_back, is_call_of, without_shadow
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.rules.address_guard import guarded, is_guarded
from cargo_autodiff.ir.rules.carried_words import clear, is_cleared, is_reset, reset
from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.evidence import Evidence, Unknown
    from cargo_autodiff.ir.holding import Holding
    from cargo_autodiff.ir.memory import MemoryClass
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Type, Value


class Access(Frozen):
    """A load or store of a word that is several things."""

    instruction: Instruction
    kind: TypeKind
    """As what it takes the word."""
    with_pointers: bool
    """The word is a pointer at some time."""
    with_singles: bool
    """The word is an f32 at some time."""


class SharedWords:
    """The words of a module that floats share with integers or pointers; read before anything is changed."""

    def __init__(self, module: Module, evidence: Evidence) -> None:
        self._module = module
        self._evidence = evidence

    @cached_property
    def are_allowed(self) -> bool:
        """Tell whether an integer in the place of a float can be known to carry no derivative."""
        return not (self._evidence.bits_travel or bits_become_floats(self._module, self._evidence))

    def of(self, unknown: Unknown) -> Holding | None:
        """Say what is copied where floats and others share words."""
        shared = unknown.shared
        if shared is None or not self.are_allowed or (shared.addresses and not self._can_be_carried):
            return None
        return shared

    @cached_property
    def _can_be_carried(self) -> bool:
        """Tell whether the derivative of a copied word is asked for only once, and in not too many lanes."""
        calls = entry_calls(self._module)
        return len(calls) <= 1 and all(0 < width(call) <= LANES_MOST for call in calls)

    @cached_property
    def accesses(self) -> list[Access]:
        """The loads and stores at such words."""
        found = [
            access
            for function in self._module.definitions()
            for instruction in function.instructions()
            if (access := self._access(instruction)) is not None
        ]
        return found if found and self.are_allowed else []

    def _access(self, instruction: Instruction) -> Access | None:
        if instruction.opcode not in (Opcode.LOAD, Opcode.STORE):
            return None
        moved = _moved(instruction)
        kind = TypeKind.INTEGER if is_integer(moved.type) else moved.type.kind
        address = instruction.operands[-1]
        scalar = kind in (TypeKind.INTEGER, TypeKind.POINTER) or kind.is_float
        if not scalar or self._evidence.memory.of(address).is_open:
            return None
        size = self._size(moved.type)
        kinds = self._evidence.kinds(address, size)
        floats = {kind for kind in kinds if kind.is_float}
        if not floats or (kind.is_float and floats == kinds) or _is_done(instruction):
            return None
        if kind is TypeKind.INTEGER and is_address(instruction):
            kind = TypeKind.POINTER
        if kind is TypeKind.INTEGER and not self._evidence.is_own(address, size):
            return None  # whoever else sees the shadow finds the integer there
        return Access(
            instruction=instruction,
            kind=kind,
            with_pointers=TypeKind.POINTER in kinds,
            with_singles=TypeKind.FLOAT in kinds,
        )

    def _size(self, of: Type) -> int:
        return sum(piece.size for piece in self._evidence.pieces(of))

    def merges(self) -> list[Instruction]:
        """Give words that are pointers at some time, and are merged with floats: loads, and what is merged."""
        starts = [
            load
            for load, ends in self._ends
            if self._size(load.type) == POINTER_SIZE and any(store.operands[0] != load for store in ends)
        ]
        words = [web for web, _ in self._with_floats if self._size(web.type) == POINTER_SIZE]
        return starts + [web.passing[0] for web in words if any(map(self._is_at_pointer, (*web.loads, *web.stores)))]

    def _is_at_pointer(self, access: Instruction) -> bool:
        return TypeKind.POINTER in self._evidence.kinds_at(access.operands[-1], POINTER_SIZE)

    def merged(self) -> list[tuple[Move, Type]]:
        """Give integers that are merged, some of them a float's bits, with the float's type; they are not moved."""
        for web, _ in self._touched:
            self._check_merged(web)
        return self._touched

    @cached_property
    def _with_floats(self) -> list[tuple[Move, Type]]:
        """Integers that are merged, some of them a float's bits, with the float's type."""
        return [
            (web, new)
            for function in self._module.definitions()
            for web in webs(function)
            if web.passing and (new := _float_of(web)) is not None
        ]

    @cached_property
    def _touched(self) -> list[tuple[Move, Type]]:
        found = [(web, new) for web, new in self._with_floats if not (web.loads and web.stores)]
        if not found:
            return []
        return [
            (bits, new)
            for web, new in found
            if (_has_others(web) or any(access.ref in self._places for access in (*web.loads, *web.stores)))
            and (bits := self._with_bits(web)) is not None
        ]

    @cached_property
    def _places(self) -> dict[int, Access]:
        return {access.instruction.ref: access for access in self.accesses}

    def _with_bits(self, web: Move) -> Move | None:
        """Leave those of merged integers that may be a float's bits: no counters, and no generator's numbers."""
        size = self._size(web.type)
        loads = [load for load in web.loads if self._evidence.kinds(load.operands[0], size) != {TypeKind.INTEGER}]
        todo = [*loads, *(value for value in web.passing if _merges_bits(value))]
        found = set(todo)
        for value in todo:
            onward = {user for user in _users(value) if user.opcode in PASSING and user.type == web.type} - found
            found |= onward
            todo += onward
        passing = [value for value in web.passing if value in found]
        stores = [store for store in web.stores if store.operands[0] in found]
        computed = web.computed or len(found) < len(web.loads) + len(web.passing)
        if not passing:
            return None
        return Move(function=web.function, loads=loads, passing=passing, stores=stores, computed=computed)

    def _check_merged(self, web: Move) -> None:
        """Refuse integers merged with a float's bits that cannot be floats for Enzyme."""
        for access in (*web.loads, *web.stores):
            if access.ref in self._places and self._places[access.ref].with_pointers:
                raise _refusal(access, "merges floats and pointers")
            if not self._can_be_either(access, self._size(web.type)):
                raise _refusal(access, "merges floats and integers")
        if not self.are_allowed:
            raise _refusal(web.passing[0], "merges floats and integers, and computes with bits of floats,")

    def _can_be_either(self, access: Instruction, size: int) -> bool:
        """Tell memory that nobody else sees, and a load where nobody has integers or pointers."""
        address = access.operands[-1]
        if self._evidence.is_own(address, size):
            return True
        is_load = access.opcode == Opcode.LOAD
        return is_load and all(kind.is_float for kind in self._evidence.kinds(address, size))

    def numbers(self) -> list[Instruction]:
        """Give the integers that LLVM takes as floats to move them as such, where words are shared, or were."""
        found = [bits for bits, loads in self._loads_behind.items() if self._of_bits.isdisjoint(loads)]
        return found if found and self.are_allowed else []

    def are_bits(self, load: Instruction) -> bool:
        """Tell an integer with which is computed, and of which a float is made then."""
        return load in self._of_bits

    @cached_property
    def _of_bits(self) -> set[Instruction]:
        if are_numbers(self._evidence):
            return set()
        return set().union(*self._loads_behind.values())

    @cached_property
    def _loads_behind(self) -> dict[Instruction, set[Instruction]]:
        """Floats made of bits that are computed, with the loads behind each."""
        return {
            bits: loads_behind(bits)
            for function in self._module.definitions()
            for bits in function.instructions()
            if bits.opcode == Opcode.BITCAST
            and bits.type.kind in (TypeKind.FLOAT, TypeKind.DOUBLE)
            and bits.operands[0].type.kind is TypeKind.INTEGER
            and not _may_be_bits(bits.operands[0])
        }

    def carried(self) -> list[tuple[Instruction, list[Instruction], TypeKind]]:
        """Give loads of words that are pointers at some time, with the stores to such words of what they load.

        And which float it is at other times.

        Whatever type LLVM gave it, what is only moved may be a float or a pointer. Raises Refused where that cannot be
        followed.
        """
        moves = []
        for load, ends in self._ends:
            if any(store.operands[0] != load for store in ends):
                raise _refusal(load, "merges floats and pointers")
            if not self._can_be_carried:
                raise _refusal(load, "moves floats and pointers")
            moves.append((load, ends, self._float_at(load.operands[0])))
        if self._with_pointers:
            self._check_ways(self._with_pointers)
        return moves

    def _float_at(self, address: Value) -> TypeKind:
        single = TypeKind.FLOAT in self._evidence.kinds_at(address, POINTER_SIZE)
        return TypeKind.FLOAT if single else TypeKind.DOUBLE

    @cached_property
    def _with_pointers(self) -> dict[int, Access]:
        return {ref: access for ref, access in self._places.items() if access.with_pointers}

    @cached_property
    def _ends(self) -> list[tuple[Instruction, list[Instruction]]]:
        """Loads of words that are pointers at some time, with the stores to such words of what they load."""
        loads = [access.instruction for access in self._with_pointers.values()]
        found = [
            (load, [store for store in _stored(load) if store.ref in self._with_pointers])
            for load in loads
            if load.opcode == Opcode.LOAD and not is_integer(load.type)
        ]
        return [(load, ends) for load, ends in found if ends]

    def _check_ways(self, words: dict[int, Access]) -> None:
        """Refuse ways from such a word to another through memory that is only seen as one of both."""
        ways: dict[MemoryClass, list[tuple[Instruction, Instruction]]] = {}
        todo: list[MemoryClass] = []
        for function in self._module.definitions():
            for load in function.instructions():
                if load.opcode != Opcode.LOAD or is_integer(load.type):
                    continue
                for store in _stored(load):
                    ways.setdefault(self._evidence.memory.of(load.operands[0]), []).append((load, store))
                    if load.ref in words and store.ref not in words:
                        todo.append(self._evidence.memory.of(store.operands[1]))
        seen = set(todo)
        while todo:
            for load, store in ways.get(todo.pop(), []):
                memory = self._evidence.memory.of(store.operands[1])
                if load.ref not in words and store.ref in words:
                    raise _refusal(store, "moves floats and pointers through memory of one of both")
                if load.ref not in words and memory not in seen:
                    seen.add(memory)
                    todo.append(memory)


def take_apart(module: Module, access: Access) -> list[Value]:
    """Let an integer leave the shadow alone, and a pointer hide; a float finds no pointer's shadow.

    Gives what is loaded as a float.
    """
    instruction = access.instruction
    if access.kind.is_float:
        if access.with_pointers and instruction.opcode == Opcode.STORE:
            reset(module, instruction)
        return [instruction] if instruction.opcode == Opcode.LOAD else []
    if _is_bits(instruction):
        return []
    floats = _take_floats(instruction) if instruction.opcode == Opcode.LOAD else []
    at: Value = instruction.operands[-1]
    builder = Builder.before(instruction)
    if access.kind is TypeKind.POINTER:
        at = guarded(module, instruction.function, builder, at)
        if access.with_singles and instruction.opcode == Opcode.STORE:
            clear(module, instruction)
    else:
        at = without_shadow(module, builder, at)
    instruction.set_operand(0 if instruction.opcode == Opcode.LOAD else 1, at)
    return floats


def _is_done(access: Instruction) -> bool:
    """Tell what has its place already."""
    address = access.operands[-1]
    return is_call_of(address, INTEGERS) or is_guarded(address) or is_reset(access) or is_cleared(access)


def _may_be_bits(integer: Value) -> bool:
    source = integer.as_instruction()
    return source is not None and source.opcode in (*PASSING, Opcode.LOAD, Opcode.BITCAST)


def _moved(access: Instruction) -> Value:
    return access if access.opcode == Opcode.LOAD else access.operands[0]


def _is_bits(access: Instruction) -> bool:
    """Tell a store of a float's bits."""
    source = access.operands[0].as_instruction() if access.opcode == Opcode.STORE else None
    return source is not None and source.opcode == Opcode.BITCAST


def _take_floats(load: Instruction) -> list[Value]:
    """Let what takes the bits of a loaded integer as a float load that itself."""
    floats: list[Value] = []
    for user in list(_users(load)):
        if user.opcode == Opcode.BITCAST:
            number = Builder.before(load).load(user.type, load.operands[0])
            load.llvm.LLVMSetAlignment(number.ref, load.llvm.LLVMGetAlignment(load.ref))
            user.replace_uses(number)
            user.erase()
            floats.append(number)
    return floats


def _stored(load: Instruction) -> list[Instruction]:
    """Give the stores of what is loaded, and of what it is merged with others to."""
    stores, todo, seen = [], [load], {load.ref}
    while todo:
        value = todo.pop()
        for user in _users(value):
            if user.opcode == Opcode.STORE and user.operands[0] == value:
                stores.append(user)
            elif user.opcode in PASSING and user.type == load.type and user.ref not in seen:
                seen.add(user.ref)
                todo.append(user)
    return stores


def _float_of(web: Move) -> Type | None:
    """Give the type of the float whose bits are among merged integers, if it is one type."""
    values = [*web.loads, *web.passing]
    types = [user.type for value in values for user in _users(value) if user.opcode == Opcode.BITCAST]
    for value in web.passing:
        sources = (operand.as_instruction() for operand in value.operands)
        types += [item.operands[0].type for item in sources if item is not None and item.opcode == Opcode.BITCAST]
    return types[0] if types and types[0].kind.is_float and all(of == types[0] for of in types) else None


def _merges_bits(value: Instruction) -> bool:
    sources = (operand.as_instruction() for operand in value.operands)
    return any(source is not None and source.opcode == Opcode.BITCAST for source in sources)


def _has_others(web: Move) -> bool:
    """Tell whether some of the integers are no float's bits, or are used as integers."""
    values = [*web.loads, *web.passing]
    used = any(
        user.opcode not in (*PASSING, Opcode.BITCAST, Opcode.STORE) for value in values for user in _users(value)
    )
    return used or web.computed


def _users(value: Value) -> Iterator[Instruction]:
    return (user for item in value.users() if (user := item.as_instruction()) is not None)


def _refusal(instruction: Instruction, what: str) -> Refused:
    return DividedWord(
        "an enum cannot be differentiated",
        where=place(instruction),
        why=f"`{written_in(instruction)}` {what} that share a word, and which it is cannot be followed",
        hint="keep floats and other things in separate fields; let a Result's error hold no String or Box",
    )


def settle(module: Module) -> None:
    """Put the addresses in the place of the calls that stood for them."""
    give_back(module, INTEGERS)


SETTLE = Rule(name="settle-shared-words", reason="nothing defines what was called", apply=settle)
