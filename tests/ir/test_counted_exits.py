"""Comparisons that end loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.rules import counted_exits
from ir.reading import function

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

TEXT = """
declare void @panic()
define i64 @f(i64 %n, i64 %start) {{
entry:
  br label %loop
loop:
  %i = phi i64 [ %start, %entry ], [ %i.next, %latch ]
  %j = phi i64 [ %n, %entry ], [ %j.next, %latch ]
  %bad = icmp eq i64 %i, 77
  br i1 %bad, label %panics, label %latch
latch:
  %i.next = add i64 %i, {step}
  %j.next = add i64 %j, -1
  {decided}
  br i1 %on, label %{then}, label %{otherwise}
panics:
  call void @panic()
  unreachable
end:
  ret i64 %i
}}
"""


def text(decided: str, *, step: int = 1, goes_on: bool = True) -> str:
    then, otherwise = ("loop", "end") if goes_on else ("end", "loop")
    return TEXT.format(decided=decided, step=step, then=then, otherwise=otherwise)


def hidden(module: Module) -> list[str]:
    """Name the comparisons that a call stands for."""
    calls = [one for one in function(module, "f").instructions() if one.is_call and one.callee]
    return [one.arguments[0].name for one in calls if one.callee and one.callee.name.startswith("__cargo_autodiff")]


@pytest.mark.parametrize("predicate", ["ult", "slt", "ne", "ule", "sle", "ugt", "sgt"])
def test_what_moves_by_as_much_is_compared_as_it_is_with_what_stays(ir: Ir, predicate: str) -> None:
    assert ir.unchanged(counted_exits.RULE, text(f"%on = icmp {predicate} i64 %i.next, %n"))


def test_two_that_move_are_hidden(ir: Ir) -> None:
    got = ir.apply(counted_exits.RULE, text("%on = icmp ult i64 %i.next, %j.next"))
    assert hidden(got) == ["on"]


@pytest.mark.parametrize("sign", ["s", "u"])
@pytest.mark.parametrize(
    ("decided", "goes_on"),
    [("{}ge i64 %i.next, %n", True), ("{}le i64 %n, %i.next", True), ("{}lt i64 %i.next, %n", False)],
)
def test_going_on_while_a_number_is_not_less_than_another_is_hidden(
    ir: Ir, sign: str, decided: str, goes_on: bool
) -> None:
    decided = f"%on = icmp {decided.format(sign)}"
    assert hidden(ir.apply(counted_exits.RULE, text(decided, step=-1, goes_on=goes_on))) == ["on"]
    assert ir.unchanged(counted_exits.RULE, text(decided, step=-1, goes_on=not goes_on))
    assert ir.unchanged(counted_exits.RULE, text(decided.replace("%n", "3"), step=-1, goes_on=goes_on))


@pytest.mark.parametrize("predicate", ["uge", "ule", "sge", "sle"])
def test_so_is_what_was_compared_before_the_loop(ir: Ir, predicate: str) -> None:
    before = f"entry:\n  %early = icmp {predicate} i64 %start, %n"
    given = text("%more = icmp ne i64 %i.next, %n\n  %on = and i1 %more, %early").replace("entry:", before, 1)
    assert hidden(ir.apply(counted_exits.RULE, given)) == ["early"]
    assert ir.unchanged(counted_exits.RULE, given.replace("i64 %start, %n", "i64 %start, 3"))


@pytest.mark.parametrize(
    "decided",
    [
        "%wide = and i64 %i.next, 7\n  %on = icmp ne i64 %wide, %n",
        "%low = trunc i64 %i.next to i8\n  %wide = zext i8 %low to i64\n  %on = icmp ult i64 %wide, %n",
        "%wide = mul i64 %i.next, 3\n  %on = icmp ult i64 %wide, %n",
    ],
)
def test_what_may_wrap_around_is_hidden(ir: Ir, decided: str) -> None:
    assert hidden(ir.apply(counted_exits.RULE, text(decided))) == ["on"]


def test_addresses_that_move_are_hidden(ir: Ir) -> None:
    decided = (
        "%one = getelementptr i8, ptr null, i64 %i.next\n  %other = getelementptr i8, ptr null, i64 %j.next\n"
        "  %on = icmp ult ptr %one, %other"
    )
    assert hidden(ir.apply(counted_exits.RULE, text(decided))) == ["on"]


def test_a_part_of_a_condition_is_looked_at(ir: Ir) -> None:
    decided = "%one = icmp ult i64 %i.next, %j.next\n  %other = icmp ult i64 %i.next, %n\n  %on = and i1 %one, %other"
    assert hidden(ir.apply(counted_exits.RULE, text(decided))) == ["one"]


def test_what_decides_about_a_panic_is_left_alone(ir: Ir) -> None:
    given = text("%on = icmp ult i64 %i.next, %n").replace("icmp eq i64 %i, 77", "icmp ugt i64 %i, %j")
    assert ir.unchanged(counted_exits.RULE, given)


def test_nothing_is_left_in_the_end(ir: Ir) -> None:
    module = ir.apply(counted_exits.RULE, text("%on = icmp ult i64 %i.next, %j.next"))
    counted_exits.settle(module)
    assert hidden(module) == []
