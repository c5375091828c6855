"""The rounds of LLVM's own passes, before and after Enzyme, as the plan has them."""

from __future__ import annotations

import ctypes
import re
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.rules import float_inductions

if TYPE_CHECKING:
    from ir.reading import Ir

TARGET = """
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
"""
LOOP = """
define void @f(ptr noalias %x, ptr noalias %y, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %j, %loop ]
  %p = getelementptr inbounds double, ptr %x, i64 %i
  %q = getelementptr inbounds double, ptr %y, i64 %i
  %a = load double, ptr %p
  %b = fmul double %a, %a
  store double %b, ptr %q
  %j = add nuw nsw i64 %i, 1
  %c = icmp ult i64 %j, %n
  br i1 %c, label %loop, label %done
done:
  %p0 = load double, ptr %x
  %p1 = getelementptr inbounds double, ptr %x, i64 1
  %v1 = load double, ptr %p1
  %s0 = fadd double %p0, 1.0
  %s1 = fadd double %v1, 1.0
  %q1 = getelementptr inbounds double, ptr %y, i64 1
  store double %s0, ptr %y
  store double %s1, ptr %q1
  ret void
}
"""


@pytest.mark.parametrize(("name", "vectorised"), [("first round", False), ("second round", True)])
def test_nothing_is_vectorised_before_enzyme(ir: Ir, name: str, vectorised: bool) -> None:
    """Enzyme's derivatives of vectorised loops are wrong."""
    assert ("<2 x double>" in ir.after(name, TARGET + LOOP)) is vectorised


def test_loops_are_not_unrolled_at_run_time_before_enzyme(ir: Ir) -> None:
    assert ir.after("first round", TARGET + LOOP).count("fmul double") == 1


COUNTER = """
define void @f(double %first, double %amount, i64 %again, ptr noalias %x, ptr noalias %out) {
entry:
  %step = fsub double %amount, 5.000000e-01
  br label %loop
loop:
  %number = phi double [ %first, %entry ], [ %next, %loop ]
  %sum = phi double [ 0.000000e+00, %entry ], [ %more, %loop ]
  %i = phi i64 [ %again, %entry ], [ %j, %loop ]
  %next = OPERATION reassoc nsz arcp contract double %number, %step
  %at = getelementptr inbounds double, ptr %x, i64 %i
  %value = load double, ptr %at
  %more = fadd reassoc nsz arcp contract double %sum, %value
  %c = icmp eq i64 %i, 0
  %j = add nsw i64 %i, -1
  br i1 %c, label %done, label %loop
done:
  %before = phi double [ %number, %loop ]
  %last = phi double [ %next, %loop ]
  %all = phi double [ %more, %loop ]
  %second = getelementptr double, ptr %out, i64 1
  %third = getelementptr double, ptr %out, i64 2
  store double %before, ptr %out
  store double %last, ptr %second
  store double %all, ptr %third
  ret void
}
"""
SUM = COUNTER.replace("OPERATION", "fadd").replace("[ %number, %loop ]", "[ %value, %loop ]")


class TestANumberThatChangesByTheSameEachTime:
    """What it was last and before that, after a loop that needs neither: seed 24538's adjoint."""

    @pytest.mark.parametrize("operation", ["fadd", "fsub"])
    @pytest.mark.parametrize("again", range(13))
    def test_is_what_it_is_after_the_last_time(self, ir: Ir, operation: str, again: int) -> None:
        module = ir.parse(ir.after("second round", TARGET + COUNTER.replace("OPERATION", operation)))
        double, many = ctypes.c_double, ctypes.c_double * (again + 1)
        x, out = many(*range(again + 1)), (double * 3)()

        ir.library(module).f(double(100.0), double(3.0), ctypes.c_int64(again), x, out)

        step = 2.5 if operation == "fadd" else -2.5
        assert list(out) == [100.0 + step * again, 100.0 + step * (again + 1), again * (again + 1) / 2]

    @pytest.mark.parametrize("operation", ["fadd", "fsub"])
    def test_is_computed_in_order(self, ir: Ir, operation: str) -> None:
        got = ir.text(ir.apply(float_inductions.RULE, COUNTER.replace("OPERATION", operation)))

        assert re.search(rf"= {operation} double %number, %step$", got, re.MULTILINE)

    def test_what_comes_over_two_ways_is_computed_once(self, ir: Ir) -> None:
        text = """
define double @f(double %first, double %step, i1 %c, i1 %d, ptr %out) {
entry:
  br label %loop
loop:
  %number = phi double [ %first, %entry ], [ %next, %one ], [ %next, %two ]
  %next = fsub reassoc double %number, %step
  store double %number, ptr %out
  br i1 %c, label %one, label %done
one:
  br i1 %d, label %loop, label %two
two:
  br label %loop
done:
  ret double %next
}
"""
        got = ir.text(ir.apply(float_inductions.RULE, text))

        assert got.count("fsub double %number, %step") == got.count("fsub") == 1

    def test_sums_whose_steps_nobody_needs_are_regrouped(self, ir: Ir) -> None:
        assert ir.unchanged(float_inductions.RULE, SUM)

    def test_what_the_second_round_has_made_is_regrouped_no_more(self, ir: Ir) -> None:
        got = ir.after("second round", TARGET + SUM)

        assert "fadd nsz arcp contract" in got
        assert "reassoc" not in got
