"""What lies at which byte of memory: floats, integers or pointers, from how it is accessed."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.ir.flows import PASSING, is_address
from cargo_autodiff.ir.holding import POINTER_SIZE, Holding, Layout, Piece, shared_by_floats
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.memory import Memory, Place, copied

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cargo_autodiff.ir.memory import MemoryClass
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Type, Value

_APART = 16
"""So many places in one class are told apart for one copy."""
_SMALLEST_FLOAT = 4


FLOAT_BITS_TRAVEL = b"cargo_autodiff.float_bits_travel"
"""Named metadata of a module."""
FLOATS_OF_BITS = b"cargo_autodiff.floats_of_bits"
"""Named metadata of a module: before any optimisation, some integer was taken as a float's bits."""
BITS_OF_FLOATS = b"cargo_autodiff.bits_of_floats"
"""Named metadata of a module: before any optimisation, some float's bits were taken as an integer."""
DECLARED = "cargo_autodiff.declared"
"""Metadata of copies, loads and stores: kind, offset and size of each scalar, then the whole size."""
_HINTS = ("range", "noundef")  # rustc's, on loads


class _Claim(NamedTuple):
    place: Place
    piece: Piece


class _Window(NamedTuple):
    """Where the first byte that is asked about lies, and which bytes can be seen there: all, or `low` to `high`."""

    place: Place
    low: int | None
    high: int | None

    def covers(self, other: _Window) -> bool:
        """Tell whether this one shows all that another shows."""
        same = self.low is None or (self.low, self.high) == (other.low, other.high)
        return same and self.place.covers(other.place)

    def shows(self, at: int, size: int) -> bool:
        """Tell whether something this far from the first byte can be seen."""
        if self.low is None or self.high is None:
            return True
        step = self.place.step
        if step:
            at = self.low + (at - self.low) % step
            return at < self.high or at + size > self.low + step
        return at < self.high and at + size > self.low

    def through(self, start: Place, to: Place, size: int | None, length: int | None) -> Iterator[_Window]:
        """Look through a copy from `start`, in this window's class, to another place."""
        for at, step in copied(start, self.place.offset, self.place.step, size, length):
            place = to.moved(at, step)
            if length is None:
                yield _Window(place, self.low, self.high)
            elif self.low is None or self.high is None or step or size is None:
                yield _Window(place, -at, length - at)
            elif max(self.low, -at) < min(self.high, length - at):
                yield _Window(place, max(self.low, -at), min(self.high, length - at))


class Unknown(Exception):
    """Nothing tells what lies there, or several things do."""

    def __init__(self, kinds: set[TypeKind], *, contradicted: bool = False) -> None:
        super().__init__()
        self.kinds = kinds
        """What contradicts each other; what lies near it, if nothing does."""
        self.near = kinds
        """The same, and all that is known of the other bytes that were asked about."""
        self.contradicted = contradicted
        self.shared: Holding | None = None
        """What it is if floats may lie where integers or pointers lie at other times."""


