"""Integers that are a part of a float in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.rules import untyped_copies

if TYPE_CHECKING:
    from ir.reading import Ir

SIGNS = """
define double @f(ptr %x, i64 %n) {
entry:
  %made = alloca [80 x i8]
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %from = getelementptr double, ptr %x, i64 %i
  %to = getelementptr double, ptr %made, i64 %i
  %v = load double, ptr %from
  store double %v, ptr %to
  %last = getelementptr i8, ptr %to, i64 AT
  %byte = load TYPE, ptr %last
  %changed = CHANGED
  store TYPE %changed, ptr %last
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %n
  br i1 %more, label %loop, label %end
end:
  %u = load double, ptr %made
  ret double %u
}
"""


def signs(changed: str, at: int = 7, of: str = "i8") -> str:
    return SIGNS.replace("CHANGED", changed).replace("AT", str(at)).replace("TYPE", of)


@pytest.mark.parametrize(
    ("changed", "at", "of"),
    [
        ("xor i8 %byte, -128", 7, "i8"),
        ("and i8 %byte, 127", 7, "i8"),
        ("sub i16 %byte, 16", 6, "i16"),
        ("xor i32 %byte, -2147483648", 4, "i32"),
        ("xor <2 x i16> %byte, <i16 1, i16 2>", 4, "<2 x i16>"),
    ],
)
def test_a_part_of_a_float_that_is_computed_with_is_refused(ir: Ir, changed: str, at: int, of: str) -> None:
    with pytest.raises(Refused, match="bytes of a float"):
        ir.apply(untyped_copies.RULE, signs(changed, at, of))


def test_a_byte_beside_floats_is_none(ir: Ir) -> None:
    pairs = signs("xor i8 %byte, -128", 8).replace("double, ptr %made, i64 %i", "[16 x i8], ptr %made, i64 %i")

    ir.apply(untyped_copies.RULE, pairs)


def test_a_count_where_floats_begin_is_none(ir: Ir) -> None:
    ir.apply(untyped_copies.RULE, signs("add i8 %byte, 1", 0))
