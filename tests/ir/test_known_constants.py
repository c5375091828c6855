"""Integers that LLVM knows are floats where floats lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rules import untyped_copies
from ir.reading import function

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
