"""Shadow pointers of several lanes, which the reverse pass needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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


@pytest.mark.parametrize("call", [NARROW, PLAIN, FORWARD])
def test_of_one_lane_or_of_tangents_are_left_alone(ir: Ir, call: str) -> None:
    assert ir.unchanged(lanes.RULE, TEXT.replace("CALL", call))
