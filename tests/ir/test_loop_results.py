"""What branches inside a loop decide, and is used after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rules import loop_results
from ir.reading import calls, function

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function
    from ir.reading import Ir

ENTRY = """
define void @df(ptr %x, ptr %dx) {
  call void (...) @__enzyme_autodiff_df(ptr @f, metadata !"enzyme_dup", ptr %x, ptr %dx)
  ret void
}
declare void @__enzyme_autodiff_df(...)
declare void @use(i64)
"""

CHOSEN = """
define internal double @f(ptr %x) {
entry:
  br label %head
head:
  %i = phi i64 [ 0, %entry ], [ %next, %latch ]
  %n = phi i64 [ 0, %entry ], [ %chosen, %latch ]
  %p = phi ptr [ %x, %entry ], [ %q, %latch ]
  %v = load double, ptr %p
  %counts = fcmp ogt double %v, 0.0
  br i1 %counts, label %then, label %latch
then:
  %more = add i64 %n, 1
  %further = getelementptr double, ptr %p, i64 2
  br label %latch
latch:
  %chosen = phi i64 [ %n, %head ], [ %more, %then ]
  %q = phi ptr [ %p, %head ], [ %further, %then ]
  %next = add i64 %i, 1
  %ends = icmp eq i64 %next, 9
  br i1 %ends, label %exit, label %head
exit:
  %count = phi i64 [ COUNT, %latch ]
  %place = phi ptr [ PLACE, %latch ]
  USE
  %at = getelementptr double, ptr %place, i64 %count
  %result = load double, ptr %at
  ret double %result
}
"""


def chosen(*, count: str = "%chosen", place: str = "%q", use: str = "") -> str:
    return ENTRY + CHOSEN.replace("COUNT", count).replace("PLACE", place).replace("USE", use)


def kept(module: Module) -> dict[str, Function]:
    """Give what the calls of the rule are given, by name, with what is called."""
    return {
        call.arguments[0].name: call.callee
        for call in calls(module, "f")
        if call.callee and "loop_result" in call.callee.name
    }


def test_goes_through_a_call(ir: Ir) -> None:
    got = ir.apply(loop_results.RULE, chosen())

    assert kept(got).keys() == {"count", "place"}
    (at,) = [each for each in function(got, "f").instructions() if each.opcode == Opcode.GETELEMENTPTR][1:]
    assert [operand.as_instruction() is not None for operand in at.operands] == [True, True]
    assert {operand.name for operand in at.operands} == {""}, "whoever used the phi uses what the call gives"


def test_a_number_that_only_counts_carries_no_derivative(ir: Ir) -> None:
    called = kept(ir.apply(loop_results.RULE, chosen()))

    assert called["count"].string_attribute("enzyme_inactive") is not None
    assert not called["place"].is_declaration, "Enzyme looks into what gives back a pointer: its shadow goes with it"


@pytest.mark.parametrize("use", ["store i64 %count, ptr %x", "call void @use(i64 %count)"])
def test_a_number_that_is_put_somewhere_may_be_the_bits_of_a_float(ir: Ir, use: str) -> None:
    assert not kept(ir.apply(loop_results.RULE, chosen(use=use)))["count"].is_declaration


def test_what_each_iteration_takes_over_stays(ir: Ir) -> None:
    assert kept(ir.apply(loop_results.RULE, chosen(count="%i", place="%p"))) == {}


def test_what_is_computed_of_what_was_decided_goes_through_a_call_too(ir: Ir) -> None:
    text = chosen().replace("%ends = icmp eq", "%late = add i64 %chosen, 3\n  %ends = icmp eq")

    assert kept(
        ir.apply(loop_results.RULE, text.replace("[ %chosen, %latch ]\n  %place", "[ %late, %latch ]\n  %place"))
    )


def test_forward_mode_looks_nothing_up(ir: Ir) -> None:
    assert ir.unchanged(loop_results.RULE, chosen().replace("__enzyme_autodiff_df", "__enzyme_fwddiff_df"))


INNER = """
define internal double @f(ptr %x) {
entry:
  br label %outer
outer:
  %k = phi i64 [ 0, %entry ], [ %k.next, %latch ]
  br label %inner
inner:
  %i = phi i64 [ 0, %outer ], [ %next, %go.on ]
  %next = add i64 %i, 1
  %at = getelementptr double, ptr %x, i64 %i
  %v = load double, ptr %at
  ENDS
go.on:
  %last = icmp eq i64 %next, 9
  br i1 %last, label %latch, label %inner
latch:
  %count = phi i64 [ %i, %go.on ]MORE
  %k.next = add i64 %k, %count
  %ends = icmp ugt i64 %k.next, 20
  br i1 %ends, label %exit, label %outer
exit:
  ret double 0.0
}
"""


def inner(*, ends: str, more: str = "") -> str:
    return ENTRY + INNER.replace("ENDS", ends).replace("MORE", more)


def test_how_often_a_loop_inside_of_another_ran_is_kept_where_that_is_not_counted(ir: Ir) -> None:
    """Its end may be asked for after the outer loop, and Enzyme would look it up at that loop's iteration."""
    ends = "%stop = fcmp ogt double %v, 1.0\n  br i1 %stop, label %latch, label %go.on"

    assert kept(ir.apply(loop_results.RULE, inner(ends=ends, more=", [ %next, %inner ]"))).keys() == {"count"}


def test_that_of_a_counted_loop_is_computed(ir: Ir) -> None:
    assert kept(ir.apply(loop_results.RULE, inner(ends="br label %go.on"))) == {}


def test_afterwards_the_calls_are_gone(ir: Ir) -> None:
    text = ir.text(ir.apply(loop_results.RULE, chosen()))
    reverse = """
define internal void @diffe__cargo_autodiff_loop_result.pointer(ptr %p, ptr %d) {
  ret void
}
define void @diffe_f(ptr %p, ptr %d) {
  call void @diffe__cargo_autodiff_loop_result.pointer(ptr %p, ptr %d)
  ret void
}
"""

    got = ir.apply(loop_results.SETTLE, text + reverse)

    assert kept(got) == {}
    assert calls(got, "diffe_f") == [], "there is nothing to do in reverse"
