"""Memory that counts and is overwritten by what does not, through a pointer that is kept elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.rules import resets
from ir.reading import function

if TYPE_CHECKING:
    from ir.reading import Ir

_COUNTS = "enzyme_active_val"
KEPT = """
@table = constant [2 x double] [double 1.0, double 2.0]
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare double @cos(double)
define double @f(double %x, i64 %n) {
  %memory = alloca double
  %kept = alloca ptr
  %other = alloca double
  store double %x, ptr %memory
  store double %x, ptr %other
  store ptr %memory, ptr %kept
  %pointer = load ptr, ptr %kept
  WRITTEN
  %y = load double, ptr %memory
  ret double %y
}
"""
WRITES = {
    "a constant": "store double 1.0, ptr %pointer",
    "a count": "%c = sitofp i64 %n to double\n  %d = call double @cos(double %c)\n  store double %d, ptr %pointer",
    "zeros": "call void @llvm.memset.p0.i64(ptr %pointer, i8 0, i64 8, i1 false)",
    "a table": "call void @llvm.memcpy.p0.p0.i64(ptr %pointer, ptr @table, i64 8, i1 false)",
    "what may count": "store double %x, ptr %pointer",
    "a part of it": "%part = getelementptr i8, ptr %pointer, i64 0\n  store double 1.0, ptr %part",
}


@pytest.mark.parametrize("name", WRITES)
def test_the_pointer_counts_and_what_it_means_and_what_it_is_kept_in(ir: Ir, name: str) -> None:
    got = ir.apply(resets.RULE, KEPT.replace("WRITTEN", WRITES[name]))

    counts = {each.name for each in function(got, "f").instructions() if each.metadata(_COUNTS)}
    assert {"pointer", "memory", "kept"} <= counts
    assert "other" not in counts


@pytest.mark.parametrize(
    "written",
    [
        "store double 1.0, ptr %memory",
        "%z = load double, ptr %pointer",
    ],
)
def test_other_memory_stays_what_it_is_for_enzyme(ir: Ir, written: str) -> None:
    assert ir.unchanged(resets.RULE, KEPT.replace("WRITTEN", written))
