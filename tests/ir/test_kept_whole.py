"""Variables that are a float at one time and something else at another, through the first round."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.rules import kept_whole
from ir.reading import callees, calls

if TYPE_CHECKING:
    from ir.reading import Ir

BOTH = """
define float @f(float %x, ptr %p, i64 %n, i1 %is) {
  %both = alloca [16 x i8], align 8
  %plain = alloca [16 x i8], align 8
  %word = getelementptr i8, ptr %both, i64 8
  store float %x, ptr %plain
  br i1 %is, label %float, label %other
float:
  store float %x, ptr %word
  br label %end
other:
  OTHER
  br label %end
end:
  %v = load float, ptr %word
  %w = load float, ptr %plain
  %sum = fadd float %v, %w
  ret float %sum
}
"""


@pytest.mark.parametrize("other", ["store ptr %p, ptr %word", "%m = add i64 %n, 1\n  store i64 %m, ptr %word"])
def test_they_stay_in_memory(ir: Ir, other: str) -> None:
    given = BOTH.replace("OTHER", other)

    assert "[16 x i8]" not in ir.text(ir.parse(ir.optimised(given, "-passes=sroa")))
    kept = ir.apply(kept_whole.RULE, given)
    assert [call.arguments[0].name for call in calls(kept, "f")] == ["both"]
    left = ir.parse(ir.optimised(ir.text(kept), "-passes=sroa"))
    kept_whole.settle(left)
    assert callees(left, "f") == []
    assert [line for line in ir.text(left).splitlines() if "alloca" in line] == ["  %both = alloca [16 x i8], align 8"]


def test_others_do_not(ir: Ir) -> None:
    assert ir.unchanged(kept_whole.RULE, BOTH.replace("OTHER", "store float 1.0, ptr %word"))
