"""Memory whose values no caller needs, which the function may read all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.rules import scratch
from ir.reading import calls, read

if TYPE_CHECKING:
    from ir.reading import Ir

TEXT = """
define internal void @f(ptr %x, ptr OF_PARAMETER %y) {
  ret void
}
define void @df(ptr %x, ptr %dx, ptr %y, ptr %dy) {
  call void (...) @__enzyme_CALLED_df(ptr @f, metadata !"enzyme_dup", ptr %x, ptr %dx, metadata !"WORD"STRIDE,
    ptr %y, ptr %dy)
  ret void
}
declare void @__enzyme_CALLED_df(...)
"""
OF_C = """
@enzyme_dupnoneed = external global i32
@enzyme_const = external global i32
define void @f(ptr %n, ptr %x, ptr %y) {
  ret void
}
define void @df(ptr %n, ptr %x, ptr %dx, ptr %y, ptr %dy) {
  %const = load i32, ptr @enzyme_const
  %scratch = load i32, ptr @enzyme_dupnoneed
  call void (...) @__enzyme_fwddiff(ptr @f, i32 noundef %const, ptr %n, ptr %x, ptr %dx, i32 noundef %scratch,
    ptr %y, ptr %dy)
  ret void
}
declare void @__enzyme_fwddiff(...)
"""


def text(of_parameter: str, word: str, called: str = "autodiff", stride: str = "") -> str:
    parts = {"OF_PARAMETER": of_parameter, "WORD": word, "STRIDE": stride, "CALLED": called}
    given = TEXT
    for name, part in parts.items():
        given = given.replace(name, part)
    return given


@pytest.mark.parametrize("called", ["autodiff", "fwddiff"])
@pytest.mark.parametrize("of_parameter", ["", "noalias", "writeonly", "noalias readonly"])
def test_is_needed_where_it_may_be_read(ir: Ir, of_parameter: str, called: str) -> None:
    got = ir.apply(scratch.RULE, text(of_parameter, "enzyme_dupnoneed", called))

    assert read(calls(got, "df")[0].arguments) == ["f", "enzyme_dup", "x", "dx", "enzyme_dup", "y", "dy"]


def test_is_needed_in_all_lanes_of_one_shadow(ir: Ir) -> None:
    got = ir.apply(scratch.RULE, text("noalias", "enzyme_dupnoneedv", "fwddiff", ", i64 40"))

    assert read(calls(got, "df")[0].arguments) == ["f", "enzyme_dup", "x", "dx", "enzyme_dupv", 40, "y", "dy"]


@pytest.mark.parametrize("of_parameter", ["noalias writeonly", "noalias readnone"])
def test_is_not_needed_where_it_is_only_written_and_by_no_other_pointer(ir: Ir, of_parameter: str) -> None:
    assert ir.unchanged(scratch.RULE, text(of_parameter, "enzyme_dupnoneed"))


def test_of_c_is_needed_likewise(ir: Ir) -> None:
    got = ir.apply(scratch.RULE, OF_C)

    assert read(calls(got, "df")[0].arguments)[1:] == ["const", "n", "x", "dx", "enzyme_dup", "y", "dy"]
    assert 'metadata !"enzyme_dup"' in ir.text(got), "without what C says of the number that stood there"
