"""Memory of Const parameters: what is written there does not come back with its derivative."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.rules import const_memory

if TYPE_CHECKING:
    from ir.reading import Ir

TEXT = """
@table = private constant [2 x double] [double 1.0, double 2.0]
@said = private constant [2 x i8] c"no"
define internal void @f(ptr %x, ptr %work, ptr %other, double %fixed, i64 %n) {
  %counts = load double, ptr %x
  %own = load double, ptr %other
  %far = getelementptr double, ptr %work, i64 %n
  %element = getelementptr [2 x double], ptr @table, i64 0, i64 %n
BODY
  ret void
}
define void @df(ptr %x, ptr %dx, ptr %work, ptr %other, double %fixed, i64 %n) {
  call void (...) @__enzyme_autodiff_df(ptr @f, metadata !"enzyme_dup", ptr %x, ptr %dx, metadata !"enzyme_const",
    ptr %work, metadata !"enzyme_const", ptr %other, metadata !"enzyme_const", double %fixed,
    metadata !"enzyme_const", i64 %n)
  ret void
}
declare void @__enzyme_autodiff_df(...)
declare void @__enzyme_autodiff_inner(...)
declare void @g(ptr, ptr)
declare double @llvm.sqrt.f64(double)
declare double @anything(double)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""
READ = "  %again = load double, ptr %far\n"
COPY = "  call void @llvm.memcpy.p0.p0.i64(ptr {}, ptr {}, i64 16, i1 false)\n"

INNER = """  call void (...) @__enzyme_autodiff_inner(ptr @g, metadata !"enzyme_dup", ptr {}, ptr {},
    metadata !"enzyme_const", ptr {})
"""

COUNTS = {
    "a number of what counts": "  store double %counts, ptr %work\n",
    "computed from it": "  %y = fmul double %counts, %fixed\n  store double %y, ptr %work\n",
    "through a function": "  %y = call double @anything(double %fixed)\n  store double %y, ptr %work\n",
    "by LLVM's root": "  %y = call double @llvm.sqrt.f64(double %counts)\n  store double %y, ptr %work\n",
    "a copy": COPY.format("%work", "%x"),
    "through other constant memory": "  store double %counts, ptr %other\n  %y = load double, ptr %other\n"
    "  store double %y, ptr %work\n",
    "by a derivative inside": INNER.format("%x", "%work", "%x"),
}
CONSTANT = {
    "a literal": "  store double 2.0, ptr %work\n",
    "a Const number": "  store double %fixed, ptr %work\n",
    "an integer": "  %y = uitofp i64 %n to double\n  store double %y, ptr %work\n",
    "of a table": "  %y = load double, ptr %element\n  store double %y, ptr %work\n",
    "of a Const parameter": "  store double %own, ptr %work\n",
    "computed of what it was": "  %old = load double, ptr %work\n  %y = fadd double %old, 1.0\n"
    "  store double %y, ptr %work\n",
    "a root of that": "  %y = call double @llvm.sqrt.f64(double %own)\n  store double %y, ptr %work\n",
    "a copy of a Const parameter": COPY.format("%work", "%other"),
    "what a derivative inside is about": INNER.format("%work", "%x", "%work"),
    "a copy of a text": COPY.format("%work", "@said"),
}


@pytest.mark.parametrize("written", COUNTS.values(), ids=COUNTS)
@pytest.mark.parametrize("read", [READ, COPY.format("%x", "%work")], ids=["read", "copied"])
def test_what_counts_is_not_read_again(ir: Ir, written: str, read: str) -> None:
    with pytest.raises(Refused, match="memory of a Const parameter"):
        ir.apply(const_memory.CHECK, TEXT.replace("BODY", written + read))


@pytest.mark.parametrize("written", CONSTANT.values(), ids=CONSTANT)
def test_what_does_not_count_may_be(ir: Ir, written: str) -> None:
    assert ir.unchanged(const_memory.CHECK, TEXT.replace("BODY", written + READ))


def test_what_counts_may_be_left_there(ir: Ir) -> None:
    assert ir.unchanged(const_memory.CHECK, TEXT.replace("BODY", COUNTS["computed from it"]))


SHARED = """
define internal void @fill(ptr %to, ptr %from) noinline {
  %y = load double, ptr %from
  store double %y, ptr %to
  ret void
}
define internal void @f(ptr %x, ptr OF_WORK %work) {
  %own = alloca double
  %data = load ptr, ptr %work
  call void @fill(ptr %own, ptr %x)
  call void @fill(ptr PLACE, ptr %x)
  %again = load double, ptr PLACE
  store double %again, ptr %x
  ret void
}
define void @df(ptr %x, ptr %dx, ptr %work) {
  call void (...) @__enzyme_autodiff_df(ptr @f, metadata !"enzyme_dup", ptr %x, ptr %dx, metadata !"enzyme_const",
    ptr %work)
  ret void
}
declare void @__enzyme_autodiff_df(...)
"""


class TestAFunctionThatIsAlsoGivenOtherMemory:
    @pytest.mark.parametrize(("of_work", "place"), [("", "%work"), ("", "%data"), ("readonly", "%data")])
    def test_writes_to_both(self, ir: Ir, of_work: str, place: str) -> None:
        with pytest.raises(Refused, match="memory of a Const parameter"):
            ir.apply(const_memory.CHECK, SHARED.replace("OF_WORK", of_work).replace("PLACE", place))

    @pytest.mark.parametrize("place", ["%work", "%data"])
    def test_does_not_where_rustc_says_that_nobody_writes(self, ir: Ir, place: str) -> None:
        text = SHARED.replace("OF_WORK", "readonly").replace("PLACE", place)
        marked = ir.text(ir.apply(const_memory.MARK, text))

        assert '"cargo-autodiff-shared"="1"' in marked
        assert ir.unchanged(const_memory.CHECK, marked)

    def test_does_not_where_llvm_sees_that_nobody_writes_to_the_parameter_itself(self, ir: Ir) -> None:
        assert ir.unchanged(
            const_memory.CHECK,
            SHARED.replace("OF_WORK", "readonly").replace("PLACE", "%own").replace("%data = ", "%_ = "),
        )

    def test_may_write_to_what_is_handed_out_through_one(self, ir: Ir) -> None:
        """A Const result: a reference to what was changed."""
        text = (
            SHARED.replace("OF_WORK", "")
            .replace("PLACE", "%x")
            .replace("%data = load ptr, ptr %work", "store ptr %x, ptr %work")
        )

        assert ir.unchanged(const_memory.CHECK, text)
