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
define double @f(i1 %left, i1 %asked, i1 %first, ptr %place) {
entry:
  br i1 %left, label %near, label %last
near:
  br i1 %asked, label %split, label %OTHER
split:
  INSIDE
  br i1 %CONDITION, label %first.way, label %second.way
first.way:
  br label %end
second.way:
  br label %end
last:
  br label %end
MORE
end:
  %number = phi double [ 1.0, %first.way ], [ 2.0, %second.way ], [ 4.0, %last ] FOURTH
  %index = phi i64 [ 10, %first.way ], [ 20, %second.way ], [ 40, %last ] COUNT
  %wide = uitofp i64 %index to double
  %sum = fadd double %number, %wide
  ret double %sum
}
"""
LOOP = """
define double @f(i1 %left, ptr %place) {
entry:
  br i1 %left, label %head, label %last
head:
  %turn = phi i64 [ 0, %entry ], [ %next, %again ]
  %found = load i1, ptr %place
  br i1 %found, label %first.way, label %body
body:
  %next = add i64 %turn, 1
  %ends = icmp eq i64 %next, 7
  br i1 %ends, label %second.way, label %again
again:
  br label %head
first.way:
  br label %end
second.way:
  br label %end
last:
  br label %end
end:
  %number = phi double [ 1.0, %first.way ], [ 2.0, %second.way ], [ 4.0, %last ]
  ret double %number
}
"""
MEETING = "__cargo_autodiff_meeting"


def text(
    *,
    other: str = "second.way",
    inside: str = "",
    condition: str = "first",
    four: bool = False,
    request: str = "autodiff",
) -> str:
    words = {"OTHER": other, "INSIDE": inside, "CONDITION": condition, "REQUEST": request}
    if four:
        words |= {"MORE": "more:\n  br label %end", "FOURTH": ", [ 3.0, %more ]", "COUNT": ", [ 30, %more ]"}
    given = ENTRY + WAYS
    for old, new in {"MORE": "", "FOURTH": "", "COUNT": "", **words}.items():
        given = given.replace(old, new)
    return given


@pytest.mark.parametrize(
    "given",
    [text(), text(other="last", inside="%flag = load i1, ptr %place", condition="flag")],
    ids=["one way goes round the branch", "what it asks is loaded"],
)
def test_two_of_them_meet_before(ir: Ir, given: str) -> None:
    module = ir.apply(three_ways.RULE, given)
    assert callees(module, "f") == [MEETING]
    joined = [len(phi.incoming()) for block in function(module, "f").blocks for phi in block.phis]
    assert joined == [2, 2, 2, 2]


def test_two_ends_of_a_loop_meet_before(ir: Ir) -> None:
    module = ir.apply(three_ways.RULE, ENTRY.replace("REQUEST", "autodiff") + LOOP)
    assert callees(module, "f") == [MEETING]
    (met,) = function(module, "f").blocks[-1].phis
    assert "%first.way" in met.text() and "%second.way" in met.text()


@pytest.mark.parametrize(
    "given",
    [text(other="last"), text(other="more", four=True), text(request="fwddiff")],
    ids=["always asked", "four", "forward mode"],
)
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
    run.argtypes, run.restype = (*[ctypes.c_bool] * 3, ctypes.c_void_p), ctypes.c_double
    cases = [(True, True, True), (True, True, False), (True, False, True), (False, True, True)]
    assert [run(*case, None) for case in cases] == [11.0, 22.0, 22.0, 44.0]
