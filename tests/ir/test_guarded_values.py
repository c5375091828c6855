"""Lengths of loops that hang on what is loaded, or divided, under a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.rules import guarded_values
from ir.reading import function

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

ENTRY = """
define void @df(ptr %x, ptr %dx) {
  call void (...) @__enzyme_REQUEST_df(ptr @f, metadata !"enzyme_dup", ptr %x, ptr %dx)
  ret void
}
declare void @__enzyme_REQUEST_df(...)
"""
LOOPS = """
define internal void @f(ptr %x, i64 %n, i64 %k, i1 %flag) {
entry:
  br label %outer
outer:
  %i = phi i64 [ 0, %entry ], [ %i.next, %latch ]
  FIRST
  br i1 %flag, label %before, label %latch
before:
  %some = add i64 %n, 0
  SECOND
  br label %inner
inner:
  %j = phi i64 [ 0, %before ], [ %j.next, %inner ]
  %j.next = add i64 %j, 1
  %more = icmp ult i64 %j.next, %VALUE
  br i1 %more, label %inner, label %latch
latch:
  %i.next = add i64 %i, 1
  %again = icmp ult i64 %i.next, %n
  br i1 %again, label %outer, label %end
end:
  ret void
}
"""
LOAD = "%loaded = load i64, ptr %x"
DIVISION = "%loaded = urem i64 %n, %k"


def loops(*, first: str = "", second: str = "", value: str = "loaded", request: str = "autodiff") -> str:
    text = LOOPS.replace("FIRST", first).replace("SECOND", second).replace("VALUE", value)
    return (ENTRY + text).replace("REQUEST", request)


def kept(module: Module) -> list[str]:
    """Name what is kept."""
    calls = [one for one in function(module, "f").instructions() if one.is_call and one.callee]
    return [one.arguments[0].name for one in calls if one.callee and one.callee.name.startswith("__cargo_autodiff_g")]


@pytest.mark.parametrize("second", [LOAD, DIVISION])
def test_an_inner_loops_length_is_kept(ir: Ir, second: str) -> None:
    assert kept(ir.apply(guarded_values.RULE, loops(second=second))) == ["loaded"]


@pytest.mark.parametrize(
    "given",
    [
        loops(first=LOAD),
        loops(value="some"),
        loops(second="%at = getelementptr i64, ptr %x, i64 %i\n  %loaded = load i64, ptr %at"),
        loops(second=LOAD, request="fwddiff"),
    ],
    ids=["in every iteration", "neither", "another in each iteration", "forward mode"],
)
def test_other_lengths_are_left_alone(ir: Ir, given: str) -> None:
    assert ir.unchanged(guarded_values.RULE, given)


def test_nothing_is_left_in_the_end(ir: Ir) -> None:
    module = ir.apply(guarded_values.RULE, loops(second=LOAD))
    guarded_values.settle(module)
    assert kept(module) == []
