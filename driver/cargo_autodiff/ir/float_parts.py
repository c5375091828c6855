"""Integers that are a part of a float, and are computed with where the float lies (`bytes[7] ^= 0x80`).

Only unsafe Rust does so. Enzyme loads and stores such a part as an integer, which leaves the float's shadow as it was.
Safe Rust counts with small integers of an enum's variants, which begin where a float of another variant does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.computed_bits import counts
from cargo_autodiff.ir.debug_info import place, written_in
from cargo_autodiff.ir.flows import PASSING
from cargo_autodiff.ir.kinds import Opcode, TypeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cargo_autodiff.ir.evidence import Evidence
    from cargo_autodiff.ir.value import Function, Instruction, Value

_SIZES = {TypeKind.FLOAT: 4, TypeKind.DOUBLE: 8}
_MOVES = (*PASSING, Opcode.ZEXT, Opcode.SEXT, Opcode.TRUNC, Opcode.BITCAST, Opcode.EXTRACTELEMENT)


def check(functions: Iterable[Function], evidence: Evidence) -> None:
    """Raise Refused where a part of a float is loaded, computed with, and stored in one.

    What is counted where floats begin may be an integer of an enum.
    """
    for function in functions:
        for store in function.instructions():
            if store.opcode != Opcode.STORE or not _is_part(evidence, *store.operands):
                continue
            at = evidence.memory.place(store.operands[1])
            may_count = at.offset % _SIZES[TypeKind.DOUBLE] == 0
            loads = _computed_with(store.operands[0], may_count=may_count)
            if any(_is_part(evidence, load, load.operands[0]) for load in loads):
                raise _refusal(store)


def _is_part(evidence: Evidence, value: Value, address: Value) -> bool:
    """Tell integers that are smaller than the floats they go through; where that is not known, they are none.

    At a single place it may be a field behind an array of floats, whose end nobody knows (a node of a B-tree).
    """
    pieces = list(evidence.pieces(value.type))
    if not pieces or any(piece.kind is not TypeKind.INTEGER for piece in pieces):
        return False
    widest, step = max(piece.size for piece in pieces), evidence.memory.place(address).step
    if widest >= max(_SIZES.values()) or step <= widest:
        return False
    kinds = evidence.kinds(address, max(piece.end for piece in pieces))
    return any(_SIZES.get(kind, 0) > widest for kind in kinds)


def _computed_with(value: Value, *, may_count: bool) -> Iterator[Instruction]:
    """Yield loads of which an integer is computed, by more than counting where that may be."""
    todo = [(value, False)]
    seen = set(todo)
    for given, computed in todo:
        step = given.as_instruction()
        if step is None or step.opcode == Opcode.ICMP:
            continue
        if step.opcode == Opcode.LOAD:
            if computed:
                yield step
            continue
        now = computed or not (step.opcode in _MOVES or (may_count and counts(step)))
        sources = step.arguments if step.is_call else step.operands
        fresh = {(source, now) for source in sources} - seen
        seen |= fresh
        todo += fresh


def _refusal(store: Instruction) -> Refused:
    return Refused(
        "bytes of a float cannot be differentiated",
        where=place(store),
        why=f"`{written_in(store)}` computes with a part of a float in memory, and Enzyme would leave its shadow"
        " as it was",
        hint="compute with the float itself, or with `f64::to_bits` outside of what is differentiated",
    )
