"""Integers that LLVM knows are floats where floats lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rules import untyped_copies
from ir.reading import callees, function

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

WRITTEN = """
define void @f(ptr %p, double %x, float %y) {{
  {near}
  {store}
  ret void
}}
"""
HALF = 4602678819172646912  # 0.5


def stored(module: Module) -> list[TypeKind]:
    block = function(module, "f").entry
    return [item.operands[0].type.kind for item in block.instructions if item.opcode == Opcode.STORE]


def test_half_is_a_double(ir: Ir) -> None:
    near = "%v = load double, ptr %p\n  %w = fadd double %v, %x\n  store double %w, ptr %p"

    got = ir.apply(untyped_copies.RULE, WRITTEN.format(near=near, store=f"store i64 {HALF}, ptr %p"))

    assert stored(got) == [TypeKind.DOUBLE, TypeKind.DOUBLE]


def test_two_floats_in_one_integer_are_two(ir: Ir) -> None:
    near = "store float %y, ptr %p\n  %q = getelementptr i8, ptr %p, i64 4\n  store float %y, ptr %q"

    got = ir.apply(untyped_copies.RULE, WRITTEN.format(near=near, store=f"store i64 {HALF}, ptr %p"))

    assert stored(got) == [TypeKind.FLOAT] * 4


COUNTED = "%v = load i64, ptr %p\n  %w = add i64 %v, 1\n  store i64 %w, ptr %p"


@pytest.mark.parametrize("near", ["store i64 7, ptr %p", COUNTED])
def test_an_integer_stays_one(ir: Ir, near: str) -> None:
    got = ir.apply(untyped_copies.RULE, WRITTEN.format(near=near, store="store i64 5, ptr %p"))

    assert set(stored(got)) == {TypeKind.INTEGER}


def test_what_may_be_both_is_refused(ir: Ir) -> None:
    near = f"store double %x, ptr %p\n  {COUNTED}"

    with pytest.raises(Refused, match="cannot"):
        ir.apply(untyped_copies.RULE, WRITTEN.format(near=near, store=f"store i64 {HALF}, ptr %p"))


MERGED = """
define void @f(ptr %p, double %x, i64 %n, i1 %c) {{
  {bits}
  %number = bitcast i64 %taken to double
  %either = select i1 %c, double %number, double %x
  store double %either, ptr %p
  ret void
}}
"""


def test_a_number_that_is_moved_as_a_float_carries_no_derivative(ir: Ir) -> None:
    got = ir.apply(untyped_copies.RULE, MERGED.format(bits="%taken = add i64 %n, 1"))

    assert any(name.startswith("__cargo_autodiff_float_of_") for name in callees(got, "f"))


def test_computed_bits_of_a_float_stay_a_float(ir: Ir) -> None:
    """Else the derivative of `f64::from_bits(x.to_bits() + 1)` would be missing."""
    bits = "%b = bitcast double %x to i64\n  %taken = add i64 %b, 1"

    assert ir.unchanged(untyped_copies.RULE, MERGED.format(bits=bits))


UNCLEAR = WRITTEN.format(near=f"store double %x, ptr %p\n  {COUNTED}", store="store i64 NUMBER, ptr %p")


@pytest.mark.parametrize("number", [0x7FF0000000000000, 0x7FF8000000000000, HALF], ids=["infinity", "NaN", "half"])
def test_what_may_be_a_float_is_refused_where_nothing_is_known(ir: Ir, number: int) -> None:
    with pytest.raises(Refused, match="writes floats"):
        ir.apply(untyped_copies.RULE, UNCLEAR.replace("NUMBER", str(number)))


@pytest.mark.parametrize("number", [5, -1], ids=str)
def test_what_is_hardly_a_float_is_left_alone_there(ir: Ir, number: int) -> None:
    assert TypeKind.INTEGER in stored(ir.apply(untyped_copies.RULE, UNCLEAR.replace("NUMBER", str(number))))


def test_an_integer_wider_than_a_word_is_refused_where_floats_lie(ir: Ir) -> None:
    near = "store double %x, ptr %p\n  %q = getelementptr i8, ptr %p, i64 8\n  store double %x, ptr %q"

    with pytest.raises(Refused, match="as one integer"):
        ir.apply(untyped_copies.RULE, WRITTEN.format(near=near, store=f"store i128 {HALF << 64}, ptr %p"))
