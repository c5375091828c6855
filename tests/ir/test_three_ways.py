"""Blocks where three ways meet."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.rules import three_ways
from ir.reading import callees, function

if TYPE_CHECKING:
    from ir.reading import Ir

ENTRY = """
define void @df(ptr %x, ptr %dx) {
  call void (...) @__enzyme_REQUEST_df(ptr @f, ptr %x, ptr %dx)
  ret void
}
declare void @__enzyme_REQUEST_df(...)
"""
WAYS = """
define double @f(i64 %n) {
entry:
  switch i64 %n, label %last [
    i64 0, label %first
    i64 1, label %second
    MORE
  ]
first:
  br label %end
second:
  br label %end
third:
  br label %end
last:
  br label %end
end:
  %number = phi double [ 1.0, %first ], [ 2.0, %second ], [ 4.0, %last ] THIRD
  %index = phi i64 [ 10, %first ], [ 20, %second ], [ 40, %last ] COUNT
  %wide = uitofp i64 %index to double
  %sum = fadd double %number, %wide
  ret double %sum
}
"""
MEETING = "__cargo_autodiff_meeting"


def text(*, ways: int = 3, request: str = "autodiff") -> str:
    given = ENTRY + WAYS
    if ways == 4:
        more = {"MORE": "i64 2, label %third", "THIRD": ", [ 3.0, %third ]", "COUNT": ", [ 30, %third ]"}
    else:
        more = {"MORE": "", "THIRD": "", "COUNT": "", "third:\n  br label %end\n": ""}
    for old, new in {**more, "REQUEST": request}.items():
        given = given.replace(old, new)
    return given


def test_two_of_them_meet_before(ir: Ir) -> None:
    module = ir.apply(three_ways.RULE, text())
    assert callees(module, "f") == [MEETING]
    joined = [len(phi.incoming()) for block in function(module, "f").blocks for phi in block.phis]
    assert joined == [2, 2, 2, 2]


@pytest.mark.parametrize("given", [text(ways=4), text(request="fwddiff")], ids=["four", "forward mode"])
def test_others_are_left_alone(ir: Ir, given: str) -> None:
    assert ir.unchanged(three_ways.RULE, given)


def test_what_is_said_of_a_phi_is_said_of_both(ir: Ir) -> None:
    marked = text().replace("[ 4.0, %last ]", "[ 4.0, %last ], !enzyme_active_val !0") + "!0 = !{}\n"
    module = ir.apply(three_ways.RULE, marked)
    phis = [phi for block in function(module, "f").blocks for phi in block.phis]
    assert [phi.metadata("enzyme_active_val") is not None for phi in phis].count(True) == 2


def test_what_comes_is_what_came(ir: Ir) -> None:
    entry = "void @__enzyme_autodiff_df(...)"
    module = ir.apply(three_ways.RULE, text().replace(f"declare {entry}", f"define {entry} {{\n ret void\n}}"))
    three_ways.settle(module)
    assert callees(module, "f") == []
    run = ir.library(module).f
    run.argtypes, run.restype = (ctypes.c_int64,), ctypes.c_double
    assert [run(n) for n in range(3)] == [11.0, 22.0, 44.0]
