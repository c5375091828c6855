"""What Enzyme writes to a shadow that it did not make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rules import lost_shadows
from ir.reading import function

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

WRITES = "store i64 0, ptr %q"
TEXT = """
define internal void @inner(ptr %p, ptr %s) {{
  %q = getelementptr i8, ptr %s, i64 8
  {does}
  store double 1.0, ptr %p
  ret void
}}
define internal void @augmented(ptr %p, ptr %s) {{
  call void @inner(ptr %p, ptr %s)
  ret void
}}
define double @f(ptr %given) {{
  %local = alloca [48 x i8], align 8
  call void @{callee}(ptr {primal}, ptr {shadow})
  %x = load double, ptr %local
  ret double %x
}}
"""


MALLOC = "declare ptr @malloc(i64)\n"


def text(*, does: str = WRITES, callee: str = "augmented", primal: str = "%local", shadow: str = "undef") -> str:
    return TEXT.format(does=does, callee=callee, primal=primal, shadow=shadow)


def passed(module: Module) -> str:
    (call,) = [each for each in function(module, "f").instructions() if each.is_call]
    return call.arguments[1].text().strip()


@pytest.mark.parametrize("callee", ["inner", "augmented"])
@pytest.mark.parametrize("nothing", ["undef", "poison"])
def test_it_gets_memory_as_large_as_what_it_is_the_shadow_of(ir: Ir, callee: str, nothing: str) -> None:
    got = ir.apply(lost_shadows.RULE, text(callee=callee, shadow=nothing))

    assert "alloca [48 x i8]" in passed(got)
    assert len([each for each in function(got, "f").instructions() if each.opcode == Opcode.ALLOCA]) == 2


def test_local_variables_that_enzyme_keeps_have_a_size_too(ir: Ir) -> None:
    made = text(primal="%made").replace("  %local =", "  %made = call ptr @malloc(i64 48)\n  %local =")
    got = ir.apply(lost_shadows.RULE, MALLOC + made)

    assert "alloca i384" in ir.text(got)


@pytest.mark.parametrize("does", ["%r = load i64, ptr %q", "%c = icmp eq ptr %q, null"])
def test_what_is_not_written_stays_nothing(ir: Ir, does: str) -> None:
    assert "alloca" not in passed(ir.apply(lost_shadows.RULE, text(does=does)))


def test_a_shadow_that_is_there_stays(ir: Ir) -> None:
    got = ir.apply(lost_shadows.RULE, text(shadow="%given"))

    assert "call void @augmented(ptr %local, ptr %given)" in ir.text(got)


def test_where_the_size_is_not_known_it_is_refused(ir: Ir) -> None:
    with pytest.raises(Refused, match="a shadow that is written is not there"):
        ir.apply(lost_shadows.RULE, text(primal="%given"))


LANES = """
define internal void @inner(ptr %p, [2 x ptr] %s) {
  %q = extractvalue [2 x ptr] %s, 0
  store i64 0, ptr %q
  ret void
}
define internal void @other(ptr %p, [2 x ptr] %s) {
  ret void
}
define void @f(ptr %given) {
  call void @CALLEE(ptr %given, [2 x ptr] undef)
  ret void
}
"""


def test_of_several_lanes_it_is_refused(ir: Ir) -> None:
    with pytest.raises(Refused, match="a shadow that is written is not there"):
        ir.apply(lost_shadows.RULE, LANES.replace("CALLEE", "inner"))


def test_of_several_lanes_nothing_is_needed_where_nothing_is_done_with_them(ir: Ir) -> None:
    assert ir.unchanged(lost_shadows.RULE, LANES.replace("CALLEE", "other"))
