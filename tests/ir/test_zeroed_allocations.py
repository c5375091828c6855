"""Memory that comes as zeros is written for Enzyme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.rust.rules import allocators
from ir.reading import callees, only_call, read

if TYPE_CHECKING:
    from ir.reading import Ir

RUST = """
define ptr @f(i64 %size) {
  %p = call align 8 ptr @__rust_alloc_zeroed(i64 %size, i64 8)
  ret ptr %p
}
declare noalias ptr @__rust_alloc_zeroed(i64, i64)
"""
C = """
define ptr @f(i64 %size) {
  %p = call ptr @calloc(i64 %size, i64 8)
  ret ptr %p
}
declare noalias ptr @calloc(i64, i64)
"""


@pytest.mark.parametrize(("given", "allocator"), [(RUST, "__rust_alloc"), (C, "malloc")])
def test_it_is_got_as_it_is_and_filled(ir: Ir, given: str, allocator: str) -> None:
    got = ir.apply(allocators.ZEROED, given)

    assert callees(got, "f") == [allocator, "llvm.memset.p0.i64"]


def test_all_of_it_is_filled(ir: Ir) -> None:
    got = ir.text(ir.apply(allocators.ZEROED, C))

    assert "%1 = mul i64 %size, 8" in got
    assert "call ptr @malloc(i64 %1)" in got
    assert "(ptr %2, i8 0, i64 %1, i1 false)" in got


def test_a_calloc_of_the_programs_own_is_left_alone(ir: Ir) -> None:
    own = C.replace("declare noalias ptr @calloc(i64, i64)", "define ptr @calloc(i64 %n, i64 %m) { ret ptr null }")

    assert read(only_call(ir.apply(allocators.ZEROED, own), "f").operands)[-1] == "calloc"
