"""What an index is a multiple of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.scaling import scaled
from ir.reading import function

if TYPE_CHECKING:
    from ir.reading import Ir

TEXT = """
define void @f(ptr %a, ptr %pivot, i64 %i) {{
  %end = ptrtoint ptr %pivot to i64
  %start = ptrtoint ptr %a to i64
  %bytes = sub i64 %end, %start
  {more}
  %at = getelementptr i8, ptr %a, i64 {index}
  ret void
}}
"""


def multiple(ir: Ir, index: str, more: str = "") -> tuple[int, int]:
    found = function(ir.parse(TEXT.format(index=index, more=more)), "f")
    at = next(each for each in found.instructions() if each.name == "at")
    return scaled(at.operands[1], 1)


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("%x = mul i64 %i, 24", (0, 24)),
        ("%x = shl i64 %i, 3", (0, 8)),
        ("%y = mul i64 %i, 24\n  %x = add i64 %y, 5", (5, 24)),
        ("%y = mul i64 %i, 24\n  %x = add i64 %y, %i", (0, 1)),
    ],
)
def test_of_a_product_its_factor(ir: Ir, more: str, found: tuple[int, int]) -> None:
    assert multiple(ir, "%x", more) == found


@pytest.mark.parametrize("quotient", ["udiv exact i64 %bytes, 40", "sdiv exact i64 %bytes, 40"])
def test_of_the_difference_of_pointers_what_it_is_divided_by_exactly(ir: Ir, quotient: str) -> None:
    """`ptr::offset_from`, as in std's sorts: LLVM leaves out that the quotient is multiplied again."""
    assert multiple(ir, "%bytes", f"%index = {quotient}") == (0, 40)


def test_of_one_that_is_shifted_exactly_the_power_of_two(ir: Ir) -> None:
    assert multiple(ir, "%bytes", "%index = ashr exact i64 %bytes, 4") == (0, 16)


@pytest.mark.parametrize(
    "more", ["", "%index = udiv i64 %bytes, 40", "%index = udiv exact i64 %i, 40", "%index = udiv exact i64 40, %bytes"]
)
def test_of_others_nothing(ir: Ir, more: str) -> None:
    assert multiple(ir, "%bytes", more) == (0, 1)
