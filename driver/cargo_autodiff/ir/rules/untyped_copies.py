"""What is copied without being looked at gets the type of what it is, or is refused."""

from __future__ import annotations

import struct
from math import copysign, isnan
from typing import TYPE_CHECKING

from cargo_autodiff.errors import DividedWord, Refused
from cargo_autodiff.ir import float_parts
from cargo_autodiff.ir.border import AsBits, Inactive, take_as_number
from cargo_autodiff.ir.builder import NAMES, Builder
from cargo_autodiff.ir.carried import copy_holding
from cargo_autodiff.ir.closure import constant_bytes
from cargo_autodiff.ir.debug_info import generic_of, place, written_in
from cargo_autodiff.ir.element_loops import copying
from cargo_autodiff.ir.evidence import Evidence, Unknown, is_hinted
from cargo_autodiff.ir.flows import PASSING, WRITERS, is_integer
from cargo_autodiff.ir.holding import Holding
from cargo_autodiff.ir.inactive_calls import looked_into, without_shadow
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.retype import retype, scalar, split, store_constant
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.rules.carried_words import carry_move, fill_both
from cargo_autodiff.ir.rules.kept_apart import keep_apart
from cargo_autodiff.ir.rules.merged_words import put_in_memory
from cargo_autodiff.ir.rules.shared_words import SharedWords, take_apart
from cargo_autodiff.ir.scaling import scaled
from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.flows import Move
    from cargo_autodiff.ir.holding import Layout
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.rules.shared_words import Access
    from cargo_autodiff.ir.value import Function, Instruction, Type, Value

_MARK = "enzyme_truetype"
_MIXED = 2
_PARTS = 256
_LEAST = {"d": 2.0**-1022, "f": 2.0**-126}  # below lie the numbers of which a program hardly writes one down
_ASKING = PASSING | {Opcode.ADD, Opcode.SUB, Opcode.MUL, Opcode.SHL}


class _Decided(Frozen):
    """What is to be done; all of it is decided before anything is changed."""

    copies: list[tuple[Instruction, Holding | None]]
    moves: list[tuple[Move, Holding | None]]
    merged: list[tuple[Move, Type]]
    carried: list[tuple[Instruction, list[Instruction], TypeKind]]
    constants: list[tuple[Instruction, Layout]]
    accesses: list[Access]
    numbers: list[Instruction]
    integers: list[Instruction]


def apply(module: Module) -> None:
    """Give every move of integers, and every copy and fill of memory, the type of what it moves.

    Raises Refused where floats are near and nothing tells what is moved.
    """
    evidence, words = _read(module)
    decided = _decide(module, evidence, words)
    for copy, found in decided.copies:
        if found is not None:
            _mark(module, copy, found)
    tag = Builder(module.llvm, module.context).enzyme_type(NAMES[TypeKind.INTEGER])
    for load in decided.integers:
        load.set_metadata("enzyme_type", tag)
    for bits in decided.numbers:
        take_as_number(module, bits)
    keep_apart(_change(module, decided))


def _read(module: Module) -> tuple[Evidence, SharedWords]:
    """Read what lies where, when words that are several things are in memory wherever they are merged."""
    while True:
        evidence = Evidence(module)
        words = SharedWords(module, evidence)
        merges = words.merges()
        if not merges:
            return evidence, words
        put_in_memory(module, merges)


def _decide(module: Module, evidence: Evidence, words: SharedWords) -> _Decided:
    functions = looked_into(module)
    float_parts.check(functions, evidence)
    copies = [copy for function in functions for copy in _copies(function)]
    stored = [store for function in functions for store in _constants(function)]
    asked = [load for function in functions for load in _asked_for(function)]
    moves = [move for move in evidence.memory.moves if move.function in functions]
    return _Decided(
        copies=[(copy, _copied(evidence, words, copy)) for copy in copies],
        moves=[(move, _moved(evidence, words, move)) for move in moves],
        merged=words.merged(),
        carried=words.carried(),
        constants=[found for store in stored if (found := _constant(module, evidence, words, store)) is not None],
        accesses=words.accesses,
        numbers=words.numbers(),
        integers=[load for load in asked if not words.are_bits(load) and _is_integer(evidence, load)],
    )


