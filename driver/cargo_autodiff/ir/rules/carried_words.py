"""Copies of words that are a float at one time and a pointer at another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import NoShadow
from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.carried import ADDRESSES, NAMES, carry, link, settle
from cargo_autodiff.ir.debug_info import place
from cargo_autodiff.ir.entry_calls import asks_for_reverse
from cargo_autodiff.ir.enzyme_names import is_forward, primal
from cargo_autodiff.ir.flows import CARRY_SINGLE
from cargo_autodiff.ir.holding import POINTER_SIZE, Piece
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.origins import origins
from cargo_autodiff.ir.retype import scalar
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.rules.address_guard import ZERO, guarded, is_guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.holding import Holding
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value

_MARK = "enzyme_truetype"
_GUARDED = f"""
@{ZERO} = external constant i64, !enzyme_inactive !0

define hidden void @{{name}}(ptr %to, ptr %start) {{{{
  %zero = load i64, ptr @{ZERO}, !invariant.load !0
  %to.guarded = getelementptr i8, ptr %to, i64 %zero
  %start.guarded = getelementptr i8, ptr %start, i64 %zero
  %word = load ptr, ptr %start.guarded
{{rest}}
}}}}
!0 = !{{{{}}}}
"""
_DECIDED = f"""
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
"""
_AS_POINTER = "  store ptr %word, ptr %to.guarded\n  ret void"
_FORWARD = {
    name: _GUARDED.format(name=name, rest=_DECIDED if of is TypeKind.DOUBLE else _AS_POINTER)
    for of, name in NAMES.items()
}


def carry_move(module: Module, load: Instruction, stores: list[Instruction], of: TypeKind) -> set[int]:
    """Copy the word that is loaded, by way of a slot, to where it is stored; give what is gone then."""
    gone = {store.ref for store in stores}
    function = carry(module, of)
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
        words = (Piece(at, POINTER_SIZE, TypeKind.POINTER) for at in holding.addresses)
        again.set_metadata(_MARK, builder.true_type(tuple(sorted((*holding.apart, *words)))))
    fill.set_metadata(_MARK, builder.true_type(holding.layout))


def write_out(module: Module) -> None:
    """Let Enzyme see what is copied, in forward mode.

    There a copy has no derivative but itself. One of ours would be called with one lane's types where only one end
    counts, however many lanes there are (`fixderivative_` in EnzymeLogic.cpp, CreateForwardDiff).
    """
    if asks_for_reverse(module):
        return
    for name, text in _FORWARD.items():
        copying = module.function(name)
        if copying is not None and copying.is_declaration:
            link(module, text)


def check(module: Module) -> None:
    """Refuse to copy an f32 or a pointer from where no shadow is to where one is. Raises NoShadow.

    The bits of an f32 look like an address, which would be taken for its own shadow, and then for an adjoint.
    """
    for instruction in _without_shadow(module):
        raise NoShadow(
            "an enum cannot be differentiated",
            where=place(instruction),
            why="an f32 that shares a word with a pointer is moved from memory that does not count to memory that does",
            hint="use f64 there, or let the other variants, or a Result's error, hold no String, Box or slice",
        )


def _without_shadow(module: Module) -> Iterator[Instruction]:
    for function in module.definitions():
        if primal(function.name) == CARRY_SINGLE and is_forward(function.name):
            _, *others = [parameter.name for parameter in function.parameters]
            if others[0].endswith("'") and not others[-1].endswith("'"):
                yield next(function.instructions())  # whose place is where the function is called
    copying = module.function(f"{CARRY_SINGLE}_augmented")
    for call in copying.calls() if copying is not None else ():
        to, to_shadow, start, start_shadow = call.arguments
        if origins(start) & origins(start_shadow) and not origins(to) & origins(to_shadow):
            yield call


def reset(module: Module, store: Instruction) -> None:
    """Let a float that is stored not find a pointer in its shadow."""
    builder = Builder.before(store)
    at = guarded(module, store.function, builder, store.operands[1])
    builder.store(builder.zero(builder.pointer()), at)


def is_reset(store: Instruction) -> bool:
    """Tell whether that was done in front of a store."""
    instructions = store.block.instructions
    before = instructions[max(instructions.index(store) - 1, 0)]
    return _stores_guarded(before, store.operands[-1])


def clear(module: Module, store: Instruction) -> None:
    """Let a pointer that is stored leave its shadow before an adjoint is added there.

    The reverse pass takes the word for the f32 again that it was before. A pointer's bits are none that count as a
    double, but any number as an f32. To store a zero is to clear the adjoint on the way back.
    """
    zero = scalar(module, Piece(0, 4, TypeKind.FLOAT))
    builder = Builder.before(store)
    builder.store(builder.zero(zero), store.operands[1])


def is_cleared(store: Instruction) -> bool:
    """Tell what clears an adjoint for a pointer that is stored."""
    is_constant = store.opcode == Opcode.STORE and store.operands[0].is_constant
    return is_constant and _stores_guarded(store.next, store.operands[1])


def _stores_guarded(beside: Instruction, address: Value) -> bool:
    """Tell a store to an address behind which Enzyme does not see the word."""
    if beside.opcode != Opcode.STORE or not is_guarded(beside.operands[1]):
        return False
    guard = beside.operands[1].as_instruction()
    return guard is not None and guard.operands[0] == address


FORWARD = Rule(
    name="carried-words-forward",
    reason="Enzyme calls custom derivatives with types of one lane where only one end counts",
    apply=write_out,
)
CHECK = Rule(
    name="check-carried-words",
    reason="an f32 without a shadow looks like an address, which has itself for one",
    apply=check,
)
SETTLE = Rule(name="settle-carried-words", reason="Enzyme must not see a body", apply=settle)
