"""Stores to bytes that are accessed as another type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.flows import COPIES
from cargo_autodiff.ir.rules import overwrites, shared_words
from ir.reading import callees, function

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

TEXT = """
define void @df(ptr %x, ptr %dx) {{
  call void (...) @__enzyme_{request}_df(ptr @f, ptr %x, ptr %dx)
  ret void
}}
declare void @__enzyme_{request}_df(...)
declare noalias ptr @malloc(i64)
define internal double @f(ptr %x, i64 %n, ptr %p) {{
  %own = call ptr @malloc(i64 32)
  %other = call ptr @malloc(i64 32)
  %place = getelementptr i8, ptr %{at}, i64 {offset}
  %number = load double, ptr %own
  store {value}, ptr %place
  ret double %number
}}
"""


def text(*, value: str = "i64 7", at: str = "own", offset: int = 0, request: str = "autodiff") -> str:
    return TEXT.format(value=value, at=at, offset=offset, request=request)


def copied(module: Module) -> list[int]:
    """Give how many bytes are copied before stores."""
    calls = [one for one in function(module, "f").instructions() if one.is_call and one.callee]
    return [one.arguments[2].constant_int() or 0 for one in calls if one.callee and one.callee.name.startswith(COPIES)]


@pytest.mark.parametrize(
    ("value", "size"), [("i64 7", 8), ("i64 %n", 8), ("ptr %p", 8), ("float 1.0", 4), ("<2 x i64> zeroinitializer", 16)]
)
def test_a_copy_goes_before_a_store_to_what_is_loaded_as_another_type(ir: Ir, value: str, size: int) -> None:
    assert copied(ir.apply(overwrites.RULE, text(value=value))) == [size]


def test_a_part_of_the_same_bytes_counts(ir: Ir) -> None:
    assert copied(ir.apply(overwrites.RULE, text(value="i32 7", offset=4))) == [4]


@pytest.mark.parametrize(
    "given",
    [text(value="double 2.0"), text(at="other"), text(offset=8), text(request="fwddiff")],
    ids=["the same type", "other memory", "other bytes", "forward mode"],
)
def test_other_stores_are_left_alone(ir: Ir, given: str) -> None:
    assert ir.unchanged(overwrites.RULE, given)


def test_nothing_is_left_in_the_end(ir: Ir) -> None:
    module = ir.apply(overwrites.RULE, text())
    overwrites.settle(module)
    shared_words.settle(module)
    assert callees(module, "f") == ["malloc", "malloc"]
    assert not module.variables()
