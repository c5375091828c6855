"""Copies of words that are a float at one time and a pointer at another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.carried import ADDRESSES, carry, link, settle
from cargo_autodiff.ir.entry_calls import asks_for_reverse
from cargo_autodiff.ir.flows import CARRY
from cargo_autodiff.ir.holding import Piece
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.rules.address_guard import ZERO, guarded, is_guarded

if TYPE_CHECKING:
    from cargo_autodiff.ir.holding import Holding
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction

_MARK = "enzyme_truetype"
_FORWARD = f"""
@{ZERO} = external constant i64, !enzyme_inactive !0

define hidden void @{CARRY}(ptr %to, ptr %start) {{
  %zero = load i64, ptr @{ZERO}, !invariant.load !0
  %to.guarded = getelementptr i8, ptr %to, i64 %zero
  %start.guarded = getelementptr i8, ptr %start, i64 %zero
  %word = load ptr, ptr %start.guarded
  %bits = ptrtoint ptr %word to i64
  %address = icmp ult i64 %bits, {ADDRESSES}
  br i1 %address, label %pointer, label %float
pointer:
  store ptr %word, ptr %to.guarded
  ret void
float:
  %number = load double, ptr %start
  store double %number, ptr %to
  ret void
}}
!0 = !{{}}
"""


def carry_move(module: Module, load: Instruction, stores: list[Instruction]) -> set[int]:
    """Copy the word that is loaded, by way of a slot, to where it is stored; give what is gone then."""
    gone = {store.ref for store in stores}
    function = carry(module)
    builder = Builder.before(load.function.entry.first)
    slot = builder.alloca(builder.integer(64), "carried")
    Builder.before(load).call(function, [slot, load.operands[0]])
    for store in stores:
        Builder.before(store).call(function, [store.operands[1], slot])
        store.erase()
    if next(load.users(), None) is None:
        gone.add(load.ref)
        load.erase()
    return gone


def fill_both(module: Module, fill: Instruction, holding: Holding) -> None:
    """Fill with zero as floats and, once more, as pointers."""
    to, *rest = fill.arguments
    builder = Builder.before(fill)
    callee = fill.callee
    if callee is not None:
        again = builder.call(callee, [guarded(module, fill.function, builder, to), *rest])
        pointers = tuple(
            Piece(piece.offset, piece.size, TypeKind.POINTER) if piece.offset in holding.addresses else piece
            for piece in holding.layout
        )
        again.set_metadata(_MARK, builder.true_type(pointers))
    fill.set_metadata(_MARK, builder.true_type(holding.layout))


def write_out(module: Module) -> None:
    """Let Enzyme see what is copied, in forward mode.

    There a copy has no derivative but itself. One of ours would be called with one lane's types where only one end
    counts, however many lanes there are (`fixderivative_` in EnzymeLogic.cpp, CreateForwardDiff).
    """
    copying = module.function(CARRY)
    if copying is not None and copying.is_declaration and not asks_for_reverse(module):
        link(module, _FORWARD)


def reset(module: Module, store: Instruction) -> None:
    """Let a float that is stored not find a pointer in its shadow."""
    builder = Builder.before(store)
    at = guarded(module, store.function, builder, store.operands[1])
    builder.store(builder.zero(builder.pointer()), at)


def is_reset(store: Instruction) -> bool:
    """Tell whether that was done in front of a store."""
    instructions = store.block.instructions
    before = instructions[max(instructions.index(store) - 1, 0)]
    if before.opcode != Opcode.STORE or not is_guarded(before.operands[1]):
        return False
    guard = before.operands[1].as_instruction()
    return guard is not None and guard.operands[0] == store.operands[-1]


FORWARD = Rule(
    name="carried-words-forward",
    reason="Enzyme calls custom derivatives with types of one lane where only one end counts",
    apply=write_out,
)
SETTLE = Rule(name="settle-carried-words", reason="Enzyme must not see a body", apply=settle)
