"""Loops that are entered at two places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.loops import Flow, natural_loops
from cargo_autodiff.ir.rules import two_entries
from ir.reading import function

if TYPE_CHECKING:
    from ir.reading import Ir

ASKS = """
declare double @__enzyme_autodiff(...)
define double @df(double %x, i1 %a, i1 %b) {
  %d = call double (...) @__enzyme_autodiff(ptr @f, double %x, i1 %a, i1 %b)
  ret double %d
}
"""
LOOP = """
define double @f(double %x, i1 %a, i1 %b) {
entry:
  br i1 %a, label %first, label %second
first:
  %s = phi double [ 1.0, %entry ], [ %u, %second ]
  %t = fmul double %s, %x
  br label %second
second:
  %v = phi double [ 2.0, %entry ], [ %t, %first ]
  %u = fmul double %v, %v
  br i1 %b, label %first, label %out
out:
  ret double %u
}
"""
CAUGHT = """
declare i32 @personality(...)
declare void @h()
define double @f(double %x, i1 %a, i1 %b) personality ptr @personality {
entry:
  br i1 %a, label %first, label %second
first:
  invoke void @h() to label %second unwind label %caught
caught:
  %pad = landingpad { ptr, i32 } catch ptr null
  br label %second
second:
  br i1 %b, label %first, label %out
out:
  ret double %x
}
"""


def test_such_a_loop_gets_one_entry(ir: Ir) -> None:
    after = ir.apply(two_entries.RULE, LOOP + ASKS)

    flow = Flow(function(after, "f"))
    assert {number for loop in natural_loops(flow) for number in loop.body} == flow.in_cycles() != set()


def test_one_with_a_switch_gets_one_entry(ir: Ir) -> None:
    switch = "switch i32 %k, label %out [ i32 0, label %first\n i32 1, label %second ]"
    text = LOOP.replace("i1 %a", "i32 %k").replace("br i32 %k, label %first, label %second", switch)
    text = text.replace("ret double %u", "ret double %x")

    after = ir.apply(two_entries.RULE, text + ASKS.replace("i1 %a", "i32 %a"))

    flow = Flow(function(after, "f"))
    assert {number for loop in natural_loops(flow) for number in loop.body} == flow.in_cycles() != set()


def test_forward_mode_needs_none(ir: Ir) -> None:
    assert ir.unchanged(two_entries.RULE, LOOP + ASKS.replace("__enzyme_autodiff", "__enzyme_fwddiff"))


def test_a_loop_with_one_entry_stays(ir: Ir) -> None:
    one = LOOP.replace("label %second\nfirst", "label %out\nfirst").replace("[ 2.0, %entry ], ", "")

    assert ir.unchanged(two_entries.RULE, one.replace("ret double %u", "ret double %x") + ASKS)


def test_one_that_unwinding_is_a_part_of_is_refused(ir: Ir) -> None:
    with pytest.raises(Refused, match="entered at two places") as refused:
        two_entries.RULE.apply(ir.parse(CAUGHT + ASKS))

    assert "`f` has one" in refused.value.why


def test_one_that_is_there_again_after_enzyme_is_refused(ir: Ir) -> None:
    with pytest.raises(Refused) as refused:
        two_entries.CHECK.apply(ir.parse(LOOP.replace("@f", "@diffef")))

    assert "`f` has one" in refused.value.why, "the function whose reverse pass it is"


def test_a_reverse_pass_goes_into_loops_anywhere(ir: Ir) -> None:
    text = LOOP.replace("@f", "@diffef").replace("second", "inlined.exit").replace("first", "invertfirst")

    assert ir.unchanged(two_entries.CHECK, text)
