"""Changes the type of integers that are only moved."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.closure import constant_bytes
from cargo_autodiff.ir.evidence import DECLARED
from cargo_autodiff.ir.holding import Piece
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.value import Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cargo_autodiff.ir.border import Border
    from cargo_autodiff.ir.flows import Move
    from cargo_autodiff.ir.holding import Layout
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value

_KEPT_METADATA = ("alias.scope", "noalias", "invariant.load")


def retype(move: Move, new: Type, border: Border) -> list[Value]:
    """Let a move move values of another type of the same size, and give these.

    `border` says how other integers come in and go out.
    """
    made: dict[int, Value] = {}
    for load in move.loads:
        made[load.ref] = _retyped_load(load, new)
    for passing in move.passing:
        if passing.opcode == Opcode.PHI:
            made[passing.ref] = Builder.before(passing).phi(new)
    for passing in move.passing:
        _value(made, passing, new, border)
    for passing in move.passing:
        if passing.opcode == Opcode.PHI:
            phi = made[passing.ref].as_instruction()
            if phi is not None:
                phi.add_incoming(*((_value(made, value, new, border), block) for value, block in passing.incoming()))
    for store in move.stores:
        store.set_operand(0, made[store.operands[0].ref])
    values = [made[value.ref] for value in (*move.loads, *move.passing)]
    _replace_rest(move, made, border)
    return values


def split(module: Module, move: Move, layout: Layout) -> None:
    """Move several values in place of one integer that holds them; nothing passes it on."""
    (load,) = move.loads
    parts = _loaded(module, layout, Builder.before(load), load.operands[0], 1)
    for store in move.stores:
        _store(layout, parts, Builder.before(store), store.operands[1], 1)
        store.erase()
    if next(load.users(), None) is None:
        load.erase()


def store_constant(module: Module, store: Instruction, layout: Layout) -> None:
    """Store the scalars that an integer constant is made of in its place."""
    value, to = store.operands
    data, _ = constant_bytes(module, value)
    builder = Builder.before(store)
    parts = []
    for piece in layout:
        bits = builder.constant(8 * piece.size, int.from_bytes(data[piece.offset : piece.end], "little"))
        parts.append(_constant(bits, scalar(module, piece)))
    _store(layout, parts, builder, to, store.llvm.LLVMGetAlignment(store.ref))
    store.erase()


def copy_by_parts(module: Module, copy: Instruction, layout: Layout) -> None:
    """Load each scalar that a memcpy or memmove of constant length copies, then store each."""
    builder = Builder.before(copy)
    to, start = copy.arguments[:2]
    parts = _loaded(module, layout, builder, start, copy.call_value("align", 2) or 1)
    _store(layout, parts, builder, to, copy.call_value("align", 1) or 1)
    copy.erase()


def copy_pieces(module: Module, builder: Builder, layout: Layout, to: Value, start: Value) -> None:
    """Load each scalar at one place, then store each at another."""
    _store(layout, _loaded(module, layout, builder, start, 1), builder, to, 1)


def swap_by_parts(module: Module, builder: Builder, layout: Layout, left: Value, right: Value) -> None:
    """Load each scalar of two values, then store each in the other's place."""
    lefts, rights = (_loaded(module, layout, builder, address, 1) for address in (left, right))
    _store(layout, rights, builder, left, 1)
    _store(layout, lefts, builder, right, 1)


def _loaded(module: Module, layout: Layout, builder: Builder, start: Value, align: int) -> list[Instruction]:
    parts = []
    for piece in layout:
        part = builder.load(scalar(module, piece), builder.offset(start, builder.constant(64, piece.offset)))
        module.llvm.LLVMSetAlignment(part.ref, _aligned(align, piece))
        _declare(part, piece)
        parts.append(part)
    return parts


def _store(layout: Layout, parts: Sequence[Value], builder: Builder, to: Value, align: int) -> None:
    for piece, part in zip(layout, parts, strict=True):
        store = builder.store(part, builder.offset(to, builder.constant(64, piece.offset)))
        store.llvm.LLVMSetAlignment(store.ref, _aligned(align, piece))
        _declare(store, piece)


def _declare(access: Instruction, piece: Piece) -> None:
    """Keep what is known: an integer that is only moved does not show it."""
    if piece.kind is TypeKind.INTEGER:
        whole = Piece(0, piece.size, piece.kind)
        access.set_metadata(DECLARED, Builder.before(access).declared_type((whole,), piece.size))


def _aligned(align: int, piece: Piece) -> int:
    return gcd(align, piece.offset)


def scalar(module: Module, piece: Piece, count: int = 1) -> Type:
    """The type of one piece, or of a vector of some."""
    llvm, context = module.llvm, module.context
    if piece.kind is TypeKind.POINTER:
        return Builder(llvm, context).pointer()
    if piece.kind is TypeKind.INTEGER:
        one = llvm.LLVMIntTypeInContext(context, 8 * piece.size)
    elif piece.kind is TypeKind.DOUBLE:
        one = Builder(llvm, context).double().ref
    else:
        one = llvm.LLVMFloatTypeInContext(context)
    return Type(llvm, llvm.LLVMVectorType(one, count) if count > 1 else one)


def _value(made: dict[int, Value], value: Value, new: Type, border: Border) -> Value:
    """Give what stands for an integer of the move."""
    if value.ref in made:
        return made[value.ref]
    instruction = value.as_instruction()
    if value.is_constant:
        return _constant(value, new)
    if instruction is not None and instruction.opcode == Opcode.BITCAST:
        return made.setdefault(value.ref, Builder.before(instruction).bits(instruction.operands[0], new))
    if instruction is not None and instruction.opcode == Opcode.FREEZE:
        return made.setdefault(value.ref, _value(made, instruction.operands[0], new, border))
    if instruction is None or instruction.opcode != Opcode.SELECT:
        return made.setdefault(value.ref, border.enter(value, new))
    condition, then, otherwise = instruction.operands
    chosen = Builder.before(instruction).select(
        condition, _value(made, then, new, border), _value(made, otherwise, new, border)
    )
    return made.setdefault(value.ref, chosen)


def _constant(value: Value, new: Type) -> Value:
    make = value.llvm.LLVMConstIntToPtr if new.kind is TypeKind.POINTER else value.llvm.LLVMConstBitCast
    return type(value)(value.llvm, make(value.ref, new.ref))


def _retyped_load(load: Instruction, new: Type) -> Instruction:
    made = Builder.before(load).load(new, load.operands[0])
    load.llvm.LLVMSetAlignment(made.ref, load.llvm.LLVMGetAlignment(load.ref))
    for name in _KEPT_METADATA:
        made.set_metadata(name, load.metadata(name))
    return made


def _replace_rest(move: Move, made: dict[int, Value], border: Border) -> None:
    """Let what else uses the integers see the value's bits; remove the integers."""
    gone = [*move.loads, *move.passing]
    refs = {value.ref for value in gone}
    for value in gone:
        if any(user.ref not in refs for user in value.users()):
            border.leave(value, made[value.ref])
    for value in gone:
        value.replace_uses(type(value)(value.llvm, value.llvm.LLVMGetUndef(value.type.ref)))
        value.erase()