def _change(module: Module, decided: _Decided) -> list[Value]:
    """Change moves and accesses; give the floats that may be something else."""
    floats: list[Value] = []
    gone: set[int] = set()
    for load, stores, kind in decided.carried:
        gone |= carry_move(module, load, stores, kind)
    for move, holding in decided.moves:
        if holding is not None and holding.addresses:
            (word,) = holding.words
            gone |= carry_move(module, move.loads[0], move.stores, word.kind)
        elif holding is not None:
            gone |= {access.ref for access in (*move.loads, *move.stores)}
            floats += _retype(module, move, holding)
    for store, layout in decided.constants:
        gone.add(store.ref)
        store_constant(module, store, layout)
    for move, new in decided.merged:
        gone |= {access.ref for access in (*move.loads, *move.stores)}
        floats += retype(move, new, Inactive(module, move.function))
    for access in decided.accesses:
        if access.instruction.ref not in gone:
            floats += take_apart(module, access)
    return floats


def _asked_for(function: Function) -> Iterator[Instruction]:
    """Yield integers that are loaded and merged with others, or computed with: Enzyme asks for their type."""
    for load in function.instructions():
        if load.opcode == Opcode.LOAD and is_integer(load.type):
            users = (user.as_instruction() for user in load.users())
            if any(user is not None and user.opcode in _ASKING for user in users):
                yield load


def _constants(function: Function) -> Iterator[Instruction]:
    """Yield stores of integers that LLVM knows, but for zero: a float's bits, too, and Enzyme would copy them."""
    for store in function.instructions():
        if store.opcode != Opcode.STORE or not is_integer(store.operands[0].type):
            continue
        value = store.operands[0]
        is_known = value.llvm.LLVMIsAConstantInt(value.ref) or value.llvm.LLVMIsAConstantDataSequential(value.ref)
        if is_known and not value.llvm.LLVMIsNull(value.ref):
            yield store


def _constant(
    module: Module, evidence: Evidence, words: SharedWords, store: Instruction
) -> tuple[Instruction, Layout] | None:
    """Say what a known integer is that holds a float; None for others. Raises Refused."""
    value, address = store.operands
    size = sum(piece.size for piece in evidence.pieces(value.type))
    try:
        layout = evidence.at([address], size)
    except Unknown as unknown:
        known = evidence.declared([store], size)
        if known is None:
            if _may_be_floats(module, value, unknown.near) and words.of(unknown) is None:
                raise _refusal(store, f"writes {_names(unknown.near)} without saying which") from None
            return None
        layout, _ = known
    if not any(piece.kind.is_float for piece in layout):
        return None
    is_whole = sum(piece.size for piece in layout) == size
    fits = all(piece.offset >= 0 and piece.end <= size for piece in layout)
    if not (is_whole and fits) or _is_wide(value):
        raise _refusal(store, "writes floats and what is beside them as one integer")
    return store, layout


def _may_be_floats(module: Module, number: Value, kinds: set[TypeKind]) -> bool:
    """Tell whether a known integer can be a float of some kind: lengths and the like would be the smallest of all."""
    if _is_wide(number):
        return any(kind.is_float for kind in kinds)
    data, _ = constant_bytes(module, number)
    return _are_floats(data, kinds)


def _are_floats(data: bytes, kinds: set[TypeKind]) -> bool:
    formats = {TypeKind.DOUBLE: "d", TypeKind.FLOAT: "f"}
    for code in (formats[kind] for kind in kinds if kind in formats):
        whole = data[: len(data) - len(data) % struct.calcsize(code)]
        found = [one for (one,) in struct.iter_unpack(code, whole)]
        # a NaN that a program writes down has no sign, small negative integers have
        if any(copysign(1.0, one) > 0 if isnan(one) else abs(one) >= _LEAST[code] for one in found):
            return True
    return False


