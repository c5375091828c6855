"""Shadow pointers of several lanes, which the reverse pass needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rules import lanes
from ir.reading import calls, function, opcodes

if TYPE_CHECKING:
    from ir.reading import Ir

TEXT = """
@enzyme_width = external global i32
define internal void @f(ptr %x) {
  %inner = load ptr, ptr %x
  %again = load ptr, ptr %inner
  %both = load { ptr, i64 }, ptr %x
  %number = load double, ptr %again
  store double %number, ptr %inner
  ret void
}
define void @df(ptr %x, ptr %dx, ptr %dy, i32 %n) {
  %word = load i32, ptr @enzyme_width
  CALL
  ret void
}
declare void @__enzyme_autodiff_df(...)
declare void @__enzyme_fwddiff_df(...)
"""
WIDE = 'call void (...) @__enzyme_autodiff_df(ptr @f, metadata !"enzyme_width", i64 2, ptr %x, ptr %dx, ptr %dy)'
NARROW = 'call void (...) @__enzyme_autodiff_df(ptr @f, metadata !"enzyme_width", i64 1, ptr %x, ptr %dx)'
PLAIN = "call void (...) @__enzyme_autodiff_df(ptr @f, ptr %x, ptr %dx)"
FORWARD = WIDE.replace("autodiff", "fwddiff")
OF_C = "call void (...) @__enzyme_autodiff_df(ptr @f, i32 %word, i32 2, ptr %x, ptr %dx, ptr %dy)"
UNKNOWN = "call void (...) @__enzyme_autodiff_df(ptr @f, i32 %word, i32 %n, ptr %x, ptr %dx, ptr %dy)"


@pytest.mark.parametrize("call", [WIDE, OF_C, UNKNOWN])
def test_are_read_by_calls(ir: Ir, call: str) -> None:
    got = ir.apply(lanes.RULE, TEXT.replace("CALL", call))

    first, second, third = (each.callee for each in calls(got, "f"))
    assert first is not None
    assert first == second, "one function for each type"
    assert first.is_local
    assert opcodes(got, first.name) == [Opcode.LOAD, Opcode.RET]
    assert third != first
    loads = [each.type for each in function(got, "f").instructions() if each.opcode == Opcode.LOAD]
    assert len(loads) == 1, "numbers are read as before"


WITHOUT_SHADOWS = """
@table = private constant [2 x ptr] [ptr @numbers, ptr null]
@numbers = private constant double 1.5
define internal double @f(ptr %x, ptr %c) {
  %inner = load ptr, ptr %x
  %const = load ptr, ptr %c
  %further = load ptr, ptr %const
  %of.table = load ptr, ptr @table
  %a = load double, ptr %inner
  %b = load double, ptr %further
  %d = load double, ptr %of.table
  %s = fadd double %a, %b
  %t = fadd double %s, %d
  ret double %t
}
define void @df(ptr %x, ptr %dx, ptr %dy, ptr %c) {
  CALL
  ret void
}
declare void @__enzyme_autodiff_df(...)
"""
CONST = (
    'call void (...) @__enzyme_autodiff_df(ptr @f, metadata !"enzyme_width", i64 2, '
    'metadata !"enzyme_dup", ptr %x, ptr %dx, ptr %dy, metadata !"enzyme_const", ptr %c)'
)


def test_what_leads_out_of_constant_memory_is_read_as_before(ir: Ir) -> None:
    """Of a load there Enzyme knows that it counts for nothing; the result of a call would be its own shadow."""
    got = ir.apply(lanes.RULE, WITHOUT_SHADOWS.replace("CALL", CONST))

    assert [each.arguments[0].name for each in calls(got, "f")] == ["x"]
    loads = [each.name for each in function(got, "f").instructions() if each.opcode == Opcode.LOAD]
    assert loads == ["const", "further", "of.table", "a", "b", "d"]


AUGMENTED = """
define internal {{ ptr, [2 x ptr] }} @augmented___cargo_autodiff_read.0(ptr %0{shadow}) {{
  ret {{ ptr, [2 x ptr] }} zeroinitializer
}}
define internal ptr @augmented___cargo_autodiff_read.1(ptr %0) {{
  ret ptr %0
}}
"""


def test_a_pointer_that_is_its_own_shadow_is_refused(ir: Ir) -> None:
    with pytest.raises(Refused, match="several lanes"):
        ir.apply(lanes.CHECK, AUGMENTED.format(shadow=""))

    assert ir.unchanged(lanes.CHECK, AUGMENTED.format(shadow=", [2 x ptr] %1"))


def test_one_that_is_given_back_alone_is_refused(ir: Ir) -> None:
    """Nobody needs what was read itself, only its shadows."""
    text = AUGMENTED.format(shadow="").replace("{ ptr, [2 x ptr] }", "[2 x ptr]")

    with pytest.raises(Refused, match="several lanes"):
        ir.apply(lanes.CHECK, text)


@pytest.mark.parametrize("call", [NARROW, PLAIN, FORWARD])
def test_of_one_lane_or_of_tangents_are_left_alone(ir: Ir, call: str) -> None:
    assert ir.unchanged(lanes.RULE, TEXT.replace("CALL", call))