class Evidence:
    """As what memory is accessed by anything but a move; read once, before anything is changed."""

    def __init__(self, module: Module) -> None:
        self.memory = Memory(module)
        self._module = module
        self.bits_travel = float_bits_travel(module)
        self.floats_of_bits = makes_floats_of_bits(module)
        self.bits_of_floats = module.llvm.LLVMGetNamedMetadataNumOperands(module.ref, BITS_OF_FLOATS) > 0
        self._data = module.llvm.LLVMGetModuleDataLayout(module.ref)
        self._claims: dict[MemoryClass, list[_Claim]] = {}
        self._moves: dict[MemoryClass, list[tuple[Place, Place, int | None]]] = {}
        self._kept_addresses: dict[MemoryClass, list[_Claim]] = {}
        self._found_windows: dict[tuple[tuple[Place, ...], int | None], list[_Window]] = {}
        self._floats: dict[MemoryClass, bool] = {}
        self._mixed: dict[MemoryClass, bool] = {}
        self._kinds: dict[tuple[MemoryClass, int, int, int], frozenset[TypeKind]] = {}

    def at(self, addresses: list[Value], size: int) -> Layout:
        """Say what `size` bytes at these addresses hold, which hold the same. Raises Unknown."""
        windows = self._windows(addresses, size)
        claims = [(window, claim) for window in windows for claim in self._of(window.place.memory)]
        claims += self._hidden(windows, claims)
        kinds, width = _kinds(claims)
        if width and size % width == 0:
            return tuple(Piece(at, width, next(iter(kinds))) for at in range(0, size, width))
        found = {
            Piece(at, claim.piece.size, claim.piece.kind)
            for window, claim in claims
            for at in window.place.positions(claim.place.offset, claim.place.step, claim.piece.size, size)
            if window.shows(at, claim.piece.size)
        }
        return self._settled(found, windows, kinds, size, 0)

    def repeated(self, addresses: list[Value]) -> tuple[Layout, int]:
        """Say what an array at these addresses holds, and after how many bytes it repeats. Raises Unknown."""
        windows = self._windows(addresses, None)
        claims = [(window, claim) for window in windows for claim in self._of(window.place.memory)]
        claims += self._hidden(windows, claims)
        kinds, width = _kinds(claims)
        if width:
            return (Piece(0, width, next(iter(kinds))),), width
        period = gcd(*(gcd(window.place.step, claim.place.step) for window, claim in claims))
        if not period:
            raise Unknown(kinds, contradicted=len(kinds) > 1)
        found = {
            Piece((claim.place.offset - window.place.offset) % period, claim.piece.size, claim.piece.kind)
            for window, claim in claims
            if window.shows(claim.place.offset - window.place.offset, claim.piece.size)
        }
        if any(piece.offset + piece.size > period for piece in found):
            raise Unknown(kinds, contradicted=True)
        return self._settled(found, windows, kinds, period, period), period

    def kinds(self, address: Value, size: int) -> frozenset[TypeKind]:
        """As what `size` bytes at an address are accessed, where one of it is a float; nothing where none is near."""
        place = self.memory.place(address)
        key = place.memory, place.offset, place.step, size
        if key not in self._kinds:
            self._kinds[key] = self.kinds_at(address, size) if self._near_floats(place.memory) else frozenset()
        return self._kinds[key]

    def accessed_as(self, address: Value, size: int) -> set[TypeKind]:
        """As what the same bytes of the same memory are accessed anywhere, not what moves bring there."""
        place = self.memory.place(address)
        asked = Piece(0, size, TypeKind.VOID)
        return {
            claim.piece.kind
            for claim in (*self._of(place.memory), *self._addresses(place.memory))
            for at in place.positions(claim.place.offset, claim.place.step, claim.piece.size, size)
            if asked.touches(Piece(at, claim.piece.size, claim.piece.kind))
        }

    def is_own(self, address: Value, size: int) -> bool:
        """Tell whether what lies there comes from nowhere, and goes nowhere, that others see."""
        return not any(window.place.memory.is_open for window in self._windows([address], size))

    def mixes(self, address: Value) -> bool:
        """Tell whether floats lie where something else does, in what is moved to or from some memory.

        By their offsets alone, which says so of some memory where it is not.
        """
        memory = self.memory.of(address)
        if memory not in self._mixed:
            near = self.memory.joined(memory)
            found = {
                Piece(claim.place.offset, claim.piece.size, claim.piece.kind)
                for one in near
                for claim in (*self._of(one), *self._addresses(one))
            }
            floats = {piece for piece in found if piece.kind.is_float}
            mixed = any(one.touches(other) for one in floats for other in found - floats)
            self._mixed |= dict.fromkeys(near, mixed)
        return self._mixed[memory]

    def extent(self, variable: Instruction) -> int:
        """How many bytes a local variable has."""
        llvm = self._module.llvm
        return llvm.LLVMABISizeOfType(self._data, llvm.LLVMGetAllocatedType(variable.ref))

    def kinds_at(self, address: Value, size: int) -> frozenset[TypeKind]:
        """As what `size` bytes at an address are accessed."""
        asked = Piece(0, size, TypeKind.VOID)
        return frozenset(
            claim.piece.kind
            for window in self._windows([address], size)
            for claim in (*self._of(window.place.memory), *self._addresses(window.place.memory))
            for at in window.place.positions(claim.place.offset, claim.place.step, claim.piece.size, size)
            if window.shows(at, claim.piece.size) and asked.touches(Piece(at, claim.piece.size, claim.piece.kind))
        )

    def _near_floats(self, memory: MemoryClass) -> bool:
        if memory not in self._floats:
            near = self.memory.joined(memory)
            floats = any(claim.piece.kind.is_float for one in near for claim in self._of(one))
            self._floats |= dict.fromkeys(near, floats)
        return self._floats[memory]

    def declared(self, moved: Sequence[Instruction], length: int | None) -> tuple[Layout, int] | None:
        """Say what Rust's type of a copy tells of it, and of one of dynamic length its period; None when it does not.

        Where bits of floats travel as integers it does not tell what an integer is.
        """
        known = [found for instruction in moved if (found := _declared(instruction)) is not None]
        types = [found for found in known if length is None or length % found[1] == 0]
        if not types or any(other != types[0] for other in types):
            return None
        pieces, size = types[0]
        if self.bits_travel and any(piece.kind is TypeKind.INTEGER for piece in pieces):
            return None
        whole = [
            Piece(start + piece.offset, piece.size, piece.kind)
            for start in range(0, length or size, size)
            for piece in pieces
        ]
        return self._filled(whole, [], set(), length or size), 0 if length is not None else size

    def are_declared_integers(self, loads: Sequence[Instruction], size: int) -> bool:
        """Tell integers that are parts of what Rust's type says is moved: rustc loads a pair one by the other.

        It says of what it loads as an integer that it is one (`noundef`), and loads a float as a float.
        """
        known = [found[0] for load in loads if is_hinted(load) and (found := _declared(load)) is not None]
        has_integers = [any(one.kind is TypeKind.INTEGER and one.size == size for one in pieces) for pieces in known]
        return bool(loads) and len(known) == len(loads) and all(has_integers) and not self.bits_travel

    def _hidden(self, windows: list[_Window], claims: list[tuple[_Window, _Claim]]) -> list[tuple[_Window, _Claim]]:
        """Claim a pointer where an address is kept as an integer, if floats are near: a pointer has a shadow."""
        if not any(claim.piece.kind.is_float for _, claim in claims):
            return []
        return [(window, claim) for window in windows for claim in self._addresses(window.place.memory)]

    def _addresses(self, memory: MemoryClass) -> list[_Claim]:
        found = self._kept_addresses.get(memory)
        if found is None:
            found = self._kept_addresses[memory] = [
                _Claim(_aligned(self.memory.place(address), access), Piece(0, POINTER_SIZE, TypeKind.POINTER))
                for access, address in memory.accesses
                if is_address(access)
            ]
        return found

    def _windows(self, addresses: list[Value], size: int | None) -> list[_Window]:
        """Find all places that the same bytes come from, or go to, by being moved."""
        places = tuple(dict.fromkeys(self.memory.place(address) for address in addresses))
        found = self._found_windows.get((places, size))
        if found is None:
            found = self._found_windows[places, size] = self._followed(places, size)
        return found

    def _followed(self, places: Sequence[Place], size: int | None) -> list[_Window]:
        seen: dict[MemoryClass, list[_Window]] = {}
        todo = [window for place in places for window in _noted(seen, _Window(place, None, None))]
        while todo:
            here = todo.pop()
            if here in seen[here.place.memory]:  # else one that shows all it does is there instead
                for start, to, length in self._moves_of(here.place.memory):
                    for window in here.through(start, to, size, length):
                        todo += _noted(seen, window)
        return [window for windows in seen.values() for window in windows]

    def _moves_of(self, memory: MemoryClass) -> list[tuple[Place, Place, int | None]]:
        """List from where in a class to where something is moved, in either direction, and how much; each once."""
        found = self._moves.get(memory)
        if found is None:
            ends = [(self.memory.place(copy.to), self.memory.place(copy.start), copy.length) for copy in memory.copies]
            both = [move for one, other, length in ends for move in ((one, other, length), (other, one, length))]
            found = self._moves[memory] = [move for move in dict.fromkeys(both) if move[0].memory is memory]
        return found

    def _settled(
        self, found: set[Piece], windows: list[_Window], kinds: set[TypeKind], size: int, period: int
    ) -> Layout:
        try:
            return self._filled(_resolved(found), windows, kinds, size)
        except Unknown as unknown:
            unknown.near = unknown.kinds | {piece.kind for piece in found}
            shared = shared_by_floats(found, size) if unknown.contradicted else None
            if shared is not None and not any(window.place.memory.is_open for window in windows):
                pieces, addresses = shared
                layout = self._filled(pieces, windows, kinds, size)
                unknown.shared = Holding(layout, period, addresses, shared=True)
            raise

    def _filled(self, pieces: list[Piece], windows: list[_Window], kinds: set[TypeKind], size: int) -> Layout:
        """Say what is in between: nothing that counts, unless the memory is the caller's."""
        is_open = any(window.place.memory.is_open for window in windows)
        filled: list[Piece] = []
        at = 0
        for piece in [*(_cut(piece, kinds, size) for piece in pieces), Piece(size, 0, TypeKind.VOID)]:
            if piece.offset > at:
                if is_open and piece.offset - at >= _SMALLEST_FLOAT:
                    raise Unknown(kinds)
                filled.append(Piece(at, piece.offset - at, TypeKind.INTEGER))
            filled += [piece] if piece.size else []
            at = piece.offset + piece.size
        return tuple(filled)

    def _of(self, memory: MemoryClass) -> list[_Claim]:
        found = self._claims.get(memory)
        if found is None:
            found = self._claims[memory] = [
                _Claim(_aligned(self.memory.place(address), access), piece)
                for access, address in memory.accesses
                for piece in self._told(access)
            ]
        return found

    def _told(self, access: Instruction) -> Iterator[Piece]:
        """Tell as what memory is accessed; being moved says nothing."""
        loaded = access.opcode == Opcode.LOAD
        value: Value = access if loaded else access.operands[0]
        for piece in self.pieces(value.type):
            if piece.kind is not TypeKind.INTEGER:
                yield piece
            elif loaded:
                for user in access.users():
                    yield from self._told_by(user.as_instruction(), access, piece)
            else:
                yield from self._told_of(value, piece)

    def _told_by(self, user: Instruction | None, value: Instruction, piece: Piece) -> Iterator[Piece]:
        if user is None or user.opcode in PASSING or (user.opcode == Opcode.STORE and user.operands[0] == value):
            return
        if user.opcode == Opcode.BITCAST:
            yield from self.pieces(user.type)
        else:
            yield piece

    def _told_of(self, value: Value, piece: Piece) -> Iterator[Piece]:
        source = value.as_instruction()
        if source is None:
            if not value.is_constant:
                yield piece
        elif source.opcode == Opcode.BITCAST:
            yield from self.pieces(source.operands[0].type)
        elif source.opcode not in (*PASSING, Opcode.LOAD):
            yield piece

    def pieces(self, of: Type, at: int = 0) -> Iterator[Piece]:
        """Yield the scalars of a type."""
        llvm = self._module.llvm
        kind = of.kind
        if kind is TypeKind.STRUCT:
            for number, member in enumerate(of.members):
                yield from self.pieces(member, at + llvm.LLVMOffsetOfElement(self._data, of.ref, number))
        elif kind in (TypeKind.ARRAY, TypeKind.VECTOR):
            (element,) = of.members
            count = (llvm.LLVMGetArrayLength if kind is TypeKind.ARRAY else llvm.LLVMGetVectorSize)(of.ref)
            size = llvm.LLVMABISizeOfType(self._data, element.ref)
            for number in range(count):
                yield from self.pieces(element, at + number * size)
        else:
            yield Piece(at, llvm.LLVMABISizeOfType(self._data, of.ref), kind)