def _may_fill(byte: Value, kinds: set[TypeKind]) -> bool:
    """Tell whether memory full of one byte can be floats other than zero."""
    value = byte.constant_int()
    return value is None or _are_floats(bytes([value % 256]) * 8, kinds)


def _is_wide(number: Value) -> bool:
    """Tell an integer of more bits than can be asked for."""
    return bool(number.llvm.LLVMIsAConstantInt(number.ref)) and number.constant_int() is None


def _is_integer(evidence: Evidence, load: Instruction) -> bool:
    """Tell whether it is known that an integer in memory is one."""
    size = sum(piece.size for piece in evidence.pieces(load.type))
    try:
        layout = evidence.at(load.operands, size)
    except Unknown as unknown:
        known = evidence.declared([load], size)
        if known is None:
            return is_hinted(load) and not evidence.bits_travel and not unknown.contradicted
        layout, _ = known
    return {piece.kind for piece in layout} == {TypeKind.INTEGER}


def _copies(function: Function) -> Iterator[Instruction]:
    for call in function.instructions():
        callee = call.callee if call.is_call else None
        if callee is not None and callee.name.startswith(WRITERS) and call.metadata(_MARK) is None:
            yield call


def _copied(evidence: Evidence, words: SharedWords, copy: Instruction) -> Holding | None:
    """Say what a copy moves; None leaves it to Enzyme. Raises Refused."""
    addresses = [value for value in copy.arguments[:2] if value.type.kind is TypeKind.POINTER]
    length = copy.arguments[2].constant_int()
    try:
        layout, period = (evidence.at(addresses, length), 0) if length is not None else evidence.repeated(addresses)
        if not _is_whole(copy, Holding(layout, period)):
            raise Unknown({piece.kind for piece in layout}, contradicted=True)
    except Unknown as unknown:
        known = evidence.declared([copy], length)
        if known is not None:
            return Holding(*known)
        shared = words.of(unknown)
        if shared is not None and _is_whole(copy, shared) and _can_share(copy, shared):
            return shared
        if not unknown.kinds or not (unknown.contradicted or len(addresses) > 1):
            return None
        if not any(kind.is_float for kind in unknown.near) and unknown.contradicted:
            return None
        if _is_fill(copy) and TypeKind.INTEGER in unknown.kinds and not _may_fill(copy.arguments[1], unknown.kinds):
            return None
        raise _refusal(copy, f"copies {_names(unknown.near)} without saying which") from None
    return Holding(layout, period)


def _is_whole(copy: Instruction, holding: Holding) -> bool:
    """Tell whether a dynamic number of bytes is one of whole elements, and a copy's."""
    if len(holding.layout) < _MIXED or not holding.period:
        return True
    rest, step = scaled(copy.arguments[2], 1)
    return not (rest % holding.period or step % holding.period or _is_fill(copy))


def _is_fill(copy: Instruction) -> bool:
    return copy.arguments[1].type.kind is not TypeKind.POINTER


def _can_share(copy: Instruction, holding: Holding) -> bool:
    """Tell whether words that are several things can be copied so: filled only with zero, and not too many."""
    if _is_fill(copy):
        return copy.arguments[1].constant_int() == 0
    return not holding.addresses or len(holding.layout) <= _PARTS


def _moved(evidence: Evidence, words: SharedWords, move: Move) -> Holding | None:
    """Say what a move moves; None for integers, which stay. Raises Refused."""
    size = sum(piece.size for piece in evidence.pieces(move.type))
    try:
        holding = Holding(evidence.at(move.addresses, size))
    except Unknown as unknown:
        known = evidence.declared([*move.loads, *move.stores], size)
        if known is None and evidence.are_declared_integers(move.loads, size):
            return None
        shared = words.of(unknown) if known is None else None
        if known is not None:
            holding = Holding(*known)
        elif shared is not None:
            holding = shared
        else:
            _check_unknown(move, unknown)
            return None
    kinds = {piece.kind for piece in holding.layout}
    if kinds == {TypeKind.INTEGER} or (move.computed and not any(kind.is_float for kind in kinds)):
        return None
    if not _is_movable(words, move, holding, size):
        raise _refusal(move.stores[0], f"moves {_names(kinds)} as one integer")
    return holding


