"""Floats that are packed into an integer on their way into a function, or out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.rules import packed_floats
from ir.reading import function

if TYPE_CHECKING:
    from ir.reading import Ir

# as rustc writes it: struct { f32, bool } in and out as i64
BEFORE = """
define i64 @g(i64 %given, float %v) noinline {{
  %self = alloca [8 x i8]
  %result = alloca [8 x i8]
  store i64 %given, ptr %self
  {use}
  %r = load i64, ptr %result
  ret i64 %r
}}
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""
# after the first round
AFTER = """
define i64 @f(i64 %n, float %v) {{
  %low = bitcast float %v to i32
  %bits = zext i32 %low to i64
  %packed = or i64 %bits, 4294967296
  %r = call i64 @g(i64 {given}, float %v)
  {use}
  ret i64 %out
}}
define i64 @g(i64 %self, float %v) {{
  {body}
  ret i64 %back
}}
"""
UNPACKS = "%part = trunc i64 %r to i32\n  %float = bitcast i32 %part to float\n  %out = fptoui float %float to i64"
KEEPS = "%out = add i64 %r, 1"
TAKES = "%part = trunc i64 %self to i32\n  %w = bitcast i32 %part to float\n  %back = fptoui float %w to i64"


def after(*, given: str = "%n", use: str = KEEPS, body: str = "%back = add i64 %self, 2") -> str:
    return AFTER.format(given=given, use=use, body=body)


@pytest.mark.parametrize(
    "use",
    [
        "store float %v, ptr %result",
        "%at = getelementptr i8, ptr %self, i64 4\n  %w = load float, ptr %at",
        "call void @llvm.memcpy.p0.p0.i64(ptr %result, ptr %self, i64 8, i1 false)",
    ],
)
def test_such_a_function_is_inlined(ir: Ir, use: str) -> None:
    got = function(ir.apply(packed_floats.RULE, BEFORE.format(use=use)), "g")

    assert got.has("alwaysinline")
    assert not got.has("noinline")


def test_one_of_integers_is_not(ir: Ir) -> None:
    assert ir.unchanged(packed_floats.RULE, BEFORE.format(use="%w = load i64, ptr %self\n  store i64 %w, ptr %result"))


@pytest.mark.parametrize("text", [after(use=UNPACKS), after(body=TAKES)])
def test_a_call_that_is_left_is_refused(ir: Ir, text: str) -> None:
    with pytest.raises(Refused, match="a call cannot be differentiated") as refused:
        ir.apply(packed_floats.CHECK, text)

    assert "`f` calls `g`" in refused.value.why


@pytest.mark.parametrize("text", [after(), after(given="%packed")])
def test_bits_that_stay_integers_are_not_refused(ir: Ir, text: str) -> None:
    assert ir.unchanged(packed_floats.CHECK, text)
