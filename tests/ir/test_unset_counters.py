"""Counters of loops in the reverse pass, which are read where that loop's has not begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.rules import unset_counters

if TYPE_CHECKING:
    from ir.reading import Ir

TEXT = """
define internal void @diffe_f(ptr %cache, ptr %shadow, i1 %chosen) {
entry:
  %"iv'ac" = alloca i64
  %"iv1'ac" = alloca i64
  BEFORE
  br label %later
later:
  %at = load i64, ptr %"iv'ac"
  %place = getelementptr double, ptr %cache, i64 %at
  %kept = load double, ptr %place
  USE
  br i1 %chosen, label %later, label %earlier
earlier:
  store i64 4, ptr %"iv'ac"
  %again = load i64, ptr %"iv'ac"
  %there = getelementptr double, ptr %cache, i64 %again
  store double 1.0, ptr %there
  ret void
}
"""
USES = [
    "store double %kept, ptr %shadow",
    "%sum = fadd double %kept, %kept\n  store double %sum, ptr %shadow",
    "store double 1.0, ptr %place",
    "%is = fcmp oeq double %kept, 1.0\n  call void @llvm.assume(i1 %is)",
]


def given(use: str, before: str = "") -> str:
    return TEXT.replace("USE", use).replace("BEFORE", before) + "declare void @llvm.assume(i1)\n"


@pytest.mark.parametrize("use", USES)
def test_what_is_looked_up_by_one_is_refused(ir: Ir, use: str) -> None:
    with pytest.raises(Refused, match="the reverse pass of a loop cannot be made") as refused:
        unset_counters.CHECK.apply(ir.parse(given(use)))

    assert "in `_f` Enzyme would" in refused.value.why, "the function whose reverse pass it is"


@pytest.mark.parametrize("use", USES)
def test_one_that_was_set_before_is_not(ir: Ir, use: str) -> None:
    assert ir.unchanged(unset_counters.CHECK, given(use, before='store i64 4, ptr %"iv\'ac"'))


def test_one_that_is_set_in_the_same_loop_but_later_is_refused(ir: Ir) -> None:
    """The loop's first iteration finds nothing there."""
    use = 'store double %kept, ptr %shadow\n  store i64 2, ptr %"iv\'ac"'

    with pytest.raises(Refused):
        unset_counters.CHECK.apply(ir.parse(given(use)))


@pytest.mark.parametrize("use", ["", "%sum = fadd double %kept, %kept"])
def test_what_nobody_needs_is_not(ir: Ir, use: str) -> None:
    """Enzyme leaves such computations behind, and LLVM removes them."""
    assert ir.unchanged(unset_counters.CHECK, given(use))


def test_other_variables_are_nobodys_counters(ir: Ir) -> None:
    assert ir.unchanged(unset_counters.CHECK, given(USES[0]).replace("iv'ac", "other"))