def _resolved(found: set[Piece]) -> list[Piece]:
    """Order pieces of which no two may contradict each other; integers of several widths become one."""
    pieces: list[Piece] = []
    for piece in sorted(found):
        last = pieces[-1] if pieces else None
        if last is None or last.offset + last.size <= piece.offset:
            pieces.append(piece)
        elif last.kind is piece.kind is TypeKind.INTEGER:
            end = max(last.offset + last.size, piece.offset + piece.size)
            pieces[-1] = Piece(last.offset, end - last.offset, TypeKind.INTEGER)
        elif last != piece:
            raise Unknown({last.kind, piece.kind}, contradicted=True)
    return pieces


def _cut(piece: Piece, kinds: set[TypeKind], size: int) -> Piece:
    """Leave out of an integer what lies outside of the bytes that are asked about. Raises Unknown for others."""
    low, high = max(piece.offset, 0), min(piece.end, size)
    if (low, high) == (piece.offset, piece.end):
        return piece
    if piece.kind is not TypeKind.INTEGER:
        raise Unknown(kinds, contradicted=True)
    return Piece(low, high - low, TypeKind.INTEGER)


def _kinds(claims: list[tuple[_Window, _Claim]]) -> tuple[set[TypeKind], int]:
    """Give all kinds near a copy, and the width of the one kind of float that it is all about."""
    kinds = {claim.piece.kind for _, claim in claims}
    uniform = len(kinds) == 1 and next(iter(kinds)).is_float
    return kinds, claims[0][1].piece.size if uniform else 0