def _is_movable(words: SharedWords, move: Move, holding: Holding, size: int) -> bool:
    layout = holding.layout
    kinds = {piece.kind for piece in layout}
    fits = all(piece.offset >= 0 and piece.end <= size for piece in layout)
    single = len(kinds) == 1 and (len(layout) == 1 or TypeKind.POINTER not in kinds)
    simple = len(move.loads) == 1 and not move.passing
    if holding.addresses:
        return fits and simple and not holding.apart
    if move.computed:
        return fits and len(layout) == 1 and words.are_allowed
    return fits and (single or simple)


def _check_unknown(move: Move, unknown: Unknown) -> None:
    """Refuse to move as an integer what can be a float; rustc's hints say that it is an integer to Rust."""
    if unknown.contradicted:
        harmless = not any(kind.is_float for kind in unknown.near)
    else:
        harmless = move.computed or any(map(is_hinted, move.loads))
    if not harmless:
        raise _refusal(move.stores[0], f"moves {_names(unknown.near)} without saying which")


def _mark(module: Module, copy: Instruction, holding: Holding) -> None:
    builder = Builder.before(copy)
    to, start, length, *_ = copy.arguments
    if holding.addresses and _is_fill(copy):
        fill_both(module, copy, holding)
    elif holding.addresses and not holding.period:
        copy_holding(module, builder, holding, to, start)
        copy.erase()
    elif holding.period and len(holding.layout) > 1 and not _is_fill(copy):
        builder.call(copying(module, holding, _MARK), [to, start, builder.widened(length, 64)])
        copy.erase()
    else:
        copy.set_metadata(_MARK, builder.true_type(holding.layout))
        if _is_fill(copy) and any(piece.kind.is_float for piece in holding.layout):
            _fill_behind(module, copy, holding)


def _fill_behind(module: Module, fill: Instruction, holding: Holding) -> None:
    """Let floats be zero for Enzyme, and behind its back what they are: it fills shadows with the same byte."""
    to, byte, length, volatile = fill.arguments
    if byte.constant_int() == 0 or fill.callee is None:
        return
    builder = Builder.before(fill.next)
    behind = builder.call(fill.callee, [without_shadow(module, builder, to), byte, length, volatile])
    behind.set_metadata(_MARK, builder.true_type(holding.layout))
    fill.set_operand(1, builder.constant(8, 0))


def _retype(module: Module, move: Move, holding: Holding) -> list[Value]:
    """Give the floats that may be something else."""
    layout = holding.layout
    if len({piece.kind for piece in layout}) > 1:
        split(module, move, layout)
        return []
    mixed = holding.shared or move.computed
    border = Inactive(module, move.function) if mixed else AsBits()
    values = retype(move, scalar(module, layout[0], len(layout)), border)
    return values if mixed else []


def _names(kinds: set[TypeKind]) -> str:
    words = sorted(
        {"floats" if kind.is_float else "pointers" if kind is TypeKind.POINTER else "integers" for kind in kinds}
    )
    return " and ".join(words) or "what is unknown"


def _refusal(instruction: Instruction, what: str) -> Refused:
    within = f" (in `{generic}`)" if (generic := generic_of(instruction)) else ""
    return DividedWord(
        "a copy of unknown type cannot be differentiated",
        where=place(instruction),
        why=f"`{written_in(instruction)}` {what}{within}, and Enzyme would lose the gradient of what it does not know"
        " as floats",
        hint="keep floats and integers in separate containers, or assign the fields one by one",
    )


RULE = Rule(
    name="untyped-copies",
    reason="Enzyme takes an integer of unknown type that is only moved as inactive, a copy of dynamic length as what"
    " its first byte is, and unknown bytes as what lies beside them",
    apply=apply,
)
