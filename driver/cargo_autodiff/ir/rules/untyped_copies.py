"""What is copied without being looked at gets the type of what it is, or is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.builder import NAMES, Builder
from cargo_autodiff.ir.debug_info import place
from cargo_autodiff.ir.element_loops import copying
from cargo_autodiff.ir.evidence import Evidence, Layout, Unknown
from cargo_autodiff.ir.flows import PASSING, is_integer, scaled
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.retype import retype, scalar, split
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.flows import Move
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction

_HINTS = ("range", "noundef")  # rustc's, on loads of what is an integer to it
_COPIES = ("llvm.memcpy.", "llvm.memmove.", "llvm.memset.")
_MARK = "enzyme_truetype"
_ASKING = PASSING | {Opcode.ADD, Opcode.SUB, Opcode.MUL, Opcode.SHL}


def apply(module: Module) -> None:
    """Give every move of integers, and every copy and fill of memory, the type of what it moves.

    Raises Refused where floats are near and nothing tells what is moved.
    """
    copies = [copy for function in module.definitions() for copy in _copies(function)]
    evidence = Evidence(module)
    decided = [(copy, _copied(evidence, copy)) for copy in copies]
    moved = [(move, _moved(evidence, move)) for move in evidence.memory.moves]
    asked = [load for function in module.definitions() for load in _asked_for(function)]
    integers = [load for load in asked if _is_integer(evidence, load)]
    for copy, found in decided:
        if found is not None:
            _mark(module, copy, *found)
    tag = Builder(module.llvm, module.context).enzyme_type(NAMES[TypeKind.INTEGER])
    for load in integers:
        load.set_metadata("enzyme_type", tag)
    for move, layout in moved:
        if layout is not None:
            _retype(module, move, layout)


def _asked_for(function: Function) -> Iterator[Instruction]:
    """Yield integers that are loaded and merged with others, or computed with: Enzyme asks for their type."""
    for load in function.instructions():
        if load.opcode == Opcode.LOAD and is_integer(load.type):
            users = (user.as_instruction() for user in load.users())
            if any(user is not None and user.opcode in _ASKING for user in users):
                yield load


def _is_integer(evidence: Evidence, load: Instruction) -> bool:
    """Tell whether it is known that an integer in memory is one."""
    size = sum(piece.size for piece in evidence.pieces(load.type))
    try:
        layout = evidence.at(load.operands, size)
    except Unknown as unknown:
        known = evidence.declared([load], size)
        if known is None:
            return _is_hinted([load]) and not evidence.bits_travel and not unknown.contradicted
        layout, _ = known
    return {piece.kind for piece in layout} == {TypeKind.INTEGER}


def _copies(function: Function) -> Iterator[Instruction]:
    for call in function.instructions():
        callee = call.callee if call.is_call else None
        if callee is not None and callee.name.startswith(_COPIES) and call.metadata(_MARK) is None:
            yield call


def _copied(evidence: Evidence, copy: Instruction) -> tuple[Layout, int] | None:
    """Say what a copy moves, and its period if its length is dynamic; None leaves it to Enzyme. Raises Refused."""
    addresses = [value for value in copy.arguments[:2] if value.type.kind is TypeKind.POINTER]
    length = copy.arguments[2].constant_int()
    try:
        layout, period = (evidence.at(addresses, length), 0) if length is not None else evidence.repeated(addresses)
        rest, step = scaled(copy.arguments[2], 1)
        if len(layout) > 1 and period and (rest % period or step % period or len(addresses) < 2):
            raise Unknown({piece.kind for piece in layout}, contradicted=True)
    except Unknown as unknown:
        known = evidence.declared([copy], length)
        if known is not None:
            return known
        if not unknown.kinds or not (unknown.contradicted or len(addresses) > 1):
            return None
        if not any(kind.is_float for kind in unknown.kinds) and unknown.contradicted:
            return None
        raise _refusal(copy, f"copies {_names(unknown.kinds)} without saying which") from None
    return layout, period


def _moved(evidence: Evidence, move: Move) -> Layout | None:
    """Say what a move moves; None for integers, which stay. Raises Refused."""
    size = sum(piece.size for piece in evidence.pieces(move.loads[0].type))
    try:
        layout = evidence.at(move.addresses, size)
    except Unknown as unknown:
        known = evidence.declared([*move.loads, *move.stores], size)
        if known is None:
            _check_unknown(move, unknown)
            return None
        layout, _ = known
    kinds = {piece.kind for piece in layout}
    if kinds == {TypeKind.INTEGER}:
        return None
    fits = all(piece.offset >= 0 and piece.offset + piece.size <= size for piece in layout)
    single = len(kinds) == 1 and (len(layout) == 1 or TypeKind.POINTER not in kinds)
    simple = len(move.loads) == 1 and not move.passing
    if move.computed and not any(kind.is_float for kind in kinds):
        return None
    if not fits or move.computed or not (single or simple):
        raise _refusal(move.stores[0], f"moves {_names(kinds)} as one integer")
    return layout


def _check_unknown(move: Move, unknown: Unknown) -> None:
    """Refuse to move as an integer what can be a float; rustc's hints say that it is an integer to Rust."""
    if unknown.contradicted:
        harmless = not any(kind.is_float for kind in unknown.kinds)
    else:
        harmless = move.computed or _is_hinted(move.loads)
    if not harmless:
        raise _refusal(move.stores[0], f"moves {_names(unknown.kinds)} without saying which")


def _is_hinted(loads: list[Instruction]) -> bool:
    return any(load.metadata(hint) for load in loads for hint in _HINTS)


def _mark(module: Module, copy: Instruction, layout: Layout, period: int) -> None:
    builder = Builder.before(copy)
    if period and len(layout) > 1:
        to, start, length, _ = copy.arguments
        loop = copying(module, layout, period, _MARK)
        builder.call(loop, [to, start, builder.widened(length, 64)])
        copy.erase()
    else:
        copy.set_metadata(_MARK, builder.true_type(layout))


def _retype(module: Module, move: Move, layout: Layout) -> None:
    if len({piece.kind for piece in layout}) == 1:
        retype(move, scalar(module, layout[0], len(layout)))
    else:
        split(module, move, layout)


def _names(kinds: set[TypeKind]) -> str:
    words = sorted(
        {"floats" if kind.is_float else "pointers" if kind is TypeKind.POINTER else "integers" for kind in kinds}
    )
    return " and ".join(words) or "what is unknown"


def _refusal(instruction: Instruction, what: str) -> Refused:
    return Refused(
        "a copy of unknown type cannot be differentiated",
        where=place(instruction),
        why=f"`{instruction.function.name}` {what}, and Enzyme would lose the gradient of what it does not know as"
        " floats",
        hint="keep floats and integers in separate containers, or assign the fields one by one",
    )


RULE = Rule(
    name="untyped-copies",
    reason="Enzyme takes an integer of unknown type that is only moved as inactive, a copy of dynamic length as what"
    " its first byte is, and unknown bytes as what lies beside them",
    apply=apply,
)
