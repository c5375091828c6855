"""Alignment that Enzyme's allocations do not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.rules import alignments

if TYPE_CHECKING:
    from ir.reading import Ir

TEXT = """
declare void @g(ptr)
define double @f(ptr align A %p) {
  %x = load double, ptr %p, align A
  store double %x, ptr %p, align A
  call void @g(ptr align A %p)
  ret double %x
}
"""


def test_accesses_and_parameters_promise_no_more_than_an_allocator_gives(ir: Ir) -> None:
    text = ir.text(ir.apply(alignments.RULE, TEXT.replace("A", "32")))

    assert "load double, ptr %p, align 16" in text
    assert "store double %x, ptr %p, align 16" in text
    assert "ptr align" not in text


def test_what_an_allocator_gives_is_left(ir: Ir) -> None:
    assert ir.unchanged(alignments.RULE, TEXT.replace("A", "16"))


def test_a_pointer_that_is_loaded_points_to_what_is_aligned_as_usual(ir: Ir) -> None:
    loaded = "define ptr @f(ptr %p) {\n  %x = load ptr, ptr %p, align 8, !align !0\n  ret ptr %x\n}\n!0 = !{i64 64}\n"

    assert "!align" not in ir.text(ir.apply(alignments.RULE, loaded))