def _noted(seen: dict[MemoryClass, list[_Window]], window: _Window) -> list[_Window]:
    """Note a window; give it back if it is new. Of too many in one class one remains that shows all they do."""
    windows = seen.setdefault(window.place.memory, [])
    if any(known.covers(window) for known in windows):
        return []
    windows.append(window)
    if len(windows) > _APART:
        first, places = windows[0].place, [other.place for other in windows]
        step = gcd(*(gcd(place.step, place.offset - first.offset) for place in places))
        window = _Window(first.moved(0, step), None, None)
        windows[:] = [window]
    return [window]


def _aligned(place: Place, access: Instruction) -> Place:
    """Use an access's alignment where the address is known less exactly; classes begin at aligned addresses."""
    align = access.llvm.LLVMGetAlignment(access.ref)
    return Place(place.memory, 0, align) if place.step and align % place.step == 0 else place


def is_hinted(load: Instruction) -> bool:
    """Tell what is an integer to rustc, by what it says of its value."""
    return any(load.metadata(hint) is not None for hint in _HINTS)


def _declared(copy: Instruction) -> tuple[list[Piece], int] | None:
    """Give the scalars of the type that a copy is declared to move, and its size in bytes."""
    node = copy.metadata(DECLARED)
    if node is None:
        return None
    *numbers, size = node.numbers()
    parts = iter(numbers)
    return [Piece(at, width, TypeKind(kind)) for kind, at, width in zip(parts, parts, parts, strict=True)], size


def float_bits_travel(module: Module) -> bool:
    """Tell whether bits of floats were seen to be kept as integers; see rules/float_bits.py."""
    return module.llvm.LLVMGetNamedMetadataNumOperands(module.ref, FLOAT_BITS_TRAVEL) > 0


def makes_floats_of_bits(module: Module) -> bool:
    """Tell whether some integer was seen to be taken as a float's bits; see rules/float_bits.py."""
    return module.llvm.LLVMGetNamedMetadataNumOperands(module.ref, FLOATS_OF_BITS) > 0
