"""What is an integer to Rust is one, whatever is near it, as long as no float's bits are kept as integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.evidence import float_bits_travel
from cargo_autodiff.ir.rules import float_bits, untyped_copies

if TYPE_CHECKING:
    from ir.reading import Ir

VARIABLE = """
define double @f(double %x, ptr %p) {
  %slot = alloca i64
  %other = alloca [8 x i8]
  %bits = bitcast double %x to i64
  store i64 %bits, ptr %slot
  USE
  %y = load double, ptr %slot
  ret double %y
}
declare void @seen(ptr)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""
COMPARED = """
define i8 @compared(ptr %one, ptr %two) {
  %a = load i64, ptr %one
  %b = load i64, ptr %two
  %less = icmp slt i64 %a, %b
  %order = zext i1 %less to i8
  ret i8 %order
}
define void @moved(ptr %one, ptr %two) {
  %a = load i64, ptr %one
  store i64 %a, ptr %two
  ret void
}
"""


def test_bits_in_a_variable_of_which_only_floats_are_loaded_are_kept_nowhere(ir: Ir) -> None:
    assert not float_bits_travel(ir.apply(float_bits.RULE, VARIABLE.replace("USE", "")))


@pytest.mark.parametrize(
    "use",
    [
        "%again = load i64, ptr %slot\n  %sign = lshr i64 %again, 63\n  store i64 %sign, ptr %other",
        "%order = call i8 @compared(ptr %slot, ptr %p)",
        "%again = load i64, ptr %slot\n  store i64 %again, ptr %other\n  %last = load i64, ptr %other",
    ],
)
def test_bits_in_a_variable_that_are_only_computed_with_are_kept_nowhere(ir: Ir, use: str) -> None:
    """`f64::total_cmp` is made of that."""
    text = VARIABLE.replace("USE", use).replace("%y = load double, ptr %slot", "%y = fadd double %x, %x") + COMPARED

    assert not float_bits_travel(ir.apply(float_bits.RULE, text))


@pytest.mark.parametrize(
    "use",
    [
        "%again = load i64, ptr %slot\n  store i64 %again, ptr %p",
        "%again = load i64, ptr %slot\n  store i64 %again, ptr %other\n  %last = load i64, ptr %other\n"
        "  store i64 %last, ptr %p",
        "call void @moved(ptr %slot, ptr %p)",
        "%order = call i8 @compared(ptr %slot, ptr %p)",
        "%again = load i64, ptr %slot\n  %float = bitcast i64 %again to double",
        "%beside = getelementptr i8, ptr %slot, i64 4\n  %half = load i32, ptr %beside",
        "call void @seen(ptr %slot)",
        "call void @llvm.memcpy.p0.p0.i64(ptr %p, ptr %slot, i64 8, i1 false)",
        "store ptr %slot, ptr %p",
    ],
)
def test_bits_that_are_more_than_that_are_kept(ir: Ir, use: str) -> None:
    assert float_bits_travel(ir.apply(float_bits.RULE, VARIABLE.replace("USE", use) + COMPARED))


# one of a pair, in memory where other pairs have a float
TABLE = """
define void @f(ptr %element, ptr %to) {
  %x = load double, ptr %element
  %y = fmul double %x, %x
  store double %y, ptr %element
  %n = load i64, ptr %element
  %m = udiv i64 %n, 3
  store i64 %m, ptr %element
  %key = load i64, ptr %element HINTS
  MOVE
  ret void
}
!0 = !{}
!1 = !{i64 8, i64 0, i64 8, i64 3, i64 8, i64 8, i64 16}
"""
PAIR = ", !noundef !0, !cargo_autodiff.declared !1"


def table(hints: str, move: str) -> str:
    return TABLE.replace("HINTS", hints).replace("MOVE", move)


def test_an_integer_of_a_pair_that_is_moved_stays(ir: Ir) -> None:
    assert ir.unchanged(untyped_copies.RULE, table(PAIR, "store i64 %key, ptr %to"))


@pytest.mark.parametrize("hints", ["", ", !noundef !0", PAIR.replace(", !noundef !0", "")])
def test_it_is_refused_where_rust_does_not_say_so(ir: Ir, hints: str) -> None:
    with pytest.raises(Refused, match="unknown type"):
        ir.apply(untyped_copies.RULE, table(hints, "store i64 %key, ptr %to"))
